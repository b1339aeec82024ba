"""Management commands of the documents."""
