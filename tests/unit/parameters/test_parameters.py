"""What the bureau chooses is proposed by one person, approved by another, dated, and never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.db.utils import IntegrityError

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.parameters import selectors, services
from apps.parameters.models import ParameterValue
from apps.parameters.states import IN_FORCE, PROPOSED
from apps.parameters.verification import problems
from apps.policy.parameters import DEFAULTS
from tests import worlds
from tests.unit.foundation import member
from tests.worlds import Staff

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def city(clock: FixedClock) -> Staff:
    return worlds.municipal_staff(clock)


def propose(
    actor: Actor, clock: FixedClock, key: str = "publicity_days", value: object = 7, **other: Any
) -> str:
    enter(actor)
    arguments = {"effective_from": NEXT_YEAR, "reason": "局长办公会议定", **other}
    return services.propose_value(actor=actor, clock=clock, key=key, value=value, **arguments)


def approve(actor: Actor, clock: FixedClock, public_id: str) -> None:
    enter(actor)
    services.approve_value(actor=actor, clock=clock, public_id=public_id)


def chosen(city: Staff, clock: FixedClock, **arguments: Any) -> str:
    public_id = propose(city.handler, clock, **arguments)
    approve(city.signer, clock, public_id)
    return public_id


def test_defaults_hold_until_something_is_chosen() -> None:
    assert selectors.in_force(on=TODAY) == DEFAULTS


def test_a_value_holds_from_its_day_on_and_not_before(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock)
    assert selectors.in_force(on=NEXT_YEAR - timedelta(days=1)).publicity_days == 5
    assert selectors.in_force(on=NEXT_YEAR).publicity_days == 7


def test_a_proposal_alone_changes_nothing(city: Staff, clock: FixedClock) -> None:
    propose(city.handler, clock)
    assert selectors.in_force(on=NEXT_YEAR).publicity_days == 5


def test_the_past_stays_as_it_was(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock, effective_from=TODAY)
    clock.advance(timedelta(days=30))
    chosen(city, clock, value=10, effective_from=clock.now().on)
    days = {
        on: selectors.in_force(on=on).publicity_days
        for on in (TODAY - timedelta(days=1), TODAY, clock.now().on)
    }
    assert list(days.values()) == [5, 7, 10]


def test_every_kind_of_value_survives_the_database(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock, key="sample_ratio", value="0.15")
    chosen(city, clock, key="trial_ends_on", value="2028-12-31")
    chosen(city, clock, key="reminders_short", value="-3、-1、0、1")
    chosen(city, clock, key="annual_form_due", value="03-10")
    chosen(city, clock, key="rounding", value="ROUND_DOWN")
    chosen(city, clock, key="district_publicity", value="true")
    found = selectors.in_force(on=NEXT_YEAR)
    assert found.sample_ratio == Decimal("0.15")
    assert isinstance(found.sample_ratio, Decimal)
    assert found.trial_ends_on == date(2028, 12, 31)
    assert found.reminders_short == (-3, -1, 0, 1)
    assert tuple(found.annual_form_due) == (3, 10)
    assert found.rounding.value == "ROUND_DOWN"
    assert found.district_publicity is True


def test_reading_costs_one_query(city: Staff, clock: FixedClock, django_assert_num_queries: Any) -> None:
    chosen(city, clock)
    with django_assert_num_queries(1):
        first = selectors.in_force(on=NEXT_YEAR)
    assert selectors.in_force(on=NEXT_YEAR) is first


def test_nobody_approves_their_own_proposal(city: Staff, clock: FixedClock) -> None:
    public_id = propose(city.signer, clock)
    with pytest.raises(RuleBroken, match="不能签批自己"):
        approve(city.signer, clock, public_id)
    assert city.leader is not None
    approve(city.leader, clock, public_id)
    assert ParameterValue.objects.get(public_id=public_id).state == IN_FORCE


def test_the_database_refuses_self_approval_as_well(city: Staff, clock: FixedClock) -> None:
    public_id = propose(city.handler, clock)
    with pytest.raises(IntegrityError, match="parameter_approved_by_another"), transaction.atomic():
        ParameterValue.objects.filter(public_id=public_id).update(
            state=IN_FORCE, approved_by=city.handler.user_id, approved_at=clock.now().at
        )


def test_content_is_never_edited_or_deleted(city: Staff, clock: FixedClock) -> None:
    public_id = chosen(city, clock)
    rows = ParameterValue.objects.filter(public_id=public_id)
    for change in ({"value": 9}, {"effective_from": TODAY}, {"key": "panel_size_min"}):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        rows.delete()


def test_roles_and_duties(city: Staff, clock: FixedClock) -> None:
    district = worlds.district_staff(clock)
    assert city.leader is not None
    for outsider in (member(clock), district.signer, city.leader, Actor.public()):
        with pytest.raises(Forbidden):
            propose(outsider, clock)
        with pytest.raises(Forbidden):
            selectors.table(actor=district.signer, on=TODAY)
    public_id = propose(city.handler, clock)
    for outsider in (city.handler, district.signer):
        with pytest.raises(Forbidden):
            approve(outsider, clock, public_id)
    with pytest.raises(NotVisible):
        approve(city.signer, clock, "nothing")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"key": "nothing"}, "key"),
        ({"value": "七"}, "value"),
        ({"value": 0}, "value"),
        ({"value": 61}, "value"),
        ({"value": 7.5}, "value"),
        ({"value": None}, "value"),
        ({"key": "sample_ratio", "value": "NaN"}, "value"),
        ({"effective_from": TODAY - timedelta(days=1)}, "effective_from"),
        ({"reason": "　 "}, "reason"),
        ({"key": "panel_size_min", "value": 4}, "panel_size_min"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    city: Staff, clock: FixedClock, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        propose(city.handler, clock, **arguments)
    assert field in refusal.value.errors


def test_a_value_that_would_contradict_a_later_choice_is_refused(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock, key="panel_size_odd", value=False, effective_from=TODAY)
    chosen(city, clock, key="panel_size_odd", value=True, effective_from=NEXT_YEAR)
    with pytest.raises(Invalid, match="单数"):
        propose(city.handler, clock, key="panel_size_min", value=4, effective_from=TODAY)


def test_two_proposals_that_contradict_each_other_are_caught_at_approval(
    city: Staff, clock: FixedClock
) -> None:
    chosen(city, clock, key="panel_size_odd", value=False, effective_from=TODAY)
    even = propose(city.handler, clock, key="panel_size_min", value=4)
    odd = propose(city.handler, clock, key="panel_size_odd", value=True)
    approve(city.signer, clock, even)
    with pytest.raises(Invalid, match="单数"):
        approve(city.signer, clock, odd)


def test_a_proposal_whose_day_has_passed_cannot_be_approved(city: Staff, clock: FixedClock) -> None:
    public_id = propose(city.handler, clock, effective_from=TODAY)
    clock.advance(timedelta(days=1))
    with pytest.raises(Invalid, match="不能早于今天"):
        approve(city.signer, clock, public_id)


def test_one_value_a_day(city: Staff, clock: FixedClock) -> None:
    first, second = propose(city.handler, clock), propose(city.handler, clock, value=9)
    approve(city.signer, clock, first)
    with pytest.raises(Invalid, match="同一天"):
        approve(city.signer, clock, second)


def test_the_second_of_two_approvers_reads_who_was_first(city: Staff, clock: FixedClock) -> None:
    public_id = propose(city.handler, clock)
    approve(city.signer, clock, public_id)
    with pytest.raises(WrongStep, match=f"{city.signer.name}已于.*批准，无须再次批准"):
        approve(city.leader, clock, public_id)


def test_withdrawing(city: Staff, clock: FixedClock) -> None:
    proposal = propose(city.handler, clock)
    services.withdraw_value(actor=city.handler, clock=clock, public_id=proposal, reason="暂不调整")
    with pytest.raises(WrongStep):
        approve(city.signer, clock, proposal)
    approved = chosen(city, clock)
    enter(city.handler)
    with pytest.raises(Forbidden):
        services.withdraw_value(actor=city.handler, clock=clock, public_id=approved, reason="暂不调整")
    with pytest.raises(Invalid):
        services.withdraw_value(actor=city.signer, clock=clock, public_id=approved, reason=" ")
    services.withdraw_value(actor=city.signer, clock=clock, public_id=approved, reason="暂不调整")
    assert selectors.in_force(on=NEXT_YEAR).publicity_days == 5
    begun = chosen(city, clock, effective_from=TODAY)
    with pytest.raises(WrongStep, match="已于2026年11月22日生效"):
        services.withdraw_value(actor=city.signer, clock=clock, public_id=begun, reason="暂不调整")


def test_the_trail_tells_who_changed_what_from_what(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock)
    events = {
        event.event: event for event in AuditEvent.objects.filter(subject_type="parameters.parametervalue")
    }
    proposed, approved = events["parameter.propose"], events["parameter.approve"]
    assert (proposed.before["publicity_days"], proposed.after["publicity_days"]) == (5, 7)
    assert (proposed.actor_user_id, approved.actor_user_id) == (city.handler.user_id, city.signer.user_id)
    assert (proposed.rule, proposed.note) == ("R-24", "局长办公会议定")


def test_the_table_shows_what_holds_and_what_is_coming(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock)
    enter(city.handler)
    row = next(row for row in selectors.table(actor=city.handler, on=TODAY) if row.key == "publicity_days")
    assert (row.value, row.is_default, row.since) == ("5天", True, None)
    assert [(value.display, value.effective_from) for value in row.pending] == [("7天", NEXT_YEAR)]
    later = next(
        row for row in selectors.table(actor=city.handler, on=NEXT_YEAR) if row.key == "publicity_days"
    )
    assert (later.value, later.is_default, later.since, list(later.pending)) == ("7天", False, NEXT_YEAR, [])
    (entry,) = selectors.history(actor=city.handler, key="publicity_days")
    assert (entry.proposed_by, entry.approved_by, entry.state_label) == ("沈卫东", "朱明华", "已批准")
    assert selectors.proposal(actor=city.handler, public_id=entry.public_id) == entry


def test_verification_names_what_could_not_be_in_force(city: Staff, clock: FixedClock) -> None:
    chosen(city, clock)
    assert list(problems()) == []
    enter(Actor.system())
    ParameterValue.objects.create(
        key="forgotten",
        value=1,
        effective_from=TODAY - timedelta(days=9),
        reason="x",
        state=IN_FORCE,
        proposed_by_id=city.handler.user_id,
        proposed_at=clock.now().at,
        approved_by_id=city.signer.user_id,
        approved_at=clock.now().at,
    )
    found = list(problems())
    assert len(found) == 2
    assert "forgotten 已不存在" in found[0]
    assert "早于批准日期" in found[1]
    assert selectors.in_force(on=TODAY) == DEFAULTS, "an unknown key does not stop the site"


def test_everybody_reads_and_only_the_city_writes(city: Staff, clock: FixedClock) -> None:
    public_id = chosen(city, clock)
    for outsider in (member(clock), worlds.district_staff(clock).signer, Actor.public()):
        enter(outsider)
        assert selectors.in_force(on=NEXT_YEAR).publicity_days == 7
        assert ParameterValue.objects.filter(public_id=public_id).update(state=PROPOSED) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ParameterValue.objects.create(
                key="publicity_days",
                value=1,
                effective_from=TODAY,
                reason="x",
                state=PROPOSED,
                proposed_by_id=city.handler.user_id,
                proposed_at=clock.now().at,
            )


def test_proposals_wait_in_the_state_they_are_made_in(city: Staff, clock: FixedClock) -> None:
    assert ParameterValue.objects.get(public_id=propose(city.handler, clock)).state == PROPOSED
