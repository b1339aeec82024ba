"""Use-cases of importing: hand out a template, take a file, check it, confirm, apply, give up, tidy up."""
