"""The fields of a draft's forms: stored values as text for a form, and what a form sent as stored values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from apps.core.errors import Invalid
from apps.policy.evaluation.editing import Part, Place
from apps.policy.evaluation.method_text import method_lines

#: How a figure of a metric is written, one a line.
INPUT_LINE: Final = "编码｜名称｜单位｜取自表单｜选项一；选项二"
_BAR: Final = "｜"
_FIELDS_OF_A_LINE: Final = 5
_TEXTS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.HEAD: (
        "name",
        "status",
        "effective_from",
        "effective_from_note",
        "effective_to",
        "level_thresholds",
        "provenance",
    ),
    Part.DIMENSION: ("code", "name", "weight", "raw_total", "mandatory_raw", "optional_raw"),
    Part.GROUP: ("code", "name"),
    Part.ITEM: (
        "code",
        "name",
        "requirement",
        "raw_points",
        "max_points",
        "metric",
        "guidance",
        "unit",
        "indicator_type",
        "benchmark_note",
        "seq",
    ),
    Part.METRIC: ("code", "name", "unit", "direction", "formula", "row_name", "note"),
}
_FLAGS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.ITEM: ("onsite_check", "na_allowed"),
    Part.METRIC: ("worst_of_rows",),
}
#: Lists written with 、 on one line, and lists written one a line.
_WORDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.ITEM: ("alternative_metrics", "sources"),
    Part.METRIC: ("row_inputs", "sources"),
}
_LINES: Final[Mapping[Part, tuple[str, ...]]] = {Part.ITEM: ("evidence",)}


def shown_fields(part: Part, entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the stored fields of a part as its form shows them."""
    values = {name: str(entry.get(name, "") or "") for name in _TEXTS[part]}
    values |= {name: "on" if entry.get(name) else "" for name in _FLAGS.get(part, ())}
    values |= {name: "、".join(entry.get(name, ())) for name in _WORDS.get(part, ())}
    values |= {name: "\n".join(entry.get(name, ())) for name in _LINES.get(part, ())}
    if part is Part.ITEM:
        values["method"] = entry["scoring"]["method"]
        values["detail"] = "\n".join(method_lines(entry["scoring"]))
    if part is Part.METRIC:
        values["inputs"] = "\n".join(_input_lines(entry))
    return values


def fields_from(part: Part, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form sent as stored fields; the loader judges them.

    Raises:
        Invalid: a line of the figures of a metric is not written as `INPUT_LINE` says.
    """
    fields: dict[str, Any] = {name: sent.get(name, "").strip() for name in _TEXTS[part]}
    fields |= {name: bool(sent.get(name)) or None for name in _FLAGS.get(part, ())}
    for name in _WORDS.get(part, ()):
        spaced = sent.get(name, "").replace("，", "、").replace(",", "、")
        fields[name] = [word.strip() for word in spaced.split("、") if word.strip()]
    for name in _LINES.get(part, ()):
        fields[name] = [line.strip() for line in sent.get(name, "").splitlines() if line.strip()]
    if part is Part.METRIC:
        fields["inputs"] = list(_inputs(sent.get("inputs", "")))
    return fields


def place_of_text(written: str) -> Place:
    """Return a place written dimension/group, as the choices of the form are."""
    dimension, _, group = written.partition("/")
    return Place(dimension, group)


def _input_lines(metric: Mapping[str, Any]) -> Iterator[str]:
    for one in metric.get("inputs", ()):
        parts = [
            one["code"],
            one["name"],
            one.get("unit", ""),
            one.get("source_form", ""),
            "；".join(one.get("options", ())),
        ]
        yield _BAR.join(parts).rstrip(_BAR)


def _inputs(written: str) -> Iterator[dict[str, Any]]:
    for line in written.splitlines():
        if not line.strip():
            continue
        parts = [part.strip() for part in line.replace("|", _BAR).split(_BAR)]
        if len(parts) == 1 or len(parts) > _FIELDS_OF_A_LINE:
            raise Invalid.of("inputs", f"填报项“{line.strip()[:40]}”应写成“{INPUT_LINE}”，一行一项。")
        code, name, unit, source_form, options = [*parts, "", "", "", ""][:_FIELDS_OF_A_LINE]
        found: dict[str, Any] = {"code": code, "name": name, "unit": unit, "source_form": source_form}
        found["options"] = [word.strip() for word in options.split("；") if word.strip()]
        yield {key: value for key, value in found.items() if value not in ("", [])}
