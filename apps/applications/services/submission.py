"""Handing in: decided by the database clock under the row's lock, idempotent by token, frozen with a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts import selectors as accounts
from apps.applications.models import Application, ApplicationVersion, ReturnedItem
from apps.applications.selectors.completeness import content_blockers, submission_verdict
from apps.applications.selectors.windows import window_of
from apps.applications.services.advance import locked, take_step
from apps.applications.services.drafts import put_scheme
from apps.applications.services.editing import is_returned
from apps.applications.services.snapshot import Receipt, content_of, freeze, next_number, stored_receipt
from apps.applications.states import APPLICATION_LIFE, SUPPLEMENTING
from apps.audit.chain import canonical_text
from apps.core.actor import Actor
from apps.core.errors import Conflict, Invalid, RuleBroken, WrongStep, require
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.registry import OverdueObligation
from apps.evidence import services as evidence
from apps.notifications.services import enqueue
from apps.policy.eligibility import window_is_open
from apps.policy.levels import Level
from apps.policy.review import deemed_withdrawn, may_resubmit
from apps.policy.verdict import Verdict, refuse
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services

_SHORTEST_TOKEN, _LONGEST_TOKEN = 8, 64


@transaction.atomic
def submit(
    *, actor: Actor, clock: Clock, public_id: str, token: str, pledge: bool, signatory: str
) -> Receipt:
    """Submit a draft (方案五（三）, R-08, R-10 … R-13, R-31).

    Whether it is in time is decided by *clock* after the row is locked. The same *token* sent again returns the same
    receipt, whatever has become of the case since; with other content it is a conflict.

    Args:
        actor: the enterprise's responsible person.
        clock: the legal clock.
        public_id: which draft.
        token: made by the page when it was shown (8 to 64 characters).
        pledge: the declaration that everything is true was accepted.
        signatory: name of the legal representative who gives it.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Conflict: this token has been used for something else.
        Invalid: declaration missing, or the self-evaluation cannot be signed.
        RuleBroken: every rule that stands against it, with its clause; late: both times.
    """
    row = locked(actor, public_id=public_id)
    request = _request_digest(public_id, token, pledge=pledge, signatory=signatory)
    again = _sent_before(row, token, request)
    if again is not None:
        return again
    step = APPLICATION_LIFE.step(row.state, "submit", actor)
    moment = clock.now()
    name = _declared(pledge=pledge, signatory=signatory)
    if not accounts.enterprise_file(actor=actor, enterprise_id=row.enterprise_id).is_confirmed:
        msg = "企业登记信息未经属地核实，不能提交申报。"
        raise WrongStep(msg)
    _must_be_in_time(row, moment)
    if row.scheme_id is not None:
        _follow_scheme(row, actor, clock, moment)
    missing = [blocker.reason.rstrip("。") for blocker in content_blockers(row, actor)]
    require(submission_verdict(row, actor, moment, missing=missing))
    sheet = _sign_self_sheet(row, actor, clock)
    row.number = next_number(row)
    content = content_of(row, sheet, actor=actor, moment=moment, signatory=name)
    version, receipt = freeze(row, content, actor=actor, moment=moment)
    evidence.keep_files(actor=actor, clock=clock, application_id=row.pk)
    _take(
        token,
        lambda: take_step(
            row,
            step,
            actor=actor,
            moment=moment,
            changes={
                "number": row.number,
                "submitted_at": moment.at,
                "submitted_by_id": actor.user_id,
                "submission_token": token,
                "submission_digest": request,
                "receipt_no": version.receipt_no,
                "content_digest": version.digest,
                "self_total": sheet.total,
            },
        ),
    )
    _tell_submitted(row, receipt, moment)
    return receipt


@transaction.atomic
def resubmit(
    *, actor: Actor, clock: Clock, public_id: str, token: str, pledge: bool, signatory: str
) -> Receipt:
    """Hand in the supplement: every returned item answered, nothing else changed, in time (R-14).

    Raises:
        NotVisible, WrongStep, Forbidden, Conflict, Invalid: as `submit`.
        RuleBroken: overdue, items unanswered, parts changed that were not returned, or the report incomplete.
    """
    row = locked(actor, public_id=public_id)
    request = _request_digest(public_id, token, pledge=pledge, signatory=signatory)
    again = _sent_before(row, token, request)
    if again is not None:
        return again
    step = APPLICATION_LIFE.step(row.state, "resubmit", actor)
    moment = clock.now()
    name = _declared(pledge=pledge, signatory=signatory)
    items = list(ReturnedItem.objects.filter(application=row, turn=row.turn).order_by("pk"))
    previous = ApplicationVersion.objects.filter(application=row).order_by("-turn").first()
    changed = _changed_parts(row, previous.snapshot if previous else {})
    returned = [part for part in changed if is_returned(items, *part)]
    unanswered = [item.label for item in items if item.answered_at is None]
    require(
        Verdict.all_of(
            may_resubmit(
                due_on=max(item.due_on for item in items),
                on=moment.on,
                changed=[_named(part) for part in changed],
                returned=[_named(part) for part in returned],
            ),
            Verdict(
                tuple(
                    refuse("R-14", f"“{label}”尚未说明补正情况。", "请逐项填写补正说明后再提交。")
                    for label in unanswered
                )
            ),
            Verdict(
                tuple(
                    refuse("R-12", blocker.reason, blocker.remedy) for blocker in content_blockers(row, actor)
                )
            ),
        )
    )
    sheet = _sign_self_sheet(row, actor, clock)
    content = content_of(row, sheet, actor=actor, moment=moment, signatory=name)
    version, receipt = freeze(row, content, actor=actor, moment=moment)
    evidence.keep_files(actor=actor, clock=clock, application_id=row.pk)
    _take(
        token,
        lambda: take_step(
            row,
            step,
            actor=actor,
            moment=moment,
            changes={
                "submission_token": token,
                "submission_digest": request,
                "receipt_no": version.receipt_no,
                "content_digest": version.digest,
                "self_total": sheet.total,
            },
        ),
    )
    enqueue(
        key=f"application_resubmitted:{row.public_id}:{row.turn}",
        template="application_resubmitted",
        context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )
    return receipt


@transaction.atomic
def answer_item(*, actor: Actor, clock: Clock, item_public_id: str, answer: str) -> None:
    """State what was done about one returned item.

    Raises:
        NotVisible: no such item of this enterprise.
        WrongStep: the application is not being supplemented, or the item belongs to an earlier turn.
        Invalid: no answer.
        RuleBroken: the supplement is overdue.
    """
    found = (
        ReturnedItem.objects.filter(public_id=item_public_id).values_list("application_id", flat=True).first()
    )
    row = locked(actor, application_id=found or 0)
    item = ReturnedItem.objects.select_for_update().get(public_id=item_public_id)
    moment = clock.now()
    if row.state != SUPPLEMENTING or item.turn != row.turn:
        msg = "该申报当前不在补正中。"
        raise WrongStep(msg)
    # The same duty that hands in: whoever may not answer learns it here.
    if not actor.duties:
        APPLICATION_LIFE.step(row.state, "resubmit", actor)
    require(may_resubmit(due_on=item.due_on, on=moment.on, changed=[], returned=[]))
    text = clean_text(answer, field="answer", label="补正说明", limit=1000, multiline=True)
    if not text:
        raise Invalid.of("answer", "请说明补正情况。")
    item.answer, item.answered_at = text, moment.at
    item.save(update_fields=["answer", "answered_at"])


@transaction.atomic
def withdraw(*, actor: Actor, clock: Clock, public_id: str, reason: str = "") -> None:
    """Withdraw a draft, or an application the district has not yet accepted.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "withdraw", actor)
    note = clean_text(reason, field="reason", label="撤回原因", limit=500, multiline=True)
    take_step(row, step, actor=actor, moment=moment, note=note)
    if row.submitted_at is not None:
        enqueue(
            key=f"application_withdrawn:{row.public_id}",
            template="application_withdrawn",
            context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
            to_district=row.district_id,
            subject=row,
            moment=moment,
        )


@transaction.atomic
def answer_conversion(*, actor: Actor, clock: Clock, public_id: str, consent: bool) -> None:
    """The enterprise agrees, or not, to a 1A/2A evaluation instead of 3A (R-18, DECISIONS 6).

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "accept_conversion" if consent else "decline_conversion", actor)
    take_step(row, step, actor=actor, moment=moment)
    enqueue(
        key=f"conversion_answered:{row.public_id}:{row.version}",
        template="conversion_answered",
        context={
            "enterprise": row.enterprise.name,
            "answer": "同意" if consent else "不同意",
            "public_id": row.public_id,
            "number": row.number,
        },
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def lapse_overdue(*, actor: Actor, moment: Moment, application_id: int) -> bool:
    """Deem an application withdrawn whose supplement did not come in time (R-14); returns whether it was.

    Called by the deadline's hook as the system; a supplement handed in meanwhile is left alone.

    Raises:
        NotVisible, Forbidden: not the system.
    """
    row = locked(actor, application_id=application_id)
    if row.state != SUPPLEMENTING:
        return False
    due_on = max(ReturnedItem.objects.filter(application=row, turn=row.turn).values_list("due_on", flat=True))
    if not deemed_withdrawn(due_on=due_on, on=moment.on):
        return False
    step = APPLICATION_LIFE.step(row.state, "lapse", actor)
    take_step(row, step, actor=actor, moment=moment, note=f"补正期限至{due_on:%Y-%m-%d}，未重新提交。")
    for recipient in ({"to_enterprise": row.enterprise_id}, {"to_district": row.district_id}):
        enqueue(
            key=f"application_lapsed:{row.public_id}:{next(iter(recipient))}",
            template="application_lapsed",
            context={"enterprise": row.enterprise.name, "public_id": row.public_id, "number": row.number},
            subject=row,
            moment=moment,
            **recipient,
        )
    return True


def supplement_overdue(obligation: OverdueObligation, *, clock: Clock) -> None:
    """Act on an overdue supplement; registered with the deadline's kind."""
    lapse_overdue(actor=Actor.system(), moment=clock.now(), application_id=obligation.subject_id)


def _request_digest(public_id: str, token: str, *, pledge: bool, signatory: str) -> str:
    if not _SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN:
        raise Invalid.of("token", "页面已过期，请刷新后重新提交。")
    body = {"application": public_id, "pledge": pledge, "signatory": signatory.strip()}
    return hashlib.sha256(canonical_text(body).encode()).hexdigest()


def _sent_before(row: Application, token: str, request: str) -> Receipt | None:
    if row.submission_token != token:
        return None
    if row.submission_digest != request:
        msg = "同一提交已经完成，内容与本次不同，请刷新页面查看回执。"
        raise Conflict(msg, current={"receipt_no": row.receipt_no})
    return stored_receipt(row)


def _take(token: str, write: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        if "submission_token" not in str(error):
            raise
        msg = "该提交令牌已用于另一件申报，请刷新页面后重新提交。"
        raise Conflict(msg, current={"token": token}) from error


def _declared(*, pledge: bool, signatory: str) -> str:
    name = clean_text(signatory, field="signatory", label="法定代表人", limit=50)
    errors: dict[str, list[str]] = {}
    if not pledge:
        errors["pledge"] = ["请阅读并确认真实性承诺。"]
    if not name:
        errors["signatory"] = ["请填写作出承诺的法定代表人姓名。"]
    if errors:
        raise Invalid(errors)
    return name


def _must_be_in_time(row: Application, moment: Moment) -> None:
    """Refuse with both times, so that nobody has to guess by how much (SECURITY R13)."""
    window = window_of(row)
    if window_is_open(window, at=moment.at).ok:
        return
    early = moment.at < window.opens_at
    limit = window.opens_at if early else window.ends_at
    words = "开始受理" if early else "截止受理"
    raise RuleBroken(
        Verdict.refused(
            refuse(
                "R-12",
                f"本批次于{_shown(limit)}{words}，本次提交时间为{_shown(moment.at)}，不能提交。",
                "请在受理时间内提交。" if early else "请等待下一批次；确有特殊情况的，可向属地申请延长。",
            )
        )
    )


def _follow_scheme(row: Application, actor: Actor, clock: Clock, moment: Moment) -> None:
    """Move to the published version when the pinned one was replaced while drafting: submission pins it (R-07)."""
    pinned = scoring.scheme(scheme_id=row.scheme_id)
    if pinned.status != "published":
        put_scheme(row, pinned.code, actor=actor, clock=clock, moment=moment)
        row.save(update_fields=["scheme"])


def _sign_self_sheet(row: Application, actor: Actor, clock: Clock) -> scoring_services.SignedSheet:
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    if sheet is None:
        raise Invalid.of("", "尚未填写自评表。")
    if sheet.state == "open":
        return scoring_services.sign_sheet(actor=actor, clock=clock, public_id=sheet.public_id)
    if sheet.total is None:
        msg = f"signed sheet {sheet.public_id} has no total"
        raise LookupError(msg)
    return scoring_services.SignedSheet(sheet.id, sheet.public_id, sheet.total, sheet.digest, (), frozenset())


def _changed_parts(row: Application, snapshot: dict[str, object]) -> list[tuple[str, str]]:
    changed: list[tuple[str, str]] = []
    for part, column in (("profile", "profile"), ("basic", "basics"), ("report", "report")):
        before = snapshot.get(column) or {}
        after = getattr(row, column)
        if not isinstance(before, dict):
            continue
        changed += [(part, code) for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    return changed


def _named(part: tuple[str, str]) -> str:
    labels = dict(ReturnedItem.PARTS)
    return f"{labels[part[0]]}{part[1]}"


def _tell_submitted(row: Application, receipt: Receipt, moment: Moment) -> None:
    context = {
        "enterprise": row.enterprise.name,
        "level": Level(row.level).label,
        "public_id": row.public_id,
        "number": row.number,
        "receipt": receipt.receipt_no,
    }
    enqueue(
        key=f"application_submitted:{row.public_id}",
        template="application_submitted",
        context=context,
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    enqueue(
        key=f"application_received:{row.public_id}:{row.district_id}",
        template="application_received",
        context=context,
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


def _shown(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%-m月%-d日 %H:%M:%S}"
