"""Entering titles that were awarded before the platform: from the bureau's own register, all of them or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.models import new_public_id
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.numbering.services import Wanted, take_numbers
from apps.policy.calendar import chinese
from apps.policy.levels import Level, deciding_tier
from apps.policy.standing import ban_until
from apps.titles.models import Ban, Title
from apps.titles.services.awards import ORIGIN_OF, OWN_NUMBER, certificates
from apps.titles.services.bans import await_end
from apps.titles.states import CANCELLED, ENDED, VALID

_SOURCE = "history"
_BATCH = 500
_LEVELS = {level.value for level in Level}
Spans = dict[tuple[int, int], list[tuple[date, date | None]]]


@dataclass(frozen=True, slots=True)
class PastTitle:
    """One line of the old register. `ended_as`: `cancelled`, `lapsed`, `surrendered`, or "" while it stands."""

    uscc: str
    level: int
    awarded_on: date
    document_no: str
    certificate_no: str = ""
    ended_as: str = ""
    ended_on: date | None = None
    end_document_no: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class PastTitles:
    """What became of the lines, in their order: the certificate number, or None where it was known already."""

    numbers: Sequence[str | None]

    @property
    def count(self) -> int:
        """How many were entered."""
        return sum(number is not None for number in self.numbers)


@transaction.atomic
def record_past_titles(*, actor: Actor, clock: Clock, rows: Sequence[PastTitle], source: str) -> PastTitles:
    """Enter titles of the time before the platform. A line that is in the register already is passed over.

    A cancelled title brings the ban that follows from it (R-41); a scored one without a certificate number gets
    the next of its year.

    Args:
        actor: 经办 of the city.
        clock: the legal clock.
        rows: the lines.
        source: public id of the import they come from.

    Raises:
        Forbidden: another actor.
        Invalid: every fault, keyed `<place>.<field>` with the place counted from 0.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("历史称号由市工业和信息化局经办人员导入。")
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    cleaned = [_checked(place, row, moment, errors) for place, row in enumerate(rows)]
    known = {row.uscc: row for row in accounts.identified(actor=actor, usccs={row.uscc for row in cleaned})}
    ids = [row.id for row in known.values()]
    spans: Spans = defaultdict(list)
    entered: set[tuple[int, int, date]] = set()
    for owner, level, begun, awarded, ended in Title.objects.filter(enterprise_id__in=ids).values_list(
        "enterprise_id", "level", "valid_from", "awarded_on", "ended_on"
    ):
        spans[owner, level].append((begun, ended))
        entered.add((owner, level, awarded))
    wanted = [row.certificate_no for row in cleaned if row.certificate_no]
    taken = set(Title.objects.filter(certificate_no__in=wanted).values_list("certificate_no", flat=True))
    todo: list[tuple[int, PastTitle, accounts.Identity]] = []
    for place, row in enumerate(cleaned):
        owner_row = known.get(row.uscc)
        if owner_row is None:
            errors.setdefault(f"{place}.uscc", []).append("企业尚未登记，请先导入企业名录。")
        elif (owner_row.id, row.level, row.awarded_on) not in entered:
            _fits(place, row, owner_row.id, spans, errors)
            if row.certificate_no and row.certificate_no in taken:
                errors.setdefault(f"{place}.certificate_no", []).append("证书编号已被使用。")
            taken.add(row.certificate_no)
            todo.append((place, row, owner_row))
    if errors:
        raise Invalid(errors)
    numbers = _write(actor, moment, todo, source)
    return PastTitles([numbers.get(place) for place in range(len(rows))])


def _checked(place: int, row: PastTitle, moment: Moment, errors: dict[str, list[str]]) -> PastTitle:
    def fault(name: str, text: str) -> None:
        errors.setdefault(f"{place}.{name}", []).append(text)

    texts: dict[str, str] = {}
    for name, label, limit in (
        ("document_no", "评定文号", 60),
        ("certificate_no", "证书编号", 30),
        ("end_document_no", "终止文号", 60),
        ("end_reason", "终止原因", 500),
    ):
        try:
            texts[name] = clean_text(getattr(row, name), field=name, label=label, limit=limit)
        except Invalid as invalid:
            texts[name] = ""
            fault(name, invalid.message)
    if row.level not in _LEVELS:
        fault("level", "等级应为 1A 至 5A。")
    elif texts["certificate_no"] and not Level(row.level).is_scored:
        fault("certificate_no", "4A、5A级以名单文号为准，不填证书编号。")
    if not texts["document_no"]:
        fault("document_no", "请填写评定文号或名单文号。")
    if row.awarded_on > moment.on:
        fault("awarded_on", "评定日期不能晚于今天。")
    for name, text in _faults_of_end(row, texts["end_document_no"], moment):
        fault(name, text)
    return PastTitle(
        row.uscc, row.level, row.awarded_on, ended_as=row.ended_as, ended_on=row.ended_on, **texts
    )


def _faults_of_end(row: PastTitle, document_no: str, moment: Moment) -> Iterator[tuple[str, str]]:
    if row.ended_as:
        if row.ended_as not in ENDED:
            yield "ended_as", "终止方式应为取消、失效或注销。"
        if row.ended_on is None:
            yield "ended_on", "称号已终止的，请填写终止日期。"
        elif not row.awarded_on <= row.ended_on <= moment.on:
            yield "ended_on", "终止日期不能早于评定日期，也不能晚于今天。"
        if row.ended_as == CANCELLED and not document_no:
            yield "end_document_no", "取消称号的，请填写取消文号。"
    elif row.ended_on is not None:
        yield "ended_as", "填写了终止日期的，请选择终止方式。"


def _fits(place: int, row: PastTitle, owner: int, spans: Spans, errors: dict[str, list[str]]) -> None:
    """A level is held once at a time (R-01): the span must not meet another one."""
    for begun, ended in spans[owner, row.level]:
        starts_before_end = ended is None or row.awarded_on < ended
        ends_after_start = row.ended_on is None or begun < row.ended_on
        if starts_before_end and ends_after_start:
            errors.setdefault(f"{place}.awarded_on", []).append(
                f"与该企业同一等级的另一称号（自{chinese(begun)}起）时间重叠。"
            )
            return
    spans[owner, row.level].append((row.awarded_on, row.ended_on))


def _write(
    actor: Actor, moment: Moment, todo: Sequence[tuple[int, PastTitle, accounts.Identity]], source: str
) -> dict[int, str]:
    files = {
        row.id: row for row in accounts.enterprise_files(actor=actor, ids=[one.id for _, _, one in todo])
    }
    names = {row.code: row.name for row in accounts.districts()}
    numbers = _numbered(actor, moment, todo)
    made: list[Title] = []
    for place, row, identity in todo:
        level, owner = Level(row.level), files[identity.id]
        made.append(
            Title(
                public_id=new_public_id(),
                enterprise_id=owner.id,
                district_id=owner.district,
                level=level.value,
                origin=ORIGIN_OF[deciding_tier(level)],
                enterprise_name=owner.name,
                uscc=owner.uscc,
                industry_code=owner.industry_code,
                industry_name=owner.industry_name,
                district_name=names[owner.district],
                awarded_on=row.awarded_on,
                valid_from=row.awarded_on,
                state=row.ended_as or VALID,
                certificate_no=numbers[place] or None,
                document_no=row.document_no,
                source_type=_SOURCE,
                source_public_id=f"{source}-{place + 1}",
                recorded_at=moment.at,
                changed_at=moment.at,
                ended_on=row.ended_on,
                end_document_no=row.end_document_no,
                end_reason=row.end_reason,
            )
        )
    Title.objects.bulk_create(made, batch_size=_BATCH)
    audit.record(
        actor=actor,
        event="title.take_over",
        subject=None,
        moment=moment,
        rule="R-01",
        after={
            "source": source,
            "titles": [[title.uscc, title.level, title.awarded_on, title.state] for title in made],
        },
    )
    _bar(actor, moment, [title for title in made if title.state == CANCELLED])
    return numbers


def _bar(actor: Actor, moment: Moment, cancelled: Sequence[Title]) -> None:
    for title in cancelled:
        from_on = title.ended_on
        if from_on is None or ban_until(from_on) <= moment.on:
            continue
        ban = Ban.objects.create(
            enterprise_id=title.enterprise_id,
            district_id=title.district_id,
            title=title,
            cancelled_level=title.level,
            from_on=from_on,
            until_on=ban_until(from_on),
            document_no=title.end_document_no,
            recorded_at=moment.at,
        )
        audit.record(
            actor=actor,
            event="title.ban",
            subject=ban,
            moment=moment,
            rule="R-41",
            after={"from_on": from_on, "until_on": ban.until_on, "cancelled_level": title.level},
        )
        await_end(ban, moment)


def _numbered(
    actor: Actor, moment: Moment, todo: Sequence[tuple[int, PastTitle, accounts.Identity]]
) -> dict[int, str]:
    """Return the certificate number of each line: as typed, else the next of its level and year.

    A typed number of the platform's own make enters the register too, so that it is given to nobody else.
    """
    numbers: dict[int, str] = {}
    asked: list[tuple[int, Wanted]] = []
    for place, row, _ in todo:
        if not Level(row.level).is_scored:
            numbers[place] = ""
            continue
        level = Level(row.level)
        purpose = f"{level.label}级称号证书（历史补录）"
        own = OWN_NUMBER.match(row.certificate_no)
        if own is not None and own["level"] == level.label:
            register = certificates(level, int(own["year"]))
            asked.append((place, Wanted(register, purpose, ordinal=int(own["ordinal"]))))
        elif row.certificate_no:
            numbers[place] = row.certificate_no
        else:
            asked.append((place, Wanted(certificates(level, row.awarded_on.year), purpose)))
    given = take_numbers(actor=actor, moment=moment, wanted=[one for _, one in asked])
    return numbers | {place: number for (place, _), number in zip(asked, given, strict=True)}
