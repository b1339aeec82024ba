"""Every column about a person says what it is for; nothing of it reaches an anonymous page."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from apps.core.fields import SealedTextField
from apps.core.personal import declared_by, inventory

#: What columns about people are called, in code or in Chinese.
_ABOUT_PEOPLE = re.compile(
    r"姓名|电话|手机|邮箱|联系|代表人|受邀人|提出人|来源地址|来源网段|经办人$|署名|"
    r"phone|email|mobile|contact|person|address|representative|signer",
    re.IGNORECASE,
)
#: Columns whose name looks like it and that hold nothing about a person.
NOT_PERSONAL = {
    "accounts.District.phone": "the office's public number",
    "accounts.Enterprise.registered_address": "the company's",
    "accounts.Enterprise.site_address": "the factory's",
    "publicity.Notice.contact_address": "the office's",
    "publicity.Objection.party": "person, unit or nobody named: a kind, not who",
}


def _columns() -> list[tuple[type[models.Model], str, str]]:
    rooms = {f"apps.{room}" for room in settings.ROOMS}
    return [
        (model, field.attname, str(field.verbose_name))
        for config in apps.get_app_configs()
        if config.name in rooms
        for model in config.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
    ]


def test_every_column_about_people_is_declared() -> None:
    silent = [
        f"{model._meta.label}.{column}（{label}）"
        for model, column, label in _columns()
        if (_ABOUT_PEOPLE.search(column) or _ABOUT_PEOPLE.search(label))
        and column not in declared_by(model)
        and f"{model._meta.label}.{column}" not in NOT_PERSONAL
    ]
    assert silent == []


def test_sealed_columns_are_declared() -> None:
    for model, column, _ in _columns():
        if isinstance(model._meta.get_field(column), SealedTextField):
            assert column in declared_by(model), f"{model._meta.label}.{column}"


@pytest.mark.parametrize("row", list(inventory()), ids=lambda row: f"{row.model}.{row.column}")
def test_declarations_say_something(row: object) -> None:
    declared = row.declared  # type: ignore[attr-defined]
    assert declared.purpose
    assert declared.retention
    assert declared.shown


def test_the_search_would_find_a_silent_column() -> None:
    assert _ABOUT_PEOPLE.search("contact_mobile")
    assert _ABOUT_PEOPLE.search("来源地址")
    assert not _ABOUT_PEOPLE.search("title")
