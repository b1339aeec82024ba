"""年度动态管理表: reviewed by the district, urged by the bureaus, what follows a missed date (R-31, R-32)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import meet_obligation, open_obligation
from apps.monitoring.annual_forms import STILL_OWED
from apps.monitoring.models import AnnualForm
from apps.monitoring.services.annual import locked_form, mark, tell
from apps.monitoring.services.shared import choices
from apps.monitoring.states import ANNUAL_LIFE, SENT_BACK, TO_FILE
from apps.policy.annual_form import CHANGES, COMPLIANCE, FIGURES
from apps.policy.calendar import add_workdays

_TEXT, _REASON = 2000, 300
#: Parts of the form a return can name: code → label.
PARTS: Mapping[str, str] = {
    **{question.code: question.label for question in (*CHANGES, *COMPLIANCE)},
    **{figure.code: figure.label for figure in FIGURES},
    "projects": "绿色改造项目",
    "summary": "年度总结",
    "plan": "下年计划",
    "receipt": "国家平台回执",
}


@transaction.atomic
def return_annual_form(
    *, actor: Actor, clock: Clock, public_id: str, parts: Mapping[str, str], note: str = ""
) -> None:
    """The district sends named parts back, each with what is wrong; the day of the first filing stands.

    Args:
        actor: 经办 or 签批 of the district.
        clock: the legal clock.
        public_id: of the form.
        parts: code of `PARTS` → reason; at least one.
        note: what to say beyond the parts.

    Raises:
        Invalid: no part, an unknown one, or a part without a reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_form(actor=actor, public_id=public_id)
    step = ANNUAL_LIFE.step(row.state, "return", actor)
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for code, typed in parts.items():
        label = PARTS.get(code)
        if label is None:
            errors[""] = ["退回事项有误，请重新选择。"]
            continue
        reasons[code] = clean_text(typed, field=f"return-{code}", label=f"{label}的退回原因", limit=_REASON)
        if not reasons[code]:
            errors[f"return-{code}"] = [f"请填写“{label}”的退回原因。"]
    if not parts:
        errors["parts"] = ["请至少选择一项需要修改的内容并填写原因。"]
    if errors:
        raise Invalid(errors)
    text = clean_text(note, field="note", label="退回说明", limit=_TEXT, multiline=True)
    row.state, row.returned, row.review_note = step.target, reasons, text
    row.before_return = {"parts": reasons, "content": row.content, "receipt_name": row.receipt_name}
    row.reviewed_at, row.reviewed_by_id = moment.at, actor.user_id
    row.version += 1
    row.save()
    meet_obligation(kind="monitoring.annual_review", subject=row, moment=moment)
    again = add_workdays(moment.on, choices(moment.on).supplement_workdays, work_calendar())
    due_on, basis = max((row.due_on, f"{row.year}年度报送截止日期。"), (again.ends_on, again.explanation))
    open_obligation(
        kind="monitoring.annual",
        subject=row,
        rule="R-32",
        moment=moment,
        enterprise=row.enterprise_id,
        district=row.district_id,
        due_on=due_on,
        basis=basis,
        number=str(row.year),
        label=row.title.enterprise_name,
    )
    record(
        actor=actor,
        event="annual.return",
        subject=row,
        moment=moment,
        rule=step.rule,
        after=reasons,
        note=text,
    )
    named = "；".join(f"{PARTS[code]}：{reason.rstrip('。；')}" for code, reason in reasons.items())
    tell(
        row,
        moment,
        "annual_form_returned",
        key=f"annual-returned:{row.public_id}:{row.version}",
        reason=named,
    )


@transaction.atomic
def approve_annual_form(*, actor: Actor, clock: Clock, public_id: str, note: str = "") -> None:
    """The district accepts the form; a late one no longer stands against a higher level as the rules say (R-31).

    Raises:
        Invalid: the opinion is too long.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_form(actor=actor, public_id=public_id)
    step = ANNUAL_LIFE.step(row.state, "approve", actor)
    moment = clock.now()
    row.review_note = clean_text(note, field="note", label="审核意见", limit=_TEXT, multiline=True)
    row.state, row.reviewed_at, row.reviewed_by_id = step.target, moment.at, actor.user_id
    row.version += 1
    row.save()
    meet_obligation(kind="monitoring.annual_review", subject=row, moment=moment)
    mark(row, actor, moment, accepted=True)
    record(
        actor=actor, event="annual.approve", subject=row, moment=moment, rule=step.rule, note=row.review_note
    )
    tell(row, moment, "annual_form_accepted", key=f"annual-approved:{row.public_id}")


@transaction.atomic
def urge_annual_forms(*, actor: Actor, clock: Clock, year: int, public_ids: Collection[str] = ()) -> int:
    """批量催报: remind the enterprises in sight that have not filed, each at most once a day; return how many.

    Args:
        actor: 经办 or 签批 of a bureau.
        clock: the legal clock.
        year: calendar year of the forms.
        public_ids: only these; none means all.

    Raises:
        Forbidden: gate 2.
    """
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("催报由属地或市局办理。")
    moment = clock.now()
    rows = AnnualForm.objects.visible_to(actor).filter(STILL_OWED, year=year)
    if public_ids:
        rows = rows.filter(public_id__in=list(public_ids))
    found = list(rows.order_by("pk"))
    for row in found:
        tell(
            row,
            moment,
            "annual_form_urged",
            key=f"annual-urged:{row.public_id}:{moment.on}",
            due=row.due_on,
        )
    if found:
        record(
            actor=actor,
            event="annual.urge",
            subject=found[0],
            moment=moment,
            rule="R-31",
            after={"year": year, "forms": [row.public_id for row in found]},
        )
    return len(found)


@transaction.atomic
def tell_overdue(*, actor: Actor, clock: Clock, form_id: int) -> None:
    """The due date has passed unfiled: say what follows (hook of the deadline; idempotent)."""
    row = AnnualForm.objects.visible_to(actor).filter(pk=form_id, state__in=[TO_FILE, SENT_BACK]).first()
    if row is None or row.filed_on is not None:
        return
    tell(row, clock.now(), "annual_form_overdue", key=f"annual-overdue:{row.public_id}")
