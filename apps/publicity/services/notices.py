"""公示: drafted from the cases whose credit is clear, signed step by step, frozen when published (R-24)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.db import transaction

from apps.accounts.services.contacts import checked_email, checked_office_phones
from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.chain import canonical_text
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.deadlines.services import open_obligation
from apps.notifications.services import enqueue
from apps.policy.award import may_start_on, notice_term
from apps.policy.calendar import Term
from apps.policy.separation import may_sign
from apps.policy.verdict import Refusal, Verdict
from apps.publicity.models import Notice, NoticeEntry
from apps.publicity.selectors.standing import notice_verdicts, on_a_draft
from apps.publicity.services.cases import choices, jurisdiction, words
from apps.publicity.services.credit_validity import validity_used
from apps.publicity.states import DRAFT, NOTICE_LIFE, STANDING

_TEXT = 2000
_STATE = "credit_check"
DEFAULT_BASIS = (
    "根据《苏州市绿色工厂建设实施方案（试行）》，经企业自主申报、属地初评推荐、专家评估论证、征信查询等程序，"
    "拟评定下列企业为苏州市3A级绿色工厂，现予公示。公示期内，任何单位和个人对公示名单有异议的，"
    "请以书面形式向我局反映，并提供必要的事实依据。以个人名义反映的，请署真实姓名和联系电话；"
    "以单位名义反映的，请加盖公章。匿名异议原则上不予受理。"
)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What the drafter writes; the list comes from the cases."""

    title: str
    contact_person: str
    contact_phone: str
    supervision_phone: str
    basis: str = DEFAULT_BASIS
    contact_email: str = ""
    contact_address: str = ""


def cleaned_text(text: NoticeText) -> dict[str, str]:
    """Return the words of a notice by column.

    Raises:
        Invalid: every field that is missing, too long or no telephone number or mail address.
    """
    fields = (
        ("title", "标题", 120, True),
        ("basis", "依据与程序", _TEXT, True),
        ("contact_person", "联系人", 50, True),
        ("contact_phone", "联系电话", 40, True),
        ("supervision_phone", "监督电话", 40, True),
        ("contact_email", "邮箱", 80, False),
        ("contact_address", "地址", 200, False),
    )
    values: dict[str, str] = {}
    faults = Faults()
    for name, label, limit, required in fields:
        values[name] = faults.text(
            getattr(text, name), field=name, label=label, limit=limit, multiline=name == "basis"
        )
        if required and not values[name]:
            faults.note(name, f"请填写{label}。")
    for name, label in (("contact_phone", "联系电话"), ("supervision_phone", "监督电话")):
        if values[name]:
            faults.read(partial(checked_office_phones, values[name], field=name, label=label), "")
    faults.read(lambda: checked_email(values["contact_email"], field="contact_email"), "")
    faults.settle()
    return values


def locked_notice(*, actor: Actor, public_id: str) -> Notice:
    """Return a notice locked for change.

    Raises:
        NotVisible: not in sight.
    """
    row: Notice | None = (
        Notice.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("round")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def entry_values(case: CaseRow, position: int) -> dict[str, object]:
    """Return the columns of a case's entry on a notice."""
    return {
        **jurisdiction(case),
        "position": position,
        "enterprise_name": case.enterprise_name,
        "uscc": case.uscc,
        "district_name": case.district_name,
        "industry_name": case.industry_name,
        "state": STANDING,
    }


def checked_case(case: CaseRow) -> None:
    """Refuse a case that is elsewhere in its life or stands on another unpublished notice.

    Raises:
        WrongStep, Invalid: see above.
    """
    if case.state != _STATE:
        raise WrongStep(f"{case.enterprise_name}当前状态为「{case.state_label}」，不能列入公示。")
    if on_a_draft([case.id]):
        raise Invalid.of("applications", f"{case.enterprise_name}已在另一份公示稿中。")


@transaction.atomic
def draft_notice(
    *,
    actor: Actor,
    clock: Clock,
    round_public_id: str,
    application_public_ids: Sequence[str],
    text: NoticeText,
) -> str:
    """Draft a notice of the named cases; each must have a credit result that allows it today.

    Returns:
        The notice's public id.

    Raises:
        RuleBroken: a credit check missing, stale or adverse, with the enterprise named (R-23).
        Invalid: faulty text, an empty list, a case that is on another draft.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("公示由市局经办拟稿。")
    values = cleaned_text(text)
    batch = applications_read.round_file(actor=actor, public_id=round_public_id)
    moment = clock.now()
    cases = [
        applications.lock_application(actor=actor, public_id=public_id)
        for public_id in sorted(dict.fromkeys(application_public_ids))
    ]
    if not cases:
        raise Invalid.of("applications", "请至少选择一家企业。")
    for case in cases:
        checked_case(case)
    require_credit(cases, moment.on)
    notice = Notice.objects.create(
        round_id=batch.id, state=DRAFT, drafted_by_id=actor.account, drafted_at=moment.at, **values
    )
    ordered = sorted(cases, key=lambda case: (case.district, case.number or ""))
    NoticeEntry.objects.bulk_create(
        [NoticeEntry(notice=notice, **entry_values(case, n)) for n, case in enumerate(ordered, start=1)]
    )
    record(
        actor=actor,
        event="notice.draft",
        subject=notice,
        moment=moment,
        rule="R-24",
        after={"enterprises": [case.enterprise_name for case in ordered]},
    )
    return str(notice.public_id)


def require_credit(cases: Sequence[CaseRow], starts_on: date) -> None:
    """Raise `RuleBroken`, each enterprise named, unless every credit check allows a notice on a day (R-23)."""
    verdicts = notice_verdicts(cases=cases, starts_on=starts_on)
    refusals = [
        _named(refusal, case.enterprise_name) for case in cases for refusal in verdicts[case.id].refusals
    ]
    if refusals:
        raise RuleBroken(Verdict(tuple(refusals)))


def _named(refusal: Refusal, name: str) -> Refusal:
    return replace(refusal, reason=f"{name}：{refusal.reason}")


@transaction.atomic
def sign_notice(*, actor: Actor, clock: Clock, public_id: str, event: str, note: str = "") -> str:
    """Move a notice along its signing chain: `submit`, `review`, `approve`, or `return` with a note.

    Returns:
        The new state.

    Raises:
        RuleBroken: a signer who drafted it (R07).
        Invalid: returned without a note.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_notice(actor=actor, public_id=public_id)
    step = NOTICE_LIFE.step(row.state, event, actor)
    moment = clock.now()
    text = clean_text(note, field="note", label="意见", limit=_TEXT, multiline=True)
    if event == "return" and not text:
        raise Invalid.of("note", "请写明退回意见。")
    if event in {"review", "approve"}:
        prepared = {row.drafted_by_id} if event == "review" else {row.drafted_by_id, row.reviewed_by_id}
        require(may_sign(prepared_by=prepared, signer=actor.user_id))
    if event == "review":
        row.reviewed_by_id, row.reviewed_at = actor.user_id, moment.at
    elif event == "approve":
        row.approved_by_id, row.approved_at = actor.user_id, moment.at
    elif event == "return":
        row.reviewed_by_id, row.reviewed_at, row.return_note = None, None, text
    row.state = step.target
    row.version += 1
    row.save()
    record(
        actor=actor,
        event=f"notice.{event}",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"state": row.state},
        note=text,
    )
    if event in {"submit", "approve"}:
        enqueue(
            key=f"notice-{event}:{row.public_id}:{row.version}",
            template="notice_to_sign" if event == "submit" else "notice_to_publish",
            context={"count": row.entries.count(), "public_id": row.public_id},
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    return row.state


@transaction.atomic
def publish_notice(*, actor: Actor, clock: Clock, public_id: str, starts_on: date | None = None) -> Term:
    """Publish: the list and its digest are frozen, the period is computed, every case goes on notice.

    Args:
        actor: municipal staff with the publishing duty.
        clock: the legal clock.
        public_id: of the notice.
        starts_on: first day, default today; a rest day moves to the next working day.

    Returns:
        The period, first day counted (R-24).

    Raises:
        RuleBroken: published by its drafter (R07); a start in the past; a credit result stale on the first day (R-23).
        Invalid: every enterprise has left the list since.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_notice(actor=actor, public_id=public_id)
    step = NOTICE_LIFE.step(row.state, "publish", actor)
    moment = clock.now()
    # What is published is another person's draft, a correction's as well (R07).
    require(may_sign(prepared_by={row.drafted_by_id}, signer=actor.user_id))
    first = starts_on or moment.on
    require(may_start_on(first, on=moment.on))
    parameters = choices(moment.on)
    term = notice_term(first, parameters, work_calendar())
    entries = list(row.entries.filter(state=STANDING).order_by("application_id"))
    if not entries and not row.removed:
        raise Invalid.of("", "名单中已没有可以公示的企业。")
    cases = [
        applications.lock_application(actor=actor, application_id=entry.application_id) for entry in entries
    ]
    require_credit(cases, term.starts_on)
    for number, entry in enumerate(sorted(entries, key=lambda entry: entry.position), start=1):
        entry.position = number
    for entry, case in zip(entries, cases, strict=True):
        entry.enterprise_name = case.enterprise_name
        entry.starts_on, entry.ends_on = term.starts_on, term.ends_on
        entry.save(update_fields=["position", "enterprise_name", "starts_on", "ends_on"])
        applications.advance(application_id=case.id, event="publish_notice", actor=actor, moment=moment)
    row.snapshot = [
        {
            "序号": entry.position,
            "企业名称": entry.enterprise_name,
            "统一社会信用代码": entry.uscc,
            "所在地区": entry.district_name,
        }
        for entry in sorted(entries, key=lambda entry: entry.position)
    ]
    row.starts_on, row.ends_on, row.days = term.starts_on, term.ends_on, parameters.publicity_days
    row.period_text = term.explanation
    row.published_by_id, row.published_at = actor.user_id, moment.at
    row.state = step.target
    row.version += 1
    row.digest = notice_digest(row)
    row.save()
    _after_publication(actor=actor, row=row, term=term, cases=cases, moment=moment)
    return term


def notice_digest(row: Notice) -> str:
    """Return the digest (hex) of what was published: title, text, list and period."""
    content = {
        "title": row.title,
        "basis": row.basis,
        "list": row.snapshot,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        # a notice that takes nobody off keeps the digest it was published with
        **({"removed": row.removed} if row.removed else {}),
    }
    return hashlib.sha256(canonical_text(content).encode()).hexdigest()


def _after_publication(
    *, actor: Actor, row: Notice, term: Term, cases: Sequence[CaseRow], moment: Moment
) -> None:
    record(
        actor=actor,
        event="notice.publish",
        subject=row,
        moment=moment,
        rule="R-24",
        after={"starts_on": term.starts_on, "ends_on": term.ends_on, "digest": row.digest},
    )
    # The printed last day binds whatever becomes of the calendar: a fixed date, not a count that may move.
    open_obligation(
        kind="publicity.notice",
        subject=row,
        rule="R-24",
        moment=moment,
        enterprise=None,
        district=None,
        due_on=term.ends_on,
        basis=term.explanation,
        label=row.title,
    )
    validity_used(application_ids=[case.id for case in cases], moment=moment)
    for case in cases:
        enqueue(
            key=f"notice-started:{row.public_id}:{case.public_id}",
            template="notice_started",
            context={**words(case), "ends_on": term.ends_on},
            to_enterprise=case.enterprise_id,
            subject=row,
            moment=moment,
        )
