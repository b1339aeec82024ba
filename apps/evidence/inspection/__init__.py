"""Looking into an uploaded file before it is kept: type by content, container limits, a real parser in a child."""
