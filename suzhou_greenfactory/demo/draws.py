"""Panels founded by a verifiable draw, and the cases that wait for theirs (R-19).

Who is drawn differs from one making of the world to the next: the secret of a draw is random by design.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from apps.applications import selectors as applications_read
from apps.policy.draw import Seat
from apps.review import selectors as review_read
from apps.review import services as review

if TYPE_CHECKING:
    from suzhou_greenfactory.demo.cast import Company
    from suzhou_greenfactory.demo.director import Director
    from suzhou_greenfactory.demo.props import Props
    from suzhou_greenfactory.demo.stage import Life, Stretch

_SOURCE = "中国福利彩票双色球第{issue}期开奖号码（示例）"
_VALUE = "红03 09 14 21 27 33 蓝{last:02d}"
#: The hour at which the public value of the demo becomes known.
_KNOWN = (21, 30)
_DUE_DAYS = 12


def is_drawn(company: Company) -> bool:
    """Return whether this enterprise's panel of the earlier round is drawn; the others' experts are named."""
    return company.life == "awarded_3a" and company.serial % 3 == 0


def drawn_panel(director: Director, public_id: str, *, day: float) -> Stretch:
    """Commit on *day*, draw and found the panel on the next one."""
    acts, city = director.acts, director.acts.people.city
    draw = commit(acts, public_id, day=day)
    yield acts.stage.at(day + 1, 9, 20)
    with acts.stage.acting(city.signer) as actor:
        value = _VALUE.format(last=len(director.owners[public_id].name))
        review.reveal_draw(actor=actor, clock=acts.stage.clock, public_id=draw, public_value=value)
    acts.stage.pause(40)
    with acts.stage.acting(city.handler) as actor:
        review.confirm_draw(actor=actor, clock=acts.stage.clock, public_id=draw)
    return public_id


def commit(acts: Props, public_id: str, *, day: float) -> str:
    """Freeze pool and seats: one who knows the industry, one of the first field, one more; return the draw."""
    with acts.stage.acting(acts.people.city.handler) as actor:
        moment = acts.stage.clock.now()
        pool = review_read.candidates(actor=actor, public_id=public_id, on=moment.on)
        division = applications_read.case(actor=actor, public_id=public_id).industry_code[:2]
        fields = sorted({name for row in pool for name in row.expert.fields})
        return review.commit_draw(
            actor=actor,
            clock=acts.stage.clock,
            public_id=public_id,
            seats=[Seat(field="", industry=division), Seat(field=fields[0], industry=""), Seat("", "")],
            source=_SOURCE.format(issue=f"{moment.on.year}{moment.on.timetuple().tm_yday // 3:03d}"),
            known_from=acts.stage.at(day, *_KNOWN),
            due_on=moment.on + timedelta(days=_DUE_DAYS),
        )


def waiting_for_panel(director: Director) -> Life:
    """The city accepts two recommended cases: one waits for its panel, of the other the pool is committed."""
    acts = director.acts
    yield acts.stage.at(-3, 10, 30)
    with acts.stage.acting(acts.people.city.handler) as actor:
        waiting = applications_read.cases_in_state(actor=actor, states=["recommended"])
    recommended = [case.public_id for case in sorted(waiting, key=lambda case: case.enterprise_name)][:2]
    for public_id in recommended:
        acts.accept_by_city(public_id)
        acts.stage.pause(15)
    yield acts.stage.at(-1, 16, 10)
    commit(acts, recommended[0], day=1)
