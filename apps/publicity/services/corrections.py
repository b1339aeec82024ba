"""更正公示: a published notice never changes; a new one restarts the period of the entries affected (R-24)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.publicity.models import Notice, NoticeEntry, Objection
from apps.publicity.services.cases import jurisdiction
from apps.publicity.services.notices import locked_notice
from apps.publicity.states import DRAFT, ENTRY_LIFE, OPEN_OBJECTIONS, PUBLISHED, STANDING

_TEXT = 1000


@transaction.atomic
def correct_notice(
    *, actor: Actor, clock: Clock, public_id: str, application_public_ids: Sequence[str], reason: str
) -> str:
    """Take entries off a running notice and put them on a draft 更正公示; the others run on.

    The cases go back to the credit check; publishing the correction (same signing chain) starts their period anew.

    Returns:
        The correction's public id.

    Raises:
        Invalid: no reason, entries that are not on the notice, or one with an objection still open.
        WrongStep: the notice is not running.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("更正公示由市局经办拟稿，签批后由公示发布人员发布。")
    text = clean_text(reason, field="reason", label="更正原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明更正原因。")
    row = locked_notice(actor=actor, public_id=public_id)
    if row.state != PUBLISHED:
        raise WrongStep("只能更正正在公示的名单。")
    entries = list(
        row.entries.select_for_update(of=("self",))
        .filter(state=STANDING, application__public_id__in=list(application_public_ids))
        .order_by("application_id")
    )
    if not entries or len(entries) != len(set(application_public_ids)):
        raise Invalid.of("applications", "请选择本公示中需要更正的企业。")
    disputed = Objection.objects.visible_to(actor).filter(entry__in=entries, state__in=OPEN_OBJECTIONS)
    if disputed.exists():
        raise Invalid.of("applications", "所选企业有未办结的异议，请先办结异议再更正公示。")
    moment = clock.now()
    correction = Notice.objects.create(
        round_id=row.round_id,
        kind=Notice.CORRECTION,
        corrects=row,
        state=DRAFT,
        title=f"关于更正《{row.title}》的公示"[:120],
        basis=row.basis,
        reason=text,
        contact_person=row.contact_person,
        contact_phone=row.contact_phone,
        contact_email=row.contact_email,
        contact_address=row.contact_address,
        supervision_phone=row.supervision_phone,
        drafted_by_id=actor.account,
        drafted_at=moment.at,
    )
    for position, entry in enumerate(entries, start=1):
        step = ENTRY_LIFE.step(entry.state, "withdraw", actor)
        entry.state = step.target
        entry.save(update_fields=["state"])
        case = applications.lock_application(actor=actor, application_id=entry.application_id)
        applications.advance(
            application_id=case.id, event="recall_notice", actor=actor, moment=moment, note=text
        )
        NoticeEntry.objects.create(
            notice=correction,
            **jurisdiction(case),
            position=position,
            enterprise_name=case.enterprise_name,
            uscc=case.uscc,
            district_name=case.district_name,
            industry_name=case.industry_name,
            state=STANDING,
        )
    record(
        actor=actor,
        event="notice.correct",
        subject=row,
        moment=moment,
        rule="R-24",
        after={
            "correction": correction.public_id,
            "enterprises": [entry.enterprise_name for entry in entries],
        },
        note=text,
    )
    return str(correction.public_id)
