"""属地评定: levels at their boundaries from real sheets, conversion, keeping, refusal, filing (R-02, R-06, R-16, R-18)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.deadlines.selectors import work_calendar
from apps.policy.calendar import add_workdays
from apps.review import selectors
from apps.review import services as review
from apps.review.models import Filing, Ruling
from apps.titles import selectors as titles
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.prepare(2)
    flow.prepare(3)
    flow.prepare(1, by=flow.neighbour)
    return flow


stage = built_once(_build)
scene = played()


def both_duties(actor: Actor) -> Actor:
    return Actor(
        role=actor.role,
        user_id=actor.user_id,
        name=actor.name,
        district=actor.district,
        duties=frozenset({Duty.HANDLER, Duty.SIGNER}),
    )


def propose(scene: scenes.Flow, case: str) -> review.Proposal:
    return review.propose_ruling(actor=scene.be(scene.district.handler), clock=scene.clock, public_id=case)


def sign(scene: scenes.Flow, case: str, number: str = "昆工信〔2026〕12号") -> str:
    return review.sign_ruling(
        actor=scene.be(scene.district.signer), clock=scene.clock, public_id=case, document_no=number
    )


def levels_held(scene: scenes.Flow) -> list[int]:
    enter(Actor.system())
    return [
        row.level
        for row in titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)
    ]


@pytest.mark.rule("R-02")
@pytest.mark.parametrize(
    ("total", "outcome", "level", "event", "state"),
    [
        ("59.99", "decline", None, "refuse_level", "refused"),
        ("60.00", "decide", 1, "decide_level", "to_file"),
        ("69.99", "decide", 1, "decide_level", "to_file"),
        ("70.00", "decide", 2, "decide_level", "to_file"),
        ("79.99", "decide", 2, "decide_level", "to_file"),
        ("80.00", "decide", 2, "decide_level", "to_file"),
    ],
)
def test_levels_of_a_district_at_the_boundaries(
    scene: scenes.Flow, total: str, outcome: str, level: int | None, event: str, state: str
) -> None:
    """The sheet itself is judged item by item to the very hundredth; a 2A application never gives 3A."""
    case = scene.signed(total, 2)
    proposal = propose(scene, case)
    assert (proposal.outcome, proposal.level, proposal.total) == (outcome, level, total)
    assert sign(scene, case) == event
    assert scene.state(case) == state
    assert levels_held(scene) == ([level] if level else [])
    row = scene.row(case)
    assert row.prelim_total == Decimal(total)
    assert row.decided_level == level


def test_a_veto_leaves_no_level(scene: scenes.Flow) -> None:
    case = scene.signed("85.00", 2, vetoes=["V-01"])
    proposal = propose(scene, case)
    assert (proposal.outcome, proposal.level) == ("decline", None)
    assert sign(scene, case) == "refuse_level"
    enter(Actor.system())
    assert "V-01" in Ruling.objects.get().reason
    assert levels_held(scene) == []


@pytest.mark.rule("R-18")
@pytest.mark.parametrize(("total", "level"), [("60.00", 1), ("69.99", 1), ("70.00", 2), ("79.99", 2)])
def test_3a_below_80_is_offered_a_level_of_the_district(scene: scenes.Flow, total: str, level: int) -> None:
    case = scene.signed(total, 3)
    proposal = propose(scene, case)
    assert (proposal.outcome, proposal.level) == ("convert", level)
    assert scene.state(case) == "conversion_offered"
    refused(WrongStep, review.propose_ruling, actor=scene.district.handler, clock=scene.clock, public_id=case)
    refused(
        Forbidden,
        applications.answer_conversion,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=case,
        consent=True,
    )
    applications.answer_conversion(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=case, consent=True
    )
    again = propose(scene, case)
    assert (again.outcome, again.level) == ("decide", level)
    assert sign(scene, case) == "decide_level"
    enter(Actor.system())
    assert Ruling.objects.get().converted
    assert levels_held(scene) == [level]


def test_without_consent_nothing_is_recommended(scene: scenes.Flow) -> None:
    case = scene.signed("75.00", 3)
    propose(scene, case)
    applications.answer_conversion(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=case, consent=False
    )
    assert scene.state(case) == "not_recommended"


@pytest.mark.rule("R-18")
def test_an_offer_without_an_answer_is_closed_by_the_signer_after_its_term(scene: scenes.Flow) -> None:
    """Ten working days by default: on the last one the enterprise may still answer, on the next it may be closed."""
    case = scene.signed("75.00", 3)
    arguments = {"clock": scene.clock, "public_id": case}
    propose(scene, case)
    due_on = applications_read.conversion_due_on(actor=scene.be(scene.enterprise), public_id=case)
    assert due_on == add_workdays(scene.clock.now().on, 10, work_calendar()).ends_on
    assert applications_read.conversion_due_on(actor=scene.be(scene.neighbour), public_id=case) is None
    scene.clock.set(Moment.in_shanghai(due_on, 17))
    assert broken(review.close_below_80, actor=scene.be(scene.district.signer), **arguments) == ["R-18"]
    scene.clock.set(Moment.in_shanghai(due_on + timedelta(days=1), 9))
    refused(Forbidden, review.close_below_80, actor=scene.be(scene.second_handler), **arguments)
    assert review.close_below_80(actor=scene.be(scene.district.signer), **arguments) == "not_recommend"
    assert scene.state(case) == "not_recommended"
    assert applications_read.conversion_due_on(actor=scene.be(scene.enterprise), public_id=case) is None
    refused(
        WrongStep,
        applications.answer_conversion,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=case,
        consent=True,
    )


def test_3a_below_60_is_closed_by_the_signer(scene: scenes.Flow) -> None:
    case = scene.signed("59.99", 3)
    assert propose(scene, case).outcome == "no_level"
    assert scene.state(case) == "prelim_signed"
    arguments = {"clock": scene.clock, "public_id": case}
    refused(Forbidden, review.close_below_80, actor=scene.be(scene.second_handler), **arguments)
    assert broken(
        review.close_below_80, actor=scene.be(both_duties(scene.district.handler)), **arguments
    ) == ["R-15"]
    assert review.close_below_80(actor=scene.be(scene.district.signer), **arguments) == "refuse_level"
    assert scene.state(case) == "refused"


def test_80_is_never_closed_or_converted(scene: scenes.Flow) -> None:
    case = scene.signed("80.00", 3)
    refused(
        WrongStep,
        review.propose_ruling,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=case,
    )
    refused(
        WrongStep,
        review.close_below_80,
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        public_id=case,
    )


def test_a_conversion_is_offered_before_it_is_closed(scene: scenes.Flow) -> None:
    case = scene.signed("75.00", 3)
    refused(
        WrongStep,
        review.close_below_80,
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        public_id=case,
    )


def test_a_level_held_is_kept(scene: scenes.Flow) -> None:
    """An enterprise with 2A that scores 75 in a 3A application keeps its level; no second title comes into being."""
    first = scene.ruled("75.00", 2)
    assert levels_held(scene) == [2]
    scene.case = ""
    case = scene.signed("75.00", 3)
    assert first != case
    assert propose(scene, case).outcome == "keep"
    assert (
        review.close_below_80(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=case)
        == "keep_level"
    )
    assert scene.state(case) == "kept"
    assert levels_held(scene) == [2]


def test_gates_of_the_ruling(scene: scenes.Flow) -> None:
    case = scene.signed("75.00", 2)
    arguments = {"clock": scene.clock, "public_id": case}
    for stranger, error in (
        (scene.other_district.handler, NotVisible),
        (scene.neighbour, NotVisible),
        (scene.experts[0], NotVisible),
        (scene.enterprise, Forbidden),
        (scene.city.handler, Forbidden),
    ):
        refused(error, review.propose_ruling, actor=scene.be(stranger), **arguments)
    refused(
        NotVisible, review.sign_ruling, actor=scene.be(scene.district.signer), document_no="1", **arguments
    )
    propose(scene, case)
    refused(WrongStep, review.propose_ruling, actor=scene.be(scene.district.handler), **arguments)
    for stranger, error in (
        (scene.other_district.signer, NotVisible),
        (scene.second_handler, Forbidden),
        (scene.city.signer, Forbidden),
    ):
        refused(error, review.sign_ruling, actor=scene.be(stranger), document_no="1", **arguments)
    signer = scene.be(scene.district.signer)
    refused(Invalid, review.sign_ruling, actor=signer, document_no=" ", **arguments)
    tomorrow = scene.clock.now().on + timedelta(days=1)
    refused(Invalid, review.sign_ruling, actor=signer, document_no="1", decided_on=tomorrow, **arguments)
    assert broken(
        review.sign_ruling, actor=scene.be(both_duties(scene.district.handler)), document_no="1", **arguments
    ) == ["R-15"]
    assert sign(scene, case) == "decide_level"
    refused(WrongStep, review.sign_ruling, actor=signer, document_no="1", **arguments)


def test_a_converted_case_is_proposed_by_the_district_only(scene: scenes.Flow) -> None:
    """After the enterprise's consent no lifecycle step guards the proposal: the gate itself must."""
    case = scene.signed("75.00", 3)
    propose(scene, case)
    applications.answer_conversion(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=case, consent=True
    )
    arguments = {"clock": scene.clock, "public_id": case}
    for stranger in (scene.city.handler, scene.city.leader or Actor.public(), scene.enterprise):
        refused(Forbidden, review.propose_ruling, actor=scene.be(stranger), **arguments)
    propose(scene, case)
    refused(WrongStep, review.propose_ruling, actor=scene.be(scene.district.handler), **arguments)


def test_the_database_repeats_the_ruling(scene: scenes.Flow) -> None:
    scene.ruled("75.00", 2)
    enter(Actor.system())
    pk = Ruling.objects.get().pk
    for change in ("decided_by_id = proposed_by_id", "level = 3", "total = 'NaN'", "state = 'x'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update review_ruling set {change} where id = {pk}")  # noqa: S608  (a constant of this test)


# ------------------------------------------------------------------ filing
def filed(scene: scenes.Flow, case: str = "") -> str:
    filing = review.prepare_filing(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        round_public_id=scene.round_id,
        contact="顾晓岚",
    )
    review.send_filing(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=filing)
    return filing


@pytest.mark.rule("R-16")
def test_a_filing_goes_to_the_city_and_back(scene: scenes.Flow) -> None:
    case = scene.ruled("75.00", 2)
    nothing = {"clock": scene.clock, "round_public_id": scene.round_id}
    refused(Forbidden, review.prepare_filing, actor=scene.be(scene.city.handler), **nothing)
    refused(Invalid, review.prepare_filing, actor=scene.be(scene.other_district.handler), **nothing)
    filing = filed(scene)
    assert scene.state(case) == "filed"
    arguments = {"clock": scene.clock, "public_id": filing}
    refused(WrongStep, review.send_filing, actor=scene.be(scene.district.signer), **arguments)
    refused(NotVisible, review.send_filing, actor=scene.be(scene.other_district.signer), **arguments)
    refused(Forbidden, review.acknowledge_filing, actor=scene.be(scene.district.signer), **arguments)
    refused(
        Forbidden, review.acknowledge_filing, actor=scene.be(scene.city.leader or Actor.public()), **arguments
    )
    refused(Invalid, review.return_filing, actor=scene.be(scene.city.handler), reason="", **arguments)
    review.return_filing(actor=scene.be(scene.city.handler), reason="请补评分表。", **arguments)
    assert scene.state(case) == "to_file"
    refused(WrongStep, review.acknowledge_filing, actor=scene.be(scene.city.handler), **arguments)
    refused(Forbidden, review.send_filing, actor=scene.be(scene.district.handler), **arguments)
    # what was returned for its contact is put right as it is sent again; the decisions stand
    refused(
        Invalid, review.send_filing, actor=scene.be(scene.district.signer), contact="长" * 61, **arguments
    )
    again = review.send_filing(
        actor=scene.be(scene.district.signer), contact="顾晓岚 0512-57000001", **arguments
    )
    assert again == 1
    sent, _ = selectors.filing_file(actor=scene.be(scene.city.handler), public_id=filing)
    assert (sent.state, sent.contact, sent.return_reason) == ("sent", "顾晓岚 0512-57000001", "")
    number = review.acknowledge_filing(actor=scene.be(scene.city.handler), concern="关注能耗。", **arguments)
    assert number == "BA-2026-0001"
    assert scene.state(case) == "filing_acknowledged"
    row, rulings = selectors.filing_file(actor=scene.be(scene.district.handler), public_id=filing)
    assert (row.state, row.number, row.concern, row.count) == ("acknowledged", number, "关注能耗。", 1)
    assert [item.level for item in rulings] == [2]
    refused(NotVisible, selectors.filing_file, actor=scene.be(scene.other_district.handler), public_id=filing)


def test_filing_numbers_are_gapless_and_drafts_are_the_districts_own(scene: scenes.Flow) -> None:
    scene.ruled("75.00", 2)
    second = scene.ruled("65.00", 1, by=scene.neighbour)
    first_filing = filed(scene)
    assert [row.state for row in selectors.filings(actor=scene.be(scene.city.handler))] == ["sent"]
    draft = review.prepare_filing(
        actor=scene.be(scene.other_district.handler), clock=scene.clock, round_public_id=scene.round_id
    )
    assert draft == review.prepare_filing(
        actor=scene.other_district.handler, clock=scene.clock, round_public_id=scene.round_id
    )
    assert [row.public_id for row in selectors.filings(actor=scene.be(scene.city.handler))] == [first_filing]
    review.send_filing(actor=scene.be(scene.other_district.signer), clock=scene.clock, public_id=draft)
    city = scene.be(scene.city.handler)
    # a refused acknowledgement in between leaves no gap
    numbers = [review.acknowledge_filing(actor=city, clock=scene.clock, public_id=draft)]
    refused(WrongStep, review.acknowledge_filing, actor=city, clock=scene.clock, public_id=draft)
    numbers.append(review.acknowledge_filing(actor=city, clock=scene.clock, public_id=first_filing))
    assert numbers == ["BA-2026-0001", "BA-2026-0002"]
    assert scene.state(second) == "filing_acknowledged"


def test_a_number_is_given_once(scene: scenes.Flow) -> None:
    scene.ruled("75.00", 2)
    filing = filed(scene)
    review.acknowledge_filing(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=filing)
    enter(Actor.system())
    row = Filing.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.create(
            district_id=row.district_id,
            round_id=row.round_id,
            state="acknowledged",
            number=row.number,
            opened_at=row.opened_at,
        )
