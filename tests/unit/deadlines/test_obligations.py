"""One table of what is owed: one live row per kind and subject, seen where its subject is, closed with its act."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, end_of_day
from apps.core.scoping import enter
from apps.deadlines import selectors, services
from apps.deadlines.counting import Counting
from apps.deadlines.models import Obligation
from apps.deadlines.registry import register_kind
from apps.deadlines.services.access import as_system
from apps.deadlines.states import CANCELLED, MET, OPEN, OVERDUE, Party
from apps.deadlines.verification import problems
from apps.portals.base.calendar_feed import calendar_of
from tests import worlds
from tests.unit.deadlines.conftest import Scene
from tests.unit.foundation import at_once, member, rows

pytestmark = pytest.mark.django_db


def test_a_day_ends_at_midnight_and_an_instant_is_kept(scene: Scene) -> None:
    by_day = scene.open(due_on=date(2026, 12, 4))
    assert by_day.due_at == end_of_day(date(2026, 12, 4))
    instant = datetime(2026, 12, 4, 17, 0, tzinfo=SHANGHAI)
    by_instant = scene.open("t.filing", due_at=instant)
    assert (by_instant.due_on, by_instant.due_at) == (date(2026, 12, 4), instant)
    midnight = scene.open("t.answer", due_at=datetime(2026, 12, 5, 0, 0, tzinfo=SHANGHAI))
    assert midnight.due_on == date(2026, 12, 4), "24:00 belongs to the day that ends"


def test_the_explanation_comes_from_the_counting(scene: Scene) -> None:
    due = scene.open(counting=Counting.workdays(date(2026, 11, 22), 10), basis="补正期限10个工作日。")
    assert due.basis == "补正期限10个工作日。自2026年11月22日次日起算10个工作日，至2026年12月4日届满。"


@pytest.mark.parametrize(
    "arguments", [{}, {"due_on": date(2026, 12, 4), "due_at": datetime(2026, 12, 4, tzinfo=SHANGHAI)}]
)
def test_exactly_one_deadline(scene: Scene, arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        scene.open(**arguments)


def test_an_unknown_kind_is_a_mistake(scene: Scene) -> None:
    with pytest.raises(KeyError):
        scene.open("t.nothing", due_on=date(2026, 12, 4))
    with pytest.raises(ValueError, match="share the code"):
        register_kind("t.supplement", label="别的", party=Party.DISTRICT)


def test_opening_again_dates_it_anew_and_is_audited(scene: Scene) -> None:
    first = scene.open(due_on=date(2026, 12, 4))
    again = scene.open(due_on=date(2026, 12, 4))
    assert again == first
    assert not AuditEvent.objects.filter(event="obligation.redate").exists()
    later = scene.open(due_on=date(2026, 12, 11))
    assert later.public_id == first.public_id
    assert later.due_on == date(2026, 12, 11)
    assert AuditEvent.objects.filter(event="obligation.redate").count() == 1
    assert Obligation.objects.count() == 1


def test_closed_ones_stay_and_a_new_one_may_open(scene: Scene) -> None:
    first = scene.open(due_on=date(2026, 12, 4))
    assert services.meet_obligation(kind="t.supplement", subject=scene.subject, moment=scene.clock.now())
    assert not services.meet_obligation(kind="t.supplement", subject=scene.subject, moment=scene.clock.now())
    second = scene.open(due_on=date(2026, 12, 18))
    assert second.public_id != first.public_id
    assert [row.state for row in Obligation.objects.order_by("pk")] == [MET, OPEN]


def test_cancelling_all_or_some(scene: Scene) -> None:
    supplement = scene.open(due_on=date(2026, 12, 4))
    filing = scene.open("t.filing", due_on=date(2026, 12, 4))
    answer = scene.open("t.answer", due_on=date(2026, 12, 4))
    moment = scene.clock.now()
    assert services.cancel_obligations(subject=scene.subject, moment=moment, kinds=["t.filing"]) == 1
    assert scene.row(filing).state == CANCELLED
    assert services.cancel_obligations(subject=scene.subject, moment=moment) == 2
    assert {scene.row(supplement).state, scene.row(answer).state} == {CANCELLED}


def test_the_database_keeps_one_live_row(scene: Scene) -> None:
    scene.open(due_on=date(2026, 12, 4))
    row = Obligation.objects.get()
    row.pk, row.public_id = None, "another"
    with pytest.raises(IntegrityError, match="obligation_one_live_per_subject"), transaction.atomic():
        row.save(force_insert=True)


def test_who_sees_what(scene: Scene, clock: FixedClock) -> None:
    other = member(clock, 1)
    district, elsewhere = worlds.district_staff(clock), worlds.district_staff(clock, worlds.WUZHONG)
    city = worlds.municipal_staff(clock)
    expert, another = worlds.expert(clock, 1), worlds.expert(clock, 2)
    scene.open("t.supplement", due_on=date(2026, 12, 4))
    scene.open("t.filing", due_on=date(2026, 12, 4))
    review = scene.open("t.review", due_on=date(2026, 12, 4), expert=expert.expert_id)
    assert (scene.row(review).enterprise_id, scene.row(review).district_id) == (None, None)
    both, everything = {"t.supplement", "t.filing"}, {"t.supplement", "t.filing", "t.review"}
    expected = {
        scene.firm: both,
        other: set(),
        district.handler: both,
        elsewhere.handler: set(),
        city.handler: everything,
        expert: {"t.review"},
        another: set(),
        Actor.public(): set(),
    }
    for actor, kinds in expected.items():
        enter(actor)
        listed = {row.kind for row in selectors.obligations_for(actor=actor).rows}
        walled = {kind for (kind,) in rows("select kind from deadlines_obligation")}
        assert listed == walled == kinds, actor.label
    enter(scene.firm)
    mine = selectors.obligations_for(actor=scene.firm, mine=True)
    assert [row.kind for row in mine.rows] == ["t.supplement"]
    assert [row.label for row in selectors.obligations_of(actor=scene.firm, subject=scene.subject)] == [
        "补正材料",
        "报送备案",
    ]


def test_an_act_of_one_party_opens_and_closes_what_another_owes(scene: Scene, clock: FixedClock) -> None:
    for actor in (Actor.public(), worlds.expert(clock, 1), scene.firm):
        enter(actor)
        services.open_obligation(
            kind="t.answer", subject=scene.subject, rule="R-25", moment=clock.now(), due_on=date(2026, 12, 4)
        )
        assert services.meet_obligation(kind="t.answer", subject=scene.subject, moment=clock.now())
        assert rows("select current_setting('gf.role')") == [(actor.role.value,)]


def test_the_look_across_ends_with_an_error(scene: Scene) -> None:
    enter(scene.firm)
    with pytest.raises(ZeroDivisionError), as_system():
        raise ZeroDivisionError
    assert rows("select current_setting('gf.role')") == [("enterprise",)]


def test_lists_are_ordered_filtered_and_cost_constant_queries(
    scene: Scene, clock: FixedClock, django_assert_num_queries: object
) -> None:
    city = worlds.municipal_staff(clock).handler
    for number in range(5):
        subject = worlds.enterprise_row(member(clock, number + 1))
        scene.open("t.answer", subject=subject, due_on=date(2026, 12, 10 - number))
    enter(city)
    with django_assert_num_queries(2):  # type: ignore[operator]
        page = selectors.obligations_for(actor=city, page=9, per_page=2)
    assert (page.page, page.pages, page.total, page.overdue) == (3, 3, 5, 0)
    found = selectors.obligations_for(actor=city, mine=True, kinds=["t.answer"], due_until=date(2026, 12, 7))
    assert [row.due_on.day for row in found.rows] == [6, 7]
    assert selectors.obligations_for(actor=city, district=worlds.WUZHONG).total == 0
    assert selectors.days_left(found.rows[0], on=date(2026, 12, 4)) == 2


def test_live_due_is_the_open_one(scene: Scene) -> None:
    assert selectors.live_due(kind="t.supplement", subject=scene.subject) is None
    due = scene.open(due_on=date(2026, 12, 4))
    found = selectors.live_due(kind="t.supplement", subject=scene.subject)
    assert found is not None
    assert (found.public_id, found.path) == (due.public_id, f"applications/{scene.subject.public_id}/")  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_leave_one_row(clock: FixedClock) -> None:
    with transaction.atomic():
        firm = member(clock)
        subject = worlds.enterprise_row(firm)

    def open_it(number: int) -> str:
        try:
            with transaction.atomic():
                enter(Actor.system())
                due = services.open_obligation(
                    kind="t.supplement",
                    subject=subject,
                    rule="R-14",
                    moment=clock.now(),
                    enterprise=firm.enterprise_id,
                    district=worlds.KUNSHAN,
                    due_on=date(2026, 12, 4),
                )
                return due.public_id
        except IntegrityError:
            return "refused"

    results = at_once(4, open_it)
    with transaction.atomic():
        enter(Actor.system())
        assert Obligation.objects.count() == 1
    assert len({result for result in results if result != "refused"}) == 1


@pytest.mark.django_db(transaction=True)
def test_an_obligation_belongs_to_a_transaction(clock: FixedClock) -> None:
    with transaction.atomic():
        subject = worlds.enterprise_row(member(clock))
    for act in (
        lambda: services.open_obligation(
            kind="t.answer", subject=subject, rule="R-25", moment=clock.now(), due_on=date(2026, 12, 4)
        ),
        lambda: services.meet_obligation(kind="t.answer", subject=subject, moment=clock.now()),
        lambda: services.cancel_obligations(subject=subject, moment=clock.now()),
    ):
        with pytest.raises(ValueError, match="transaction"):
            act()


def test_verification_names_what_is_wrong(scene: Scene, kinds: dict[str, object]) -> None:
    scene.open(counting=Counting.workdays(date(2026, 11, 22), 10))
    scene.open("t.answer", due_on=date(2026, 12, 4))
    scene.open("t.filing", due_on=date(2026, 12, 4))
    enter(Actor.system())
    future = [problem for problem in problems() if "满一小时" not in problem]
    assert future == []
    Obligation.objects.filter(kind="t.supplement").update(due_on=date(2026, 12, 3))
    Obligation.objects.filter(kind="t.answer").update(
        state=OVERDUE, hook_attempts=3, hook_due_at=scene.clock.now().at, hook_error="示例"
    )
    Obligation.objects.filter(kind="t.filing").update(
        state=MET, closed_at=scene.clock.now().at - timedelta(days=1)
    )
    del kinds["t.answer"]
    found = "".join(problems())
    for words in ("未登记的类别 t.answer", "逾期处理多次失败：示例", "早于设立时间", "不一致"):
        assert words in found


def test_a_calendar_program_is_told_of_every_change(scene: Scene) -> None:
    """What was met, cancelled, put off or missed reaches the program under a higher sequence; after 90 days no more."""
    first, second = scene.open(due_on=date(2026, 12, 4)), scene.open("t.rectify", due_on=date(2026, 12, 4))
    owner = scene.firm

    def told(days: int = 0) -> dict[str, tuple[str, int, date]]:
        enter(owner)
        at = scene.clock.now().at + timedelta(days=days)
        feed = calendar_of(selectors.calendar_feed_rows(actor=owner, at=at), actor=owner, at=at)
        return {
            str(event["uid"]).partition("@")[0]: (
                str(event["status"]),
                event["sequence"],
                event["dtstart"].dt,
            )
            for event in Calendar.from_ical(feed).walk("VEVENT")
        }

    day, later = date(2026, 12, 4), date(2026, 12, 18)
    unchanged = ("CONFIRMED", 0, day)
    assert told() == {first.public_id: unchanged, second.public_id: unchanged}
    scene.open(due_on=date(2026, 12, 4))
    assert told()[first.public_id] == unchanged, "dated anew on the same day: nothing has changed"
    scene.open(due_on=later)
    services.cancel_obligations(subject=scene.subject, moment=scene.clock.now(), kinds=["t.rectify"])
    assert told() == {
        first.public_id: ("CONFIRMED", 1, later),
        second.public_id: ("CANCELLED", 1, day),
    }
    services.meet_obligation(kind="t.supplement", subject=scene.subject, moment=scene.clock.now())
    assert told()[first.public_id] == ("CANCELLED", 2, later)
    assert told(days=91) == {}
