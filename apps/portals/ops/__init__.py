"""运维端 (ops): pages of this audience; one domain call per request, no tables."""
