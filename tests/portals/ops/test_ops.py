"""What the system administrator sees of the system, and what the security administrator does with accounts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from apps.notifications.models import Delivery, Message
from tests import worlds
from tests.portals.scenes import signed_in, statements


@pytest.fixture
def system(clock: FixedClock, db: None) -> Actor:
    return worlds.staff_member(clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])


@pytest.fixture
def security(clock: FixedClock, db: None) -> Actor:
    return worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])


def _text(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"ops:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


class TestHealth:
    """Pulses, outbox, failures, calendar."""

    def test_silence_is_shown_until_a_process_reports(self, system: Actor) -> None:
        client = signed_in(system)
        assert _text(client, "home").count("无响应") == 2
        jobs.beat(clock=DatabaseClock(), names=("beat", "worker"))
        assert "无响应" not in _text(client, "home")

    def test_waiting_and_failed_mail_is_counted(self, clock: FixedClock, system: Actor) -> None:
        worlds.district_staff(clock)
        worlds.enterprise(clock, 1)
        enter(Actor.system())
        message = Message.objects.order_by("pk").first()
        assert message is not None
        Delivery.objects.create(
            message=message,
            template=message.template,
            address="somebody@example.invalid",
            state="failed",
            attempts=5,
            next_attempt_at=datetime(2026, 11, 22, tzinfo=UTC),
            last_error="收件服务器拒收",
        )
        page = _text(signed_in(system), "home")
        assert "收件服务器拒收" in page
        assert "s***@example.invalid" in page
        assert "somebody@" not in page
        assert "最早应发已过" in page

    def test_failed_work_of_others_is_named_without_its_contents(
        self, clock: FixedClock, system: Actor
    ) -> None:
        owner = worlds.district_staff(clock).handler
        enter(Actor.system())
        at = clock.now().at
        Job.objects.create(
            owner_id=owner.account,
            kind="documents.certificate",
            params={"secret": "不可外传"},
            state="failed",
            error="缺少字体",
            created_at=at,
            started_at=at,
            finished_at=at,
        )
        page = _text(signed_in(system), "home")
        assert "缺少字体" in page
        assert "不可外传" not in page

    def test_failed_mail_and_work_are_begun_again(self, clock: FixedClock, system: Actor) -> None:
        owner = worlds.district_staff(clock).handler
        worlds.enterprise(clock, 1)
        enter(Actor.system())
        message = Message.objects.order_by("pk").first()
        assert message is not None
        at = clock.now().at
        mail = Delivery.objects.create(
            message=message,
            template="x",
            address="a@example.invalid",
            state="unknown",
            attempts=5,
            next_attempt_at=at,
        )
        made = {"owner_id": owner.account, "params": {}, "created_at": at, "finished_at": at, "error": "断电"}
        again = Job.objects.create(
            kind=next(code for code, kind in KINDS.items() if kind.attempts > 1),
            state="failed",
            attempts=3,
            **made,
        )
        once = Job.objects.create(kind="unknown.kind", state="failed", **made)
        client = signed_in(system)
        for name, key, status in (
            ("resend", mail.pk, 302),
            ("resend", mail.pk, 409),
            ("resend", 999_999, 404),
            ("retry_job", again.public_id, 302),
            ("retry_job", again.public_id, 409),
            ("retry_job", once.public_id, 409),
            ("retry_job", "nothing", 404),
        ):
            assert client.post(reverse(f"ops:{name}", args=[key])).status_code == status, (name, key)
        enter(Actor.system())
        mail.refresh_from_db()
        again.refresh_from_db()
        assert (mail.state, mail.attempts) == ("waiting", 0)
        assert (again.state, again.attempts) == ("queued", 0)
        retry = reverse("api:job-retry", args=[again.public_id])
        assert client.post(retry, content_type="application/json").status_code == 409
        enter(Actor.system())
        Job.objects.filter(pk=again.pk).update(state="failed", finished_at=made["created_at"])
        assert client.post(retry, content_type="application/json").status_code == 204
        for name, key in (("resend", mail.pk), ("retry_job", again.public_id)):
            assert signed_in(owner).post(reverse(f"ops:{name}", args=[key])).status_code == 403

    def test_slow_requests_are_shown_by_route(self, system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        client = signed_in(system)
        cache.delete("slow-requests")
        assert "没有超过 1.0 秒的请求" in _text(client, "home")
        monkeypatch.setattr("apps.core.slow.SLOW_SECONDS", 0.0)
        client.get(reverse("ops:deadlines"), {"q": "不应留下"})
        shown = _text(client, "home")
        assert "GET /ops/deadlines/" in shown
        assert "不应留下" not in shown
        assert "存储空间" in shown

    def test_the_days_covered_by_logs_are_shown(self, system: Actor, tmp_path: Path, settings: Any) -> None:
        settings.GF_LOG_DIR = tmp_path
        assert "没有写入文件的日志" in _text(signed_in(system), "home")
        for name in (
            "platform-2026-05-07.log",
            "platform-2026-11-22.log",
            "access-2020-01-01.log",
            "web.log",
        ):
            (tmp_path / name).touch()
        assert "2026 年 5 月 7 日至 2026 年 11 月 22 日" in _text(signed_in(system), "home")

    def test_the_calendar_says_how_far_it_reaches(self, system: Actor) -> None:
        client = signed_in(system)
        assert "工作日历" in _text(client, "home")
        assert client.get(reverse("ops:calendar")).status_code == 302

    def test_only_the_system_administrator(self, clock: FixedClock, security: Actor) -> None:
        for person in (security, worlds.district_staff(clock).handler):
            assert signed_in(person).get(reverse("ops:home")).status_code == 403


FORM = {
    "name": "新同事",
    "role": "district",
    "district": "320583",
    "position": "科员",
    "duties": ["handler"],
    "username": "new_person",
    "email": "",
}


class TestAccounts:
    """Made, disabled, enabled, given duties; never one's own."""

    def test_an_account_is_made_with_duties_of_its_role(self, security: Actor) -> None:
        client = signed_in(security)
        assert _text(client, "new_account")
        for change, message in (
            ({"role": ""}, "请选择角色"),
            ({"role": "system"}, "请选择角色"),
            ({"district": ""}, "请选择属地"),
            ({"name": " "}, "请填写姓名"),
            ({"duties": ["leader"]}, "职责与角色不符"),
            ({"email": "nobody"}, "邮箱格式不正确"),
            ({"username": ""}, "请填写用户名"),
        ):
            refused = client.post(reverse("ops:new_account"), {**FORM, **change})
            assert refused.status_code == 422, change
            assert message in refused.content.decode()
        done = client.post(reverse("ops:new_account"), FORM)
        assert done.status_code == 200
        made = User.objects.get(username="new_person")
        shown = re.search(r'id="one_time_password">([^<]+)<', done.content.decode())
        assert shown is not None
        assert made.check_password(shown.group(1))
        assert made.must_change_password
        assert shown.group(1) not in _text(client, "account", made.pk)
        assert (made.role, made.duties, made.district_id) == ("district", ["handler"], "320583")
        taken = client.post(reverse("ops:new_account"), FORM)
        assert taken.status_code == 422

    def test_a_disabled_account_is_out_at_once(self, clock: FixedClock, security: Actor) -> None:
        person = worlds.district_staff(clock).handler
        theirs, client = signed_in(person), signed_in(security)
        assert theirs.get(reverse("my_account")).status_code == 200
        url = reverse("ops:set_active", args=[person.user_id])
        assert client.post(url, {"active": "no", "reason": ""}).status_code == 422
        assert client.post(url, {"active": "no", "reason": "调离岗位"}).status_code == 302
        assert theirs.get(reverse("my_account")).status_code == 302
        assert "停用" in _text(client, "account", person.user_id)
        assert client.post(url, {"active": "no", "reason": "调离岗位"}).status_code == 409
        assert client.post(url, {"active": "yes", "reason": "返回岗位"}).status_code == 302
        assert User.objects.get(pk=person.user_id).is_active

    def test_duties_change_within_the_role(self, clock: FixedClock, security: Actor) -> None:
        person = worlds.district_staff(clock).handler
        client = signed_in(security)
        url = reverse("ops:change_duties", args=[person.user_id])
        assert client.post(url, {"duties": ["leader"], "reason": "代班"}).status_code == 422
        assert client.post(url, {"duties": ["nonsense"], "reason": "代班"}).status_code == 422
        assert client.post(url, {"duties": ["signer"], "reason": ""}).status_code == 422
        assert client.post(url, {"duties": ["handler", "signer"], "reason": "代班"}).status_code == 302
        assert User.objects.get(pk=person.user_id).actor().duties == {Duty.HANDLER, Duty.SIGNER}

    def test_nobody_changes_their_own_account(self, security: Actor) -> None:
        client = signed_in(security)
        for name, data in (
            ("set_active", {"active": "no", "reason": "试"}),
            ("change_duties", {"duties": [], "reason": "试"}),
        ):
            refused = client.post(reverse(f"ops:{name}", args=[security.user_id]), data)
            assert refused.status_code == 403
        assert User.objects.get(pk=security.user_id).is_active

    def test_accounts_are_listed_by_role_and_bureau(self, clock: FixedClock, security: Actor) -> None:
        worlds.district_staff(clock)
        worlds.municipal_staff(clock)
        client = signed_in(security)
        assert "顾晓岚" in _text(client, "accounts", district="320583")
        assert "沈卫东" not in _text(client, "accounts", district="320583")
        assert "顾晓岚" not in _text(client, "accounts", role="municipal")
        assert "陆志远" in _text(client, "accounts", q="陆志")
        client.get(reverse("ops:accounts"))
        with statements() as few:
            client.get(reverse("ops:accounts"))
        worlds.district_staff(clock, worlds.WUZHONG)
        with statements() as more:
            client.get(reverse("ops:accounts"))
        assert len(few) == len(more) <= 12

    def test_unknown_accounts_and_other_audiences(
        self, clock: FixedClock, system: Actor, security: Actor
    ) -> None:
        client = signed_in(security)
        assert client.get(reverse("ops:account", args=[999_999])).status_code == 404
        gone = client.post(reverse("ops:set_active", args=[999_999]), {"active": "no", "reason": "试"})
        assert gone.status_code == 404
        for person in (system, worlds.district_staff(clock).handler):
            for name in ("accounts", "new_account"):
                assert signed_in(person).get(reverse(f"ops:{name}")).status_code == 403
