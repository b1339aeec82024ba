"""Several messages in one mail, and short messages: who chose them, once each, never a number in the log."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.notifications import selectors, services
from apps.notifications.models import Delivery, MailPreference, Message
from apps.notifications.sms import SmsRefused, SmsUnavailable, mobile, sms_text
from apps.notifications.states import FAILED, SENT, UNKNOWN, WAITING
from tests.unit.foundation import member

pytestmark = pytest.mark.django_db
_PHONE = "13800000001"
_SHOWN = "138****0001"


@pytest.fixture
def firm(clock: FixedClock) -> Actor:
    found = member(clock, mail="a@example.invalid")
    enter(Actor.system())
    Message.objects.all().delete()
    return found


def _tell(clock: FixedClock, firm: Actor, *templates: str) -> None:
    enter(Actor.system())
    for template in templates:
        services.enqueue(
            key=f"{template}:{clock.now().at.isoformat()}",
            template=template,
            context={"reason": "得分不足", "public_id": "abc", "score": "70.00", "enterprise": "示例"},
            moment=clock.now(),
            to_enterprise=firm.enterprise_id,
        )


def _choose(clock: FixedClock, who: Actor, **chosen: Any) -> None:
    enter(who)
    services.set_mail_preference(actor=who, clock=clock, progress_by_mail=True, **chosen)


def _run(clock: FixedClock) -> services.Delivered:
    return services.deliver(clock=clock)


def test_progress_of_an_hour_is_one_mail_and_results_do_not_wait(clock: FixedClock, firm: Actor) -> None:
    _choose(clock, firm, digest=True)
    _tell(clock, firm, "application_checked", "not_awarded")
    assert _run(clock).sent == 1
    assert [one.subject for one in mail.outbox] == [Message.objects.get(template="not_awarded").title]
    clock.advance(timedelta(minutes=40))
    _tell(clock, firm, "city_accepted")
    assert _run(clock).sent == 0
    clock.advance(timedelta(minutes=20))
    assert _run(clock).sent == 1
    together = mail.outbox[1]
    assert together.subject.startswith("2条消息：")
    assert together.body.count("办理链接：") == 2
    enter(Actor.system())
    assert set(Delivery.objects.values_list("state", flat=True)) == {SENT}
    clock.advance(timedelta(hours=3))
    assert _run(clock).sent == 0


def test_who_did_not_choose_it_gets_every_mail_at_once(clock: FixedClock, firm: Actor) -> None:
    _tell(clock, firm, "application_checked", "city_accepted")
    assert _run(clock).sent == 2


def test_a_short_message_goes_to_who_asked_with_no_number_in_the_log(
    clock: FixedClock, firm: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.GF_SMS_FOLDER = tmp_path / "sms"
    _choose(clock, firm, sms=["result"], phone="+86 138 0000 0001")
    _tell(clock, firm, "not_awarded", "application_checked")
    _run(clock)
    _run(clock)
    [file] = (tmp_path / "sms").iterdir()
    [line] = [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]
    title = Message.objects.get(template="not_awarded").title
    assert (line["phone"], line["text"]) == (_PHONE, sms_text(title))
    enter(Actor.system())
    row = Delivery.objects.get(channel="sms")
    assert (row.state, row.address) == (SENT, _SHOWN)
    trail = AuditEvent.objects.get(event="notifications.preference")
    assert _SHOWN in str(trail.after)
    assert _PHONE not in str(trail.after)


class _Operator:
    """An operator that answers as told."""

    answer: BaseException | None = None
    taken: list[str] = []

    def send(self, *, phone: str, text: str, key: str, at: datetime) -> None:
        del text, at
        if self.answer is not None:
            raise self.answer
        self.taken.append(key + phone)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (SmsRefused(f"{_PHONE} 为空号"), FAILED),
        (SmsUnavailable("系统忙"), WAITING),
        (TimeoutError("no answer"), UNKNOWN),
    ],
)
def test_what_an_operator_may_answer(
    clock: FixedClock, firm: Actor, settings: Any, answer: BaseException, state: str
) -> None:
    settings.GF_SMS_BACKEND = f"{__name__}._Operator"
    _choose(clock, firm, sms=["result"], phone=_PHONE)
    _tell(clock, firm, "not_awarded")
    _Operator.answer, _Operator.taken = answer, []
    _run(clock)
    enter(Actor.system())
    row = Delivery.objects.get(channel="sms")
    assert (row.state, row.attempts) == (state, 1)
    assert _PHONE not in row.last_error
    _Operator.answer = None
    clock.advance(timedelta(minutes=2))
    _run(clock)
    assert len(_Operator.taken) == (state == WAITING)


def test_who_switches_them_off_gets_none_that_waits_and_the_number_is_gone(
    clock: FixedClock, firm: Actor, settings: Any
) -> None:
    settings.GF_SMS_BACKEND = f"{__name__}._Operator"
    _Operator.answer, _Operator.taken = None, []
    _choose(clock, firm, sms=["result"], phone=_PHONE)
    clock.set(Moment.in_shanghai(clock.now().on, 23))
    _tell(clock, firm, "not_awarded")
    _run(clock)
    assert _Operator.taken == []
    _choose(clock, firm)
    assert MailPreference.objects.get().phone == ""
    clock.advance(timedelta(hours=9))
    _run(clock)
    enter(Actor.system())
    assert Delivery.objects.get(channel="sms").state == FAILED
    assert _Operator.taken == []


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"sms": ["result"]}, "phone"),
        ({"sms": ["result"], "phone": "0512-68610001"}, "phone"),
        ({"sms": ["progress"], "phone": _PHONE}, "sms"),
    ],
)
def test_a_faulty_choice_is_explained(
    clock: FixedClock, firm: Actor, chosen: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _choose(clock, firm, **chosen)
    assert list(refused.value.errors) == [field]


def test_without_an_operator_none_is_offered(clock: FixedClock, firm: Actor, settings: Any) -> None:
    settings.GF_SMS_BACKEND = ""
    with pytest.raises(Invalid, match="尚未开通"):
        _choose(clock, firm, sms=["result"], phone=_PHONE)
    assert selectors.mail_choices(actor=firm).sms == frozenset()


@pytest.mark.parametrize(
    "typed", ["13800000001", " 138-0000-0001", "+8613800000001", "１３８００００　０００１"]
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert mobile(typed) == "13800000001"


def test_a_long_title_still_fits_two_short_messages() -> None:
    assert len(sms_text("长" * 300)) <= 134


def test_every_message_of_a_mail_says_why_it_came(clock: FixedClock, firm: Actor) -> None:
    _choose(clock, firm, digest=True)
    _tell(clock, firm, "application_checked", "city_accepted")
    clock.advance(timedelta(hours=1, minutes=1))
    _run(clock)
    clock.advance(timedelta(hours=1, minutes=1))
    _run(clock)
    [together] = mail.outbox
    assert together.body.count("收到原因：发给贵单位全体成员；进度消息") == 2


@pytest.mark.parametrize(
    ("days_late", "mark", "said"),
    [(0, "还剩30天", ""), (1, "还剩30天", "剩余天数按当日计算"), (40, "【期限已过】", "发出时期限已过")],
)
def test_a_reminder_that_leaves_late_claims_no_days_left(
    clock: FixedClock, firm: Actor, days_late: int, mark: str, said: str
) -> None:
    moment = clock.now()
    enter(Actor.system())
    services.enqueue(
        key=f"remind:abc:{moment.on + timedelta(days=30)}:d30:enterprise",
        template="deadline_reminder",
        context={
            "mark": "",
            "remaining": "还剩30天",
            "matter": "整改",
            "note": "",
            "todo": "请办理。",
            "path": "",
        },
        moment=moment,
        to_enterprise=firm.enterprise_id,
    )
    clock.advance(timedelta(days=days_late))
    _run(clock)
    clock.advance(timedelta(hours=12))
    _run(clock)
    [one] = mail.outbox
    assert one.subject.startswith(mark)
    assert said in one.body
    assert ("本消息写于" in one.body) == bool(said)
    assert "收到原因：发给贵单位全体成员；期限提醒（d30）" in one.body
