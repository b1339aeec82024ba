"""The city's work on a round as stages with their numbers and what holds each of them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.actor import Actor
from apps.publicity import selectors as publicity
from apps.publicity.selectors import Obstacles


def pipeline(
    *, actor: Actor, counts: Mapping[str, int], obstacles: Obstacles, round_code: str, current: str = ""
) -> list[dict[str, Any]]:
    """Return the stages for `c-pipe`.

    Args:
        actor: of the city.
        counts: applications by state.
        obstacles: what holds the round up.
        round_code: round of the links, "" for all.
        current: code of the stage being looked at.
    """
    board = reverse("municipal:board")
    found = []
    for stage in publicity.stages(actor=actor, counts=dict(counts)):
        note, warn = _note(stage.code, stage.count, counts, obstacles)
        asked = {"stage": stage.code} | ({"round": round_code} if round_code else {})
        found.append(
            {
                "code": stage.code,
                "label": stage.label,
                "count": stage.count,
                "note": note,
                "warn": warn,
                "url": f"{board}?{urlencode(asked)}",
                "current": stage.code == current,
            }
        )
    return found


def _note(code: str, count: int, counts: Mapping[str, int], obstacles: Obstacles) -> tuple[str, bool]:
    """Return what holds a stage up in a few words, and whether it needs somebody's attention."""
    if not count:
        return "无在办", False
    if code == "experts":
        given = counts.get("panel_concluded", 0)
        return (f"待处理意见 {given}", True) if given else ("专家评分中", False)
    if code == "credit":
        return _credit_note(count, obstacles)
    if code == "notice":
        return _notice_note(obstacles)
    waits = {"recommended": "待受理", "accepted": "待组建专家组", "confirm": "可提请评定"}
    return (f"{waits[code]} {count}", True) if code in waits else ("已办结", False)


def _credit_note(count: int, obstacles: Obstacles) -> tuple[str, bool]:
    missing = count - obstacles.credit_clear - obstacles.credit_stale - obstacles.credit_adverse
    parts = [
        f"{label} {number}"
        for label, number in (
            ("待查", max(missing, 0)),
            ("过期", obstacles.credit_stale),
            ("异常", obstacles.credit_adverse),
        )
        if number
    ]
    return (" · ".join(parts), True) if parts else ("全部正常，待拟公示", False)


def _notice_note(obstacles: Obstacles) -> tuple[str, bool]:
    if obstacles.open_objections:
        return f"异议未结 {obstacles.open_objections}", True
    ends_on = obstacles.notice_ends_on
    return (f"{ends_on.month}月{ends_on.day}日期满" if ends_on else "待期满处理"), False
