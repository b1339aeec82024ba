"""企业端 (enterprise): pages of this audience; one domain call per request, no tables."""
