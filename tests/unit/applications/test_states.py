"""The table of arrows: complete, reachable, and the database holds what it promises."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from apps.applications.states import APPLICATION_LIFE, EXEMPTION_LIFE, FINAL, ROUND_LIFE, TITLED
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, WrongStep
from apps.policy.rules import rule
from tests.unit.applications.scenes import Scene


def person(role: Role, *duties: Duty) -> Actor:
    return Actor(role=role, user_id=1, duties=frozenset(duties))


def test_every_state_is_reached_and_every_open_state_has_a_way_on() -> None:
    for life, start, final in (
        (APPLICATION_LIFE, "draft", FINAL),
        (ROUND_LIFE, "draft", frozenset({"closed"})),
        (EXEMPTION_LIFE, "requested", frozenset({"approved", "declined"})),
    ):
        reached = {start}
        while True:
            more = {arrow.target for arrow in life.transitions if arrow.sources & reached} - reached
            if not more:
                break
            reached |= more
        assert reached == set(life.states)
        leaving = {source for arrow in life.transitions for source in arrow.sources}
        assert final == set(life.states) - leaving


def test_every_arrow_names_a_rule_of_the_plan() -> None:
    for arrow in APPLICATION_LIFE.transitions:
        assert rule(arrow.rule).id == arrow.rule


def test_a_title_is_only_behind_a_decision_of_a_signer_or_leader() -> None:
    for arrow in APPLICATION_LIFE.transitions:
        if arrow.target in {"to_file", "awarded"} and not arrow.sources & TITLED:
            assert arrow.duties <= {Duty.SIGNER, Duty.LEADER}
    assert (
        APPLICATION_LIFE.step("confirmable", "award", person(Role.MUNICIPAL, Duty.LEADER)).target == "awarded"
    )
    for duty in (Duty.HANDLER, Duty.SIGNER, Duty.PUBLISHER, Duty.CREDIT):
        with pytest.raises(Forbidden):
            APPLICATION_LIFE.step("confirmable", "award", person(Role.MUNICIPAL, duty))
    with pytest.raises(Forbidden):
        APPLICATION_LIFE.step("confirmable", "award", Actor.system())


def test_a_step_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(WrongStep):
        APPLICATION_LIFE.step("prelim", "award", person(Role.MUNICIPAL, Duty.LEADER))


@pytest.mark.parametrize(
    "change",
    [
        "state = 'paid'",
        "state = 'awarded'",
        "state = 'recommended', prelim_total = 79.99, accepted_at = now()",
        "state = 'prelim'",
        "submitted_at = null",
        "number = null",
        "self_total = 100.01",
        "self_total = -0.01",
        "self_total = 'NaN'",
        "level = 4",
        "state = 'to_file', accepted_at = now()",
        "state = 'draft'",
    ],
)
def test_the_database_refuses_impossible_rows(scene: Scene, change: str) -> None:
    row = scene.row(scene.submitted())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update applications_application set {change} where id = %s", [row.pk])  # noqa: S608  (a constant of this test)
