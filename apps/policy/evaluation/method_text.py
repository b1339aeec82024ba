"""Owns the written form of a scoring method, one line per step, as people edit it in a form or a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

ARROW: Final = "→"
METHODS: Final[Mapping[str, str]] = {
    "是否满足": "binary",
    "分级": "graded",
    "分档": "tiered",
    "计数": "count",
    "与基准比较": "benchmark",
    "基准倍数": "benchmark_multiple",
    "基准线性": "linear_benchmark",
}
DIRECTIONS: Final[Mapping[str, str]] = {"越高越好": "higher", "越低越好": "lower"}
_REST, _WAY, _FIELDS, _SOURCED = "其余", "方向", "基准字段", "基准须注明出处"
_ONE_LINE: Final = {
    "满分项数": "full_at",
    "选项数": "max_options",
    "引领值": "lead_value",
    "基准值": "base_value",
    "规则": "rule",
}
_WHOLE: Final = frozenset({"full_at", "max_options"})
_OPS: Final = (">=", "<=", ">", "<", "==")
_TIMES: Final = " 倍"
_INSTEAD: Final = "，缺省用 "
_SHOWN: Final = 40


class MethodTextError(ValueError):
    """A line that cannot be read; the message is Chinese and quotes it."""


def label_of(table: Mapping[str, str], code: str) -> str:
    """Return the label *code* has in one of the tables above, the code itself when it has none."""
    return next((label for label, known in table.items() if known == code), code)


def method_lines(method: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a stored method (`scoring` of an item's mapping), in the order they are read back."""
    for one in method.get("options", ()):
        yield f"{one['label']} {ARROW} {one['ratio']}"
    yield from _tier_lines(method.get("tiers", ()))
    if "otherwise" in method:
        yield f"{_REST} {ARROW} {method['otherwise']}"
    if "direction" in method:
        yield f"{_WAY} {ARROW} {label_of(DIRECTIONS, method['direction'])}"
    for label, key in _ONE_LINE.items():
        if method.get(key) is not None:
            yield f"{label} {ARROW} {method[key]}"
    if method.get("benchmark_fields"):
        yield f"{_FIELDS} {ARROW} {'、'.join(method['benchmark_fields'])}"
    if "benchmark_source_required" in method:
        yield f"{_SOURCED} {ARROW} {'是' if method['benchmark_source_required'] else '否'}"


def method_from_text(name: str, metric: str, text: str) -> dict[str, Any]:
    """Return the mapping of a method (what the loader reads) from its code, its metric and its lines.

    Raises:
        MethodTextError: a line is not written 条件 → 比例.
    """
    found: dict[str, Any] = {"method": name}
    if name not in {"binary", "graded"}:
        found["metric"] = metric
    for line in text.splitlines():
        if not line.strip():
            continue
        left, arrow, right = (part.strip() for part in line.rpartition(ARROW))
        if not arrow or not left or not right:
            shown = line.strip()[:_SHOWN]
            raise MethodTextError(f"计分规则“{shown}”应写成“条件 {ARROW} 比例”，一行一条。")
        setting = _setting(left, right)
        if setting:
            found.update(setting)
        elif name == "graded":
            found.setdefault("options", []).append({"label": left, "ratio": right})
        else:
            found.setdefault("tiers", []).append({**_condition(left), "ratio": right})
    return found


def _tier_lines(tiers: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for one in tiers:
        if "op" in one:
            yield f"{one['op']} {one['value']} {ARROW} {one['ratio']}"
        elif "multiple_gte" in one:
            yield f">= {one['multiple_gte']}{_TIMES} {ARROW} {one['ratio']}"
        elif "multiple_lte" in one:
            yield f"<= {one['multiple_lte']}{_TIMES} {ARROW} {one['ratio']}"
        else:
            instead = f"{_INSTEAD}{one['fallback']}" if one.get("fallback") else ""
            yield f"{one['against']}{instead} {ARROW} {one['ratio']}"


def _setting(left: str, right: str) -> dict[str, Any]:
    """Return what a line sets for the whole method; empty when it is a grade or a tier."""
    if left in _ONE_LINE:
        key = _ONE_LINE[left]
        return {key: int(right) if key in _WHOLE and right.isdecimal() else right}
    settings: dict[str, dict[str, Any]] = {
        _REST: {"otherwise": right},
        _WAY: {"direction": DIRECTIONS.get(right, right)},
        _FIELDS: {"benchmark_fields": [text for text in right.split("、") if text]},
        _SOURCED: {"benchmark_source_required": right == "是"},
    }
    return settings.get(left, {})


def _condition(left: str) -> dict[str, str]:
    sign = next((sign for sign in _OPS if left.startswith(sign)), "")
    if not sign:
        against, _, fallback = left.partition(_INSTEAD)
        written = {"against": against.strip(), "fallback": fallback.strip()}
        return {key: value for key, value in written.items() if value}
    figure = left.removeprefix(sign).strip()
    if figure.endswith(_TIMES.strip()):
        key = "multiple_gte" if sign == ">=" else "multiple_lte"
        return {key: figure.removesuffix(_TIMES.strip()).strip()}
    return {"op": sign, "value": figure}
