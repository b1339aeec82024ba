"""An evaluation system as the sheets of a workbook, and back: the same content, the same digest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from apps.core.errors import Invalid
from apps.documents.imports.importer import Row, Rows
from apps.policy.evaluation.decimals import plain
from apps.policy.evaluation.method_text import (
    ARROW,
    DIRECTIONS,
    METHODS,
    MethodTextError,
    label_of,
    method_from_text,
    method_lines,
)

__all__ = ["ARROW", "BASICS", "HEAD", "HEAD_LABELS", "INPUTS", "ITEMS", "METHODS", "METRICS", "SOURCES"]

ITEMS, HEAD, BASICS, SOURCES = "条目", "体系", "基本要求", "出处"
METRICS, INPUTS = "指标", "填报项"
HEAD_LABELS: Final[Mapping[str, str]] = {
    "体系编码": "code",
    "体系名称": "name",
    "性质": "status",
    "生效日期": "effective_from",
    "生效日期说明": "effective_from_note",
    "失效日期": "effective_to",
    "总分": "total_points",
    "条目数": "item_count",
    "二级指标数": "secondary_count",
    "等级说明": "level_thresholds",
    "来源说明": "provenance",
    "适用行业代码": "industries",
}
#: What the workbook calls the nature of a system → what its content calls it.
NATURES: Final[Mapping[str, str]] = {"正式": "standard", "重构版": "reconstruction"}
Lines = dict[str, list[tuple[object, ...]]]


def to_lines(scheme: Mapping[str, Any], industries: Sequence[str]) -> Lines:
    """Return the lines of every sheet for a stored scheme (`scheme_to_mapping`)."""
    head = {
        **scheme,
        "industries": "、".join(industries),
        "status": label_of(NATURES, str(scheme.get("status", ""))),
    }
    return {
        ITEMS: list(_item_lines(scheme)),
        HEAD: [(label, _text(head.get(key))) for label, key in HEAD_LABELS.items()],
        BASICS: [(row["code"], row["rule"]) for row in scheme.get("basic_requirements", ())],
        SOURCES: list(scheme.get("sources", {}).items()),
        METRICS: [
            (
                row["code"],
                row["name"],
                row.get("unit", ""),
                label_of(DIRECTIONS, row.get("direction", "")),
                row["formula"],
                "是" if row.get("worst_of_rows") else "",
                row.get("row_name", ""),
                "、".join(row.get("sources", ())),
                row.get("note", ""),
            )
            for row in scheme.get("metrics", ())
        ],
        INPUTS: [
            (
                row["code"],
                one["code"],
                one["name"],
                one.get("unit", ""),
                one.get("source_form", ""),
                "是" if one["code"] in row.get("row_inputs", ()) else "",
                "\n".join(one.get("options", ())),
            )
            for row in scheme.get("metrics", ())
            for one in row.get("inputs", ())
        ],
    }


def _item_lines(scheme: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for part in scheme["dimensions"]:
        groups = part.get("secondary") or [{"code": "", "name": "", "items": part.get("items", ())}]
        for group in groups:
            for item in group["items"]:
                yield (
                    part["code"],
                    part["name"],
                    _number(part.get("weight")),
                    _number(part.get("raw_total")),
                    _number(part.get("mandatory_raw")),
                    _number(part.get("optional_raw")),
                    group["code"],
                    group["name"],
                    item["code"],
                    item["name"],
                    item["requirement"],
                    _number(item.get("raw_points")),
                    _number(item["max_points"]),
                    label_of(METHODS, item["scoring"]["method"]),
                    "\n".join(method_lines(item["scoring"])),
                    item.get("metric", ""),
                    "、".join(item.get("alternative_metrics", ())),
                    item.get("guidance", ""),
                    "\n".join(item.get("evidence", ())),
                    "是" if item.get("onsite_check") else "",
                    "是" if item.get("na_allowed") else "",
                    item.get("unit", ""),
                    item.get("seq"),
                    item.get("indicator_type", ""),
                    item.get("benchmark_note", ""),
                    "、".join(item.get("sources", ())),
                )


def from_rows(rows: Rows) -> tuple[dict[str, Any], list[str], dict[str, int]]:
    """Return the scheme as a mapping, its industries, and where each item of it stands (path → place of the line)."""
    head = {HEAD_LABELS.get(row.text("label"), ""): row.text("content") for row in rows[HEAD]}
    head["status"] = NATURES.get(head.get("status", ""), head.get("status", ""))
    if head["status"] not in {"", *NATURES.values()}:
        raise Invalid.of("status", f"性质应填“{'”或“'.join(NATURES)}”。")
    industries = [code for code in head.pop("industries", "").split("、") if code]
    dimensions, places = _dimensions(rows[ITEMS])
    scheme: dict[str, Any] = {
        "schema_version": 1,
        **{key: text for key, text in head.items() if key and text},
        "dimensions": dimensions,
        "metrics": _metrics(rows),
        "sources": {row.text("code"): row.text("text") for row in rows[SOURCES]},
        "basic_requirements": [{"code": row.text("code"), "rule": row.text("rule")} for row in rows[BASICS]],
    }
    for key in ("item_count", "secondary_count"):
        if key in scheme:
            scheme[key] = int(scheme[key]) if scheme[key].isdecimal() else scheme[key]
    return _filled(scheme), industries, places


def place_of(path: str, rows: Rows) -> tuple[str, int, str]:
    """Return where a part of a system stands in the workbook: (sheet, place of the line or -1, field or "").

    `path` is as `policy.evaluation` names it, of everything but single items: a head field, a dimension, a metric
    or one of its inputs, a basic requirement, a source.
    """
    labels = {key: label for label, key in HEAD_LABELS.items()}
    head, _, _ = path.partition(".")
    if head in labels:
        lines = [row.text("label") for row in rows[HEAD]]
        return HEAD, lines.index(labels[head]) if labels[head] in lines else -1, "content"
    found = _PART.match(path)
    if found is None:
        return ITEMS, -1, ""
    part, at, rest = found[1], int(found[2]), found[3] or ""
    if part == "dimensions":
        order = list(dict.fromkeys(row.text("dimension") for row in rows[ITEMS]))
        codes = [row.text("dimension") for row in rows[ITEMS]]
        return ITEMS, codes.index(order[at]) if at < len(order) else -1, _FIELDS.get(rest, rest)
    inner = _INPUT.match(rest)
    if part == "metrics" and inner is not None and at < len(rows[METRICS]):
        code = rows[METRICS][at].text("code")
        own = [place for place, row in enumerate(rows[INPUTS]) if row.text("metric") == code]
        return INPUTS, own[int(inner[1])] if int(inner[1]) < len(own) else -1, inner[2] or ""
    return _SHEETS.get(part, ITEMS), at if part in _SHEETS else -1, rest


_PART: Final = re.compile(r"^(\w+)\[(\d+)\](?:\.(.+))?$")
_INPUT: Final = re.compile(r"^inputs\[(\d+)\](?:\.(\w+))?$")
_SHEETS: Final = {"metrics": METRICS, "basic_requirements": BASICS, "sources": SOURCES}
#: Fields of a dimension under another name than its column.
_FIELDS: Final = {"code": "dimension", "name": "dimension_name"}


def _dimensions(lines: Sequence[Row]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    parts: dict[str, dict[str, Any]] = {}
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    places: dict[str, int] = {}
    for place, row in enumerate(lines):
        part = parts.setdefault(row.text("dimension"), _part(row))
        item = _item(row, place)
        code = row.text("group")
        key = (row.text("dimension"), code)
        if not code:
            part.setdefault("items", []).append(item)
            path = f"dimensions[{list(parts).index(key[0])}].items[{len(part['items']) - 1}]"
        else:
            if key not in groups:
                groups[key] = {"code": code, "name": row.text("group_name"), "items": []}
                part.setdefault("secondary", []).append(groups[key])
            groups[key]["items"].append(item)
            at = part["secondary"].index(groups[key])
            path = f"dimensions[{list(parts).index(key[0])}].secondary[{at}].items[{len(groups[key]['items']) - 1}]"
        places[path] = place
    return list(parts.values()), places


def _part(row: Row) -> dict[str, Any]:
    return _filled(
        {
            "code": row.text("dimension"),
            "name": row.text("dimension_name"),
            "weight": _plain(row.values.get("weight")),
            "raw_total": _plain(row.values.get("raw_total")),
            "mandatory_raw": _plain(row.values.get("mandatory_raw")),
            "optional_raw": _plain(row.values.get("optional_raw")),
        }
    )


def _item(row: Row, place: int) -> dict[str, Any]:
    seq = row.values.get("seq")
    return _filled(
        {
            "code": row.text("code"),
            "seq": int(seq) if isinstance(seq, Decimal) else None,
            "name": row.text("name"),
            "requirement": row.text("requirement"),
            "raw_points": _plain(row.values.get("raw_points")),
            "max_points": _plain(row.values.get("max_points")),
            "scoring": _method(row, place),
            "metric": row.text("metric"),
            "alternative_metrics": row.values.get("alternative_metrics"),
            "guidance": row.text("guidance"),
            "evidence": [text.strip() for text in row.text("evidence").splitlines() if text.strip()],
            "onsite_check": row.values.get("onsite_check") or None,
            "na_allowed": row.values.get("na_allowed") or None,
            "unit": row.text("unit"),
            "indicator_type": row.text("indicator_type"),
            "benchmark_note": row.text("benchmark_note"),
            "sources": row.values.get("sources"),
        }
    )


def _method(row: Row, place: int) -> dict[str, Any]:
    try:
        return method_from_text(row.text("method"), row.text("metric"), row.text("detail"))
    except MethodTextError as error:
        raise Invalid.of(f"{place}.detail", str(error)) from None


def _metrics(rows: Rows) -> list[dict[str, Any]]:
    found = []
    for row in rows[METRICS]:
        own = [one for one in rows[INPUTS] if one.text("metric") == row.text("code")]
        found.append(
            _filled(
                {
                    "code": row.text("code"),
                    "name": row.text("name"),
                    "unit": row.text("unit"),
                    "direction": row.text("direction"),
                    "formula": row.text("formula"),
                    "worst_of_rows": row.values.get("worst_of_rows") or None,
                    "row_name": row.text("row_name"),
                    "row_inputs": [one.text("code") for one in own if one.values.get("by_row")],
                    "inputs": [
                        _filled(
                            {
                                "code": one.text("code"),
                                "name": one.text("name"),
                                "unit": one.text("unit"),
                                "source_form": one.text("source_form"),
                                "options": [
                                    text for text in one.text("options").splitlines() if text.strip()
                                ],
                            }
                        )
                        for one in own
                    ],
                    "sources": row.values.get("sources"),
                    "note": row.text("note"),
                }
            )
        )
    return found


def _filled(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value not in (None, "", [], {})}


def _plain(value: object) -> str | None:
    return plain(value) if isinstance(value, Decimal) else None


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _text(value: object) -> str:
    return "" if value is None else str(value)
