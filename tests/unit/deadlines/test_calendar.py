"""The working calendar: published years only, audited corrections, every live deadline counted again (F40)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.db import transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines import selectors, services
from apps.deadlines.counting import Counting, Method
from apps.deadlines.models import CalendarDay
from apps.deadlines.states import OPEN, OVERDUE
from apps.notifications.models import Message
from apps.policy.calendar import DayKind
from tests import worlds
from tests.unit.deadlines.conftest import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_admin")]
ADMIN = Actor(role=Role.SYSTEM_ADMIN, user_id=99, name="系统管理员")
HOLIDAYS_2027 = {date(2027, 1, 1) + timedelta(days=n): "元旦" for n in range(3)} | {
    date(2027, 2, 6) + timedelta(days=n): "春节" for n in range(8)
}


@pytest.fixture
def as_admin(db: None) -> None:
    enter(ADMIN)


GOLDEN = yaml.safe_load("""
- {start: 2020-12-02, days: 5, end: 2020-12-08}
- {start: 2022-04-06, days: 5, end: 2022-04-12}
- {start: 2023-03-31, days: 5, end: 2023-04-07}
- {start: 2024-04-07, days: 5, end: 2024-04-11}
- {start: 2025-05-26, days: 5, end: 2025-05-30}
- {start: 2026-09-28, days: 5, end: 2026-10-09}
- {start: 2026-02-12, days: 5, end: 2026-02-25}
- {start: 2026-10-03, days: 5, end: 2026-10-13}
""")


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: str(case["start"]))
def test_the_stored_calendar_gives_the_periods_really_published(case: dict[str, Any]) -> None:
    term = selectors.term(Counting.publicity(case["start"], case["days"], DayKind.WORKING))
    assert (term.ends_on, term.provisional) == (case["end"], False)


def test_every_published_year_is_whole_and_the_next_is_not_invented() -> None:
    coverage = selectors.calendar_coverage(on=date(2026, 11, 22))
    assert coverage.years[0] == 2020
    assert coverage.years == tuple(range(2020, coverage.years[-1] + 1))
    for year in coverage.years:
        days = selectors.calendar_year(year)
        assert len(days) in {365, 366}
        assert days[-1].date == date(year, 12, 31)
    assert selectors.calendar_year(coverage.years[-1] + 1) == []
    assert selectors.work_calendar().is_provisional(date(coverage.years[-1] + 1, 1, 4))
    spring = next(day for day in selectors.calendar_year(2026) if day.date == date(2026, 2, 17))
    makeup = next(day for day in selectors.calendar_year(2026) if day.date == date(2026, 2, 14))
    assert (spring.name, spring.is_workday) == ("春节", False)
    assert (makeup.name, makeup.is_workday) == ("春节调休上班", True)


def test_loading_again_changes_nothing_and_writes_nothing(
    clock: FixedClock, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # one read between the savepoint's two ends
        assert services.load_calendar(clock=clock) == 0
    enter(Actor.system())
    assert not AuditEvent.objects.filter(event="calendar.load", at=clock.now().at).exists()


def test_reading_the_calendar_is_one_query_until_it_changes(
    clock: FixedClock, django_assert_num_queries: Any
) -> None:
    selectors.work_calendar()
    with django_assert_num_queries(1):
        before = selectors.work_calendar()
    assert before.is_workday(date(2026, 12, 1))
    services.correct_day(
        actor=ADMIN,
        clock=clock,
        day=date(2026, 12, 1),
        is_workday=False,
        name="临时放假",
        reason="苏府办〔2026〕示例号",
    )
    assert not selectors.work_calendar().is_workday(date(2026, 12, 1))


def test_a_rolled_back_change_leaves_no_trace_in_memory(clock: FixedClock) -> None:
    day = date(2026, 12, 1)

    def change_and_fail() -> None:
        services.correct_day(
            actor=ADMIN, clock=clock, day=day, is_workday=False, name="放假", reason="示例文件"
        )
        assert not selectors.work_calendar().is_workday(day)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        change_and_fail()
    assert selectors.work_calendar().is_workday(day)
    services.correct_day(
        actor=ADMIN, clock=clock, day=date(2026, 12, 2), is_workday=False, name="放假", reason="示例文件"
    )
    assert selectors.work_calendar().is_workday(day)


def test_a_correction_is_audited_and_moves_live_deadlines(scene: Scene, clock: FixedClock) -> None:
    due = scene.open(counting=Counting.workdays(date(2026, 11, 22), 10))
    assert due.due_on == date(2026, 12, 4)
    untouched = scene.open("t.answer", due_on=date(2026, 12, 4))
    moved = services.correct_day(
        actor=ADMIN,
        clock=clock,
        day=date(2026, 12, 1),
        is_workday=False,
        name="临时放假",
        reason="苏府办〔2026〕示例号",
    )
    assert moved == 1
    row = scene.row(due)
    assert row.due_on == date(2026, 12, 7)
    assert "2026年12月7日" in row.basis
    assert scene.row(untouched).due_on == date(2026, 12, 4)
    (message,) = scene.messages()
    assert message.to_enterprise_id == scene.firm.enterprise_id
    assert "由2026年12月4日（周五）改为2026年12月7日（周一）" in message.body
    events = {
        event.event: event
        for event in AuditEvent.objects.filter(event__in=["calendar.correct", "obligation.recompute"])
    }
    assert events["calendar.correct"].before["is_workday"] is True
    assert events["calendar.correct"].note == "苏府办〔2026〕示例号"
    assert events["obligation.recompute"].actor_role == Role.SYSTEM_ADMIN


def test_a_deadline_that_moves_later_is_open_again(scene: Scene, clock: FixedClock) -> None:
    due = scene.open(counting=Counting.workdays(date(2026, 11, 22), 1))
    clock.set(Moment.in_shanghai(date(2026, 11, 24)))
    services.sweep(clock=clock)
    assert scene.row(due).state == OVERDUE
    services.correct_day(
        actor=ADMIN, clock=clock, day=date(2026, 11, 23), is_workday=False, name="停工", reason="台风停工通知"
    )
    row = scene.row(due)
    assert (row.state, row.overdue_at, row.due_on) == (OPEN, None, date(2026, 11, 24))


def test_what_is_counted_over_an_unknown_year_is_provisional_and_settled_later(
    scene: Scene, clock: FixedClock
) -> None:
    """F40, M33: three months from November 2026."""
    due = scene.open("t.rectify", rule="R-37", counting=Counting.months(date(2026, 11, 6), 3))
    assert due.provisional
    assert "暂按周一至周五推算" in due.basis
    assert due.due_on == date(2027, 2, 8), "6 February is a Saturday"
    services.record_year(
        actor=ADMIN,
        clock=clock,
        year=2027,
        holidays=HOLIDAYS_2027,
        makeup_days=[date(2027, 2, 14)],
        source="国办发明电〔2026〕示例号",
    )
    row = scene.row(due)
    assert not row.provisional
    assert row.due_on == date(2027, 2, 14), "the first worked day after the holiday is a make-up Sunday"
    assert selectors.calendar_coverage(on=clock.now().on).missing_next_year is False
    assert AuditEvent.objects.filter(event="calendar.record_year").count() == 1


def test_when_a_year_goes_missing_nothing_crashes(scene: Scene, clock: FixedClock) -> None:
    services.record_year(
        actor=ADMIN, clock=clock, year=2027, holidays=HOLIDAYS_2027, makeup_days=[], source="示例"
    )
    due = scene.open("t.rectify", counting=Counting.months(date(2026, 11, 6), 3))
    assert not due.provisional
    CalendarDay.objects.filter(date__year=2027).delete()
    assert services.recompute_live(actor=ADMIN, clock=clock) == 1
    assert scene.row(due).provisional


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"year": 2026}, "year"),
        ({"year": 2028, "holidays": {date(2028, 1, 1): "元旦"}}, "year"),
        ({"holidays": {}}, "holidays"),
        ({"holidays": {date(2028, 1, 1): "元旦"}}, "holidays"),
        ({"makeup_days": [date(2027, 1, 1)]}, "makeup_days"),
        ({"makeup_days": [date(2027, 3, 3)]}, "makeup_days"),
        ({"source": " "}, "source"),
    ],
)
def test_an_impossible_year_is_refused(clock: FixedClock, change: dict[str, Any], field: str) -> None:
    arguments: dict[str, Any] = {
        "year": 2027,
        "holidays": HOLIDAYS_2027,
        "makeup_days": [],
        "source": "示例",
        **change,
    }
    with pytest.raises(Invalid) as refusal:
        services.record_year(actor=ADMIN, clock=clock, **arguments)
    assert field in refusal.value.errors
    assert selectors.calendar_year(2027) == []


def test_who_keeps_the_calendar(clock: FixedClock) -> None:
    city, district = worlds.municipal_staff(clock), worlds.district_staff(clock)
    arguments: dict[str, Any] = {"day": date(2026, 12, 1), "is_workday": False, "name": "", "reason": "示例"}
    for outsider in (district.signer, city.leader, Actor.public()):
        assert outsider is not None
        with pytest.raises(Forbidden):
            services.correct_day(actor=outsider, clock=clock, **arguments)
    with pytest.raises(NotVisible, match="2031年"):
        services.correct_day(actor=city.handler, clock=clock, **{**arguments, "day": date(2031, 1, 6)})
    with pytest.raises(Invalid):
        services.correct_day(actor=city.handler, clock=clock, **{**arguments, "reason": ""})
    with pytest.raises(Invalid, match="无需更正"):
        services.correct_day(actor=city.handler, clock=clock, **{**arguments, "is_workday": True})
    enter(city.handler)
    assert services.correct_day(actor=city.handler, clock=clock, **arguments) == 0


def test_a_corrected_day_survives_loading(clock: FixedClock) -> None:
    services.correct_day(
        actor=ADMIN, clock=clock, day=date(2026, 12, 1), is_workday=False, name="放假", reason="示例"
    )
    assert services.load_calendar(clock=clock) == 0
    assert not selectors.work_calendar().is_workday(date(2026, 12, 1))


def test_a_missing_year_is_called_to_mind_weekly_from_mid_november(scene: Scene, clock: FixedClock) -> None:
    def warnings() -> int:
        enter(Actor.system())
        return Message.objects.filter(template="calendar_missing").count()

    clock.set(Moment.in_shanghai(date(2026, 11, 14), 23, 59))
    services.sweep(clock=clock)
    assert warnings() == 0
    clock.set(Moment.in_shanghai(date(2026, 11, 15)))
    for _ in range(3):
        services.sweep(clock=clock)
    assert warnings() == 2, "the city and the administrators"
    clock.set(Moment.in_shanghai(date(2026, 11, 16)))
    services.sweep(clock=clock)
    assert warnings() == 4
    services.record_year(
        actor=ADMIN, clock=clock, year=2027, holidays=HOLIDAYS_2027, makeup_days=[], source="示例"
    )
    clock.set(Moment.in_shanghai(date(2026, 11, 23)))
    services.sweep(clock=clock)
    assert warnings() == 4


def test_the_present_year_missing_is_called_to_mind_at_any_time(scene: Scene, clock: FixedClock) -> None:
    clock.set(Moment.in_shanghai(date(2027, 2, 1)))
    services.sweep(clock=clock)
    enter(Actor.system())
    (title,) = set(Message.objects.filter(template="calendar_missing").values_list("title", flat=True))
    assert title == "2027年放假安排尚未录入"


def test_everybody_reads_the_calendar_and_few_may_write_it(clock: FixedClock) -> None:
    for outsider in (worlds.district_staff(clock).signer, Actor.public()):
        enter(outsider)
        assert CalendarDay.objects.filter(date=date(2026, 12, 1)).exists()
        assert CalendarDay.objects.filter(date=date(2026, 12, 1)).update(is_workday=False) == 0


@pytest.mark.parametrize("method", list(Method))
def test_a_recipe_survives_storage(method: Method) -> None:
    recipe = Counting(method, date(2026, 11, 22), 3)
    assert Counting.from_stored(recipe.stored()) == recipe
    assert recipe.term(selectors.work_calendar()).starts_on >= date(2026, 11, 22)
