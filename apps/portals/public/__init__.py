"""公开站 (public): pages of this audience; one domain call per request, no tables."""
