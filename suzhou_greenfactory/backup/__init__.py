"""Backup and restore: one folder with the database, the files and a manifest that proves both (SECURITY R56).

`making` writes it, `restoring` reads it, `programs` finds PostgreSQL's own dump programs, `manifest` is the proof.
Secrets (the application key, the key of encrypted fields) are not in a backup: they are kept apart by design.
"""
