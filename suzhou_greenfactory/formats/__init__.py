"""Date formats of the product: Django's zh-hans locale refuses the dates people here type (SECURITY M30)."""
