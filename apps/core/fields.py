"""Columns whose text is encrypted at rest: sealed when written, opened when read, key named in every value."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from apps.core import crypto

_SEALED = re.compile(r"^k[0-9]{1,4}\.[A-Za-z0-9_-]{20,}={0,2}$")


def is_sealed(value: str) -> bool:
    """Return whether a stored value is ciphertext (rows from before the column was sealed are not)."""
    return bool(_SEALED.match(value))


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # the stubs' parameters cannot be given at run time
    """Text that the database never holds in clear. It cannot be searched, sorted or compared there."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is written; empty text stays empty."""
        text = super().get_prep_value(value)
        return crypto.encrypt(text) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Open what was read."""
        del expression, connection
        return crypto.decrypt(value) if value and is_sealed(value) else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only what ciphertext can answer.

        Raises:
            TypeError: any comparison of contents, which would silently find nothing.
        """
        if lookup_name != "isnull":
            msg = f"{self.model.__name__}.{self.name} is sealed and cannot be compared ({lookup_name})"
            raise TypeError(msg)
        return super().get_lookup(lookup_name)
