"""Parts of the settings, one subject each."""
