"""3A 推荐: the district's list of those at 80 or more, and what the city does with it (R-17, R-18)."""

from __future__ import annotations

from django.db import transaction

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level
from apps.policy.recommendation import may_leave_off_list, may_recommend
from apps.policy.separation import may_sign
from apps.review.models import PreliminaryReview, Recommendation, RecommendationItem
from apps.review.services.cases import choices, locked_case, words
from apps.review.states import DRAFT, RECOMMENDATION_LIFE, SENT, SIGNED

_TEXT = 500


def _locked(*, actor: Actor, public_id: str) -> Recommendation:
    row: Recommendation | None = (
        Recommendation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("district", "round")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def prepare_recommendation(*, actor: Actor, clock: Clock, round_public_id: str) -> str:
    """Draw up (or complete) the draft list of a round: every signed 3A case at 80 or more is ticked beforehand.

    Returns:
        The list's public id.

    Raises:
        Forbidden: not the 经办 of a district.
        Invalid: nobody to recommend.
        NotVisible: no such round.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER):
        raise Forbidden("推荐汇总表由属地经办编制。")
    batch = applications_read.round_file(actor=actor, public_id=round_public_id)
    moment = clock.now()
    parameters = choices(moment.on)
    draft: Recommendation | None = (
        Recommendation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(round_id=batch.id, state=DRAFT)
        .first()
    )
    reviews = (
        PreliminaryReview.objects.visible_to(actor)
        .filter(
            state=SIGNED,
            application__round_id=batch.id,
            application__level=Level.A3,
            application__state="prelim_signed",
        )
        .exclude(application__recommended_in__recommendation__state=DRAFT)
        .order_by("-signed_total", "id")
    )
    found = [
        review
        for review in reviews
        if may_recommend(
            preliminary_total=review.signed_total, vetoes=review.vetoes, parameters=parameters
        ).ok
    ]
    if draft is None and not found:
        raise Invalid.of("", "本批次没有初评 80 分（含）以上、可以推荐的企业。")
    if draft is None:
        draft = Recommendation.objects.create(
            district_id=actor.bureau,
            round_id=batch.id,
            state=DRAFT,
            prepared_by_id=actor.account,
            prepared_at=moment.at,
        )
    RecommendationItem.objects.bulk_create(
        [RecommendationItem(recommendation=draft, application_id=review.application_id) for review in found]
    )
    record(
        actor=actor,
        event="recommendation.prepare",
        subject=draft,
        moment=moment,
        rule="R-18",
        after={"added": len(found)},
    )
    enqueue(
        key=f"recommendation-to-sign:{draft.public_id}:{draft.items.count()}",
        template="recommendation_to_sign",
        context={"count": draft.items.count()},
        to_district=actor.district,
        subject=draft,
        moment=moment,
    )
    return str(draft.public_id)


@transaction.atomic
def tick(
    *, actor: Actor, clock: Clock, public_id: str, application_public_id: str, ticked: bool, reason: str = ""
) -> None:
    """Leave an enterprise off the draft list with a reason, or put it back.

    Raises:
        RuleBroken: left off without a reason (R-18).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked(actor=actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("推荐汇总表由属地编制。")
    if row.state != DRAFT:
        RECOMMENDATION_LIFE.step(row.state, "send", actor)
    item = row.items.select_for_update().filter(application__public_id=application_public_id).first()
    if item is None:
        raise NotVisible
    text = clean_text(reason, field="reason", label="不列入原因", limit=_TEXT, multiline=True)
    if not ticked:
        require(may_leave_off_list(reason=text))
    before = {"ticked": item.ticked, "reason": item.reason}
    item.ticked, item.reason = ticked, "" if ticked else text
    item.save()
    record(
        actor=actor,
        event="recommendation.tick",
        subject=row,
        moment=clock.now(),
        rule="R-18",
        before=before,
        after={"application": application_public_id, "ticked": ticked},
        note=text,
    )


@transaction.atomic
def send_recommendation(*, actor: Actor, clock: Clock, public_id: str, letter_no: str) -> int:
    """The signer sends list and letter to the city: ticked cases are recommended, the others are not.

    With nobody ticked there is no letter to write: the list is closed, and its cases end as 不予推荐.

    Returns:
        How many are recommended; 0 for a list that was closed.

    Raises:
        RuleBroken: below 80 or a veto found (R-18); the signer drew the list up (R-15).
        Invalid: no letter number, though somebody is recommended.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = _locked(actor=actor, public_id=public_id)
    items = list(
        row.items.select_related("application", "application__preliminary").order_by("application_id")
    )
    count = sum(item.ticked for item in items)
    step = RECOMMENDATION_LIFE.step(row.state, "send" if count else "close", actor)
    require(may_sign(prepared_by={row.prepared_by_id}, signer=actor.user_id))
    moment = clock.now()
    parameters = choices(moment.on)
    number = _letter(actor=actor, moment=moment, text=letter_no) if count else ""
    for item in items:
        review = item.application.preliminary
        if item.ticked:
            require(
                may_recommend(
                    preliminary_total=review.signed_total, vetoes=review.vetoes, parameters=parameters
                )
            )
        event = "recommend" if item.ticked else "not_recommend"
        done = applications.advance(
            application_id=item.application_id,
            event=event,
            actor=actor,
            moment=moment,
            note=item.reason,
            facts={} if item.ticked else {"decision_note": item.reason},
        )
        enqueue(
            key=f"{event}:{done.public_id}:{done.version}",
            template="recommended" if item.ticked else "not_recommended",
            context={"number": done.number, "public_id": done.public_id, "reason": item.reason},
            to_enterprise=done.enterprise_id,
            moment=moment,
        )
    row.state, row.letter_no, row.sent_by_id, row.sent_at = step.target, number, actor.user_id, moment.at
    row.save()
    record(
        actor=actor,
        event=f"recommendation.{step.event}",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"recommended": count, "letter_no": number},
    )
    if count:
        enqueue(
            key=f"recommendation-sent:{row.public_id}",
            template="recommendation_sent",
            context={"district": row.district.name, "count": count, "public_id": row.public_id},
            to_municipal=True,
            subject=row,
            moment=moment,
        )
    return count


def _letter(*, actor: Actor, moment: Moment, text: str) -> str:
    """Return the letter's number, taken from the bureau's register.

    Raises:
        Invalid: none was given.
    """
    number = clean_text(text, field="letter_no", label="推荐函文号", limit=60)
    if not number:
        raise Invalid.of("letter_no", "请填写推荐函文号。")
    return settle_number(
        actor=actor, moment=moment, text=number, purpose="推荐3A级绿色工厂", field="letter_no"
    )


@transaction.atomic
def accept_case(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The city accepts one recommended application; the list is accepted when all its cases are answered.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    applications.advance(application_id=case.id, event="city_accept", actor=actor, moment=moment)
    enqueue(
        key=f"city-accepted:{case.public_id}:{case.version}",
        template="city_accepted",
        context=words(case),
        to_enterprise=case.enterprise_id,
        moment=moment,
    )
    _close_list(actor=actor, clock=clock, application_id=case.id)


@transaction.atomic
def return_case(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The city sends one recommended application back to the district with the reason.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="退回原因", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明退回原因。")
    case = locked_case(actor=actor, public_id=public_id)
    applications.advance(
        application_id=case.id, event="return_recommendation", actor=actor, moment=clock.now(), note=text
    )
    _close_list(actor=actor, clock=clock, application_id=case.id)


def _close_list(*, actor: Actor, clock: Clock, application_id: int) -> None:
    """Mark accepted every list none of whose cases waits any more (a returned case may stand on two lists)."""
    moment = clock.now()
    rows = (
        Recommendation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(state=SENT, items__application_id=application_id, items__ticked=True)
        .order_by("id")
    )
    for row in rows:
        if row.items.filter(ticked=True, application__state="recommended").exists():
            continue
        step = RECOMMENDATION_LIFE.step(row.state, "accept", actor)
        row.state, row.accepted_by_id, row.accepted_at = step.target, actor.user_id, moment.at
        row.save()
        record(actor=actor, event="recommendation.accept", subject=row, moment=moment, rule=step.rule)
