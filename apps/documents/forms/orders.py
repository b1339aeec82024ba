"""Papers served on one enterprise: supplement (F-04), rectification (F-16), cancellation (F-18)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow, ReturnedRow
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import (
    CITY,
    Built,
    as_reader,
    authority_of,
    batch_of,
    day_of,
    level_label,
    paragraphs,
    phone_of,
)
from apps.documents.rendering.papers import (
    CancellationDecision,
    Contact,
    Deficiency,
    RectificationNotice,
    SupplementNotice,
)
from apps.monitoring import selectors as monitoring
from apps.monitoring.states import CANCELLED, SUSPENDED
from apps.parameters.selectors import in_force
from apps.policy.levels import Level, Tier
from apps.policy.recheck import recheck_threshold
from apps.policy.rectification import cancellation_decider
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

#: 方案六（二）, as the decision quotes it.
CANCELLATION_CLAUSE = (
    "《苏州市绿色工厂建设实施方案（试行）》规定，复核结果不符合评价要求的企业，须在三个月内完成整改；"
    "逾期未完成的，取消相应级别绿色工厂称号，且三年内不得重新申报。"
)
SUSPENSION_CLAUSE = "4A、5A级称号由上级主管部门评定和取消，市工业和信息化局在本市暂停该称号并报上级主管部门。"
REMEDIES = (
    "如对本决定不服，可以自收到本决定之日起六十日内依法申请行政复议，"
    "或者自收到本决定之日起六个月内依法提起行政诉讼。"
)


def supplement(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the notice of the newest return of an application: everything that is missing, said once.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: nothing was returned.
    """
    file = applications.application_file(actor=actor, public_id=public_id)
    case = file.case
    if not file.returned:
        raise WrongStep("没有退回补正的事项。")
    turn = file.returned[0].turn
    items = [row for row in file.returned if row.turn == turn]
    returned_on = day_of(items[0].returned_at, on)
    handed_in = [row.at for row in file.versions if row.at <= items[0].returned_at]
    authority = authority_of(case.district)
    with as_reader(actor):
        days = in_force(on=returned_on).supplement_workdays
    number = items[0].notice_no
    return Built(
        paper=SupplementNotice(
            issuer=authority,
            dated=returned_on,
            number=number,
            enterprise=case.enterprise_name,
            application_number=case.number or "",
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            submitted_on=day_of(handed_in[0] if handed_in else case.submitted_at, returned_on),
            deficiencies=tuple(
                Deficiency(item=_place(actor, row, case), finding=row.reason, demand=row.wanted)
                for row in items
            ),
            due_on=items[0].due_on,
            working_days=days,
            contact=Contact(person=f"{authority}受理经办", phone=phone_of(case.district)),
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=True,
        number=number,
        enterprise=case.enterprise_id,
        district=case.district,
    )


def _place(actor: Actor, row: ReturnedRow, case: CaseRow) -> str:
    """Return what was returned, as the notice names it: an item with its name, else the part's own name."""
    if row.part != "item" or case.scheme_id is None:
        return row.label
    return f"{row.code} {scoring.scheme_spec(actor=actor, scheme_id=case.scheme_id).item(row.code).name}"


def rectification(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the rectification notice; day of service and last day are filled in once it has been served.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    monitoring.rectification(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        row = monitoring.rectification(actor=reader, public_id=public_id)
        recheck = monitoring.recheck(actor=reader, public_id=row.recheck_public_id)
        title = titles.title_file(actor=reader, public_id=row.title_public_id).row
    authority = authority_of(title.district)
    ordered_on = day_of(row.ordered_at, on)
    return Built(
        paper=RectificationNotice(
            issuer=authority,
            dated=ordered_on,
            number=row.number,
            enterprise=title.enterprise_name,
            uscc=title.uscc,
            level=title.level_label,
            kind=f"现场复核（{recheck.trigger_label}）",
            checked_on=recheck.visited_on or ordered_on,
            score=recheck.score or Decimal(0),
            threshold=recheck_threshold(Level(title.level)),
            deficiencies=tuple(
                Deficiency(
                    item=item.code,
                    finding=item.problem,
                    demand=item.requirement,
                    evidence=item.evidence_wanted,
                )
                for item in row.items
            ),
            contact=Contact(person=f"{authority}经办", phone=phone_of(title.district)),
            served_on=row.served_on,
            service=row.service,
            due_on=row.deadline,
        ),
        subject_type="monitoring.rectification",
        subject_id=public_id,
        final=True,
        number=row.number,
        enterprise=title.enterprise_id,
        district=title.district,
    )


def cancellation(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the decision that takes a title away, or suspends it (4A, 5A), with the defence and the remedies.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the title was neither taken away nor suspended (not decided yet, or dropped).
    """
    monitoring.cancellation(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        row = monitoring.cancellation(actor=reader, public_id=public_id)
        title = titles.title_file(actor=reader, public_id=row.title_public_id).row
    if row.state not in {CANCELLED, SUSPENDED} or row.decided_on is None:
        raise WrongStep(f"当前状态为「{row.state_label}」，没有取消或暂停的决定。")
    defence = (
        (f"你单位提出陈述申辩：{row.statement}", "我局已对陈述申辩意见进行复核。")
        if row.statement
        else (f"我局已告知你单位陈述申辩的权利，截至{_day(row.statement_due_on)}，你单位未提出陈述申辩。",)
    )
    del on
    # 1A and 2A are taken away by the district that awarded them, higher ones by the city.
    authority = authority_of(title.district)
    by_city = cancellation_decider(Level(title.level)) is not Tier.DISTRICT
    return Built(
        paper=CancellationDecision(
            issuer=CITY if by_city else authority,
            dated=row.decided_on,
            number=row.document_no,
            enterprise=title.enterprise_name,
            uscc=title.uscc,
            level=title.level_label,
            certificate_number=title.certificate_no or "",
            facts=paragraphs(row.facts),
            reasons=(*paragraphs(row.decision_note), *_clauses(row.state)),
            defence=defence,
            banned_until=row.ban_until,
            remedies=REMEDIES,
            copies_to=authority if by_city else CITY,
        ),
        subject_type="monitoring.cancellation",
        subject_id=public_id,
        final=True,
        number=row.document_no,
        enterprise=title.enterprise_id,
        district=title.district,
    )


def _clauses(state: str) -> tuple[str, ...]:
    """Return the clauses a decision rests on."""
    return (CANCELLATION_CLAUSE,) if state == CANCELLED else (CANCELLATION_CLAUSE, SUSPENSION_CLAUSE)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
