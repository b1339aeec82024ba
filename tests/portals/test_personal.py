"""A person's data on their own pages, requests about them, contact data shown for a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import Enterprise, PersonalRequest
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.moment import FixedClock, Moment, shown_at
from apps.core.scoping import enter
from apps.notifications.models import Message
from tests import worlds
from tests.portals.scenes import signed_in


@pytest.fixture
def now() -> FixedClock:
    return FixedClock(Moment.of(shown_at()))


def test_contact_data_are_masked_until_a_reason_is_given(now: FixedClock, db: None) -> None:
    staff, others = worlds.district_staff(now), worlds.district_staff(now, worlds.WUZHONG)
    person = worlds.enterprise(now, 1, confirmed_by=staff.handler)
    enter(Actor.system())
    row = Enterprise.objects.get(pk=person.enterprise_id)
    client = signed_in(staff.handler)
    file = client.get(reverse("district:enterprise", args=[row.public_id])).content.decode()
    assert row.contact_phone not in file
    url = reverse("reveal_contact", args=[row.public_id])
    assert row.contact_phone not in client.get(url).content.decode()
    refused = client.post(url, {"reason": ""})
    assert refused.status_code == 422
    assert row.contact_phone not in refused.content.decode()
    enter(Actor.system())
    assert not AuditEvent.objects.filter(event="personal.reveal").exists()
    assert 'href="//evil' not in client.get(url, {"next": "//evil.example/"}).content.decode()
    home = reverse("district:enterprise", args=[row.public_id])
    shown = client.post(f"{url}?next={home}", {"reason": "送达文书或结果"}).content.decode()
    assert row.contact_phone in shown
    assert f'href="{home}"' in shown, "the way back"
    enter(Actor.system())
    event = AuditEvent.objects.get(event="personal.reveal")
    assert (event.note, event.actor_user_id) == ("送达文书或结果", staff.handler.user_id)
    assert row.contact_phone not in event.canonical
    api = client.get(f"/api/v1/enterprises/{row.public_id}/").content.decode()
    assert row.name in api
    assert row.contact_phone not in api
    stranger = signed_in(others.handler)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"reason": "试"}).status_code == 404
    assert signed_in(person).get(url).status_code == 403


def test_requests_about_own_data(now: FixedClock, db: None) -> None:
    person = worlds.enterprise(now, 1)
    security = worlds.staff_member(now, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    client, admin = signed_in(person), signed_in(security)
    url = reverse("my_personal_data")
    assert person.name in client.get(url).content.decode()
    for form, message in (
        ({"kind": "", "detail": "查"}, "请选择请求的类别"),
        ({"kind": "access", "detail": " "}, "请写明请求的内容"),
    ):
        refused = client.post(url, form)
        assert refused.status_code == 422
        assert message in refused.content.decode()
    form = {"kind": "correction", "detail": "手机号已更换"}
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 409
    assert "手机号已更换" in admin.get(reverse("ops:personal_requests")).content.decode()
    enter(Actor.system())
    public_id = PersonalRequest.objects.get().public_id
    answer = reverse("ops:answer_personal_request", args=[public_id])
    empty = admin.post(answer, {"outcome": "met", "answer": ""})
    assert empty.status_code == 422
    assert f'href="#id_answer_{public_id}"' in empty.content.decode()
    assert f'id="id_answer_{public_id}_error"' in empty.content.decode()
    assert admin.post(answer, {"outcome": "met", "answer": "已更正"}).status_code == 302
    assert admin.post(answer, {"outcome": "met", "answer": "已更正"}).status_code == 409
    assert client.post(answer, {"outcome": "met", "answer": "试"}).status_code == 403
    gone = reverse("ops:answer_personal_request", args=["nothing"])
    assert admin.post(gone, {"outcome": "met", "answer": "试"}).status_code == 404
    assert "已更正" in client.get(url).content.decode()
    enter(Actor.system())
    assert Message.objects.filter(title="个人信息请求已办理", to_user_id=person.user_id).count() == 1
    other = signed_in(worlds.enterprise(now, 2))
    assert "手机号已更换" not in other.get(url).content.decode()
    for name in ("ops:personal_fields", "ops:personal_requests"):
        assert admin.get(reverse(name)).status_code == 200
        assert client.get(reverse(name)).status_code == 403


def test_experts_are_asked_to_accept_the_notice_once_per_version(now: FixedClock, db: None) -> None:
    client = signed_in(worlds.expert(now, 1))
    asks = "请阅读《个人信息处理告知书》"
    assert asks in client.get(reverse("my_account")).content.decode()
    away = client.post(reverse("accept_notice"), {"next": "https://elsewhere.invalid/"})
    assert away.headers["Location"] == "/home/"
    assert asks not in client.get(reverse("my_account")).content.decode()
    assert (
        asks not in signed_in(worlds.district_staff(now).handler).get(reverse("my_account")).content.decode()
    )
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="personal.accept_notice").count() == 1
