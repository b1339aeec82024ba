"""Abstract bases shared by the rooms: public ids and the fixed vocabulary of columns."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models

from apps.core.scoping import Scope, ScopedQuerySet

#: Crockford-like alphabet without look-alikes: an id can be read out on the telephone.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 14


def new_public_id() -> str:
    """Return a random id of 14 characters (69 bits): what URLs carry instead of numbers (SECURITY R45)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


class PublicIdModel(models.Model):
    """A row that URLs may name."""

    public_id = models.CharField(
        "公开编号", max_length=_LENGTH, unique=True, default=new_public_id, editable=False
    )

    class Meta:
        abstract = True


class ScopedModel(PublicIdModel):
    """A row that belongs to a jurisdiction: subclasses declare `scope` and get `objects.visible_to(actor)`."""

    scope: ClassVar[Scope]
    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
