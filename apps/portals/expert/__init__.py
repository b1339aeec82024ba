"""专家端 (expert): pages of this audience; one domain call per request, no tables."""
