"""When experts are away, and what the city arranged for the expert review of a round."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.applications import selectors as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.review.models import Absence, RoundArrangement

_NOTE, _MOST_DAYS, _MOST_CASES = 100, 400, 200


@transaction.atomic
def declare_absence(*, actor: Actor, clock: Clock, from_on: date, until_on: date, note: str = "") -> str:
    """An expert tells when it cannot review; no draw or invitation that reaches into that time finds it.

    Returns:
        The public id of the entry.

    Raises:
        Invalid: days in the wrong order, over already, too long a time.
        Forbidden: not an expert.
    """
    if actor.role is not Role.EXPERT or actor.expert_id is None:
        raise Forbidden("可评审时段由专家本人维护。")
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    if until_on < from_on:
        errors["until_on"] = ["结束日期不能早于开始日期。"]
    elif until_on < moment.on:
        errors["until_on"] = ["该时段已经过去。"]
    elif (until_on - from_on).days > _MOST_DAYS:
        errors["until_on"] = [f"一个时段最长 {_MOST_DAYS} 天；长期不能评审的，请联系市局。"]
    text = clean_text(note, field="note", label="说明", limit=_NOTE, multiline=True)
    if errors:
        raise Invalid(errors)
    row = Absence.objects.create(
        expert_id=actor.expert_id, from_on=from_on, until_on=until_on, note=text, declared_at=moment.at
    )
    record(
        actor=actor,
        event="expert.absence",
        subject=row,
        moment=moment,
        rule="R-19",
        after={"from": from_on, "until": until_on},
    )
    return str(row.public_id)


@transaction.atomic
def withdraw_absence(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The expert can review in that time after all.

    Raises:
        NotVisible: another's, or withdrawn already.
        Forbidden: not an expert.
    """
    if actor.role is not Role.EXPERT:
        raise Forbidden("可评审时段由专家本人维护。")
    row = (
        Absence.objects.select_for_update(of=("self",))
        .filter(public_id=public_id, expert_id=actor.expert_id, withdrawn_at=None)
        .first()
    )
    if row is None:
        raise NotVisible
    moment = clock.now()
    row.withdrawn_at = moment.at
    row.save(update_fields=["withdrawn_at"])
    record(actor=actor, event="expert.absence_withdrawn", subject=row, moment=moment, rule="R-19")


@transaction.atomic
def arrange_round(
    *, actor: Actor, clock: Clock, public_id: str, shows_scores: bool | None, cases_max: int | None
) -> None:
    """Decide for one round whether experts see the earlier scores and how many cases one of them takes.

    Sheets that are open already keep what they were opened with. None: the setting in force counts.

    Raises:
        Invalid: a limit out of range.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("批次的专家评审安排由市局设定。")
    round_id = applications.round_file(actor=actor, public_id=public_id).id
    if cases_max is not None and not 1 <= cases_max <= _MOST_CASES:
        raise Invalid.of("cases_max", f"评审件数上限为 1—{_MOST_CASES} 件。")
    moment = clock.now()
    row = RoundArrangement.objects.select_for_update(of=("self",)).filter(round_id=round_id).first()
    before = {} if row is None else {"shows_scores": row.shows_scores, "cases_max": row.cases_max}
    row = row or RoundArrangement(round_id=round_id)
    row.shows_scores, row.cases_max = shows_scores, cases_max
    row.decided_by_id, row.decided_at = actor.account, moment.at
    row.save()
    record(
        actor=actor,
        event="round.arrange_experts",
        subject=row,
        moment=moment,
        rule="R-19",
        before=before,
        after={"shows_scores": shows_scores, "cases_max": cases_max},
    )
