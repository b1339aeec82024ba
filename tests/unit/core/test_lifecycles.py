"""Every lifecycle of the product: each state × event × role × duty against its own table, and its shape."""

from __future__ import annotations

from itertools import product

import pytest

from apps.accounts.states import ENTERPRISE_LIFE
from apps.applications.states import APPLICATION_LIFE, EXEMPTION_LIFE, FINAL, ROUND_LIFE
from apps.core.actor import DUTIES_OF, Actor, Duty, Role
from apps.core.errors import Forbidden, WrongStep
from apps.core.lifecycle import Lifecycle, arrow
from apps.monitoring.states import CANCELLATION_LIFE, RECHECK_LIFE, RECTIFICATION_LIFE
from apps.policy.rule_table import RULES
from apps.publicity.states import ENTRY_LIFE, NOTICE_LIFE, OBJECTION_LIFE, RECOGNITION_LIFE
from apps.review.states import (
    ASSIGNMENT_LIFE,
    FILING_LIFE,
    PANEL_LIFE,
    PRELIMINARY_LIFE,
    RECOMMENDATION_LIFE,
    RULING_LIFE,
)
from apps.titles.states import TITLE_LIFE

LIVES = [
    ENTERPRISE_LIFE,
    APPLICATION_LIFE,
    ROUND_LIFE,
    EXEMPTION_LIFE,
    PRELIMINARY_LIFE,
    RULING_LIFE,
    FILING_LIFE,
    RECOMMENDATION_LIFE,
    PANEL_LIFE,
    ASSIGNMENT_LIFE,
    NOTICE_LIFE,
    ENTRY_LIFE,
    OBJECTION_LIFE,
    RECOGNITION_LIFE,
    RECHECK_LIFE,
    RECTIFICATION_LIFE,
    CANCELLATION_LIFE,
    TITLE_LIFE,
]
#: One person without a duty and one for each single duty, of every role.
PEOPLE = [Actor(role=role) for role in Role] + [
    Actor(role=role, duties=frozenset({duty})) for role, duties in DUTIES_OF.items() for duty in duties
]
#: Where each life begins.
FIRST = {life.name: next(iter(life.states)) for life in LIVES}


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_only_what_the_table_says_is_possible(life: Lifecycle) -> None:
    events = {transition.event for transition in life.transitions}
    for state, event, person in product(life.states, sorted(events), PEOPLE):
        found = [t for t in life.transitions if t.event == event and state in t.sources]
        assert len(found) <= 1, (life.name, state, event)
        if not found:
            with pytest.raises(WrongStep):
                life.step(state, event, person)
            continue
        transition = found[0]
        allowed = person.role in transition.roles and (
            person.role is Role.SYSTEM or not transition.duties or bool(person.duties & transition.duties)
        )
        assert (transition in life.events_for(state, person)) is allowed
        if allowed:
            assert life.step(state, event, person).target == transition.target
        else:
            with pytest.raises(Forbidden):
                life.step(state, event, person)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_every_state_is_reached_and_every_arrow_rests_on_a_rule(life: Lifecycle) -> None:
    rules = {rule.id for rule in RULES}
    reached = {FIRST[life.name]}
    for _ in life.states:
        reached |= {t.target for t in life.transitions if t.sources & reached}
    assert reached == set(life.states)
    for transition in life.transitions:
        assert transition.rule in rules, (life.name, transition.event)
        assert transition.roles, (life.name, transition.event)
        assert Role.PUBLIC not in transition.roles
        assert not transition.roles & {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
        duties = frozenset().union(*(DUTIES_OF.get(role, frozenset()) for role in transition.roles))
        assert transition.duties <= duties, (life.name, transition.event)
        # whoever works in a bureau acts by a duty, never by the role alone
        bureaus = transition.roles & {Role.DISTRICT, Role.MUNICIPAL}
        if bureaus and not transition.duties:
            assert transition.event in {"conclude_panel", "withdraw", "close"}, (life.name, transition.event)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_labels_and_diagram(life: Lifecycle) -> None:
    diagram = life.mermaid()
    for state, label in life.states.items():
        assert label
        assert life.label(state) == label
        assert f'state "{label}" as {state}' in diagram
    assert life.choices == list(life.states.items())


def test_final_states_of_an_application_are_final() -> None:
    for state in FINAL:
        assert not [t for t in APPLICATION_LIFE.transitions if state in t.sources], state


def test_a_table_with_a_fault_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="unknown state"):
        Lifecycle("x", {"a": "甲"}, [arrow("go", "走", ["a"], "b", [Role.SYSTEM], "R-01")])
    with pytest.raises(ValueError, match="two arrows"):
        Lifecycle(
            "x",
            {"a": "甲", "b": "乙"},
            [
                arrow("go", "走", ["a"], "b", [Role.SYSTEM], "R-01"),
                arrow("go", "走", ["a"], "a", [Role.SYSTEM], "R-01"),
            ],
        )


def test_refusals_say_who_may(  # the sentence a person reads
) -> None:
    with pytest.raises(Forbidden) as refused:
        RECOGNITION_LIFE.step(
            "proposed", "sign", Actor(role=Role.MUNICIPAL, duties=frozenset({Duty.HANDLER}))
        )
    assert "局领导" in refused.value.message
    with pytest.raises(WrongStep) as wrong:
        RECOGNITION_LIFE.step("signed", "sign", Actor.system())
    assert "已签发" in wrong.value.message
