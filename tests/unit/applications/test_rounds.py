"""Rounds: impossible dates, overlaps, two persons, closing; eligibility line by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.applications import selectors
from apps.applications import services as applications
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import Moment
from apps.titles import services as titles
from tests.unit.applications.scenes import CLOSES, OPENS, Scene, announced, at, round_data


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_at": OPENS}, "closes_at"),
        ({"closes_at": OPENS - timedelta(days=1)}, "closes_at"),
        ({"opens_at": at(2026, 11, 1).at, "closes_at": at(2026, 11, 21).at}, "closes_at"),
        ({"prelim_due_on": date(2026, 12, 3)}, "prelim_due_on"),
        ({"levels": []}, "levels"),
        ({"levels": [4]}, "levels"),
        ({"name": "  "}, "name"),
        ({"code": "2026-2"}, "code"),
        ({"code": "2027B"}, "code"),
        ({"code": "2026B"}, "code"),
        ({"scheme_codes": ["NO-SUCH"]}, "scheme_codes"),
    ],
)
def test_impossible_rounds_are_refused(scene: Scene, changes: dict[str, object], field: str) -> None:
    city = scene.be(scene.city.handler)
    data = round_data(**{"code": "2026C", "year": 2026, **changes})  # type: ignore[arg-type]
    with pytest.raises(Invalid) as caught:
        applications.create_round(actor=city, clock=scene.clock, data=data)
    assert set(caught.value.errors) == {field}


def test_rounds_of_one_level_do_not_overlap(scene: Scene) -> None:
    overlapping = round_data("2026C", levels=[3])
    with pytest.raises(Invalid, match="2026B"):
        announced(scene.clock, scene.city, overlapping)
    # the year a round is named after changes nothing: windows are compared
    with pytest.raises(Invalid, match=rf"2026B（.*{OPENS:%Y}年.*至.*）重叠"):
        announced(scene.clock, scene.city, round_data("2027A", levels=[1]))
    later = round_data(
        "2026D",
        opens_at=CLOSES,
        closes_at=CLOSES + timedelta(days=5),
        prelim_due_on=None,
    )
    assert announced(scene.clock, scene.city, later)


def test_the_author_does_not_announce(scene: Scene) -> None:
    both = scene.city.signer
    public_id = applications.create_round(
        actor=scene.be(both), clock=scene.clock, data=round_data("2026E", levels=[1])
    )
    with pytest.raises(RuleBroken):
        applications.open_round(actor=both, clock=scene.clock, public_id=public_id)
    with pytest.raises(Forbidden):
        applications.open_round(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=public_id)
    with pytest.raises(NotVisible):
        applications.open_round(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=public_id)
    for actor in (scene.district.handler, scene.enterprise):
        with pytest.raises(Forbidden):
            applications.create_round(actor=scene.be(actor), clock=scene.clock, data=round_data("2026F"))


def test_a_round_is_closed_when_its_window_is_over(scene: Scene) -> None:
    with pytest.raises(Invalid):
        applications.close_round(
            actor=scene.be(scene.city.handler), clock=scene.clock, public_id=scene.round_id
        )
    scene.clock.set(Moment.of(CLOSES))
    from apps.core.actor import Actor

    scene.be(Actor.system())
    assert applications.close_due_rounds(clock=scene.clock) == 1
    assert applications.close_due_rounds(clock=scene.clock) == 0
    with pytest.raises(WrongStep):
        scene.draft()


@pytest.mark.rule("R-08")
@pytest.mark.rule("R-11")
def test_eligibility_is_told_line_by_line(scene: Scene) -> None:
    strict = announced(
        scene.clock,
        scene.city,
        round_data(
            "2026G",
            opens_at=CLOSES,
            closes_at=CLOSES + timedelta(days=9),
            prerequisite_required=True,
            prelim_due_on=None,
        ),
    )
    told = _lines(scene, strict, 3)
    assert told == {
        "R-13": "met",
        "R-12": "not_met",
        "R-01": "met",
        "R-11": "met",
        "R-08": "needs_exemption",
        "R-31": "met",
        "R-10": "later",
    }
    scene.clock.set(Moment.of(CLOSES))
    assert _lines(scene, strict, 3)["R-12"] == "met"
    handler, signer = scene.district.handler, scene.district.signer
    del handler
    awarded = titles.award_title(
        actor=scene.be(signer),
        moment=scene.clock.now(),
        enterprise_id=scene.enterprise.enterprise_id or 0,
        district="320583",
        level=2,
        awarded_on=date(2026, 12, 1),
        document_no="昆工信〔2026〕1号",
        source_type="test",
        source_public_id="one",
    )
    assert _lines(scene, strict, 3)["R-08"] == "met"
    assert _lines(scene, strict, 2)["R-01"] == "not_met"
    for event in ("order_rectification", "propose_cancellation"):
        titles.change_title_state(
            actor=scene.be(signer), moment=scene.clock.now(), title_public_id=awarded.public_id, event=event
        )
    titles.cancel_title(
        actor=signer,
        moment=scene.clock.now(),
        title_public_id=awarded.public_id,
        decided_on=date(2026, 12, 4),
        document_no="昆工信〔2026〕2号",
        reason="整改逾期未完成。",
    )
    banned = _lines(scene, strict, 3)
    assert (banned["R-11"], banned["R-08"]) == ("not_met", "needs_exemption")
    # a ban does not stand against a draft, only against its submission
    public_id = applications.create_application(
        actor=scene.be(scene.enterprise), clock=scene.clock, round_public_id=strict, level=3
    )
    with pytest.raises(RuleBroken) as caught:
        scene.submit(public_id)
    assert {"R-11", "R-08"} <= caught.value.verdict.rules
    assert "2029年12月4日" in caught.value.message


def _lines(scene: Scene, round_public_id: str, level: int) -> dict[str, str]:
    found = selectors.eligibility(
        actor=scene.be(scene.enterprise),
        round_public_id=round_public_id,
        level=level,
        moment=scene.clock.now(),
    )
    lines: dict[str, str] = {}
    for line in found.lines:
        lines.setdefault(line.rule, line.state)
    return lines
