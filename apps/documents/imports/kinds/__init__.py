"""The kinds of import, each a declaration of columns and one act."""

from __future__ import annotations

from apps.documents.imports.importer import register
from apps.documents.imports.kinds import (
    calendar,
    credit,
    enterprises,
    experts,
    lists,
    schemes,
    score_sheet,
    titles,
)

#: In the order in which the page lists them.
ALL = (
    enterprises.ENTERPRISES,
    titles.TITLES,
    lists.LISTS,
    experts.EXPERTS,
    credit.CREDIT,
    schemes.SCHEMES,
    score_sheet.SCORE_SHEET,
    calendar.CALENDAR,
)


def register_all() -> None:
    """Make every kind known; called once when the process starts."""
    for importer in ALL:
        register(importer)
