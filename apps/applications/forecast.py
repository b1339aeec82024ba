"""What the announced rounds foretell: when they begin and cease to take applications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from apps.applications.models import Round
from apps.applications.states import ROUND_OPEN
from apps.core.moment import SHANGHAI
from apps.deadlines.forecast import Deed, Foretold

WINDOW = "application.round"


def windows(start: date, end: date, on: date) -> Iterator[Foretold]:
    """Return the beginnings and ends of the city's windows; what a district or an extension moves is in the drafts."""
    del on
    for row in Round.objects.filter(state=ROUND_OPEN).order_by("pk"):
        for deed, instant, follows in (
            (Deed.OPENS, row.opens_at, "企业可以开始提交申报。"),
            (Deed.ENDS, row.closes_at, "不再接受提交；获准延期的企业除外。"),
        ):
            local = instant.astimezone(SHANGHAI)
            if start <= local.date() <= end:
                yield Foretold(
                    on=local.date(),
                    at=local.time(),
                    deed=deed,
                    kind=WINDOW,
                    label="批次受理",
                    number=row.code,
                    name=row.name,
                    follows=follows,
                )
