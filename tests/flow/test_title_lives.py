"""Lives of a title by random acts and a moving clock: whatever people try, the invariants hold after every act."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.audit.chain import chained
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import SHANGHAI, Moment
from apps.core.scoping import enter
from apps.deadlines.selectors import work_calendar
from apps.monitoring import services as monitoring
from apps.monitoring import verification as monitoring_invariants
from apps.monitoring.models import Cancellation, Recheck
from apps.monitoring.states import CANCELLED, OVERDUE
from apps.notifications.models import Message
from apps.policy.rectification import rectification_term
from apps.titles import verification as title_invariants
from apps.titles.models import Ban, Title
from tests.unit.foundation import rows
from tests.unit.monitoring import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


class Lives(RuleBasedStateMachine):
    """One enterprise with a 3A title; every act is tried by whoever may, at any time, and may be refused."""

    base: scenes.Watch

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.scene = copy.deepcopy(self.base)
        self.done: Counter[str] = Counter()

    def teardown(self) -> None:
        """Let the chain be written as a commit would, check it, and take everything back."""
        try:
            rows("set constraints all immediate; set constraints all deferred; select 1")
            self.chain_is_whole()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def attempt(self, name: str, act: Any) -> None:
        """Try an act in a savepoint; a refusal is an answer, too."""
        try:
            with transaction.atomic():
                act()
        except DomainError:
            return
        self.done[name] += 1

    @rule(days=st.sampled_from([1, 3, 8, 31, 95]), twice=st.booleans())
    def time_passes(self, days: int, twice: bool) -> None:  # noqa: FBT001  (hypothesis passes it by name)
        self.scene.clock.set(Moment.of(self.scene.clock.now().at + timedelta(days=days)))
        for _ in range(1 + twice):
            monitoring.open_annual_forms(clock=self.scene.clock)
            self.scene.sweep()

    @rule()
    def plan(self) -> None:
        self.attempt("plan", self.scene.plan)

    @rule(score=st.sampled_from(["72.00", "72.00", "85.00"]))
    def record_and_sign(self, score: str) -> None:
        def visit() -> None:
            monitoring.record_recheck(
                actor=self.scene.be(self.scene.district.handler),
                clock=self.scene.clock,
                public_id=self.scene.recheck or "none",
                result=self.scene.result(score),
            )
            order = monitoring.sign_recheck(
                actor=self.scene.be(self.scene.district.signer),
                clock=self.scene.clock,
                public_id=self.scene.recheck,
                order_no=f"昆工信整〔2026〕{self.done['visit'] + 300}号",
            )
            self.scene.order = order or self.scene.order

        self.attempt("visit", visit)

    @rule()
    def serve(self) -> None:
        self.attempt(
            "serve",
            lambda: monitoring.serve_rectification(
                actor=self.scene.be(self.scene.enterprise),
                clock=self.scene.clock,
                public_id=self.scene.order or "none",
            ),
        )

    @rule()
    def hand_in(self) -> None:
        self.attempt("hand_in", self.scene.hand_in)

    @rule(passed=st.booleans())
    def verify(self, passed: bool) -> None:  # noqa: FBT001  (hypothesis passes it by name)
        self.attempt("verify", lambda: self.scene.verify(passed=passed))

    @rule(decision=st.sampled_from(["cancel", "cancel", "drop", "suspend"]))
    def decide(self, decision: str) -> None:
        enter(Actor.system())
        last = Cancellation.objects.order_by("-pk").first()
        number = f"苏工信节能〔2027〕{self.done['decide'] + 500}号"
        self.attempt(
            "decide",
            lambda: monitoring.decide_cancellation(
                actor=self.scene.be(self.scene.city.leader),
                clock=self.scene.clock,
                public_id=last.public_id if last is not None else "none",
                decision=decision,
                document_no=number,
                note="整改逾期未完成。",
            ),
        )

    @rule(level=st.sampled_from([2, 3]))
    def award(self, level: int) -> None:
        on = self.scene.clock.now().on
        source = f"again-{self.done['award']}-{on}"
        self.attempt("award", lambda: self.scene.award(level, on=on, source=source))

    @invariant()
    def no_title_twice_and_none_during_a_ban(self) -> None:
        enter(Actor.system())
        assert list(title_invariants.problems()) == []
        bans = list(Ban.objects.values_list("enterprise_id", "from_on", "until_on"))
        awarded = Title.objects.values_list("enterprise_id", "awarded_on")
        assert not [
            (title, ban)
            for title in awarded
            for ban in bans
            if title[0] == ban[0] and ban[1] < title[1] < ban[2]
        ]

    @invariant()
    def no_cancellation_without_expired_rectification_and_signed_decision(self) -> None:
        enter(Actor.system())
        assert list(monitoring_invariants.problems()) == []
        for row in Cancellation.objects.select_related("rectification"):
            order = row.rectification
            assert order.state == OVERDUE
            assert order.served_on is not None
            earliest = rectification_term(order.served_on, work_calendar()).ends_on
            assert Moment.of(row.proposed_at).on > earliest
            if row.state == CANCELLED:
                assert row.decided_by_id == self.scene.city.leader.user_id
                assert row.decided_on is not None
                assert row.decided_on > row.statement_due_on or row.stated_at is not None
        for visit in Recheck.objects.exclude(signed_by=None):
            assert visit.signed_by_id != visit.recorded_by_id

    @invariant()
    def no_reminder_twice(self) -> None:
        enter(Actor.system())
        reminders = Message.objects.filter(key__startswith="remind:")
        told = Counter(
            (
                row.subject_id,
                row.to_enterprise_id,
                row.to_district_id,
                row.created_at.astimezone(SHANGHAI).date(),
            )
            for row in reminders
        )
        assert not told or told.most_common(1)[0][1] == 1

    def chain_is_whole(self) -> None:
        enter(Actor.system())
        links = rows(
            "select l.previous, l.digest, e.canonical from audit_auditlink l"
            " join audit_auditevent e on e.id = l.event_id order by l.sequence"
        )
        assert links
        previous = links[0][0]
        for before, digest, canonical in links:
            assert before == previous
            assert digest == chained(before, canonical)
            previous = digest


@pytest.mark.rule("R-01", "R-39", "R-40", "R-41")
def test_whatever_people_try_the_invariants_hold(scene: scenes.Watch) -> None:
    Lives.base = scene
    bounded = settings(
        max_examples=6,
        stateful_step_count=14,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=bounded)


def test_the_road_to_the_ban_is_among_the_lives(scene: scenes.Watch) -> None:
    """The random acts can reach the end: the same machine, led by the hand."""
    Lives.base = scene
    life = Lives()
    try:
        life.plan()
        life.record_and_sign("72.00")
        life.serve()
        for days in (95, 8):
            life.time_passes(days, twice=True)
        life.decide("cancel")
        life.award(3)
        life.award(2)
        life.no_title_twice_and_none_during_a_ban()
        life.no_cancellation_without_expired_rectification_and_signed_decision()
        life.no_reminder_twice()
        assert life.done == {"plan": 1, "visit": 1, "serve": 1, "decide": 1}
    finally:
        life.teardown()
