"""What `manage.py verify` finds in the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.notifications import services
from apps.notifications.models import Delivery, Message, MessageRead
from apps.notifications.states import LEASED
from apps.notifications.verification import problems
from tests.unit.foundation import member

pytestmark = pytest.mark.django_db


def test_verification_names_what_is_wrong(clock: FixedClock) -> None:
    firm = member(clock, mail="a@example.invalid")
    enter(Actor.system())
    long_ago = DatabaseClock().now().at - timedelta(days=1)
    for number in range(2):
        services.enqueue(
            key=f"v:{number}",
            template="city_accepted",
            context={"public_id": "abc"},
            moment=Moment.of(long_ago),
            to_enterprise=firm.enterprise_id,
        )
    assert list(problems()) == [], "nothing has gone out yet: nothing has been passed over"
    services.deliver(clock=clock)
    assert list(problems()) == []
    first, second = Message.objects.filter(key__startswith="v:").order_by("pk")
    Message.objects.filter(pk=first.pk).update(expanded_at=None)
    Message.objects.filter(pk=second.pk).update(template="gone")
    Delivery.objects.filter(message=second).update(state=LEASED, lease_until=long_ago)
    MessageRead.objects.create(message=second, user_id=firm.user_id, at=long_ago - timedelta(days=1))
    found = "".join(problems())
    for words in (
        "未知的模板 gone",
        "有 1 条消息在更晚的消息之后",
        "有 1 封邮件的投递租约",
        "有 1 条阅读记录早于",
    ):
        assert words in found
