"""The answer to one item: read from a post, told in words, marked so that an unchanged one is not saved again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from apps.policy.evaluation.spec import AGAINST, ItemSpec
from apps.scoring.selectors import ItemView

NONE_TICKED = "none"
_FIELD_LABELS = {kind: value.label for kind, value in AGAINST.items()} | {
    "required_value": "要求值",
    "lead_value": "引领值",
    "base_value": "基准值",
}


def benchmark_label(field: str) -> str:
    """Return the words for a comparison value an enterprise may enter."""
    return _FIELD_LABELS[field]


def posted_answer(data: QueryDict) -> dict[str, Any]:
    """Return what `save_answer` takes from a post; a wrong value is left for the service to refuse in words."""
    reason = data.get("reason", "")
    if data.get("not_applicable") == "on":
        return {"not_applicable": True, "reason": reason}
    answer: dict[str, Any] = {"reason": reason}
    met = data.get("met", "")
    if met:
        answer["met"] = {"true": True, "false": False}.get(met, met)
    option = data.get("option", "")
    if option:
        answer["option"] = int(option) if option.isdecimal() and len(option) < 4 else option  # noqa: PLR2004
    ticks = data.getlist("selected")
    if ticks:
        answer["selected"] = [tick for tick in ticks if tick != NONE_TICKED]
    if data.get("claimed_ratio"):
        answer["claimed_ratio"] = data["claimed_ratio"]
    # The item's own metric is the rule; only another choice is something the enterprise says.
    if data.get("metric") and data["metric"] != data.get("metric_default"):
        answer["metric"] = data["metric"]
    benchmarks = {
        field: {"value": data.get(f"bm.{field}.value", ""), "source": data.get(f"bm.{field}.source", "")}
        for field in _FIELD_LABELS
        if data.get(f"bm.{field}.value", "").strip()
    }
    if benchmarks:
        answer["benchmarks"] = benchmarks
    return answer


def stored_answer(item: ItemView) -> dict[str, Any]:
    """Return the stored answer in the form `posted_answer` has."""
    return {**item.answer, "reason": item.reason}


def mark_of_answer(answer: Mapping[str, Any]) -> str:
    """Return a short mark of an answer."""
    kept = {name: value for name, value in answer.items() if value not in ("", None, {})}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def in_words(answer: Mapping[str, Any], item: ItemView, spec: ItemSpec) -> list[tuple[str, str]]:
    """Return an answer as (label, words): for the panel that sets two people's versions side by side."""
    lines: list[tuple[str, str]] = []
    if answer.get("not_applicable"):
        lines.append(("结论", "申请不适用"))
    if "met" in answer:
        lines.append(("判定", "符合" if answer["met"] is True else "不符合"))
    if "option" in answer:
        chosen = next((one.label for one in item.choices if one.value == str(answer["option"])), "")
        lines.append(("档次", chosen))
    if "selected" in answer:
        lines.append(("勾选", "、".join(answer["selected"]) or "均不具备"))
    if answer.get("metric") and answer["metric"] != spec.metric:
        lines.append(("口径", next((one.name for one in item.metrics if one.code == answer["metric"]), "")))
    if answer.get("claimed_ratio"):
        lines.append(("主张", f"满分的系数 {answer['claimed_ratio']}"))
    for field, entered in (answer.get("benchmarks") or {}).items():
        source = f"（{entered.get('source')}）" if entered.get("source") else ""
        lines.append((_FIELD_LABELS.get(field, "对标值"), f"{entered.get('value', '')}{source}"))
    if answer.get("reason"):
        lines.append(("说明", str(answer["reason"])))
    return lines or [("内容", "未填写")]
