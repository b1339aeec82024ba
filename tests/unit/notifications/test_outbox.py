"""A message is stored once, with the act it tells about, and read by its recipient only."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core import wake
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.notifications import selectors, services
from apps.notifications.models import Message
from tests import worlds
from tests.unit.foundation import at_once, member, rows

pytestmark = pytest.mark.django_db


def send(clock: FixedClock, key: str, **recipient: Any) -> None:
    services.enqueue(
        key=key,
        template="not_awarded",
        context={"reason": "得分不足", "public_id": "abc", "number": "GF1A-1", "enterprise": "示例"},
        moment=clock.now(),
        **recipient,
    )


def count(key: str) -> int:
    enter(Actor.system())
    return Message.objects.filter(key=key).count()


def test_the_same_key_twice_is_one_message(clock: FixedClock) -> None:
    enter(Actor.system())
    send(clock, "k:1", to_municipal=True)
    send(clock, "k:1", to_municipal=True)
    assert count("k:1") == 1


@pytest.mark.parametrize("recipients", [{}, {"to_municipal": True, "to_district": "320583"}])
def test_exactly_one_recipient(clock: FixedClock, recipients: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one recipient"):
        send(clock, "k:none", **recipients)


def test_whoever_writes_need_not_be_able_to_read(clock: FixedClock) -> None:
    sender = member(clock)
    enter(sender)
    send(clock, "k:to-district", to_district=worlds.KUNSHAN)
    assert rows("select 1 from notifications_message where key = 'k:to-district'") == []
    assert count("k:to-district") == 1


def test_recipients_see_their_messages_and_nobody_elses(clock: FixedClock) -> None:
    firm, other = member(clock, 0), member(clock, 1)
    district, elsewhere = worlds.district_staff(clock), worlds.district_staff(clock, worlds.WUZHONG)
    city = worlds.municipal_staff(clock)
    expert = worlds.expert(clock, 1)
    enter(Actor.system())
    Message.objects.all().delete()
    send(clock, "firm", to_enterprise=firm.enterprise_id)
    send(clock, "district", to_district=worlds.KUNSHAN)
    send(clock, "city", to_municipal=True)
    send(clock, "expert", to_expert=expert.expert_id)
    send(clock, "person", to_user=district.signer.user_id)
    expected = {
        firm: {"firm"},
        other: set(),
        district.handler: {"district"},
        district.signer: {"district", "person"},
        elsewhere.handler: set(),
        city.handler: {"city"},
        expert: {"expert"},
        Actor.public(): set(),
    }
    for actor, keys in expected.items():
        enter(actor)
        scoped = set(Message.objects.visible_to(actor).values_list("key", flat=True))
        walled = {key for (key,) in rows("select key from notifications_message")}
        assert scoped == walled == keys, actor.label
        assert selectors.unread_count(actor=actor) == len(keys)


def test_link_of_a_personal_message_follows_the_persons_role(clock: FixedClock) -> None:
    staff = worlds.district_staff(clock)
    enter(Actor.system())
    send(clock, "k:person", to_user=staff.signer.user_id)
    assert Message.objects.get(key="k:person").link == "/d/applications/abc/"


def test_reading_once_makes_it_read(clock: FixedClock) -> None:
    firm = member(clock)
    enter(Actor.system())
    Message.objects.all().delete()
    send(clock, "k:read", to_enterprise=firm.enterprise_id)
    assert selectors.first_read_at(actor=Actor.system(), key="k:read") is None
    enter(firm)
    inbox = selectors.inbox(actor=firm)
    assert (inbox.total, inbox.unread, inbox.rows[0].is_read) == (1, 1, False)
    link = services.mark_read(actor=firm, clock=clock, public_id=inbox.rows[0].public_id)
    first = clock.now().at
    assert link == "/e/applications/abc/"
    clock.advance(timedelta(hours=1))
    services.mark_read(actor=firm, clock=clock, public_id=inbox.rows[0].public_id)
    assert selectors.unread_count(actor=firm) == 0
    assert selectors.inbox(actor=firm, unread_only=True).rows == []
    city = worlds.municipal_staff(clock).handler
    enter(city)
    assert selectors.first_read_at(actor=city, key="k:read") == first
    assert rows("select 1 from notifications_messageread") == [], "the look across ends with the look"


def test_somebody_elses_message_cannot_be_read(clock: FixedClock) -> None:
    firm, other = member(clock, 0), member(clock, 1)
    enter(Actor.system())
    send(clock, "k:foreign", to_enterprise=firm.enterprise_id)
    public_id = Message.objects.get(key="k:foreign").public_id
    enter(other)
    with pytest.raises(NotVisible):
        services.mark_read(actor=other, clock=clock, public_id=public_id)


def test_all_read_at_once(clock: FixedClock) -> None:
    firm = member(clock)
    enter(Actor.system())
    Message.objects.all().delete()
    for number in range(3):
        send(clock, f"k:{number}", to_enterprise=firm.enterprise_id)
    enter(firm)
    assert services.mark_all_read(actor=firm, clock=clock) == 3
    assert services.mark_all_read(actor=firm, clock=clock) == 0
    assert selectors.unread_count(actor=firm) == 0


def test_pages_stay_in_range_and_cost_constant_queries(
    clock: FixedClock, django_assert_num_queries: Any
) -> None:
    firm = member(clock)
    enter(Actor.system())
    Message.objects.all().delete()
    for number in range(7):
        send(clock, f"k:{number}", to_enterprise=firm.enterprise_id)
    enter(firm)
    with django_assert_num_queries(2):
        found = selectors.inbox(actor=firm, page=99, per_page=3)
    assert (found.page, found.pages, len(found.rows)) == (3, 3, 1)


@pytest.mark.django_db(transaction=True)
def test_no_message_without_the_act(clock: FixedClock) -> None:
    def act_and_fail() -> None:
        enter(Actor.system())
        send(clock, "k:rolled-back", to_municipal=True)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        act_and_fail()
    with transaction.atomic():
        assert count("k:rolled-back") == 0
    with pytest.raises(ValueError, match="transaction"):
        send(clock, "k:outside", to_municipal=True)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_message(clock: FixedClock) -> None:
    def work(number: int) -> None:
        with transaction.atomic():
            enter(Actor.system())
            send(clock, "k:race", to_municipal=True)

    at_once(8, work)
    with transaction.atomic():
        assert count("k:race") == 1


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_the_request_nothing(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """F07, F08: the wake-up is another thread's business, and its failure nobody's."""
    tried = threading.Event()

    def hang(*args: Any, **kwargs: Any) -> None:
        tried.set()
        time.sleep(1)
        raise OperationalError("broker down")

    monkeypatch.setattr(wake, "_WAKER", wake._Waker())
    monkeypatch.setattr(wake.current_app, "send_task", hang)
    began = time.monotonic()
    with transaction.atomic():
        enter(Actor.system())
        send(clock, "k:no-broker", to_municipal=True)
    assert time.monotonic() - began < 0.5
    assert tried.wait(timeout=5)
    with transaction.atomic():
        assert count("k:no-broker") == 1


def test_after_a_failure_the_broker_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def refuse(name: str, **kwargs: Any) -> None:
        calls.append(name)
        raise OperationalError("refused")

    monkeypatch.setattr(wake.current_app, "send_task", refuse)
    waker = wake._Waker()
    waker.publish(["a"])
    waker.request("b")
    assert calls == ["a"]
    assert waker._names == set()
