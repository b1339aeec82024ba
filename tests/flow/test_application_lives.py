"""Lives of an application by random acts and a moving clock: whatever people try, the invariants hold after each act."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.applications import services as applications
from apps.applications.models import Application
from apps.applications.services import ReturnItem
from apps.applications.states import (
    CITY_ACCEPTED,
    CONFIRMABLE,
    CREDIT_CHECK,
    DRAFT,
    FORM_CHECK,
    LAPSED,
    ON_NOTICE,
    PRELIM,
    PRELIM_SIGNED,
    RECOMMENDED,
    SUBMITTED,
)
from apps.audit.chain import chained
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import SHANGHAI, Moment
from apps.core.scoping import enter
from apps.deadlines.selectors import work_calendar
from apps.notifications.models import Message
from apps.parameters.selectors import in_force
from apps.policy.award import notice_term
from apps.publicity import services as publicity
from apps.publicity.models import CreditCheck, NoticeEntry, Objection, Recognition, RecognitionEntry
from apps.publicity.states import OPEN_OBJECTIONS
from apps.review import services as review
from apps.titles import services as titles
from apps.titles.models import Ban, Title
from tests import worlds
from tests.flow import trail
from tests.unit.foundation import rows
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

#: A credit check made so many days ago is still good, just good, too old.
_AGES = [0, 30, 31, 90]
#: State → the act that comes next on the straight way.
_DISTRICT_NEXT = {SUBMITTED: "accept", FORM_CHECK: "pass", PRELIM: "score"}
_CITY_NEXT = {PRELIM_SIGNED: "recommend", RECOMMENDED: "city_accept", CITY_ACCEPTED: "panel"}


def _build() -> scenes.Flow:
    """One case waits for its credit check, another one is ready to be submitted; both enterprises hold a 2A title."""
    flow = scenes.build(scenes.morning())
    for enterprise, staff in ((flow.enterprise, flow.district), (flow.neighbour, flow.other_district)):
        titles.award_title(
            actor=flow.be(staff.signer),
            moment=flow.clock.now(),
            enterprise_id=enterprise.enterprise_id or 0,
            district=staff.handler.district or worlds.KUNSHAN,
            level=2,
            awarded_on=flow.clock.now().on,
            document_no="示例工信〔2026〕2号",
            source_type="test",
            source_public_id=f"2a-{enterprise.enterprise_id}",
        )
    flow.in_credit()
    flow.ready[(0, 0)] = flow.filled(by=flow.neighbour)
    return flow


stage = built_once(_build)
scene = played()
FAR = st.booleans()


class Lives(RuleBasedStateMachine):
    """Two cases, one far, one at its beginning; every act is tried at any time by who may or may not, and may be refused."""

    base: scenes.Flow

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.scene = copy.deepcopy(self.base)
        self.young = self.scene.ready[(0, 0)]
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def teardown(self) -> None:
        """Let the chain be written as a commit would, check everything once more, and take it back."""
        try:
            rows("set constraints all immediate; set constraints all deferred; select 1")
            self.chain_is_whole()
            assert trail.problems() == []
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def attempt(self, name: str, act: Callable[[], Any]) -> None:
        """Try an act in a savepoint; a refusal is an answer, too."""
        try:
            with transaction.atomic():
                act()
        except DomainError:
            self.refused[name] += 1
            return
        self.done[name] += 1

    def case(self, *, far: bool) -> str:
        return self.scene.case if far else self.young

    def by(self, *, far: bool) -> Actor:
        return self.scene.enterprise if far else self.scene.neighbour

    # ------------------------------------------------------------------ the straight way
    @initialize(far=st.integers(0, 5), young=st.integers(0, 6))
    def begin_on_the_way(self, far: int, young: int) -> None:
        for is_far, steps in ((True, far), (False, young)):
            for _ in range(steps):
                self.go_on(far=is_far)

    @rule(far=FAR)
    def go_on(self, far: bool) -> None:  # noqa: FBT001  (hypothesis passes it by name)
        """Do what the state of the case asks for next; somebody in a hurry always tries the act after it first."""
        case = self.case(far=far)
        state = self.scene.state(case)
        if state == CREDIT_CHECK and CreditCheck.objects.filter(application__public_id=case).exists():
            self.publish(far=far, ahead=0)
        elif state == CREDIT_CHECK:
            self.publish(far=far, ahead=0)
            self.credit(far=far, age=0, result="normal")
        elif state == ON_NOTICE:
            self.time_passes(1, twice=False)
            self.propose(far=far)
            self.time_passes(8, twice=True)
        elif state == CONFIRMABLE and Recognition.objects.exists():
            self.recognise(leads=True)
        elif state == CONFIRMABLE:
            self.propose(far=far)
        elif state == DRAFT:
            self.enterprise_acts(far=far, act="submit")
        elif state == PRELIM and self.done["score"]:
            self.district_acts(far=far, own=True, act="sign")
        elif state in _DISTRICT_NEXT:
            self.district_acts(far=far, own=True, act=_DISTRICT_NEXT[state])
        elif state in _CITY_NEXT:
            self.on_to_the_city(far=far, act=_CITY_NEXT[state])

    # ------------------------------------------------------------------ time
    @rule(days=st.sampled_from([1, 1, 4, 8, 20]), twice=st.booleans())
    def time_passes(self, days: int, twice: bool) -> None:  # noqa: FBT001  (hypothesis passes it by name)
        self.scene.clock.set(Moment.of(self.scene.clock.now().at + timedelta(days=days)))
        for _ in range(1 + twice):
            self.scene.sweep()

    # ------------------------------------------------------------------ the enterprise and its district
    @rule(far=FAR, act=st.sampled_from(["submit", "submit", "withdraw", "resubmit", "draft"]))
    def enterprise_acts(self, far: bool, act: str) -> None:  # noqa: FBT001  (hypothesis passes it by name)
        case, by = self.case(far=far), self.by(far=far)
        again: dict[str, Any] = {
            "public_id": case,
            "token": f"again-{sum(self.done.values())}-{sum(self.refused.values())}",
            "pledge": True,
            "signatory": "周敏",
        }
        acts: dict[str, Callable[[], Any]] = {
            "submit": lambda: self.scene.submit(case, by=by),
            "withdraw": lambda: applications.withdraw(
                actor=self.scene.be(by), clock=self.scene.clock, public_id=case
            ),
            "resubmit": lambda: applications.resubmit(
                actor=self.scene.be(by), clock=self.scene.clock, **again
            ),
            "draft": lambda: self.scene.draft(by=by),
        }
        self.attempt(act, acts[act])

    @rule(
        far=FAR,
        own=st.sampled_from([True, True, True, False]),
        act=st.sampled_from(["accept", "accept", "return", "pass", "pass", "score", "score", "sign", "sign"]),
    )
    def district_acts(self, far: bool, own: bool, act: str) -> None:  # noqa: FBT001  (as above)
        case = self.case(far=far)
        home, strange = self.scene.staff_of(case), self.scene.district
        if strange is home:
            strange = self.scene.other_district
        staff = home if own else strange
        common = {"clock": self.scene.clock, "public_id": case}

        def score() -> None:
            self.scene.score("86.00", case=case)
            self.scene.hand_over(case=case)

        def at(actor: Actor, service: Callable[..., Any], **more: object) -> Callable[[], Any]:
            return lambda: service(actor=self.scene.be(actor), **common, **more)

        item = ReturnItem("item", "未附计量台账。", "请补充台账后重填。", "K5-01")
        acts: dict[str, Callable[[], Any]] = {
            "accept": at(staff.handler, applications.accept),
            "return": at(staff.handler, applications.return_items, items=[item]),
            "pass": at(staff.handler, review.pass_form_check, rows=scenes.FORM_ROWS),
            "score": score,
            # who scored tries to sign, too
            "sign": at(staff.signer if own else home.handler, review.sign_preliminary),
        }
        self.attempt(act, acts[act])

    @rule(far=FAR, act=st.sampled_from(["recommend", "city_accept", "panel", "take_opinion"]))
    def on_to_the_city(self, far: bool, act: str) -> None:  # noqa: FBT001  (as above)
        case = self.case(far=far)
        staff, city = self.scene.staff_of(case), self.scene.city

        def recommend() -> None:
            listed = review.prepare_recommendation(
                actor=self.scene.be(staff.handler),
                clock=self.scene.clock,
                round_public_id=self.scene.round_id,
            )
            review.send_recommendation(
                actor=self.scene.be(staff.signer),
                clock=self.scene.clock,
                public_id=listed,
                letter_no=f"示例工信函〔2026〕{self.done['recommend'] + 80}号",
            )

        acts: dict[str, Callable[[], Any]] = {
            "recommend": recommend,
            "city_accept": lambda: review.accept_case(
                actor=self.scene.be(city.handler), clock=self.scene.clock, public_id=case
            ),
            "panel": lambda: self.scene.form(case=case),
            "take_opinion": lambda: review.take_opinion(
                actor=self.scene.be(city.handler), clock=self.scene.clock, public_id=case
            ),
        }
        self.attempt(act, acts[act])

    # ------------------------------------------------------------------ credit, notice, objection, award
    @rule(
        far=st.sampled_from([True, True, False]),
        age=st.sampled_from(_AGES),
        result=st.sampled_from(["normal", "normal", "normal", "adverse"]),
    )
    def credit(self, far: bool, age: int, result: str) -> None:  # noqa: FBT001  (as above)
        on = self.scene.clock.now().on - timedelta(days=age)
        matters = "" if result == "normal" else "列入经营异常名录。"
        self.attempt(
            "credit",
            lambda: self.scene.credit(case=self.case(far=far), on=on, result=result, matters=matters),
        )

    @rule(far=st.sampled_from([True, True, False]), ahead=st.sampled_from([-1, 0, 0, 2]))
    def publish(self, far: bool, ahead: int) -> None:  # noqa: FBT001  (as above)
        starts_on = self.scene.clock.now().on + timedelta(days=ahead)
        self.attempt("publish", lambda: self.scene.publish(self.case(far=far), starts_on=starts_on))

    @rule(act=st.sampled_from(["file", "accept", "uphold", "dismiss"]))
    def object(self, act: str) -> None:
        enter(Actor.system())
        entry = NoticeEntry.objects.order_by("-pk").first()
        last = Objection.objects.order_by("-pk").first()
        found: dict[str, Any] = {
            "clock": self.scene.clock,
            "public_id": last.public_id if last is not None else "none",
        }
        city = self.scene.city
        form = publicity.ObjectionForm(
            party="person",
            person="示例市民",
            unit="",
            contact="0512-00000009",
            matter="夜间噪声较大，请核查。",
        )

        def conclude() -> None:
            publicity.state_case(actor=self.scene.be(self.scene.enterprise), **found, statement="已整改。")
            publicity.conclude_objection(
                actor=self.scene.be(city.signer), **found, upheld=act == "uphold", conclusion="经核查。"
            )

        acts: dict[str, Callable[[], Any]] = {
            "file": lambda: publicity.file_objection(
                actor=self.scene.be(Actor.public()),
                clock=self.scene.clock,
                entry_public_id=entry.public_id if entry is not None else "none",
                form=form,
            ),
            "accept": lambda: publicity.accept_objection(actor=self.scene.be(city.handler), **found),
        }
        self.attempt(f"object-{act}", acts.get(act, conclude))

    @rule(far=st.sampled_from([True, True, True, False]))
    def propose(self, far: bool) -> None:  # noqa: FBT001  (as above)
        number = f"苏工信节能〔2026〕{self.done['propose'] + 58}号"
        self.attempt("propose", lambda: self.scene.propose(self.case(far=far), document_no=number))

    @rule(leads=st.sampled_from([True, True, True, False]))
    def recognise(self, leads: bool) -> None:  # noqa: FBT001  (as above)
        enter(Actor.system())
        last = Recognition.objects.order_by("-pk").first()
        who = self.scene.city.leader if leads else self.scene.city.handler
        self.attempt(
            "recognise",
            lambda: publicity.sign_recognition(
                actor=self.scene.be(who or Actor.public()),
                clock=self.scene.clock,
                public_id=last.public_id if last is not None else "none",
            ),
        )

    @precondition(lambda self: not self.done["ban"])
    @rule(far=FAR)
    def lose_the_lower_title(self, far: bool) -> None:  # noqa: FBT001  (as above)
        """The district cancels the 2A title: a ban begins in the middle of the application."""
        staff = self.scene.staff_of(self.case(far=far))
        enter(Actor.system())
        held = Title.objects.get(enterprise_id=self.by(far=far).enterprise_id or 0, level=2).public_id

        def lose() -> None:
            moment = self.scene.clock.now()
            for event in ("order_rectification", "propose_cancellation"):
                titles.change_title_state(
                    actor=self.scene.be(staff.signer), moment=moment, title_public_id=held, event=event
                )
            titles.cancel_title(
                actor=self.scene.be(staff.signer),
                moment=moment,
                title_public_id=held,
                decided_on=moment.on,
                document_no="示例工信〔2026〕60号",
                reason="整改逾期未完成。",
            )

        self.attempt("ban", lose)

    # ------------------------------------------------------------------ what always holds
    @invariant()
    def no_3a_without_credit_check_and_finished_notice(self) -> None:
        enter(Actor.system())
        for title in Title.objects.filter(level=3):
            found = RecognitionEntry.objects.select_related("recognition").get(
                title_public_id=title.public_id
            )
            entry = NoticeEntry.objects.filter(application_id=found.application_id).latest("pk")
            assert entry.starts_on is not None
            choices = in_force(on=entry.starts_on)
            term = notice_term(entry.starts_on, choices, work_calendar())
            assert entry.ends_on == term.ends_on
            assert title.awarded_on > term.ends_on
            check = CreditCheck.objects.filter(application_id=found.application_id).latest("pk")
            assert check.result in {CreditCheck.NORMAL, CreditCheck.EXPLAINED}
            before = CreditCheck.objects.filter(
                application_id=found.application_id,
                result__in=[CreditCheck.NORMAL, CreditCheck.EXPLAINED],
                checked_on__lte=entry.starts_on,
                checked_on__gte=entry.starts_on - timedelta(days=choices.credit_validity_days),
            )
            assert before.exists()
            assert found.recognition.signed_by_id != found.recognition.proposed_by_id
            assert not Objection.objects.filter(
                application_id=found.application_id,
                state__in=OPEN_OBJECTIONS,
                filed_at__lt=found.recognition.signed_at,
            ).exists()

    @invariant()
    def nothing_stands_on_a_notice_unchecked(self) -> None:
        enter(Actor.system())
        for case in Application.objects.filter(state__in=[ON_NOTICE, CONFIRMABLE]):
            assert CreditCheck.objects.filter(application=case).exists()
        over = Application.objects.filter(state=CONFIRMABLE).values_list("pk", flat=True)
        today = self.scene.clock.now().on
        assert not NoticeEntry.objects.filter(application_id__in=over, ends_on__gte=today).exists()

    @invariant()
    def no_title_during_a_ban_and_none_twice(self) -> None:
        enter(Actor.system())
        held = Counter(Title.objects.values_list("enterprise_id", "level", "source_public_id"))
        assert max(held.values()) == 1
        assert max(Counter(one[:2] for one in held).values()) == 1
        for ban in Ban.objects.all():
            assert not Title.objects.filter(
                enterprise_id=ban.enterprise_id, awarded_on__gt=ban.from_on, awarded_on__lt=ban.until_on
            ).exists()

    @invariant()
    def no_reminder_twice(self) -> None:
        enter(Actor.system())
        told = Counter(
            (row.key.split(":")[1], row.to_enterprise_id, row.to_district_id, row.to_municipal, day)
            for row in Message.objects.filter(key__startswith="remind:")
            if (day := row.created_at.astimezone(SHANGHAI).date())
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


@pytest.mark.rule("R-11", "R-23", "R-24", "R-27")
def test_whatever_people_try_the_invariants_hold(scene: scenes.Flow) -> None:
    Lives.base = scene
    bounded = settings(
        max_examples=6,
        stateful_step_count=16,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=bounded)


def test_the_ways_to_a_title_and_to_a_refused_one_are_among_the_lives(scene: scenes.Flow) -> None:
    """The random acts can reach both ends: the same machine, led by the hand, too early at each step."""
    Lives.base = scene
    life = Lives()
    try:
        life.publish(far=True, ahead=0)
        life.credit(far=True, age=31, result="normal")
        life.publish(far=True, ahead=0)
        life.credit(far=True, age=0, result="normal")
        life.publish(far=True, ahead=0)
        life.time_passes(4, twice=False)
        life.propose(far=True)
        life.time_passes(4, twice=True)
        life.propose(far=True)
        life.recognise(leads=False)
        life.recognise(leads=True)
        life.recognise(leads=True)
        life.no_3a_without_credit_check_and_finished_notice()
        life.no_title_during_a_ban_and_none_twice()
        for act in ("submit", "accept", "return", "pass"):
            step = life.enterprise_acts if act == "submit" else life.district_acts
            step(far=False, act=act, **({} if act == "submit" else {"own": True}))
        life.time_passes(20, twice=True)
        life.no_reminder_twice()
        enter(Actor.system())
        assert Title.objects.filter(level=3).count() == 1
        assert life.refused == {"publish": 2, "propose": 1, "recognise": 2, "pass": 1}
        assert Application.objects.get(public_id=life.young).state == LAPSED
    finally:
        life.teardown()


def test_a_ban_that_begins_after_the_notice_bars_the_award(scene: scenes.Flow) -> None:
    Lives.base = scene
    life = Lives()
    try:
        life.credit(far=True, age=0, result="normal")
        life.publish(far=True, ahead=0)
        life.time_passes(8, twice=True)
        life.propose(far=True)
        life.lose_the_lower_title(far=True)
        life.time_passes(1, twice=False)
        life.recognise(leads=True)
        life.no_title_during_a_ban_and_none_twice()
        assert life.done["ban"] == life.done["propose"] == 1
        assert life.refused == {"recognise": 1}
    finally:
        life.teardown()
