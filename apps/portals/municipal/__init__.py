"""市级端 (municipal): pages of this audience; one domain call per request, no tables."""
