"""Argon2id at a cost a deadline evening can carry (SECURITY 11, M35)."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher


class TunedArgon2PasswordHasher(Argon2PasswordHasher):
    """m = 19 MiB, t = 2, p = 1: about 0.06 s and 20 MB a verification."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


class FastTestHasher(PBKDF2PasswordHasher):
    """One iteration: tests only, refused by production settings (they name the Argon2 hasher)."""

    algorithm = "pbkdf2_fast_test"
    iterations = 1
