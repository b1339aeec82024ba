"""Seal everything encrypted with the key in use, so that an old key can be put away."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pgtrigger
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from apps.core import crypto
from apps.core.actor import Actor
from apps.core.fields import SealedPartsField, SealedTextField, is_sealed
from apps.core.scoping import enter

_BATCH = 500


class Command(BaseCommand):
    """`rotate_keys`: each table in a transaction of its own; run again after an interruption."""

    help = "用现行密钥重新加密全部加密字段（更换密钥后执行；可重复执行）。完成后旧密钥即可停用。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Reseal and say how many values of each table were still under another key."""
        del args, options
        done: Counter[str] = Counter()
        for model, columns in sealed_columns():
            with transaction.atomic():
                enter(Actor.system())
                with pgtrigger.ignore(*_append_only(model)):
                    done[str(model._meta.verbose_name)] += _reseal(model, columns)
        with transaction.atomic():
            enter(Actor.system())
            done["两步验证"] += _reseal_factors()
        for name, count in done.items():
            self.stdout.write(f"{name}：重新加密 {count} 项")
        self.stdout.write(f"现行密钥 {crypto.current_key_id()}，其他密钥已不再使用。")


def sealed_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Return the models of the rooms with their encrypted columns."""
    found = []
    for model in apps.get_models():
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, SealedTextField | SealedPartsField) or field.attname.endswith("_sealed")
        ]
        if columns:
            found.append((model, columns))
    return found


def _append_only(model: type[models.Model]) -> list[str]:
    """Return the triggers that refuse a change of *model*: another key changes how a value lies, not what it says."""
    triggers: list[pgtrigger.Trigger] = getattr(model._meta, "triggers", [])
    return [f"{model._meta.label}:{one.name}" for one in triggers if isinstance(one, pgtrigger.Protect)]


def _reseal(model: type[models.Model], columns: list[str]) -> int:
    """Reseal the rows of one table; stored values are read and written as they lie, not through the field."""
    count = 0
    rows = model._default_manager.select_for_update().order_by("pk")
    for row in rows.iterator(chunk_size=_BATCH):
        stale: dict[str, Any] = {}
        for column in columns:
            field = model._meta.get_field(column)
            if isinstance(field, SealedTextField | SealedPartsField):
                # Reading opened it and writing seals with the key in use; which key sealed it only the table knows.
                stale[column] = getattr(row, column)
            elif is_sealed(getattr(row, column)):
                stale[column] = crypto.reseal(getattr(row, column))
        stale = {column: value for column, value in stale.items() if value}
        if stale:
            model._default_manager.filter(pk=row.pk).update(**stale)
            count += len(stale)
    return count


def _reseal_factors() -> int:
    count = 0
    for factor in Authenticator.objects.select_for_update().order_by("pk"):
        sealed = {
            key: value for key, value in factor.data.items() if isinstance(value, str) and is_sealed(value)
        }
        if sealed:
            factor.data = {**factor.data, **{key: crypto.reseal(value) for key, value in sealed.items()}}
            factor.save(update_fields=["data"])
            count += len(sealed)
    return count
