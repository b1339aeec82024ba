"""Sign-ins seen and ended by their owner, strange ones told, and the confirmation high-risk acts ask for."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.devices import device_of, network_of
from apps.accounts.models import SignIn, User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.moment import FixedClock, Moment, put_demo_clock_forward, shown_at
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.parameters.tasks import sweep_sign_ins
from apps.policy.parameters import DEFAULTS
from apps.portals.base import account
from tests import worlds
from tests.portals.scenes import signed_in

PASSWORD = "Tests-Only-2026"
_RECORDS = "account_authentication_methods"


@pytest.fixture
def now() -> FixedClock:
    return FixedClock(Moment.of(shown_at()))


@pytest.fixture
def person(now: FixedClock, db: None) -> Actor:
    return worlds.district_staff(now).handler


def _sign_in(person: Actor, agent: str, address: str = "10.1.2.3") -> Client:
    """Sign in through the page, as a browser of that name from that address."""
    enter(Actor.system())
    username = User.objects.get(pk=person.user_id).username
    client = Client(REMOTE_ADDR=address, headers={"user-agent": agent})
    answer = client.post(reverse("account_login"), {"login": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:300]
    return client


def _told(person: Actor) -> list[str]:
    enter(Actor.system())
    rows = Message.objects.filter(template="account_changed", to_user_id=person.user_id)
    return list(rows.order_by("pk").values_list("title", flat=True))


CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (CHROME, "Chrome（Windows）"),
        (f"{CHROME} Edg/120", "Edge（Windows）"),
        (FIREFOX, "Firefox（Linux）"),
        ("Mozilla/5.0 (iPhone; CPU) Mac OS X Safari/605 MicroMessenger/8", "微信（iPhone）"),
        ("curl/8", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_devices_in_words(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.0.0/16"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("x", "")],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_third_sign_in_ends_the_oldest(person: Actor) -> None:
    first, second = _sign_in(person, CHROME), _sign_in(person, CHROME)
    assert first.get(reverse("sign_ins")).status_code == 200
    third = _sign_in(person, CHROME)
    assert first.get(reverse("sign_ins")).status_code == 302, "the oldest is signed out"
    assert [one.get(reverse("sign_ins")).status_code for one in (second, third)] == [200, 200]
    assert _told(person) == ["较早的登录已自动退出"]


def test_owners_see_end_and_are_told(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "in_force", lambda **_: replace(DEFAULTS, sessions_max=4))
    first = _sign_in(person, CHROME)
    assert _told(person) == []
    _sign_in(person, CHROME, "10.1.9.9")
    assert _told(person) == []
    other = _sign_in(person, FIREFOX)
    assert _told(person) == ["账户从新设备登录"]
    _sign_in(person, CHROME, "172.16.0.9")
    assert _told(person) == ["账户从新设备登录", "账户从新的网络登录"]
    listed = first.get(reverse("sign_ins")).content.decode()
    assert listed.count("本次登录") == 1
    assert "Firefox（Linux）" in listed
    assert "正在使用的登录 4 处" in listed
    enter(Actor.system())
    theirs = SignIn.objects.get(device="Firefox（Linux）")
    stranger = signed_in(worlds.municipal_staff(FixedClock(Moment.of(shown_at()))).handler)
    assert stranger.post(reverse("end_sign_in", args=[theirs.public_id])).status_code == 404
    assert first.post(reverse("end_sign_in", args=[theirs.public_id])).status_code == 302
    assert other.get(reverse("sign_ins")).status_code == 302, "signed out with the next request"
    assert first.post(reverse("end_other_sign_ins")).status_code == 302
    assert "正在使用的登录 1 处" in first.get(reverse("sign_ins")).content.decode()
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="account.sign_in", outcome="done").count() == 4
    assert AuditEvent.objects.filter(event="account.end_sign_in").count() == 2
    SignIn.objects.update(at=FixedClock(Moment.of(shown_at())).now().at.replace(year=2020))
    assert sweep_sign_ins() >= 4
    enter(Actor.system())
    swept = AuditEvent.objects.get(event="personal.swept")
    assert (swept.rule, swept.after["kind"]) == ("R-44", "登录记录")


def test_a_clock_put_forward_signs_nobody_out(person: Actor, settings: Any, tmp_path: Path) -> None:
    """Sessions end by the server's own clock, whatever day the demo plays."""
    settings.GF_DEMO, settings.STATE_DIR = True, tmp_path
    put_demo_clock_forward(40)
    browser = _sign_in(person, CHROME)
    sweep_sign_ins()
    shown = browser.get(reverse("sign_ins"))
    assert shown.status_code == 200
    assert "正在使用的登录 1 处" in shown.content.decode()


def _grown_old(client: Client) -> None:
    """Let the last confirmation of *client* be eleven minutes ago."""
    session: Any = client.session
    session[_RECORDS] = [{**one, "at": time.time() - 660} for one in session[_RECORDS]]
    session.save()


def test_a_high_risk_act_asks_again_and_then_goes_on_with_what_was_typed(
    now: FixedClock, person: Actor
) -> None:
    security = worlds.staff_member(now, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    client = signed_in(security)
    url = reverse("ops:change_duties", args=[person.user_id])
    form = {"duties": ["handler", "signer"], "reason": "人手不足"}
    _grown_old(client)
    assert client.get(reverse("ops:account", args=[person.user_id])).status_code == 200
    asked = client.post(url, form)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    enter(Actor.system())
    assert User.objects.get(pk=person.user_id).duties == ["handler"]
    wrong = client.post(asked.headers["Location"], {"password": "not-the-password", "next": url})
    assert wrong.status_code == 200
    assert User.objects.get(pk=person.user_id).duties == ["handler"]
    done = client.post(asked.headers["Location"], {"password": PASSWORD, "next": url})
    assert done.status_code == 302
    enter(Actor.system())
    assert User.objects.get(pk=person.user_id).duties == ["handler", "signer"]


def test_which_acts_ask_again(now: FixedClock, person: Actor) -> None:
    """Publish, award, cancel, bulk export, change of role or duties: each over HTTP, by whoever may do it."""
    city, district = worlds.municipal_staff(now), worlds.district_staff(now, worlds.WUZHONG)
    for actor, method, name, args in (
        (city.handler, "post", "municipal:publish_notice", ["nothing"]),
        (city.leader, "post", "municipal:recognition", ["nothing"]),
        (city.leader, "post", "municipal:revocation", ["nothing"]),
        (city.handler, "get", "export_list", ["enterprises"]),
        (person, "get", "export_list", ["enterprises"]),
        (district.signer, "post", "district:revocation", ["nothing"]),
        (district.signer, "post", "district:notices", []),
        (district.signer, "post", "district:sign_ruling", ["nothing"]),
    ):
        client = signed_in(actor)
        _grown_old(client)
        answer = getattr(client, method)(reverse(name, args=args))
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), name
    for actor, path in (
        (city.handler, "notices/nothing/publish"),
        (city.leader, "cancellations/nothing/decide"),
        (district.signer, "district-notices"),
        (district.signer, "applications/nothing/ruling/sign"),
        (person, "delegations"),
    ):
        caller = signed_in(actor)
        _grown_old(caller)
        refused = caller.post(f"/api/v1/{path}/", {}, content_type="application/json")
        assert refused.status_code == 403, path
        assert "确认过身份" in refused.content.decode(), path
    assert signed_in(district.signer).get("/api/v1/district-notices/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"seen_at": -(15 * 60 - 5)}, 200),
        ({"seen_at": -(15 * 60 + 5)}, 302),
        ({"begun_at": -(12 * 3600 - 5)}, 200),
        ({"begun_at": -(12 * 3600 + 5)}, 302),
    ],
)
def test_a_session_ends_when_idle_or_old(person: Actor, changes: dict[str, int], status: int) -> None:
    client = signed_in(person)
    assert client.get(reverse("my_account")).status_code == 200
    session: Any = client.session
    for key, seconds in changes.items():
        session[key] = int(time.time()) + seconds
    session.save()
    assert client.get(reverse("my_account")).status_code == status


def test_a_disabled_person_reads_why_and_whom_to_ask_and_a_stranger_nothing(
    person: Actor, now: FixedClock
) -> None:
    keeper = worlds.staff_member(now, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    accounts.set_account_active(
        actor=keeper, clock=now, user_id=person.account, active=False, reason="调离岗位。"
    )
    enter(Actor.system())
    username = User.objects.get(pk=person.user_id).username

    def answer(password: str, name: str = username) -> str:
        posted = {"login": name, "password": password}
        return Client().post(reverse("account_login"), posted, follow=True).content.decode()

    told = answer(PASSWORD)
    assert "停用，原因：调离岗位。需要恢复的，请联系安全管理员。" in told
    for stranger in (answer("wrong"), answer("wrong", "nobody")):
        assert "用户名或密码不正确" in stranger
        assert "停用" not in stranger
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="account.sign_in", outcome="denied").count() == 3
    assert "原因" not in Client().get(reverse("account_inactive")).content.decode()


def test_a_weak_password_is_refused_in_chinese_only(person: Actor) -> None:
    enter(Actor.system())
    user = User.objects.get(pk=person.user_id)
    with pytest.raises(ValidationError) as refused:
        validate_password(user.username[:4], user)
    words = [*refused.value.messages, *password_validators_help_texts()]
    assert "密码太短，至少 12 位。" in words
    assert not [text for text in words if re.search(r"[A-Za-z]{3}|你", text)]
