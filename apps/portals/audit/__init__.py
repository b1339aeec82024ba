"""审计端 (audit): pages of this audience; one domain call per request, no tables."""
