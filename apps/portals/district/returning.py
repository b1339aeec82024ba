"""The list of items to be returned: where they are, what stands in the form, nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from apps.applications.selectors import ApplicationFile
from apps.applications.services import ReturnItem
from apps.core.actor import Actor
from apps.portals.base.posted import whole
from apps.review.selectors import MarkForReturn
from apps.scoring import selectors as scoring

_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one kind, as an option group."""

    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One row of the form; `place` is "part:code"."""

    place: str
    label: str
    reason: str
    wanted: str

    @property
    def item(self) -> ReturnItem:
        """The row as the applications room takes it."""
        part, _, code = self.place.partition(":")
        return ReturnItem(part=part, code=code, reason=self.reason, wanted=self.wanted)


def places_of(actor: Actor, file: ApplicationFile) -> list[Group]:
    """Return everything of an application that can be returned, grouped as on the case file."""
    found = [
        Group("基本信息", tuple((f"profile:{row.field.code}", row.field.label) for row in file.profile)),
        Group("基本要求", tuple((f"basic:{row.code}", f"{row.code} {row.name}") for row in file.basics)),
        Group("评价报告", tuple((f"report:{row.section.code}", row.section.title) for row in file.report)),
    ]
    if file.case.third_party_name:
        rows = tuple((f"profile:{row.field.code}", row.field.label) for row in file.third_party)
        found.append(Group("第三方评价报告", rows))
    if file.case.scheme_id is not None:
        items = scoring.scheme_spec(actor=actor, scheme_id=file.case.scheme_id).items
        found.append(
            Group(
                "评价条目（填报与得分）",
                tuple((f"item:{one.code}", f"{one.code} {one.name}") for one in items),
            )
        )
        found.append(
            Group(
                "证明材料", tuple((f"evidence:{one.code}", f"{one.code} {one.name}的佐证") for one in items)
            )
        )
    found.append(Group("评价体系", (("scheme:", "评价体系选择"),)))
    return found


def rows_wanted(
    request: HttpRequest, places: list[Group], gathered: Sequence[MarkForReturn] = ()
) -> list[Draft]:
    """Return a row for each place of the gathered list, then an empty one for each picked on the case file.

    The picks come as `?pick=item:K1-01&pick=…`; places keep the order they were gathered and picked in.
    """
    labels = _labels(places)
    words = {mark.place: (mark.reason, mark.wanted) for mark in gathered}
    picked = dict.fromkeys([*words, *request.GET.getlist("pick")[:_MOST_ROWS]])
    return [Draft(place, labels[place], *words.get(place, ("", ""))) for place in picked if place in labels]


def rows_posted(request: HttpRequest, places: list[Group]) -> list[Draft]:
    """Return the rows of the form without those taken out, and the one that is being added."""
    labels = _labels(places)
    sent = request.POST
    rows = [
        Draft(
            place,
            labels.get(place, place),
            sent.get(f"reason-{number}", ""),
            sent.get(f"wanted-{number}", ""),
        )
        for number in range(min(whole(sent.get("rows")), _MOST_ROWS))
        if (place := sent.get(f"place-{number}", "")) and f"drop-{number}" not in sent
    ]
    added = sent.get("new_place", "")
    if "add" in sent and added in labels and added not in {row.place for row in rows}:
        rows.append(Draft(added, labels[added], "", ""))
    return rows


def _labels(places: list[Group]) -> dict[str, str]:
    return {place: f"{group.label} · {label}" for group in places for place, label in group.options}
