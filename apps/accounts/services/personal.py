"""A person's rights over their own data: notice and consent, requests and their answers, what is swept (PIPL 13–50)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from apps.accounts.models import PersonalRequest, User
from apps.accounts.privacy import NOTICE_VERSION
from apps.accounts.services.notices import tell_account
from apps.accounts.services.sweeping import trace_sweep
from apps.accounts.states import ASKED, MET, PERSONAL_REQUEST_LIFE, PERSONAL_REQUESTS
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as, enter
from apps.core.text import clean_text

#: Days within which a request is answered (个人信息保护法 50: 及时; GB/T 35273 8.7: 三十天).
ANSWER_DAYS = 30
#: How long an answered request is kept.
KEPT = timedelta(days=3 * 365)
_LIMIT = 1000


@transaction.atomic
def accept_notice(*, actor: Actor, clock: Clock) -> None:
    """Keep that a person has read and accepts the present version of the privacy notice."""
    enter(actor)
    row = User.objects.select_for_update(of=("self",)).get(pk=actor.account)
    before, row.notice_version = row.notice_version, NOTICE_VERSION
    if before == NOTICE_VERSION:
        return
    row.save(update_fields=["notice_version"])
    record(
        actor=actor,
        event="personal.accept_notice",
        subject=row,
        moment=clock.now(),
        before={"version": before},
        after={"version": NOTICE_VERSION},
    )


@transaction.atomic
def ask_about_own_data(*, actor: Actor, clock: Clock, kind: str, detail: str) -> str:
    """A person asks to see, correct or delete their own data; returns the request's public id.

    Raises:
        Invalid: an unknown kind, or nothing said.
        WrongStep: a request of the same kind waits for its answer.
    """
    text = clean_text(detail, field="detail", label="说明", limit=_LIMIT, multiline=True)
    errors: dict[str, list[str]] = {}
    if kind not in PERSONAL_REQUESTS:
        errors["kind"] = ["请选择请求的类别。"]
    if not text:
        errors["detail"] = ["请写明请求的内容。"]
    if errors:
        raise Invalid(errors)
    User.objects.select_for_update(of=("self",)).get(pk=actor.account)
    if PersonalRequest.objects.visible_to(actor).filter(kind=kind, state=ASKED).exists():
        raise WrongStep("同类请求正在办理，请等待答复。")
    moment = clock.now()
    row = PersonalRequest.objects.create(
        user_id=actor.account,
        kind=kind,
        detail=text,
        state=ASKED,
        made_at=moment.at,
        due_on=moment.on + timedelta(days=ANSWER_DAYS),
    )
    record(actor=actor, event="personal.ask", subject=row, moment=moment, after={"kind": kind})
    return str(row.public_id)


@transaction.atomic
def answer_request(*, actor: Actor, clock: Clock, public_id: str, met: bool, answer: str) -> None:
    """The security administrator answers; its person is told.

    Raises:
        Forbidden: another actor.
        NotVisible: no such request.
        WrongStep: it is answered already.
        Invalid: no answer.
    """
    if actor.role is not Role.SECURITY_ADMIN:
        raise Forbidden("个人信息请求由安全管理员办理。")
    with acting_as(Actor.system(), then=actor):
        row = PersonalRequest.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    step = PERSONAL_REQUEST_LIFE.step(row.state, "meet" if met else "decline", actor)
    text = clean_text(answer, field="answer", label="答复", limit=_LIMIT)
    if not text:
        raise Invalid.of("answer", "请填写答复。")
    moment = clock.now()
    row.state, row.answer, row.answered_by_id, row.answered_at = step.target, text, actor.account, moment.at
    with acting_as(Actor.system(), then=actor):
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(
        actor=actor,
        event="personal.answer",
        subject=row,
        moment=moment,
        rule="R-44",
        after={"state": row.state},
    )
    said = "已办理" if row.state == MET else "不予办理"
    tell_account(actor=actor, moment=moment, user_id=row.user_id, what=f"个人信息请求{said}",
                 detail=f"您关于{row.get_kind_display()}的请求{said}，答复见“我的账户 · 个人信息”。")  # fmt: skip


@transaction.atomic
def sweep_requests(*, clock: Clock) -> int:
    """Remove answered requests past their time, with a trace of how many; returns how many."""
    enter(Actor.system())
    moment = clock.now()
    count = int(PersonalRequest.objects.filter(answered_at__lt=moment.at - KEPT).delete()[0])
    trace_sweep("个人信息请求", count, moment)
    return count
