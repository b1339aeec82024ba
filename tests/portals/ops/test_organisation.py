"""The security administrator's pages about the organisation: bureaus, absence, long unused accounts, ways back in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts import organisation
from apps.accounts import services as accounts
from apps.accounts.models import District, User
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import FixedClock, Moment, shown_at
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.parameters.tasks import disable_dormant_accounts
from tests import worlds
from tests.portals.scenes import signed_in, statements


@pytest.fixture
def now() -> FixedClock:
    return FixedClock(Moment.of(shown_at()))


@pytest.fixture
def security(now: FixedClock, db: None) -> Actor:
    return worlds.staff_member(now, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])


def _text(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"ops:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_bureaus_without_two_people_are_named_and_districts_keep_their_changes(
    now: FixedClock, security: Actor
) -> None:
    worlds.district_staff(now)
    client = signed_in(security)
    listed = _text(client, "bureaus")
    assert "9 个单位" not in listed
    assert "10 个单位人员不齐" in listed
    url = reverse("ops:bureau", args=[worlds.KUNSHAN])
    form = {
        "authority": "昆山市工信局",
        "phone": "0512-00001111",
        "sub_areas": "玉山镇\n\n花桥\n玉山镇",
        "reason": "更名",
    }
    for change, message in (
        ({"authority": ""}, "请填写主管部门全称"),
        ({"phone": "请致电"}, "请填写联系电话"),
        ({"sub_areas": "长" * 41}, "每个不超过 40 个字"),
        ({"reason": ""}, "请填写原因"),
    ):
        refused = client.post(url, {**form, **change})
        assert refused.status_code == 422
        assert message in refused.content.decode()
    assert client.post(url, form).status_code == 302
    row = District.objects.get(pk=worlds.KUNSHAN)
    assert (row.authority, row.sub_areas) == ("昆山市工信局", ["玉山镇", "花桥"])
    accounts.load_districts()
    assert District.objects.get(pk=worlds.KUNSHAN).authority == "昆山市工信局"
    assert client.get(reverse("ops:bureau", args=["000000"])).status_code == 404
    assert client.post(reverse("ops:bureau", args=["000000"]), form).status_code == 404
    with statements() as few:
        client.get(reverse("ops:bureaus"))
    worlds.district_staff(now, worlds.WUZHONG)
    with statements() as more:
        client.get(reverse("ops:bureaus"))
    assert len(few) == len(more) <= 10


def test_absence_is_arranged_and_ended_with_effect_on_the_next_request(
    now: FixedClock, security: Actor
) -> None:
    staff = worlds.district_staff(now)
    admin, theirs = signed_in(security), signed_in(staff.handler)
    url = reverse("ops:delegate", args=[staff.signer.user_id])
    today, last = now.now().on, now.now().on + timedelta(days=7)
    form = {
        "delegate": str(staff.handler.user_id),
        "from_on": f"{today}",
        "until_on": f"{last}",
        "reason": "年休假",
    }
    for change, message in (
        ({"delegate": ""}, "请选择受托人"),
        ({"until_on": ""}, "请填写结束日期"),
        ({"until_on": f"{today - timedelta(days=1)}"}, "结束日期不能早于开始日期"),
        ({"reason": ""}, "请填写原因"),
    ):
        refused = admin.post(url, {**form, **change})
        assert refused.status_code == 422, change
        assert message in refused.content.decode()
    handover = reverse("district:hand_over")
    assert "移交由本属地负责人办理" in theirs.get(handover).content.decode()
    assert admin.post(url, form).status_code == 302
    assert admin.post(url, form).status_code == 409
    assert "移交由本属地负责人办理" not in theirs.get(handover).content.decode()
    assert "进行中" in _text(admin, "delegations")
    enter(Actor.system())
    public_id = User.objects.get(pk=staff.handler.user_id).lent[0]["delegation"]
    end = reverse("ops:end_delegation", args=[public_id])
    assert admin.post(end, {"reason": ""}).status_code == 422
    assert admin.post(end, {"reason": "提前返岗"}).status_code == 302
    assert "移交由本属地负责人办理" in theirs.get(handover).content.decode()
    assert admin.post(reverse("ops:end_delegation", args=["nothing"]), {"reason": "试"}).status_code == 404


def test_a_person_arranges_their_own_absence(now: FixedClock, db: None) -> None:
    staff = worlds.district_staff(now)
    client, other = signed_in(staff.signer), signed_in(staff.handler)
    today = now.now().on
    form = {
        "delegate": f"{staff.handler.user_id}",
        "from_on": f"{today}",
        "until_on": f"{today}",
        "reason": "出差",
    }
    url = reverse("my_absence")
    assert client.get(url).status_code == 200
    assert client.post(url, {**form, "delegate": f"{staff.signer.user_id}"}).status_code == 422
    assert client.post(url, form).status_code == 302
    assert "进行中" in other.get(url).content.decode()
    enter(Actor.system())
    public_id = User.objects.get(pk=staff.handler.user_id).lent[0]["delegation"]
    end = reverse("end_my_absence", args=[public_id])
    assert other.post(end, {"reason": "试"}).status_code == 404
    empty = client.post(end, {"reason": " "})
    assert empty.status_code == 422
    said = empty.content.decode()
    assert f'href="#id_reason_{public_id}"' in said
    assert f'id="id_reason_{public_id}_error"' in said
    assert 'id="id_reason_error"' not in said  # the form that lends the duties was not sent
    assert client.post(end, {"reason": "返岗"}).status_code == 302
    assert signed_in(worlds.enterprise(now, 1)).get(url).status_code == 403


def test_accounts_long_unused_are_listed_and_disabled_in_time(now: FixedClock, security: Actor) -> None:
    staff = worlds.district_staff(now)
    client = signed_in(security)
    assert "没有久未登录的账户" in _text(client, "dormant")
    enter(Actor.system())
    at = now.now().at
    User.objects.filter(pk=staff.handler.user_id).update(last_login=at - timedelta(days=91))
    User.objects.filter(pk=staff.signer.user_id).update(last_login=at - timedelta(days=89))
    User.objects.filter(pk=security.user_id).update(last_login=at - timedelta(days=400))
    listed = _text(signed_in(security), "dormant")
    assert staff.handler.name in listed
    assert staff.signer.name not in listed
    User.objects.filter(pk=security.user_id).update(last_login=at - timedelta(days=400))
    assert disable_dormant_accounts() == 1
    enter(Actor.system())
    assert not User.objects.get(pk=staff.handler.user_id).is_active
    assert User.objects.get(pk=security.user_id).is_active
    assert AuditEvent.objects.filter(event="account.disable", actor_role="system").count() == 1


def test_a_demo_put_years_ahead_locks_nobody_out_who_has_just_signed_in(
    now: FixedClock, security: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = worlds.district_staff(now)
    ahead = timedelta(days=730)
    enter(Actor.system())
    at = now.now().at
    User.objects.filter(pk=staff.handler.user_id).update(last_login=at - timedelta(days=1))
    User.objects.filter(pk=staff.signer.user_id).update(last_login=at - timedelta(days=91))
    monkeypatch.setattr(organisation, "demo_offset", lambda: ahead)
    clock = FixedClock(now.now().plus(ahead))
    rows = organisation.dormant_accounts(actor=security, moment=clock.now(), days=90)
    assert [(row.name, row.days) for row in rows if row.last_seen] == [(staff.signer.name, 91)]
    assert accounts.disable_dormant(clock=clock, days=90) == 1
    enter(Actor.system())
    assert User.objects.get(pk=staff.handler.user_id).is_active


def test_a_way_back_in_without_anybody_learning_a_password(now: FixedClock, security: Actor) -> None:
    person = worlds.district_staff(now).handler
    client = signed_in(security)
    names = ("send_recovery", "change_address", "remove_second_factor", "one_time_password")
    urls = {name: reverse(f"ops:{name}", args=[person.user_id]) for name in names}
    enter(Actor.system())
    User.objects.filter(pk=person.user_id).update(email="", last_login=now.now().at)
    assert client.post(urls["one_time_password"], {"reason": "忘记"}).status_code == 409
    assert client.post(urls["send_recovery"], {"reason": "忘记密码"}).status_code == 409
    assert client.post(urls["change_address"], {"email": "错", "reason": "当面"}).status_code == 422
    assert (
        client.post(urls["change_address"], {"email": "gu@example.invalid", "reason": "当面核对"}).status_code
        == 302
    )
    assert client.post(urls["send_recovery"], {"reason": ""}).status_code == 422
    answer = client.post(urls["send_recovery"], {"reason": "忘记密码"}, follow=True)
    (sent,) = mail.outbox
    assert sent.to == ["gu@example.invalid"]
    link = re.search(r"/accounts/password/reset/key/\S+", str(sent.body))
    assert link is not None
    assert (sent.subject, "工作人员不会索要链接" in str(sent.body)) == ("重设密码", True)
    assert not re.search(r"Hello|example\.com|testserver!", str(sent.body))
    assert link.group() not in answer.content.decode()
    assert "g***@example.invalid" in answer.content.decode()
    assert "gu@example.invalid" not in answer.content.decode()
    assert client.post(urls["remove_second_factor"], {"reason": "手机遗失"}).status_code == 302
    enter(Actor.system())
    kept = AuditEvent.objects.filter(event__startswith="account.").values_list("event", flat=True)
    assert {"account.change_address", "account.send_recovery", "account.remove_second_factor"} <= set(kept)
    for name in names:
        assert (
            client.post(
                reverse(f"ops:{name}", args=[999_999]), {"reason": "试", "email": "a@example.invalid"}
            ).status_code
            == 404
        )
        own = client.post(
            reverse(f"ops:{name}", args=[security.user_id]), {"reason": "试", "email": "a@example.invalid"}
        )
        assert own.status_code == 403


def test_a_name_asked_to_be_corrected_is_corrected_with_a_reason_and_kept(
    now: FixedClock, security: Actor
) -> None:
    person = worlds.district_staff(now).handler
    accounts.ask_about_own_data(actor=person, clock=now, kind="correction", detail="姓名登记有误")
    enter(Actor.system())
    before = User.objects.get(pk=person.user_id).name
    client = signed_in(security)
    account = reverse("ops:account", args=[person.user_id])
    assert f'href="{account}#name"' in _text(client, "personal_requests")
    url = reverse("ops:correct_name", args=[person.user_id])
    for form in (
        {"person_name": "顾晓澜"},
        {"person_name": "", "reason": "证"},
        {"person_name": before, "reason": "证"},
    ):
        assert client.post(url, form).status_code == 422
    answer = client.post(url, {"person_name": "顾晓澜", "reason": "当面核对身份证"}, follow=True)
    assert "姓名已更正，已通知本人" in answer.content.decode()
    enter(Actor.system())
    assert User.objects.get(pk=person.user_id).name == "顾晓澜"
    kept = AuditEvent.objects.get(event="account.correct_name")
    assert (kept.before, kept.after, kept.note) == ({"name": before}, {"name": "顾晓澜"}, "当面核对身份证")
    enter(person)
    assert Message.objects.filter(to_user_id=person.user_id, title__contains="账户姓名已更正").exists()
    own = reverse("ops:correct_name", args=[security.user_id])
    assert client.post(own, {"person_name": "改", "reason": "试"}).status_code == 403
    assert signed_in(person).post(url, {"person_name": "改", "reason": "试"}).status_code in {403, 404}


def test_a_lost_one_time_password_is_given_again_until_the_first_sign_in(
    now: FixedClock, security: Actor
) -> None:
    enter(security)
    opened = accounts.open_staff_account(
        actor=security,
        clock=now,
        data=accounts.NewStaff("xinren", "新人", Role.DISTRICT, [Duty.HANDLER], worlds.KUNSHAN),
    )
    client = signed_in(security)
    answer = client.post(reverse("ops:one_time_password", args=[opened.user_id]), {"reason": "遗失"})
    shown = re.search(r'id="one_time_password">([^<]+)<', answer.content.decode())
    assert shown is not None
    row = User.objects.get(pk=opened.user_id)
    assert row.check_password(shown.group(1))
    assert not row.check_password(opened.password)


def test_who_can_see_is_for_the_security_administrator_and_the_auditor(
    now: FixedClock, security: Actor
) -> None:
    auditor = worlds.staff_member(now, "shenji", "审计甲", role=Role.AUDITOR, duties=[])
    url = reverse("ops:who_can_see")
    for person, status in ((security, 200), (auditor, 200), (worlds.district_staff(now).signer, 403)):
        assert signed_in(person).get(url).status_code == status
    assert "没有这个编号" in signed_in(security).get(url, {"number": "GF"}).content.decode()


def test_the_last_security_administrator_stays(now: FixedClock, security: Actor) -> None:
    second = worlds.staff_member(now, "anquan2", "安全乙", role=Role.SECURITY_ADMIN, duties=[])
    first, other = signed_in(security), signed_in(second)
    form = {"active": "no", "reason": "调离"}
    assert first.post(reverse("ops:set_active", args=[second.user_id]), form).status_code == 302
    assert other.get(reverse("ops:accounts")).status_code == 302


def test_every_fault_of_a_form_is_told_at_once_and_what_was_typed_stays(
    now: FixedClock, security: Actor
) -> None:
    client, away = signed_in(security), worlds.district_staff(now).handler
    # After the question for the password a refused form stands under another address: it must know its own.
    assert f'action="{reverse("ops:new_account")}"' in _text(client, "new_account")
    for address, form, told in (
        (
            reverse("ops:new_account"),
            {"username": "", "name": "", "email": "不是邮箱", "position": "科员甲"},
            ("请选择角色。", "请填写用户名。", "请填写姓名。", "邮箱格式不正确", "科员甲"),
        ),
        (
            reverse("ops:delegate", args=[away.user_id]),
            {"delegate": "", "from_on": "2026-02-30", "until_on": "", "reason": ""},
            ("2月30日”不存在", "请填写结束日期。", "请填写原因。", "请选择受托人。"),
        ),
        (
            reverse("ops:delegate", args=[away.user_id]),
            {"delegate": "", "from_on": "2099-02-03", "until_on": "2099-02-01", "reason": ""},
            ("结束日期不能早于开始日期。", "请填写原因。", "请选择受托人。"),
        ),
        (
            reverse("ops:change_address", args=[away.user_id]),
            {"email": "甲乙丙", "reason": ""},
            ("邮箱格式不正确", "请填写原因。", "甲乙丙"),
        ),
        (
            reverse("ops:correct_name", args=[away.user_id]),
            {"person_name": "", "reason": ""},
            ("请填写姓名。", "请填写原因。"),
        ),
    ):
        response = client.post(address, form)
        page = response.content.decode()
        assert response.status_code == 422
        for text in told:
            assert text in page, (address, text)
