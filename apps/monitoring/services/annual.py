"""年度动态管理表: opened by the calendar, filled in and filed by the enterprise (R-29 … R-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications import selectors as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.scoping import enter
from apps.deadlines.counting import Counting
from apps.deadlines.services import meet_obligation, open_obligation
from apps.evidence import services as evidence
from apps.monitoring.annual_content import filled, read_content
from apps.monitoring.models import AnnualForm
from apps.monitoring.services.shared import choices
from apps.monitoring.states import ANNUAL_LIFE, SENT_BACK, TO_FILE
from apps.notifications.services import enqueue
from apps.policy.annual_form import FIGURES, data_years, may_hand_in
from apps.policy.levels import Level
from apps.policy.obligations import annual_form_due_on, annual_form_level, may_file_annual_form
from apps.policy.standing import HeldTitle
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.selectors import TitleRow


def open_annual_forms(*, clock: Clock) -> int:
    """Make the year's forms for whoever owes one and has none yet; return how many. Run daily by the beat.

    One transaction an enterprise, so that one faulty case stops no other. After the due date no duty arises any more:
    a system that begins its work in summer must not call everybody late.
    """
    moment = clock.now()
    year, parameters = moment.on.year, choices(moment.on)
    if not parameters.annual_tasks_on.in_year(year) <= moment.on <= annual_form_due_on(year, parameters):
        return 0
    with transaction.atomic():
        enter(Actor.system())
        having = set(AnnualForm.objects.filter(year=year).values_list("enterprise_id", flat=True))
        held: dict[int, list[TitleRow]] = defaultdict(list)
        for row in titles.live_title_ids(actor=Actor.system(), levels=[level.value for level in Level]):
            if row.enterprise_id not in having:
                held[row.enterprise_id].append(row)
    made = 0
    for rows in held.values():
        level = annual_form_level(
            [HeldTitle(Level(row.level), row.awarded_on) for row in rows], year=year, parameters=parameters
        )
        if level is not None:
            made += _open(next(row for row in rows if row.level == level.value), year=year, clock=clock)
    return made


@transaction.atomic
def _open(title: TitleRow, *, year: int, clock: Clock) -> bool:
    """Make one form, prefilled with the figures of last year's form; False when another worker was faster."""
    system = Actor.system()
    enter(system)
    moment = clock.now()
    due_on = annual_form_due_on(year, choices(moment.on))
    last = AnnualForm.objects.filter(enterprise_id=title.enterprise_id, year=year - 1).first()
    rows = AnnualForm.objects.bulk_create(
        [
            AnnualForm(
                title_id=title.id,
                enterprise_id=title.enterprise_id,
                district_id=title.district,
                year=year,
                level=title.level,
                due_on=due_on,
                state=TO_FILE,
                content={"figures": _carried(last.content if last is not None else {}, year=year)},
                opened_at=moment.at,
            )
        ],
        ignore_conflicts=True,
    )
    row = AnnualForm.objects.get(enterprise_id=title.enterprise_id, year=year)
    if row.public_id != rows[0].public_id:
        return False
    title_services.record_annual_form(
        actor=system,
        moment=moment,
        enterprise_id=title.enterprise_id,
        district=title.district,
        year=year,
        due_on=due_on,
    )
    open_obligation(
        kind="monitoring.annual",
        subject=row,
        rule="R-30",
        moment=moment,
        enterprise=title.enterprise_id,
        district=title.district,
        due_on=due_on,
        basis="逾期未报送的，原则上不推荐申报更高级别。",
        number=f"{year}年度",
        label=title.enterprise_name,
    )
    record(
        actor=system,
        event="annual.open",
        subject=row,
        moment=moment,
        rule="R-29",
        after={"year": year, "level": title.level, "due_on": due_on},
    )
    tell(row, moment, "annual_form_due", key=f"annual-due:{row.public_id}")
    return True


def _carried(content: Mapping[str, Any], *, year: int) -> dict[str, dict[str, str]]:
    """Return the figures of last year's form that the form of *year* asks for again."""
    asked = {str(one) for one in data_years(year)}
    kept = {
        code: {one: value for one, value in values.items() if one in asked}
        for code, values in content.get("figures", {}).items()
    }
    return {code: values for code, values in kept.items() if values}


def _carry_on(row: AnnualForm, actor: Actor, moment: Moment) -> None:
    """Fill what is empty in next year's form, where that was opened before this (late) one came in."""
    following = (
        AnnualForm.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(enterprise_id=row.enterprise_id, year=row.year + 1, state=TO_FILE)
        .first()
    )
    if following is None:
        return
    figures = dict(following.content.get("figures", {}))
    for code, values in _carried(row.content, year=following.year).items():
        own = {one: value for one, value in figures.get(code, {}).items() if value}
        figures[code] = values | own
    if figures == following.content.get("figures", {}):
        return
    following.content = following.content | {"figures": figures}
    following.version += 1
    following.save(update_fields=["content", "version"])
    changed = {"parts": ["figures"], "from": row.year}
    record(actor=actor, event="annual.save", subject=following, moment=moment, rule="R-30", after=changed)


def tell(row: AnnualForm, moment: Moment, template: str, *, key: str, **context: Any) -> None:
    """Send a message about a form to its enterprise."""
    enqueue(
        key=key,
        template=template,
        context={"year": str(row.year), **context},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )


def locked_form(*, actor: Actor, public_id: str) -> AnnualForm:
    """Return a form locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row: AnnualForm | None = (
        AnnualForm.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def _form_to_fill(*, actor: Actor, public_id: str) -> AnnualForm:
    """Return a form locked for the enterprise to fill in.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–2; it is filed already.
    """
    row = locked_form(actor=actor, public_id=public_id)
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("年度动态管理表由企业填写。")
    if row.state not in {TO_FILE, SENT_BACK}:
        raise WrongStep(f"年度动态管理表{ANNUAL_LIFE.label(row.state)}，不能修改。")
    return row


def _keep_receipt(row: AnnualForm, *, actor: Actor, clock: Clock, upload: UploadedFile[Any]) -> None:
    try:
        stored = evidence.store_upload(actor=actor, clock=clock, upload=upload)
    except Invalid as refusal:
        faults = [sentence for sentences in refusal.errors.values() for sentence in sentences]
        raise Invalid({"receipt": faults}) from refusal
    row.receipt, row.receipt_name = stored.public_id, stored.name


@transaction.atomic
def attach_receipt(*, actor: Actor, clock: Clock, public_id: str, upload: UploadedFile[Any]) -> int:
    """Keep the receipt of the national platform by itself; return the new version of the form.

    Raises:
        Invalid: what is wrong with the file.
        NotVisible, Forbidden, WrongStep: as for saving.
    """
    row = _form_to_fill(actor=actor, public_id=public_id)
    moment = clock.now()
    _keep_receipt(row, actor=actor, clock=clock, upload=upload)
    row.version += 1
    row.save(update_fields=["receipt", "receipt_name", "version"])
    record(
        actor=actor,
        event="annual.receipt",
        subject=row,
        moment=moment,
        rule="R-30",
        after={"file": row.receipt, "name": row.receipt_name},
    )
    return row.version


@transaction.atomic
def save_annual_form(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    typed: Mapping[str, str],
    version: int,
    receipt: UploadedFile[Any] | None = None,
) -> int:
    """Keep what the enterprise has filled in so far; may be saved any number of times before it is filed.

    Args:
        actor: a member of the enterprise.
        clock: the legal clock.
        public_id: of the form.
        typed: the form's fields, see `annual_content.read_content`.
        version: the version the person began from.
        receipt: the receipt of the national platform, for 4A and 5A; None keeps the one there is.

    Returns:
        The new version.

    Raises:
        Invalid: faulty fields, or what is wrong with the receipt; nothing is kept.
        Conflict: somebody saved in between.
        WrongStep: it is filed already.
        NotVisible, Forbidden: gates 1–2.
    """
    row = _form_to_fill(actor=actor, public_id=public_id)
    if row.version != version:
        raise Conflict(
            "其他成员刚刚保存了这份年度动态管理表，请核对后再次保存。", current={"version": row.version}
        )
    moment = clock.now()
    before, row.content = row.content, read_content(typed, year=row.year)
    if receipt is not None:
        _keep_receipt(row, actor=actor, clock=clock, upload=receipt)
    row.version += 1
    row.save(update_fields=["content", "receipt", "receipt_name", "version"])
    changed = sorted(key for key in row.content if before.get(key) != row.content[key])
    record(
        actor=actor, event="annual.save", subject=row, moment=moment, rule="R-30", after={"parts": changed}
    )
    return row.version


@transaction.atomic
def file_annual_form(*, actor: Actor, clock: Clock, public_id: str, committed: bool) -> bool:
    """The responsible person commits and files; also after the due date, which is recorded.

    Returns:
        Whether the first filing was in time.

    Raises:
        RuleBroken: something is missing, a questioned figure is not explained, or no commitment.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_form(actor=actor, public_id=public_id)
    step = ANNUAL_LIFE.step(row.state, "file", actor)
    moment = clock.now()
    parameters = choices(moment.on)
    require(may_file_annual_form(year=row.year, on=moment.on, accepted=False, parameters=parameters))
    require(
        may_hand_in(
            filled(row.content, receipt=row.receipt),
            year=row.year,
            level=Level(row.level),
            committed=committed,
        )
    )
    if row.receipt and not evidence.keep_library_files(actor=actor, public_ids=[row.receipt]):
        raise Invalid.of("receipt", "回执文件已从材料库删除，请重新上传。")
    row.state, row.filed_at, row.filed_by_id = step.target, moment.at, actor.user_id
    row.filed_on = row.filed_on or moment.on
    row.returned = {}
    row.version += 1
    row.save()
    meet_obligation(kind="monitoring.annual", subject=row, moment=moment)
    mark(row, actor, moment)
    _carry_on(row, actor, moment)
    open_obligation(
        kind="monitoring.annual_review",
        subject=row,
        rule="R-32",
        moment=moment,
        enterprise=None,
        district=row.district_id,
        counting=Counting.workdays(moment.on, parameters.annual_review_workdays),
        number=str(row.year),
        label=row.title.enterprise_name,
    )
    in_time = row.filed_on <= row.due_on
    record(
        actor=actor,
        event="annual.file",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"filed_on": row.filed_on, "in_time": in_time, "content": row.content},
    )
    enqueue(
        key=f"annual-filed:{row.public_id}:{row.version}",
        template="annual_form_submitted",
        context={"enterprise": row.title.enterprise_name, "year": str(row.year), "public_id": row.public_id},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )
    return in_time


def mark(row: AnnualForm, actor: Actor, moment: Moment, *, accepted: bool = False) -> None:
    """Write how far the form has come on the enterprise's standing (R-31)."""
    title_services.record_annual_form(
        actor=actor,
        moment=moment,
        enterprise_id=row.enterprise_id,
        district=row.district_id,
        year=row.year,
        due_on=row.due_on,
        submitted_on=row.filed_on,
        accepted_on=moment.on if accepted else None,
    )


@transaction.atomic
def take_from_record(*, actor: Actor, clock: Clock, public_id: str) -> int:
    """Fill empty figures from the enterprise's own file (一企一档); return how many were filled.

    Raises:
        WrongStep, NotVisible, Forbidden: as for saving.
    """
    row = _form_to_fill(actor=actor, public_id=public_id)
    moment = clock.now()
    figures: dict[str, dict[str, str]] = {**row.content.get("figures", {})}
    kept = {one.year: one.values for one in applications.years(actor=actor)}
    taken = 0
    for figure in FIGURES:
        for year in data_years(row.year):
            value = str(kept.get(year, {}).get(figure.filed, "")) if figure.filed else ""
            if value and str(year) not in figures.get(figure.code, {}):
                figures.setdefault(figure.code, {})[str(year)] = value
                taken += 1
    if taken:
        row.content = {**row.content, "figures": figures}
        row.version += 1
        row.save(update_fields=["content", "version"])
        record(
            actor=actor,
            event="annual.take",
            subject=row,
            moment=moment,
            rule="R-30",
            after={"figures": taken},
        )
    return taken
