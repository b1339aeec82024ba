"""docs/data-dictionary.md: every table and column of the rooms, from the models."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models

from apps.core.fields import SealedPartsField, SealedTextField
from apps.core.personal import declared_by


def data_dictionary_page() -> str:
    """Return the page: one section per room, one table per model, one line per column."""
    lines = [
        "# 数据字典",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。时间以 UTC 保存；“个人信息”一栏为声明的用途。",
        "",
    ]
    for room in settings.ROOMS:
        config = apps.get_app_config(room)
        found = sorted(config.get_models(), key=lambda model: model._meta.db_table)
        if not found:
            continue
        lines += [f"## {room}", ""]
        for model in found:
            lines += [f"### {model._meta.verbose_name}（`{model._meta.db_table}`）", ""]
            lines += [_summary(model), "", "| 列 | 名称 | 类型 | 可空 | 个人信息 |", "|---|---|---|---|---|"]
            lines += [_line(model, field) for field in model._meta.concrete_fields]
            lines.append("")
    return "\n".join(lines)


def _summary(model: type[models.Model]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _line(model: type[models.Model], field: models.Field[object, object]) -> str:
    kind = type(field).__name__.removesuffix("Field")
    if isinstance(field, SealedTextField):
        kind = "Text（加密）"
    elif isinstance(field, SealedPartsField):
        kind = "JSON（联系信息加密）"
    if field.related_model is not None and not isinstance(field.related_model, str):
        kind += f" → {field.related_model._meta.db_table}"
    if getattr(field, "max_length", None):
        kind += f"({field.max_length})"
    declared = declared_by(model).get(field.attname)
    shown = declared.purpose if declared is not None else ""
    return f"| `{field.column}` | {field.verbose_name} | {kind} | {'是' if field.null else ''} | {shown} |"
