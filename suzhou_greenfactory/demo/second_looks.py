"""What the second person and the walls of the demo stop: a slip sent back, a foreign case asked for, a duty not held.

The auditor of the demo must find something: these are real refusals and a real correction, made by the services.
"""

from __future__ import annotations

from decimal import Decimal

from apps.audit.services import record_refusal
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.review import selectors as review_read
from apps.review import services as review
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.cast import Company

_TOO_MUCH = Decimal("1.20")
_RETURNED = "一项扣分过重，与佐证和理由不符，请核对后重新提交。"


def slip_and_correct(acts: Acts, company: Company, public_id: str) -> None:
    """Score one item far too low, hand the sheet in, have it sent back, and put the item right.

    On the way the scorer tries to sign and an official of another district asks for the case: both are refused and
    stay in the trail. Afterwards the sheet is as it was, open at the scorer.
    """
    bureau = acts.people.bureaus[company.district]
    code, points = _cut_too_much(acts, bureau.handler, public_id)
    acts.stage.pause(30)
    acts.hand_to_signer(company, public_id)
    stranger = next(other for code_, other in acts.people.bureaus.items() if code_ != company.district)
    for actor in (bureau.handler, stranger.handler):
        _refused_to_sign(acts, actor, public_id)
    acts.stage.pause(50)
    with acts.stage.acting(bureau.signer) as signer:
        review.return_preliminary(actor=signer, clock=acts.stage.clock, public_id=public_id, note=_RETURNED)
    acts.stage.pause(40)
    _judge(acts, bureau.handler, public_id, code, points, "核对佐证后恢复原分值。")


def _cut_too_much(acts: Acts, handler: Actor, public_id: str) -> tuple[str, Decimal]:
    with acts.stage.acting(handler) as actor:
        found = review_read.preliminary_of(actor=actor, public_id=public_id)
        desk = scoring.compare_view(actor=actor, public_id=found.sheet_public_id)
    rows = [row for part in desk.dimensions for group in part.groups for row in group.rows]
    given = {
        row.code: row.own.points for row in rows if row.own.points is not None and not row.needs_judgement
    }
    code = max(given, key=lambda item: (given[item], item))
    _judge(acts, handler, public_id, code, given[code] - _TOO_MUCH, "佐证材料不足。")
    return code, given[code]


def _judge(acts: Acts, handler: Actor, public_id: str, code: str, points: Decimal, reason: str) -> None:
    with acts.stage.acting(handler) as actor:
        review.score_items(
            actor=actor,
            clock=acts.stage.clock,
            public_id=public_id,
            answers={code: {"judged_points": f"{points:.2f}", "reason": reason}},
        )


def _refused_to_sign(acts: Acts, actor: Actor, public_id: str) -> None:
    """Try what is not allowed and leave the trace a page would leave: the page that answers a refusal records it."""
    try:
        with acts.stage.acting(actor):
            review.sign_preliminary(actor=actor, clock=acts.stage.clock, public_id=public_id)
    except DomainError as refusal:
        with acts.stage.acting(actor):
            record_refusal(
                actor=actor, act="preliminary.sign", refusal=refusal, moment=acts.stage.clock.now()
            )
    else:
        msg = f"{actor.name} could sign {public_id}"
        raise AssertionError(msg)
