"""Accounts: sign-in records and secrets (more use-cases follow in this package)."""
