"""The auditor searches every event and walks the chain; nobody else does, and nothing can be changed here."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.audit import selectors as audit
from apps.audit.selectors import EventFilter
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from tests import worlds
from tests.portals.scenes import signed_in, statements


@pytest.fixture
def district(clock: FixedClock, db: None) -> worlds.Staff:
    return worlds.district_staff(clock)


@pytest.fixture
def auditor(clock: FixedClock, db: None) -> Actor:
    return worlds.staff_member(clock, "shenji", "审计甲", role=Role.AUDITOR, duties=[])


def _page(client: Client, **query: str) -> str:
    response = client.get(reverse("audit:events"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_events_are_found_by_person_event_object_district_and_day(
    clock: FixedClock, district: worlds.Staff, auditor: Actor
) -> None:
    worlds.enterprise(clock, 5, confirmed_by=district.handler)
    client = signed_in(auditor)
    assert "enterprise.confirm" in _page(client)
    found = _page(client, event="enterprise.confirm", who="顾晓岚", district="320583", subject="昆山示例5号")
    assert "昆山示例5号材料有限公司" in found
    assert "account.create" not in found
    assert "没有符合条件的事件" in _page(client, who="无此人")
    by_word = _page(client, event="核实企业登记")
    assert "enterprise.confirm" in by_word
    assert "account.create" not in by_word
    assert "没有符合条件的事件" in _page(client, event="无此事项")
    assert "没有符合条件的事件" in _page(client, district="320506", event="enterprise.")
    day = f"{clock.now().on:%Y-%m-%d}"
    assert "enterprise.confirm" in _page(client, since=day, until=day)
    assert "没有符合条件的事件" in _page(client, since="2026-11-23", event="enterprise.")


def test_events_are_found_by_clause_and_result(clock: FixedClock, auditor: Actor) -> None:
    client = signed_in(auditor)
    enter(auditor)
    assert audit.events_page(actor=auditor, wanted=EventFilter(outcome="done")).rows
    signed_in(worlds.municipal_staff(clock).handler).get(reverse("audit:home"))
    denied = _page(client, outcome="denied")
    assert "越权访问被拒" in denied
    assert "account.create" not in denied
    assert "没有符合条件的事件" in _page(client, rule="R-99")


def test_a_faulty_day_is_an_error_of_its_field(auditor: Actor) -> None:
    response = signed_in(auditor).get(reverse("audit:events"), {"since": "昨天"})
    assert response.status_code == 422
    assert "日期无效" in response.content.decode()


def test_before_and_after_are_shown(clock: FixedClock, district: worlds.Staff, auditor: Actor) -> None:
    security = worlds.staff_member(clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    enter(security)
    accounts.change_duties(
        actor=security,
        clock=clock,
        user_id=district.handler.account,
        duties=[Duty.HANDLER, Duty.SIGNER],
        reason="临时代班",
    )
    page = _page(signed_in(auditor), event="account.change_duties")
    assert "handler" in page
    assert "signer" in page
    assert "临时代班" in page


def test_pages_follow_a_key_and_cost_the_same(
    clock: FixedClock, district: worlds.Staff, auditor: Actor
) -> None:
    client = signed_in(auditor)
    enter(auditor)
    few = audit.events_page(actor=auditor, wanted=EventFilter(), per_page=2)
    assert few.older == few.rows[-1].id
    older = audit.events_page(actor=auditor, wanted=EventFilter(), before=few.older, per_page=2)
    assert all(row.id < few.rows[-1].id for row in older.rows)
    client.get(reverse("audit:events"))
    with statements() as one:
        client.get(reverse("audit:events"))
    for serial in range(20, 26):
        worlds.enterprise(clock, serial, confirmed_by=district.handler)
    with statements() as many:
        client.get(reverse("audit:events"))
    assert len(one) == len(many) <= 12


def test_another_district_sees_only_its_own_events(clock: FixedClock, district: worlds.Staff) -> None:
    worlds.enterprise(clock, 6, confirmed_by=district.handler)
    stranger = worlds.district_staff(clock, worlds.WUZHONG).handler
    enter(stranger)
    found = audit.events_page(actor=stranger, wanted=EventFilter(event="enterprise."))
    assert not found.rows


def test_nobody_else_reads_it(clock: FixedClock, district: worlds.Staff) -> None:
    system = worlds.staff_member(clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    for person in (district.handler, system, worlds.municipal_staff(clock).handler):
        for name in ("home", "events", "scores", "access", "chain", "package"):
            assert signed_in(person).get(reverse(f"audit:{name}")).status_code == 403
    assert Client().get(reverse("audit:events")).status_code == 302


def test_the_pages_take_no_forms(auditor: Actor) -> None:
    client = signed_in(auditor)
    for name in ("home", "events", "scores", "access", "chain"):
        assert client.post(reverse(f"audit:{name}")).status_code == 405


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"reason": "查"}, "请填写起止日期"),
        ({"since": "2026-01-01", "until": "2026-02-01"}, "请写明用途"),
        ({"since": "2026-02-01", "until": "2026-01-01", "reason": "查"}, "不能早于"),
        ({"number": "没有这一件", "reason": "查"}, "没有找到这一办件"),
        ({"since": "x", "until": "2026-02-01", "reason": "查"}, "日期无效"),
    ],
)
def test_a_faulty_range_is_explained_and_kept(auditor: Actor, form: dict[str, str], message: str) -> None:
    response = signed_in(auditor).post(reverse("audit:package"), form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert form.get("reason", "") in response.content.decode()


def test_nobody_else_starts_long_work(district: worlds.Staff) -> None:
    client = signed_in(district.handler)
    assert client.post(reverse("audit:check_chain")).status_code == 403
    assert client.post(reverse("audit:package"), {"reason": "查"}).status_code == 403
