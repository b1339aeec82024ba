"""The sweeper: overdue at the instant, reminders once each, what follows once, whatever dies or doubles."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import services, verification
from apps.deadlines.counting import Counting
from apps.deadlines.models import Obligation
from apps.deadlines.registry import OverdueObligation
from apps.deadlines.services import sweeping
from apps.deadlines.states import MET, OPEN, OVERDUE
from apps.jobs import services as jobs
from apps.notifications.models import Message
from tests import worlds
from tests.unit.deadlines.conftest import Hooks, Scene
from tests.unit.foundation import at_once, member

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 4)


def at(clock: FixedClock, month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> None:
    clock.set(Moment.in_shanghai(date(year, month, day), hour, minute))


def each_day(scene: Scene, until: date) -> dict[date, list[Message]]:
    """Sweep every morning through *until*; return what was sent on which day."""
    sent: dict[date, list[Message]] = {}
    seen = len(scene.messages())
    while scene.clock.now().on < until:
        scene.clock.set(Moment.in_shanghai(scene.clock.now().on + timedelta(days=1)))
        services.sweep(clock=scene.clock)
        messages = scene.messages()
        if messages[seen:]:
            sent[scene.clock.now().on] = messages[seen:]
        seen = len(messages)
    return sent


# --- overdue


def test_overdue_at_the_instant_and_not_before(scene: Scene, clock: FixedClock) -> None:
    instant = datetime(2026, 12, 4, 17, 0, tzinfo=SHANGHAI)
    due = scene.open(due_at=instant)
    clock.set(Moment.of(instant - timedelta(seconds=1)))
    assert services.sweep(clock=clock).overdue == 0
    assert scene.row(due).state == OPEN
    clock.set(Moment.of(instant))
    assert services.sweep(clock=clock).overdue == 1
    row = scene.row(due)
    assert (row.state, row.overdue_at) == (OVERDUE, instant)
    event = AuditEvent.objects.get(event="obligation.overdue")
    assert (event.rule, event.after["state"]) == ("R-14", OVERDUE)
    assert services.sweep(clock=clock).overdue == 0


def test_the_due_day_itself_is_in_time(scene: Scene, clock: FixedClock) -> None:
    due = scene.open(due_on=DUE)
    at(clock, 12, 4, 23, 59)
    services.sweep(clock=clock)
    assert scene.row(due).state == OPEN
    at(clock, 12, 5, 0, 0)
    services.sweep(clock=clock)
    assert scene.row(due).state == OVERDUE


def test_what_was_done_is_left_alone(scene: Scene, clock: FixedClock, hooks: Hooks) -> None:
    scene.open(due_on=DUE)
    services.meet_obligation(kind="t.supplement", subject=scene.subject, moment=clock.now())
    at(clock, 12, 9)
    swept = services.sweep(clock=clock)
    assert (swept.overdue, swept.reminded, hooks.told) == (0, 0, [])


# --- reminders


def test_short_ladder_counts_working_days(scene: Scene) -> None:
    """DECISIONS 8: T-2, T-1, T0, T+1 in working days; 4 December 2026 is a Friday."""
    scene.open(counting=Counting.workdays(date(2026, 11, 22), 10))
    sent = each_day(scene, date(2026, 12, 20))
    titles = {day: [message.title for message in messages] for day, messages in sent.items()}
    assert titles == {
        date(2026, 12, 2): ["还剩2个工作日：补正材料"],
        date(2026, 12, 3): ["还剩1个工作日：补正材料"],
        date(2026, 12, 4): ["今天截止：补正材料"],
        date(2026, 12, 7): ["已逾期3天：补正材料"],
    }


def test_medium_ladder(scene: Scene) -> None:
    scene.open(due_on=date(2026, 12, 22))
    days = [(day - date(2026, 12, 22)).days for day in each_day(scene, date(2027, 1, 20))]
    assert days == [-7, -3, -1, 0, 1]


def test_long_ladder_and_weekly_when_overdue(scene: Scene) -> None:
    due = scene.open("t.rectify", rule="R-37", due_on=date(2027, 2, 22))
    sent = each_day(scene, date(2027, 3, 20))
    assert [(day - due.due_on).days for day in sent] == [-30, -15, -7, -3, -1, 0, 7, 14, 21]
    audiences = {
        (day - due.due_on).days: [
            "enterprise" if m.to_enterprise_id else "district" if m.to_district_id else "city"
            for m in messages
        ]
        for day, messages in sent.items()
    }
    assert audiences[-30] == ["enterprise", "district"]
    assert audiences[-7] == ["enterprise", "district", "city"], "R-39: the city in the last seven days"
    assert audiences[7] == ["enterprise", "district", "city"]


def test_a_reminder_says_everything_and_leads_there(scene: Scene) -> None:
    scene.open("t.rectify", due_on=date(2027, 2, 22))
    first = next(iter(each_day(scene, date(2027, 1, 25)).values()))
    firm, district = first
    name = scene.subject.name  # type: ignore[attr-defined]
    assert firm.title == "还剩30天：完成整改"
    assert district.title == f"还剩30天：完成整改（{name}）"
    for words in (
        "办件编号：GF3A-2026B-320583-0137",
        f"企业：{name}",
        "截止：2027年2月22日（周一）24:00前",
        "要做什么：",
    ):
        assert words in firm.body
        assert words in district.body
    assert firm.link == f"/e/rectify/{scene.subject.public_id}/"  # type: ignore[attr-defined]
    assert district.link == "/d/"
    assert "督促" in district.body
    assert firm.mandatory


def test_a_time_of_day_is_told(scene: Scene) -> None:
    scene.open(due_at=datetime(2026, 12, 4, 17, 0, tzinfo=SHANGHAI))
    (message,) = each_day(scene, date(2026, 12, 2))[date(2026, 12, 2)]
    assert "截止：2026年12月4日（周五）17:00前" in message.body


def test_not_before_nine_and_once_a_day(scene: Scene, clock: FixedClock) -> None:
    scene.open(due_on=DUE)
    at(clock, 12, 4, 8, 59)
    assert services.sweep(clock=clock).reminded == 0
    at(clock, 12, 4, 9, 0)
    assert services.sweep(clock=clock).reminded == 1
    at(clock, 12, 4, 15, 0)
    assert services.sweep(clock=clock).reminded == 0
    assert len(scene.messages()) == 1


def test_after_an_outage_one_message_marked_late(scene: Scene, clock: FixedClock) -> None:
    """F14: beat dead for days; nothing is missed, nothing doubled."""
    scene.open("t.rectify", due_on=date(2027, 2, 22))
    at(clock, 2, 17, year=2027)
    services.sweep(clock=clock)
    firm, district, _city = scene.messages()
    assert firm.title == "【补发】还剩5天：完成整改"
    for missed in ("2027年1月23日", "2027年2月7日", "2027年2月15日"):
        assert missed in firm.body
    assert "补发" in district.body
    services.sweep(clock=clock)
    assert len(scene.messages()) == 3


def test_a_reminder_of_today_tells_of_the_one_missed_yesterday(scene: Scene, clock: FixedClock) -> None:
    scene.open(due_on=DUE)
    at(clock, 12, 4)
    services.sweep(clock=clock)
    (message,) = scene.messages()
    assert message.title == "今天截止：补正材料"
    assert "原定2026年12月2日、2026年12月3日的提醒因系统中断未能发出，现一并补发。" in message.body


def test_a_new_deadline_has_reminders_of_its_own(scene: Scene, clock: FixedClock) -> None:
    scene.open(due_on=DUE)
    each_day(scene, date(2026, 12, 3))
    scene.open(due_on=date(2026, 12, 18))
    days = list(each_day(scene, date(2026, 12, 25)))
    assert days == [date(2026, 12, day) for day in (11, 15, 17, 18, 19)]


def test_a_clock_that_goes_back_sends_nothing_twice(scene: Scene, clock: FixedClock) -> None:
    """M11."""
    scene.open(due_on=DUE)
    at(clock, 12, 3)
    services.sweep(clock=clock)
    count = len(scene.messages())
    at(clock, 12, 2)
    services.sweep(clock=clock)
    at(clock, 12, 3)
    services.sweep(clock=clock)
    assert len(scene.messages()) == count


def test_some_kinds_are_never_called_to_mind(scene: Scene, clock: FixedClock) -> None:
    scene.open("t.quiet", due_on=DUE)
    assert each_day(scene, date(2026, 12, 20)) == {}


def test_the_ladder_follows_the_parameters_in_force(scene: Scene, clock: FixedClock) -> None:
    from apps.parameters import services as parameters

    city = worlds.municipal_staff(clock)
    Message.objects.all().delete()
    enter(city.handler)
    public_id = parameters.propose_value(
        actor=city.handler,
        clock=clock,
        key="reminders_short",
        value="-4,0",
        effective_from=clock.now().on,
        reason="试行调整",
    )
    enter(city.signer)
    parameters.approve_value(actor=city.signer, clock=clock, public_id=public_id)
    scene.open(due_on=DUE)
    assert list(each_day(scene, date(2026, 12, 20))) == [date(2026, 11, 30), DUE]


def test_a_provisional_deadline_says_so(scene: Scene) -> None:
    scene.open("t.rectify", counting=Counting.months(date(2026, 11, 22), 3))
    first = next(iter(each_day(scene, date(2027, 1, 25)).values()))
    assert "暂定" in first[0].body


# --- what follows


def test_what_follows_happens_once_and_is_told_the_facts(
    scene: Scene, clock: FixedClock, hooks: Hooks
) -> None:
    due = scene.open(due_on=DUE)
    at(clock, 12, 5, 0, 0)
    assert services.sweep(clock=clock).hooks == 1
    assert services.sweep(clock=clock).hooks == 0
    (told,) = hooks.told
    assert (told.public_id, told.kind, told.subject_id, told.due_on) == (
        due.public_id,
        "t.supplement",
        scene.subject.pk,
        DUE,
    )
    assert (told.enterprise_id, told.district) == (scene.firm.enterprise_id, worlds.KUNSHAN)


def test_a_failing_follow_up_is_undone_tried_again_and_never_stops_the_rest(
    scene: Scene, clock: FixedClock, hooks: Hooks
) -> None:
    scene.open(due_on=DUE)
    quiet = scene.open("t.quiet", due_on=DUE)
    hooks.fault = RuntimeError("boom")
    hooks.act = lambda _, now: scene.open("t.answer", due_on=now.now().on)
    at(clock, 12, 5, 0, 0)
    swept = services.sweep(clock=clock)
    assert (swept.overdue, swept.hooks, swept.failed_hooks) == (2, 0, 2)
    assert not Obligation.objects.filter(kind="t.answer").exists(), "what it wrote is undone"
    row = scene.row(quiet)
    assert (row.hook_attempts, row.hook_error) == (1, "boom")
    assert services.sweep(clock=clock).failed_hooks == 0, "not before its time"
    clock.advance(timedelta(minutes=1))
    assert services.sweep(clock=clock).failed_hooks == 2
    clock.advance(timedelta(minutes=1))
    assert services.sweep(clock=clock).failed_hooks == 0, "the wait doubles"
    hooks.fault = hooks.act = None
    clock.advance(timedelta(minutes=1))
    assert services.sweep(clock=clock).hooks == 2
    assert scene.row(quiet).hook_error == ""


def test_a_follow_up_may_close_its_own_obligation(scene: Scene, clock: FixedClock, hooks: Hooks) -> None:
    def close(obligation: OverdueObligation, clock: Any) -> None:
        services.meet_obligation(kind=obligation.kind, subject=scene.subject, moment=clock.now())

    due = scene.open(due_on=DUE)
    hooks.act = close
    at(clock, 12, 5)
    assert services.sweep(clock=clock).hooks == 1
    assert scene.row(due).state == MET
    clock.advance(timedelta(hours=1))
    assert services.sweep(clock=clock).hooks == 0
    assert len(hooks.told) == 1


def test_a_follow_up_whose_process_died_is_taken_over(scene: Scene, clock: FixedClock, hooks: Hooks) -> None:
    scene.open(due_on=DUE)
    at(clock, 12, 5)
    sweeping._flip_all(clock)
    claim = sweeping._claim_hook(clock)
    assert claim is not None
    assert services.sweep(clock=clock).hooks == 0, "claimed"
    clock.advance(sweeping.HOOK_LEASE)
    assert services.sweep(clock=clock).hooks == 1
    row, token = claim
    assert not sweeping._run_hook(row, token, clock), "the late one finds its claim gone"
    assert len(hooks.told) == 1


def test_what_was_done_between_claim_and_act_is_left_alone(
    scene: Scene, clock: FixedClock, hooks: Hooks
) -> None:
    scene.open(due_on=DUE)
    at(clock, 12, 5)
    sweeping._flip_all(clock)
    claim = sweeping._claim_hook(clock)
    assert claim is not None
    services.meet_obligation(kind="t.supplement", subject=scene.subject, moment=clock.now())
    sweeping._run_hook(*claim, clock)
    assert hooks.told == []


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_at_once_do_everything_once(
    clock: FixedClock, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M10: two beats, two workers each; small batches so that they really meet."""
    monkeypatch.setattr(sweeping, "BATCH", 3)
    with transaction.atomic():
        for number in range(10):
            firm = member(clock, number)
            subject = worlds.enterprise_row(firm)
            for kind in ("t.supplement", "t.quiet"):
                services.open_obligation(
                    kind=kind,
                    subject=subject,
                    rule="R-14",
                    moment=clock.now(),
                    enterprise=firm.enterprise_id,
                    district=worlds.KUNSHAN,
                    due_on=DUE,
                )
        enter(Actor.system())
        Message.objects.all().delete()
    at(clock, 12, 7)
    swept = at_once(4, lambda _: services.sweep(clock=clock))
    assert sum(part.overdue for part in swept) == 20
    assert sum(part.hooks for part in swept) == 20
    assert Counter(told.public_id for told in hooks.told).most_common(1)[0][1] == 1
    with transaction.atomic():
        enter(Actor.system())
        assert set(Obligation.objects.values_list("state", flat=True)) == {OVERDUE}
        reminders = Message.objects.filter(key__startswith="remind:")
        assert Counter(reminders.values_list("to_enterprise", flat=True)).most_common(1)[0][1] == 1
        assert reminders.count() == 10
        assert AuditEvent.objects.filter(event="obligation.overdue").count() == 20


# --- verification


def test_a_deadline_nobody_marked_is_a_fault_only_when_a_worker_ran(scene: Scene) -> None:
    """A copied database has no worker: what is due there waits; with a worker at work it was forgotten."""
    now = DatabaseClock().now()
    scene.open(due_at=now.at - timedelta(hours=3))
    enter(Actor.system())
    assert not [text for text in verification.problems() if "未标为逾期" in text]
    assert [text[:9] for text in verification.notes()] == ["后台进程没有运行过"]
    jobs.beat(clock=FixedClock(Moment.of(now.at - timedelta(hours=3, minutes=30))), names=("worker",))
    assert [text[:6] for text in verification.notes()] == ["后台进程自 "]
    jobs.beat(clock=FixedClock(now), names=("worker",))
    assert len([text for text in verification.problems() if "未标为逾期" in text]) == 1
    assert list(verification.notes()) == []
