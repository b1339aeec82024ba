"""Owns what differs between two versions of a scheme: parts added, removed and changed, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from apps.policy.evaluation.method_text import DIRECTIONS, METHODS, label_of, method_lines
from apps.policy.evaluation.serialising import scheme_to_mapping
from apps.policy.evaluation.spec import SchemeSpec


class ChangeKind(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {ChangeKind.ADDED: "新增", ChangeKind.REMOVED: "删除", ChangeKind.CHANGED: "修改"}[self]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in words, before and after; "" where it says nothing."""

    label: str
    before: str
    after: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The field line by line where it has several: what stayed ("same"), went ("gone") and came ("new").

        Empty for a field of one line, which reads best as before → after.
        """
        old, new = self.before.splitlines(), self.after.splitlines()
        if max(len(old), len(new)) < 2:  # noqa: PLR2004  (one line)
            return ()
        found: list[tuple[str, str]] = []
        for _, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            same = old[first:last] == new[start:end]
            found += [("same" if same else "gone", line) for line in old[first:last]]
            found += [] if same else [("new", line) for line in new[start:end]]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the scheme that differs. `part` is 体系, 维度, 二级指标, 条目 or 指标; added parts have no `before`."""

    kind: ChangeKind
    part: str
    code: str
    name: str
    fields: tuple[FieldChange, ...]


_HEAD: Final = {
    "code": "体系编号",
    "name": "名称",
    "status": "性质",
    "effective_from": "生效日期",
    "effective_from_note": "生效日期说明",
    "effective_to": "失效日期",
    "total_points": "总分",
    "item_count": "条目数",
    "secondary_count": "二级指标数",
    "level_thresholds": "等级说明",
    "provenance": "来源说明",
    "basic_requirements": "基本要求",
    "sources": "出处",
}
_DIMENSION: Final = {
    "name": "名称",
    "weight": "权重",
    "raw_total": "原始总分",
    "mandatory_raw": "必选原始分",
    "optional_raw": "可选原始分",
}
_GROUP: Final = {"name": "名称", "dimension": "所属维度"}
_ITEM: Final = {
    "name": "名称",
    "place": "位置",
    "requirement": "类别",
    "max_points": "满分",
    "raw_points": "原始分",
    "method": "计分方法",
    "detail": "计分规则",
    "metric": "指标",
    "alternative_metrics": "可替代指标",
    "guidance": "评分说明",
    "evidence": "证明材料",
    "onsite_check": "现场核查",
    "na_allowed": "可不适用",
    "unit": "计量单位",
    "indicator_type": "指标类型",
    "benchmark_note": "基准说明",
    "seq": "排序号",
    "sources": "出处",
}
_METRIC: Final = {
    "name": "名称",
    "unit": "单位",
    "direction": "方向",
    "formula": "公式",
    "inputs": "填报项",
    "worst_of_rows": "按行取最不利者",
    "row_name": "行名称",
    "row_inputs": "逐行填报项",
    "sources": "出处",
    "note": "说明",
}
_PARTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"体系": _HEAD, "维度": _DIMENSION, "二级指标": _GROUP, "条目": _ITEM, "指标": _METRIC}
)
Parts = dict[str, dict[str, dict[str, Any]]]


def scheme_changes(before: SchemeSpec, after: SchemeSpec) -> list[PartChange]:
    """Return what differs between two versions, in the order of the newer one; removed parts stand last in each kind.

    Parts are known by their codes: a part whose code changed is one removed and one added. The system itself is
    one on each side, so another code of it is a change like any other.
    """
    old, new = _parts(before), _parts(after)
    old["体系"] = {after.code: old["体系"][before.code]}
    found: list[PartChange] = []
    for part, labels in _PARTS.items():
        codes = [*new[part], *(code for code in old[part] if code not in new[part])]
        for code in codes:
            change = _change(part, code, labels, old[part].get(code), new[part].get(code))
            if change is not None:
                found.append(change)
    return found


def _change(
    part: str,
    code: str,
    labels: Mapping[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> PartChange | None:
    kind = ChangeKind.CHANGED
    if before is None:
        kind = ChangeKind.ADDED
    elif after is None:
        kind = ChangeKind.REMOVED
    fields = tuple(
        FieldChange(label, _said((before or {}).get(key)), _said((after or {}).get(key)))
        for key, label in labels.items()
        if _said((before or {}).get(key)) != _said((after or {}).get(key))
    )
    if kind is ChangeKind.CHANGED and not fields:
        return None
    name = str((after or before or {}).get("name", ""))
    return PartChange(kind, part, code, name, fields)


def _parts(spec: SchemeSpec) -> Parts:
    stored = scheme_to_mapping(spec)
    parts: Parts = {name: {} for name in _PARTS}
    parts["体系"][spec.code] = {
        **stored,
        "basic_requirements": [f"{row.code} {row.rule}" for row in spec.basic_requirements],
        "sources": [f"{name}：{text}" for name, text in spec.sources],
    }
    for dimension in stored.get("dimensions", ()):
        parts["维度"][dimension["code"]] = dimension
        for group, items in _groups(dimension):
            if group:
                parts["二级指标"][group["code"]] = {**group, "dimension": dimension["name"]}
            place = " / ".join([dimension["name"], *([group["name"]] if group else [])])
            for item in items:
                parts["条目"][item["code"]] = _item(item, place)
    for metric in stored.get("metrics", ()):
        parts["指标"][metric["code"]] = {
            **metric,
            "direction": label_of(DIRECTIONS, metric["direction"]),
            "inputs": [_input(one) for one in metric.get("inputs", ())],
        }
    return parts


def _groups(dimension: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    if "items" in dimension:
        yield {}, dimension["items"]
    for group in dimension.get("secondary", ()):
        yield group, group.get("items", ())


def _item(item: Mapping[str, Any], place: str) -> dict[str, Any]:
    scoring = item["scoring"]
    return {
        **item,
        "place": place,
        "method": label_of(METHODS, scoring["method"]),
        # Which comparison values may be entered follows from the tiers; said once is enough.
        "detail": list(method_lines({**scoring, "benchmark_fields": ()})),
    }


def _input(entry: Mapping[str, Any]) -> str:
    unit = f"（{entry['unit']}）" if entry.get("unit") else ""
    options = f"：{'；'.join(entry['options'])}" if entry.get("options") else ""
    source = f"，取自{entry['source_form']}" if entry.get("source_form") else ""
    return f"{entry['code']} {entry['name']}{unit}{source}{options}"


def _said(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "是"
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    return str(value)
