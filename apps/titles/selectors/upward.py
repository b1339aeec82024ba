"""Reading recommendations to the province and the nation: the lists, one of them, and the picker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, QuerySet, Value

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Moment
from apps.parameters.selectors import in_force
from apps.policy.eligibility import CheckedLine, upward_conditions
from apps.policy.levels import Level
from apps.titles.models import Title, UpwardEntry, UpwardList
from apps.titles.selectors.standing import standings_of
from apps.titles.states import STANDING, UPWARD_DRAFT, UPWARD_LIFE

UPWARD_TARGETS = {4: "省级绿色工厂名单（4A）", 5: "国家级绿色工厂名单（5A）"}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One condition in words."""

    rule: str
    condition: str
    met: bool
    reasons: tuple[str, ...]
    waivable: bool = False


@dataclass(frozen=True, slots=True)
class UpwardRow:
    """A list in one line."""

    id: int
    public_id: str
    level: int
    target: str
    year: int
    title: str
    state: str
    state_label: str
    version: int
    count: int
    document_no: str
    prepared_by_id: int
    prepared_by: str
    prepared_at: datetime
    signed_by: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UpwardName:
    """One enterprise of a list: what it holds, what was checked, its exemption."""

    public_id: str
    enterprise_public_id: str
    name: str
    uscc: str
    district: str
    industry_code: str
    held: str
    awarded_on: date | None
    document_no: str
    certificate_no: str
    lines: tuple[CheckLine, ...]
    exemption_reason: str
    exemption_by_id: int | None
    exemption_approved: bool
    ready: bool


@dataclass(frozen=True, slots=True)
class Nominee:
    """One enterprise in the picker; `waivable` when an exemption would do."""

    public_id: str
    name: str
    uscc: str
    district: str
    held: str
    lines: tuple[CheckLine, ...]
    eligible: bool
    waivable: bool
    listed: bool


def upward_lists(*, actor: Actor) -> list[UpwardRow]:
    """Return every list, newest first; one query."""
    return [_row(row) for row in _rows(actor).order_by("-prepared_at", "-pk")]


def upward_counts(*, actor: Actor, name: str) -> QuerySet[Any]:
    """Return (name, state, count) of the lists that name somebody, for a room above to unite with its own counts."""
    rows: QuerySet[Any] = UpwardList.objects.visible_to(actor).filter(entries__isnull=False)
    counted: QuerySet[Any] = rows.order_by().values_list(Value(name), "state")
    found: QuerySet[Any] = counted.annotate(n=Count("pk", distinct=True))
    return found


def upward_list(*, actor: Actor, public_id: str, moment: Moment) -> tuple[UpwardRow, list[UpwardName]]:
    """Return one list with its enterprises: a draft as things stand today, a signed one as it was signed.

    Raises:
        NotVisible: there is none for *actor*.
    """
    found = _rows(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible
    entries = list(found.entries.select_related("enterprise__district").order_by("pk"))
    if found.state != UPWARD_DRAFT and all(entry.frozen for entry in entries):
        return _row(found), [_signed(entry) for entry in entries]
    ids = [entry.enterprise_id for entry in entries]
    lines, held = _lines(actor, found.level, ids, moment), _held(actor, ids)
    return _row(found), [_drafted(entry, lines[entry.enterprise_id], held) for entry in entries]


def nominees(
    *, actor: Actor, public_id: str, moment: Moment, q: str = "", per_page: int = 30
) -> tuple[int, list[Nominee]]:
    """Return who may be put on a list: the holders of 3A, or whoever *q* finds, each with its conditions.

    Returns:
        How many there are, and the first *per_page* of them.

    Raises:
        NotVisible: no such list for *actor*.
    """
    target = _rows(actor).filter(public_id=public_id).first()
    if target is None:
        raise NotVisible
    if q.strip():
        page = accounts.enterprises_page(actor=actor, q=q, per_page=per_page)
        files = accounts.enterprise_files(actor=actor, public_ids=[row.public_id for row in page.rows])
        total = page.total
    else:
        holders = Title.objects.visible_to(actor).filter(level__gte=3, state__in=STANDING)
        best = holders.values("enterprise_id").annotate(top=Max("level")).filter(top__lt=target.level)
        total = best.count()
        ids = [row["enterprise_id"] for row in best.order_by("enterprise_id")[:per_page]]
        files = accounts.enterprise_files(actor=actor, ids=ids)
    found_ids = [file.id for file in files]
    lines, held = _lines(actor, target.level, found_ids, moment), _held(actor, found_ids)
    listed = set(target.entries.values_list("enterprise_id", flat=True))
    return total, [
        Nominee(
            public_id=file.public_id,
            name=file.name,
            uscc=file.uscc,
            district=file.district_name,
            held=Level(held[file.id].level).label if file.id in held else "",
            lines=lines[file.id],
            eligible=all(line.met for line in lines[file.id]),
            waivable=all(line.met or line.waivable for line in lines[file.id]),
            listed=file.id in listed,
        )
        for file in files
    ]


def _rows(actor: Actor) -> Any:
    rows = UpwardList.objects.visible_to(actor).select_related("prepared_by", "signed_by")
    return rows.annotate(names=Count("entries"))


def _row(row: Any) -> UpwardRow:
    return UpwardRow(
        id=row.pk,
        public_id=row.public_id,
        level=row.level,
        target=UPWARD_TARGETS[row.level],
        year=row.year,
        title=row.title,
        state=row.state,
        state_label=UPWARD_LIFE.label(row.state),
        version=row.version,
        count=row.names,
        document_no=row.document_no,
        prepared_by_id=row.prepared_by_id,
        prepared_by=row.prepared_by.name,
        prepared_at=row.prepared_at,
        signed_by="" if row.signed_by is None else row.signed_by.name,
        signed_at=row.signed_at,
    )


def conditions_of(
    *, actor: Actor, level: int, enterprise_ids: Sequence[int], moment: Moment
) -> dict[int, tuple[CheckedLine, ...]]:
    """Return every condition for every enterprise, met or not; three queries however many there are."""
    standings = standings_of(actor=actor, enterprise_ids=enterprise_ids)
    parameters = in_force(on=moment.on)
    return {
        enterprise_id: upward_conditions(
            standings[enterprise_id], target=Level(level), on=moment.on, parameters=parameters
        )
        for enterprise_id in enterprise_ids
    }


def _lines(
    actor: Actor, level: int, enterprise_ids: Sequence[int], moment: Moment
) -> dict[int, tuple[CheckLine, ...]]:
    found = conditions_of(actor=actor, level=level, enterprise_ids=enterprise_ids, moment=moment)
    return {
        enterprise_id: tuple(
            CheckLine(
                rule=line.rule,
                condition=line.condition,
                met=line.verdict.ok,
                reasons=line.verdict.reasons,
                waivable=line.verdict.waiving(line.verdict.rules).ok,
            )
            for line in lines
        )
        for enterprise_id, lines in found.items()
    }


def _held(actor: Actor, enterprise_ids: Sequence[int]) -> dict[int, Title]:
    rows = Title.objects.visible_to(actor).filter(enterprise_id__in=enterprise_ids, state__in=STANDING)
    return {row.enterprise_id: row for row in rows.order_by("level")}


def _drafted(entry: UpwardEntry, lines: tuple[CheckLine, ...], held: dict[int, Title]) -> UpwardName:
    firm, title = entry.enterprise, held.get(entry.enterprise_id)
    approved = entry.exemption_approved_by_id is not None
    return UpwardName(
        public_id=entry.public_id,
        enterprise_public_id=firm.public_id,
        name=firm.name,
        uscc=firm.uscc,
        district=firm.district.name,
        industry_code=firm.industry_code,
        held="" if title is None else Level(title.level).label,
        awarded_on=None if title is None else title.awarded_on,
        document_no="" if title is None else title.document_no,
        certificate_no="" if title is None else title.certificate_no or "",
        lines=lines,
        exemption_reason=entry.exemption_reason,
        exemption_by_id=entry.exemption_by_id,
        exemption_approved=approved,
        ready=all(line.met or (approved and line.waivable) for line in lines),
    )


def _signed(entry: UpwardEntry) -> UpwardName:
    kept = entry.frozen
    return UpwardName(
        public_id=entry.public_id,
        enterprise_public_id=entry.enterprise.public_id,
        name=kept["name"],
        uscc=kept["uscc"],
        district=kept["district"],
        industry_code=kept["industry_code"],
        held=kept["held"],
        awarded_on=date.fromisoformat(kept["awarded_on"]) if kept["awarded_on"] else None,
        document_no=kept["document_no"],
        certificate_no=kept["certificate_no"],
        lines=tuple(
            CheckLine(line["rule"], line["condition"], line["met"], tuple(line["reasons"]))
            for line in entry.checked
        ),
        exemption_reason=entry.exemption_reason,
        exemption_by_id=entry.exemption_by_id,
        exemption_approved=entry.exemption_approved_by_id is not None,
        ready=True,
    )
