"""What all portals share: audience gate, actor, error translation, shell context."""
