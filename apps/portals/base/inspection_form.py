"""The form that records a recheck's visit, the same for a district and for the city's own visits (F-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.monitoring import services
from apps.policy.evaluation.decimals import NotANumber, to_decimal
from apps.portals.base.posted import required_day, text, time_of_day

_LEAST_PEOPLE, _PEOPLE, _FINDINGS = 2, 4, 8
_PARTS = ("code", "problem", "requirement", "evidence_wanted")
_LABELS = ("条目", "问题", "整改要求", "证明材料要求")


def record_posted(request: HttpRequest, *, actor: Actor, clock: Clock, public_id: str) -> None:
    """Record what was typed about a visit; what cannot be read is told together with what the service refuses.

    Raises:
        Invalid: every fault of the form.
        NotVisible, Forbidden, WrongStep: as `services.record_recheck`.
    """
    with Faults() as faults:
        result = _posted_result(request, faults, today=clock.now().on)
        services.record_recheck(actor=actor, clock=clock, public_id=public_id, result=result)


def _score(request: HttpRequest) -> Decimal | None:
    typed = text(request, "score").strip()
    try:
        return to_decimal(typed) if typed else None  # computed where the checklist was used
    except NotANumber as error:
        raise Invalid.of("score", f"复核得分：{error}。") from error


def _posted_result(request: HttpRequest, faults: Faults, *, today: date) -> services.RecheckResult:
    def hour(name: str, label: str) -> time | None:
        return faults.read(lambda: time_of_day(request, name, label), None)

    visited_on = faults.read(lambda: required_day(request, "visited_on", "复核日期"), today)
    score = faults.read(lambda: _score(request), None)
    found = [{part: text(request, f"finding-{at}-{part}") for part in _PARTS} for at in range(_FINDINGS)]
    return services.RecheckResult(
        visited_on=visited_on,
        place=text(request, "place"),
        people=[text(request, f"person-{at}") for at in range(_PEOPLE)],
        accompanied_by=text(request, "accompanied_by"),
        opening_at=hour("opening_at", "首次会议时间"),
        closing_at=hour("closing_at", "末次会议时间"),
        score=score,
        conclusion=text(request, "conclusion"),
        vetoes=[part for part in text(request, "vetoes").replace("，", "、").split("、") if part.strip()],
        findings=[
            services.Finding(**line) for line in found if any(value.strip() for value in line.values())
        ],
    )


def inspection_fields(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the form with what was typed: `typed`, `people` and `lines` of the template."""
    return {
        "typed": typed,
        "people": [
            {
                "name": f"person-{at}",
                "label": f"复核人员 {at + 1}",
                "value": typed.get(f"person-{at}", ""),
                "required": at < _LEAST_PEOPLE,
            }
            for at in range(_PEOPLE)
        ],
        "lines": [
            {
                "number": at + 1,
                "cells": [
                    {
                        "name": f"finding-{at}-{part}",
                        "label": label,
                        "value": typed.get(f"finding-{at}-{part}", ""),
                        "long": part in {"problem", "requirement"},
                    }
                    for part, label in zip(_PARTS, _LABELS, strict=True)
                ],
            }
            for at in range(_FINDINGS)
        ],
    }
