"""Version 1: one module per noun; each class is one address."""
