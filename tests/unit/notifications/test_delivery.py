"""Mail goes out once per address whatever dies: workers, the gateway, single addresses."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.notifications import selectors, services
from apps.notifications.addressing import Way
from apps.notifications.models import Delivery, Message
from apps.notifications.services import delivery, expanding, leasing
from apps.notifications.states import FAILED, LEASED, MAIL, SENDING, SENT, SMS, UNKNOWN, WAITING
from apps.policy.parameters import DEFAULTS
from tests import worlds
from tests.unit.foundation import at_once, member, with_mail

pytestmark = pytest.mark.django_db


def send(clock: FixedClock, key: str = "m:1", template: str = "not_awarded", **recipient: Any) -> None:
    enter(Actor.system())
    context = {"reason": "得分不足", "public_id": "abc", "enterprise": "示例", "score": "70.00"}
    services.enqueue(key=key, template=template, context=context, moment=clock.now(), **recipient)


def the_only() -> Delivery:
    enter(Actor.system())
    return Delivery.objects.get()


def firm_with_mail(clock: FixedClock, mail: str = "a@example.invalid") -> Actor:
    firm = member(clock, mail=mail)
    enter(Actor.system())
    Message.objects.all().delete()
    return firm


class Gateway(EmailBackend):
    """A gateway that misbehaves as told."""

    answers: dict[str, BaseException] = {}
    down = False

    def open(self) -> bool:
        if Gateway.down:
            raise ConnectionRefusedError("gateway down")
        return True

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            answer = Gateway.answers.get(message.to[0])
            if answer is not None:
                raise answer
        return super().send_messages(messages)


@pytest.fixture
def gateway(settings: Any) -> Any:
    settings.EMAIL_BACKEND = f"{__name__}.Gateway"
    Gateway.answers, Gateway.down = {}, False
    return Gateway


def test_a_mail_says_what_the_message_says_and_where_to_go(clock: FixedClock, settings: Any) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    assert services.deliver(clock=clock).sent == 1
    sent = mail.outbox[0]
    assert sent.subject == "不予评定"
    assert "要做什么：" in sent.body
    assert f"{settings.PUBLIC_URL}/e/applications/abc/" in sent.body
    assert sent.to == ["a@example.invalid"]
    assert the_only().state == SENT


def test_a_second_run_sends_nothing(clock: FixedClock) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    services.deliver(clock=clock)
    clock.advance(timedelta(days=1))
    assert services.deliver(clock=clock) == delivery.Delivered()
    assert len(mail.outbox) == 1


def test_of_a_bureau_those_on_duty_get_the_mail(clock: FixedClock) -> None:
    staff = worlds.district_staff(clock)
    with_mail(staff.handler, "handler@example.invalid")
    with_mail(staff.signer, "signer@example.invalid")
    enter(Actor.system())
    Message.objects.all().delete()
    send(clock, "m:sign", "prelim_to_sign", to_district=worlds.KUNSHAN)
    services.deliver(clock=clock)
    assert [sent.to for sent in mail.outbox] == [["signer@example.invalid"]]


def test_when_nobody_holds_the_duty_everybody_gets_the_mail(clock: FixedClock) -> None:
    handler = worlds.staff_member(
        clock, "only", "顾晓岚", role=Role.DISTRICT, duties=[Duty.HANDLER], district=worlds.KUNSHAN
    )
    with_mail(handler, "handler@example.invalid")
    send(clock, "m:sign", "prelim_to_sign", to_district=worlds.KUNSHAN)
    services.deliver(clock=clock)
    assert [sent.to for sent in mail.outbox] == [["handler@example.invalid"]]


def test_progress_mail_can_be_switched_off_and_nothing_else(clock: FixedClock) -> None:
    firm = firm_with_mail(clock)
    enter(firm)
    services.set_mail_preference(actor=firm, clock=clock, progress_by_mail=False)
    services.set_mail_preference(actor=firm, clock=clock, progress_by_mail=False)
    send(clock, "m:progress", "city_accepted", to_enterprise=firm.enterprise_id)
    send(clock, "m:result", "not_awarded", to_enterprise=firm.enterprise_id)
    services.deliver(clock=clock)
    assert [sent.subject for sent in mail.outbox] == ["不予评定"]
    with pytest.raises(Forbidden):
        services.set_mail_preference(actor=Actor.public(), clock=clock, progress_by_mail=True)


def test_one_refused_address_does_not_stop_the_others(clock: FixedClock, gateway: Any) -> None:
    """F37."""
    firm = firm_with_mail(clock)
    staff = worlds.district_staff(clock)
    with_mail(staff.handler, "gone@example.invalid")
    enter(Actor.system())
    Message.objects.all().delete()
    gateway.answers = {
        "gone@example.invalid": SMTPRecipientsRefused({"gone@example.invalid": (550, b"no such user")})
    }
    send(clock, "m:1", to_district=worlds.KUNSHAN)
    send(clock, "m:2", to_enterprise=firm.enterprise_id)
    done = services.deliver(clock=clock)
    assert (done.sent, done.failed) == (1, 1)
    assert [sent.to for sent in mail.outbox] == [["a@example.invalid"]]
    enter(Actor.system())
    refused = Delivery.objects.get(address="gone@example.invalid")
    assert (refused.state, refused.attempts) == (FAILED, 1)
    assert "550" in refused.last_error


def test_a_temporary_refusal_is_tried_again_later_and_not_for_ever(clock: FixedClock, gateway: Any) -> None:
    firm = firm_with_mail(clock)
    gateway.answers = {"a@example.invalid": SMTPResponseException(451, b"try later")}
    send(clock, to_enterprise=firm.enterprise_id)
    expanding.expand_all(clock)
    waits = []
    for _ in range(delivery.MAX_ATTEMPTS):
        before = the_only().attempts
        services.deliver(clock=clock)
        row = the_only()
        assert row.attempts == before + 1
        waits.append(row.next_attempt_at - clock.now().at)
        assert services.deliver(clock=clock).postponed == 0, "not before its time"
        clock.set(clock.now().plus(waits[-1]))
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert the_only().state == FAILED
    gateway.answers = {}
    services.deliver(clock=clock)
    assert mail.outbox == []


def test_a_gateway_that_is_down_costs_no_attempt(clock: FixedClock, gateway: Any) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    gateway.down = True
    assert services.deliver(clock=clock).postponed == 1
    assert (the_only().state, the_only().attempts) == (WAITING, 0)
    gateway.down = False
    assert services.deliver(clock=clock).sent == 0, "left alone for a while"
    clock.advance(delivery.GATEWAY_WAIT)
    assert services.deliver(clock=clock).sent == 1


@pytest.mark.parametrize(
    "fault", [SMTPServerDisconnected("gone"), TimeoutError("slow"), ConnectionResetError("reset")]
)
def test_a_mail_that_may_have_been_taken_is_never_sent_again(
    clock: FixedClock, gateway: Any, fault: BaseException
) -> None:
    firm = firm_with_mail(clock)
    gateway.answers = {"a@example.invalid": fault}
    send(clock, to_enterprise=firm.enterprise_id)
    services.deliver(clock=clock)
    assert the_only().state == UNKNOWN
    gateway.answers = {}
    clock.advance(timedelta(days=2))
    services.deliver(clock=clock)
    assert mail.outbox == []


def test_a_worker_that_died_before_the_window_loses_its_rows(clock: FixedClock) -> None:
    """F11: taken over within two minutes."""
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    expanding.expand_all(clock)
    assert len(leasing.lease(clock, "dead-worker")) == 1
    clock.advance(timedelta(seconds=119))
    assert services.deliver(clock=clock).sent == 0
    clock.advance(timedelta(seconds=1))
    assert services.deliver(clock=clock).sent == 1
    assert the_only().state == SENT


def test_a_worker_that_died_inside_the_window_leaves_it_unknown(clock: FixedClock) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    expanding.expand_all(clock)
    (item,) = leasing.lease(clock, "dead-worker")
    assert leasing.advance(None, item, "dead-worker", clock.now().at)
    assert the_only().state == SENDING
    clock.advance(timedelta(minutes=2))
    services.deliver(clock=clock)
    assert the_only().state == UNKNOWN
    assert mail.outbox == []


def test_a_worker_believed_dead_cannot_send_what_another_has(clock: FixedClock) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    expanding.expand_all(clock)
    (item,) = leasing.lease(clock, "slow-worker")
    clock.advance(timedelta(minutes=2))
    assert len(leasing.lease(clock, "next-worker")) == 1
    assert not leasing.advance(None, item, "slow-worker", clock.now().at)
    assert the_only().state == LEASED


def test_the_log_is_the_system_administrators_and_hides_addresses(clock: FixedClock) -> None:
    firm = firm_with_mail(clock, "zhou.min@example.invalid")
    send(clock, to_enterprise=firm.enterprise_id)
    services.deliver(clock=clock)
    admin = Actor(role=Role.SYSTEM_ADMIN, user_id=0)
    enter(admin)
    (row,) = selectors.deliveries(actor=admin, state=SENT)
    assert row.address == "z***@example.invalid"
    with pytest.raises(Forbidden):
        selectors.deliveries(actor=firm)
    enter(firm)
    assert not Delivery.objects.exists(), "behind the wall, too"


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_mail_once(clock: FixedClock) -> None:
    """F12, M10: many messages, workers at once, every address exactly once."""
    with transaction.atomic():
        firms = [member(clock, serial, mail=f"firm{serial}@example.invalid") for serial in range(3)]
        enter(Actor.system())
        Message.objects.all().delete()
        for number in range(40):
            for firm in firms:
                send(clock, f"m:{number}:{firm.enterprise_id}", to_enterprise=firm.enterprise_id)
    done = at_once(4, lambda _: services.deliver(clock=clock))
    keys = Counter((sent.extra_headers["X-Message-Key"], sent.to[0]) for sent in mail.outbox)
    assert len(keys) == 120
    assert set(keys.values()) == {1}
    assert sum(part.sent for part in done) == 120
    with transaction.atomic():
        enter(Actor.system())
        assert set(Delivery.objects.values_list("state", flat=True)) == {SENT}


@pytest.mark.parametrize(
    ("template", "way", "hour", "waits_until"),
    [
        ("deadline_reminder", Way(MAIL, "a@example.invalid"), 21, None),
        ("deadline_reminder", Way(MAIL, "a@example.invalid"), 22, (23, 8, 0)),
        ("application_checked", Way(MAIL, "a@example.invalid"), 3, (22, 8, 0)),
        ("application_checked", Way(MAIL, "a@example.invalid"), 8, None),
        ("application_checked", Way(MAIL, "a@example.invalid", digest=True), 10, (22, 11, 0)),
        ("application_checked", Way(MAIL, "a@example.invalid", digest=True), 21, (23, 8, 0)),
        ("not_awarded", Way(MAIL, "a@example.invalid"), 3, None),
        ("not_awarded", Way(SMS, "138****0001", person=1), 3, (22, 8, 0)),
    ],
)
def test_only_results_are_mailed_at_night_and_digests_wait(
    template: str, way: Way, hour: int, waits_until: tuple[int, int, int] | None
) -> None:
    moment = Moment.in_shanghai(date(2026, 11, 22), hour)
    expected = moment.at
    if waits_until is not None:
        day, *clock_time = waits_until
        expected = Moment.in_shanghai(date(2026, 11, day), *clock_time).at
    assert expanding.due_at(template, way, moment=moment, parameters=DEFAULTS) == expected


def test_the_administrator_sends_again_what_did_not_arrive(clock: FixedClock, gateway: Any) -> None:
    firm = firm_with_mail(clock)
    admin = worlds.staff_member(clock, "xitong", "系统管理员甲", role=Role.SYSTEM_ADMIN, duties=[])
    enter(Actor.system())
    Message.objects.all().delete()
    gateway.answers = {"a@example.invalid": SMTPRecipientsRefused({"a@example.invalid": (550, b"full")})}
    send(clock, to_enterprise=firm.enterprise_id)
    services.deliver(clock=clock)
    (row,) = selectors.deliveries(actor=admin, state=FAILED)
    with pytest.raises(Forbidden):
        services.resend(actor=firm, clock=clock, delivery_id=row.id)
    enter(admin)
    with pytest.raises(NotVisible):
        services.resend(actor=admin, clock=clock, delivery_id=0)
    services.resend(actor=admin, clock=clock, delivery_id=row.id)
    with pytest.raises(WrongStep):
        services.resend(actor=admin, clock=clock, delivery_id=row.id)
    gateway.answers = {}
    assert services.deliver(clock=clock).sent == 1
    assert (the_only().state, the_only().attempts) == (SENT, 1)


def test_a_message_says_why_one_got_it(clock: FixedClock) -> None:
    firm = firm_with_mail(clock)
    send(clock, to_enterprise=firm.enterprise_id)
    send(clock, "remind:abc:2026-12-07:T-7:enterprise", to_enterprise=firm.enterprise_id)
    enter(firm)
    assert [row.why for row in selectors.inbox(actor=firm).rows] == [
        "发给贵单位全体成员；期限提醒（T-7）",
        "发给贵单位全体成员；结果消息",
    ]
