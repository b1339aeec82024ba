"""门户 (portals): HTML, one package per audience; owns no tables, makes one domain call per request."""
