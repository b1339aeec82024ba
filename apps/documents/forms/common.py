"""What every builder of a paper shares: whose eyes it is read with, names of bureaus, batches, days and levels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.conf import settings

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.core.scoping import acting_as
from apps.documents.rendering.papers import Paper, Section, Verification
from apps.policy.levels import Level, level_for_score
from apps.scoring.selectors import SchemeRow

CITY: Final = "苏州市工业和信息化局"
#: Content is read with the city's eyes: one paper, the same for every reader who may have it.
READER: Final = Actor(role=Role.MUNICIPAL, name="文书")
_ROUND_CODE = re.compile(r"(\d{4})([A-I])")
_ORDINALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A paper with where it belongs.

    `subject_type`, `subject_id`: label and public id of the row it is about. `final`: the act it records has been
    done; else it is a draft. `enterprise`, `district`: whose eyes it is meant for beside the city's. `number`: its own
    number, where it has one. `blank`: a form that is finished by hand: it has no watermark and is not kept.
    """

    paper: Paper
    subject_type: str
    subject_id: str
    final: bool
    number: str = ""
    enterprise: int | None = None
    district: str | None = None
    public: bool = False
    blank: bool = False


@contextmanager
def as_reader(actor: Actor) -> Iterator[Actor]:
    """Read as the city; call only after the room's selector has shown the subject to *actor* itself."""
    with acting_as(READER, then=actor):
        yield READER


def batch_of(round_code: str) -> str:
    """Return 2026年第二批 for the round 2026B; a code of another make as it is."""
    found = _ROUND_CODE.fullmatch(round_code)
    if found is None:
        return round_code
    return f"{found[1]}年第{_ORDINALS[ord(found[2]) - ord('A')]}批"


def batch_of_round(public_id: str) -> str:
    """Return the batch of a round by its public id; call as the reader."""
    return batch_of(applications.round_file(actor=READER, public_id=public_id).code)


def authority_of(district: str) -> str:
    """Return the name under which a district's bureau signs."""
    return next(row.authority for row in accounts.districts() if row.code == district)


def phone_of(district: str) -> str:
    """Return the telephone of a district's authority by the district's code; "" when it has named none."""
    return next(row.phone for row in accounts.districts() if row.code == district)


def district_named(name: str) -> str:
    """Return the code of a district by its name."""
    return next(row.code for row in accounts.districts() if row.name == name)


def day_of(at: datetime | None, otherwise: date) -> date:
    """Return the Shanghai date of an instant, or *otherwise* when it has not come yet."""
    return Moment.of(at).on if at is not None else otherwise


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a text."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def section(heading: str, text: str) -> Section:
    """Return a section of what was written."""
    return Section(heading=heading, paragraphs=paragraphs(text))


def level_text(total: Decimal) -> str:
    """Return the level a total answers to, as tables print it."""
    level = level_for_score(total)
    return f"{level.label}级" if level is not None else "未达到1A级"


def scheme_text(scheme: SchemeRow) -> str:
    """Return how papers cite an evaluation system; that it is reconstructed is said beside it by the papers."""
    return f"《{scheme.name.partition('（')[0]}》（{scheme.code}）"


def level_label(level: int) -> str:
    """Return 3A for 3."""
    return Level(level).label


def address(path: str, label: str) -> Verification:
    """Return the absolute address of a page of this site, for the QR code."""
    return Verification(url=f"{settings.PUBLIC_URL}{path}", label=label)
