"""What the columns and values in an audit event are called in Chinese: an auditor reads words, not column names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.apps import apps as django_apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

#: Names in events that are no column of the object they are about.
_WORDS = {
    "act": "事项",
    "added": "增加",
    "application": "申报",
    "came": "到场",
    "cases": "申报",
    "certificates": "证书",
    "changed": "改动",
    "columns": "列",
    "computed": "计算结果",
    "conclusion": "结论",
    "confirmable": "可确认",
    "count": "数量",
    "decisions": "决定",
    "device": "设备",
    "devices": "设备",
    "digest": "摘要",
    "employer": "工作单位",
    "enterprises": "企业",
    "experts": "专家",
    "file": "文件",
    "head": "链首摘要",
    "holder": "承办人",
    "keeps": "保留",
    "kind": "类别",
    "label": "名称",
    "leader": "组长",
    "level": "级别",
    "name": "名称",
    "new_device": "新设备",
    "new_network": "新的网络",
    "period": "数据期间",
    "public_id": "编号",
    "reason": "原因",
    "recommended": "推荐",
    "refused": "拒绝",
    "rows": "行数",
    "seated": "就席",
    "sessions": "会话数",
    "sha256": "校验值",
    "side": "一方",
    "signed_up": "报名",
    "source": "来源",
    "threshold": "门槛",
    "title": "标题",
    "total": "总分",
    "username": "用户名",
    "values": "数值",
    "version": "版本",
    "waiting": "待办",
    "year": "年度",
    "years": "年度",
}
_TRUTH = {"true": "是", "false": "否"}


def changes_in_words(
    subject_type: str, changes: Iterable[tuple[str, str, str]], people: Mapping[int, str] | None = None
) -> list[tuple[str, str, str]]:
    """Return the changes of an event with their names and states in words; what has none stays as it was written.

    Args:
        subject_type: label of the kind of object ("review.draw").
        changes: (column, before, after) as `apps.audit.selectors.EventRow` gives them.
        people: account id → name, shown for the ids that `account_ids` found.
    """
    shown = []
    for name, before, after in changes:
        field = _column(subject_type, name)
        label = str(field.verbose_name) if field else _WORDS.get(name, name)
        shown.append((label, _value(field, before, people or {}), _value(field, after, people or {})))
    return shown


def account_ids(subject_type: str, changes: Iterable[tuple[str, str, str]]) -> set[int]:
    """Return the ids of accounts among the values of an event's changes."""
    return {
        int(text)
        for name, before, after in changes
        if _is_account(_column(subject_type, name))
        for text in (before, after)
        if text.isdecimal()
    }


def _is_account(field: Field[object, object] | None) -> bool:
    model = field.related_model if field is not None else None
    return not isinstance(model, str) and model is not None and model._meta.label_lower == "accounts.user"


def _column(subject_type: str, name: str) -> Field[object, object] | None:
    try:
        model = django_apps.get_model(subject_type)
    except (LookupError, ValueError):
        return None
    for candidate in (name, name.removesuffix("_id")):
        try:
            found = model._meta.get_field(candidate)
        except FieldDoesNotExist:
            continue
        return found if isinstance(found, Field) else None
    return None


def _value(field: Field[object, object] | None, text: str, people: Mapping[int, str]) -> str:
    if text.isdecimal() and _is_account(field):
        return people.get(int(text), text)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(text, text))
    return _TRUTH.get(text, text)
