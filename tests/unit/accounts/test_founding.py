"""The first administrator: made once, by a password that opens one page only, and that for a day."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, WrongStep
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.notifications.models import Message
from tests import worlds
from tests.portals.scenes import signed_in

pytestmark = pytest.mark.django_db
NEW = "Another-Word-2026"


def _made() -> str:
    out = StringIO()
    call_command("first_administrator", "--name", "安全甲", "--username", "first", stdout=out)
    found = re.search(r"初始口令：(\w{20})\n", out.getvalue())
    assert found is not None
    return found.group(1)


def _sign_in(password: str) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": "first", "password": password})
    return client


def test_the_password_opens_only_its_own_change_and_then_the_work() -> None:
    password = _made()
    client = _sign_in(password)
    change = reverse("account_change_password")
    for page in (reverse("ops:accounts"), reverse("home"), reverse("my_account")):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, change)
    client.post(change, {"oldpassword": password, "password1": NEW, "password2": NEW})
    assert "_auth_user_id" not in _sign_in(password).session
    assert _sign_in(NEW).get(reverse("ops:accounts")).status_code == 200
    enter(Actor.system())
    user = User.objects.get(username="first")
    assert (user.role, user.must_change_password, user.initial_password_until) == (
        Role.SECURITY_ADMIN.value,
        False,
        None,
    )
    assert AuditEvent.objects.filter(event="account.change_password", subject_id=user.pk).count() == 1
    told = Message.objects.get(template="password_changed")
    assert told.to_user_id == user.pk
    assert "127.0.0.1" in told.body


def test_the_interface_refuses_until_it_is_changed(clock: FixedClock) -> None:
    handler = worlds.district_staff(clock).handler
    client = signed_in(handler)
    assert client.get("/api/v1/applications/").status_code == 200
    enter(Actor.system())
    User.objects.filter(pk=handler.account).update(must_change_password=True)
    refused = client.get("/api/v1/applications/")
    assert refused.status_code == 403
    assert "修改初始口令" in refused.content.decode()


def test_after_a_day_it_opens_nothing() -> None:
    password = _made()
    user = User.objects.get(username="first")
    assert user.initial_password_until is not None
    before, after = timedelta(seconds=1), timedelta(0)
    for distance, expired in ((before, False), (after, True)):
        clock = FixedClock(DatabaseClock().now())
        clock.advance(user.initial_password_until - distance - clock.now().at)
        assert services.initial_password_expired(user_id=user.pk, clock=clock) is expired
    User.objects.filter(pk=user.pk).update(initial_password_until=DatabaseClock().now().at)
    client = Client()
    refused = client.post(reverse("account_login"), {"login": "first", "password": password}, follow=True)
    assert "初始口令已过期" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_again_before_the_first_sign_in_gives_another_password_and_later_nothing(clock: FixedClock) -> None:
    first, second = _made(), _made()
    assert first != second
    assert User.objects.filter(role=Role.SECURITY_ADMIN.value).count() == 1
    assert "_auth_user_id" not in _sign_in(first).session
    assert "_auth_user_id" in _sign_in(second).session
    with pytest.raises(CommandError, match="已有安全管理员"):
        _made()


def test_not_beside_another_security_administrator(clock: FixedClock) -> None:
    worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    with pytest.raises(WrongStep):
        services.first_administrator(clock=clock, username="second", name="安全乙")
    assert not User.objects.filter(username="second").exists()


def test_names_are_checked_like_any_other(clock: FixedClock) -> None:
    with pytest.raises(Invalid):
        services.first_administrator(clock=clock, username="", name="安全甲")


def test_nobody_can_be_made_superuser(clock: FixedClock) -> None:
    from django.db import IntegrityError, transaction

    worlds.staff_member(clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(username="xitong").update(is_superuser=True)
