"""属地端 (district): pages of this audience; one domain call per request, no tables."""
