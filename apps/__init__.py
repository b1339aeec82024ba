"""The rooms of the house; docs/architecture.md maps them."""
