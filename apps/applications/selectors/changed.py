"""What a supplement changed: the version handed in now against the one before it, part by part (PEERS 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.applications import profile_fields, report_sections
from apps.applications.models import ApplicationVersion
from apps.applications.selectors.cases import visible_row
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.scoring import selectors as scoring

_SAID = {True: "符合", False: "不符合", None: "未填写"}
_PLACES = {"item": "评价条目", "requirement": "基本要求", "section": "评价报告"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that reads otherwise now; `asked` is whether its return was asked for."""

    part: str
    part_label: str
    code: str
    label: str
    before: str
    after: str
    asked: bool


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file that came or went, with the place it stands at."""

    place_label: str
    code: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Everything the newest supplement changed."""

    turn: int
    before_at: datetime
    after_at: datetime
    fields: Sequence[Difference]
    files: Sequence[FileDifference]
    scores: Sequence[Difference]
    total_before: Decimal
    total_after: Decimal

    @property
    def total_difference(self) -> Decimal:
        """Points gained (or lost) by the supplement."""
        return self.total_after - self.total_before


def what_changed(*, actor: Actor, public_id: str) -> Changed | None:
    """Return what the newest supplement of an application changed, None when nothing was supplemented yet.

    Both sides read the same: it is made from the two frozen versions, not from what is being edited.

    Raises:
        NotVisible: no such application for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    found = list(ApplicationVersion.objects.filter(application=row).order_by("-turn")[:2])
    if len(found) < 2:  # noqa: PLR2004  (one version is no comparison)
        return None
    new, old = found
    asked = set(row.returned_items.filter(turn=new.turn).values_list("part", "code"))
    return Changed(
        turn=new.turn,
        before_at=old.at,
        after_at=new.at,
        fields=_written(row.level, old.snapshot, new.snapshot, asked),
        files=_files(old.snapshot.get("evidence", []), new.snapshot.get("evidence", [])),
        scores=_scores(actor, old.snapshot, new.snapshot, asked),
        total_before=Decimal(old.snapshot["sheet"]["total"]),
        total_after=Decimal(new.snapshot["sheet"]["total"]),
    )


def _written(
    level: int, old: Mapping[str, Any], new: Mapping[str, Any], asked: set[tuple[str, str]]
) -> list[Difference]:
    rows: list[tuple[str, str, str, str, str, str]] = []
    for field in profile_fields.BY_CODE.values():
        words = dict(field.choices)
        before, after = (str(one["profile"].get(field.code, "")) for one in (old, new))
        rows.append(
            (
                "profile",
                "基本信息",
                field.code,
                field.label,
                words.get(before, before),
                words.get(after, after),
            )
        )
    for requirement in requirements_for(Level(level)):
        before, after = (_answer(one["basics"].get(requirement.code, {})) for one in (old, new))
        label = f"{requirement.code} {requirement.name}"
        rows.append(("basic", "基本要求", requirement.code, label, before, after))
    for section in report_sections.REPORT_SECTIONS:
        before, after = (str(one["report"].get(section.code, "")) for one in (old, new))
        label = f"{section.number}、{section.title}"
        rows.append(("report", "评价报告", section.code, label, before, after))
    before, after = (f"{one['scheme']['code']}（{one['scheme']['version']}）" for one in (old, new))
    rows.append(("scheme", "评价体系", "", "评价体系", before, after))
    return [
        Difference(*row, asked=bool({(row[0], row[2]), (row[0], "")} & asked))
        for row in rows
        if row[4] != row[5]
    ]


def _answer(stored: Mapping[str, Any]) -> str:
    explanation = stored.get("explanation", "")
    return _SAID[stored.get("conforms")] + (f"：{explanation}" if explanation else "")


def _files(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[FileDifference]:
    def at(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], str]:
        return {(one["place"], one["code"], one["digest"]): one["name"] for one in rows}

    before, after = at(old), at(new)
    came = [(key, name, True) for key, name in after.items() if key not in before]
    went = [(key, name, False) for key, name in before.items() if key not in after]
    return [
        FileDifference(_PLACES.get(place, place), code, name, added)
        for (place, code, _), name, added in sorted(came + went)
    ]


def _scores(
    actor: Actor, old: Mapping[str, Any], new: Mapping[str, Any], asked: set[tuple[str, str]]
) -> list[Difference]:
    """Return the items whose points differ; none when the sheet is the same or another scheme was chosen."""
    ids = [one["sheet"]["public_id"] for one in (old, new)]
    if ids[0] == ids[1] or old["scheme"]["code"] != new["scheme"]["code"]:
        return []
    try:
        before, after = (scoring.sheet_result(actor=actor, public_id=one) for one in ids)
    except NotVisible:
        return []
    earlier = {one.code: one for one in before.items}
    return [
        Difference(
            "item",
            "自评得分",
            one.code,
            f"{one.code} {after.scheme.item(one.code).name}",
            f"{earlier[one.code].points:.2f}",
            f"{one.points:.2f}",
            asked=bool({("item", one.code), ("evidence", one.code)} & asked),
        )
        for one in after.items
        if one.code in earlier and earlier[one.code].points != one.points
    ]
