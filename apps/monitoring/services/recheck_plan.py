"""现场复核 is planned: by cycle, risk or a report (R-33, R-42), by the district or the city; or by a draw (R-35)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.services import open_obligation
from apps.monitoring.checklists import basis_of
from apps.monitoring.models import Recheck
from apps.monitoring.services.shared import choices, words
from apps.monitoring.states import PLANNED, REPORTED
from apps.notifications.services import enqueue
from apps.policy.levels import Level
from apps.policy.obligations import under_dynamic_management
from apps.scoring.selectors import fresh_context
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.states import RECHECKING, SUSPENDED

_TEXT = 2000
_RULES = {Recheck.REPORT: "R-42", Recheck.SPOT: "R-35", Recheck.AFTER_SUSPENSION: "R-40"}


@transaction.atomic
def plan_recheck(
    *, actor: Actor, clock: Clock, title_public_id: str, planned_on: date, trigger: str, note: str = ""
) -> str:
    """Plan a recheck of a title under dynamic management; the enterprise is told.

    Args:
        actor: district or municipal 经办/签批.
        clock: the legal clock.
        title_public_id: a standing title of level 3A or above (parameter: also lower).
        planned_on: day of the visit, not in the past.
        trigger: `cycle`, `risk`, `report` or `change`.
        note: what triggered it; required unless `cycle`.

    Returns:
        The recheck's public id.

    Raises:
        Invalid: faulty date, trigger or note; the level is not monitored.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("复核由属地或市局安排。")
    title = titles.title_file(actor=actor, public_id=title_public_id).row
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    if planned_on < moment.on:
        errors["planned_on"] = ["计划日期不能早于今天。"]
    if trigger not in Recheck.BY_HAND:
        errors["trigger"] = ["请选择复核来源。"]
    text = clean_text(note, field="note", label="来源说明", limit=_TEXT, multiline=True)
    if trigger != Recheck.CYCLE and not text:
        errors["note"] = ["请说明触发复核的线索或事项。"]
    if errors:
        raise Invalid(errors)
    if not under_dynamic_management(Level(title.level), on=moment.on, parameters=choices(moment.on)):
        raise Invalid.of("", f"{title.level}A 级称号不在动态管理范围内。")
    if title.state == RECHECKING:  # the one under way answers a report too; "cannot begin" would not say so
        raise WrongStep("该称号已安排现场复核，尚未报送结果。请在该次复核中一并核实，不必另行安排。")
    row = planned_visit(
        actor=actor, moment=moment, title=title, planned_on=planned_on, trigger=trigger, note=text
    )
    return str(row.public_id)


@transaction.atomic
def plan_suspended_recheck(
    *, actor: Actor, clock: Clock, title_public_id: str, planned_on: date, note: str
) -> str:
    """Plan the city's visit to the site of a suspended 4A or 5A title: it is restored, or reported upward (R-40).

    Returns:
        The recheck's public id.

    Raises:
        Invalid: a date in the past, no note.
        WrongStep: the title is not suspended, or a visit is planned already.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("暂停后的复核由市工业和信息化局安排。")
    title = titles.title_file(actor=actor, public_id=title_public_id).row
    moment = clock.now()
    text = clean_text(note, field="note", label="来源说明", limit=_TEXT, multiline=True)
    errors: dict[str, list[str]] = {}
    if planned_on < moment.on:
        errors["planned_on"] = ["计划日期不能早于今天。"]
    if not text:
        errors["note"] = ["请说明企业整改情况和复核的缘由。"]
    if errors:
        raise Invalid(errors)
    going_on = Recheck.objects.visible_to(actor).filter(title_id=title.id).exclude(state=REPORTED)
    if title.state != SUSPENDED or going_on.exists():
        raise WrongStep("该称号未暂停，或已经安排复核。")
    row = planned_visit(
        actor=actor,
        moment=moment,
        title=title,
        planned_on=planned_on,
        trigger=Recheck.AFTER_SUSPENSION,
        note=text,
    )
    return str(row.public_id)


def planned_visit(
    *, actor: Actor, moment: Moment, title: titles.TitleRow, planned_on: date, trigger: str, note: str
) -> Recheck:
    """Store a planned visit of a title, by whichever bureau acts; the enterprise is told (for this room).

    Raises:
        WrongStep: the title is being rechecked or rectified, or has ended.
    """
    by_city = actor.role is Role.MUNICIPAL
    if trigger != Recheck.AFTER_SUSPENSION:  # a suspended title stays so until the visit is signed
        title_services.change_title_state(
            actor=actor, moment=moment, title_public_id=title.public_id, event="start_recheck", note=note
        )
    row = Recheck(
        title_id=title.id,
        enterprise_id=title.enterprise_id,
        district_id=title.district,
        trigger=trigger,
        trigger_note=note,
        state=PLANNED,
        planned_on=planned_on,
        planned_by_id=actor.account,
        planned_at=moment.at,
        by_city=by_city,
    )
    if basis_of(row, actor=actor) is None:
        row.starting_from = fresh_context(actor=actor, industry_code=title.industry_code, on=moment.on)
    row.save()
    record(
        actor=actor,
        event="recheck.plan",
        subject=row,
        moment=moment,
        rule=_RULES.get(trigger, "R-33"),
        after={"planned_on": planned_on, "trigger": trigger},
        note=note,
    )
    open_obligation(
        kind=visit_kind(row),
        subject=row,
        rule="R-33",
        moment=moment,
        enterprise=None,
        district=None if by_city else title.district,
        due_on=planned_on,
        basis="按复核计划日期。",
        number=title.certificate_no,
        label=title.enterprise_name,
    )
    enqueue(
        key=f"recheck-planned:{row.public_id}",
        template="recheck_planned",
        context={
            **words(title),
            "visit_on": planned_on,
            "bureau": "市工业和信息化局" if by_city else "属地工业和信息化主管部门",
        },
        to_enterprise=title.enterprise_id,
        subject=row,
        moment=moment,
    )
    return row


def visit_kind(row: Recheck) -> str:
    """Return who owes the visit: the kind of its obligation."""
    return "monitoring.city_recheck" if row.by_city else "monitoring.recheck"
