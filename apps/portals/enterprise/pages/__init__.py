"""Pages of the enterprise portal, one module per noun."""
