"""The auditor's first page names what was unusual; ordinary work leaves it empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.audit import anomalies as audit
from apps.audit.models import AuditEvent
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from tests import worlds
from tests.portals.scenes import signed_in, statements


@pytest.fixture
def auditor(clock: FixedClock, db: None) -> Actor:
    return worlds.staff_member(clock, "shenji", "审计甲", role=Role.AUDITOR, duties=[])


@pytest.fixture
def handler(clock: FixedClock, db: None) -> Actor:
    return worlds.district_staff(clock).handler


Look = Callable[[], dict[str, list[str]]]


@pytest.fixture
def look(auditor: Actor) -> Look:
    """Return what is found in the last hour: code of the kind → details."""

    def found() -> dict[str, list[str]]:
        enter(auditor)
        now = DatabaseClock().now().at
        kinds = audit.anomalies(
            actor=auditor,
            since=now - timedelta(hours=1),
            until=now + timedelta(hours=1),
            spread_over=Decimal(10),
        )
        return {kind.code: [row.detail for row in kind.findings] for kind in kinds if kind.findings}

    return found


def _note(actor: Actor, event: str, **values: object) -> AuditEvent:
    enter(actor)
    return record(actor=actor, event=event, subject=None, moment=DatabaseClock().now(), **values)  # type: ignore[arg-type]


def test_ordinary_work_is_not_unusual(clock: FixedClock, handler: Actor, look: Look) -> None:
    worlds.enterprise(clock, 1, confirmed_by=handler)
    assert look() == {}


def test_a_score_that_jumps_is_named_and_a_small_change_is_not(
    clock: FixedClock, handler: Actor, look: Look
) -> None:
    def change(old: str | None, new: str, who: Actor = handler) -> None:
        _note(
            who,
            "score.entry.save",
            before={"K3-01": {"points": old}},
            after={"K3-01": {"points": new}, "total": "80"},
        )

    change(None, "3.00")
    change("3.00", "2.01")
    change("3.00", "0.00", worlds.enterprise(clock, 9, confirmed_by=handler))
    assert look() == {}
    change("3.00", "2.00")
    assert look()["jump"] == ["K3-01：3.00 → 2.00 分"]


def test_spread_and_bulk_export_are_named_from_their_lines(handler: Actor, look: Look) -> None:
    _note(handler, "panel.complete", after={"spread": "10.00"})
    _note(handler, "document.export", after={"kind": "applications", "rows": 99})
    assert look() == {}
    _note(handler, "panel.complete", after={"spread": "10.01"})
    _note(handler, "document.export", after={"kind": "applications", "rows": 100})
    assert look() == {
        "spread": ["专家总分最高与最低相差 10.01 分"],
        "bulk": ["导出 100 行（applications）"],
    }


def test_a_change_after_the_deadline_is_named(clock: FixedClock, handler: Actor, look: Look) -> None:
    row = worlds.enterprise_row(worlds.enterprise(clock, 2, confirmed_by=handler))
    moment = DatabaseClock().now()
    enter(Actor.system())
    record(actor=Actor.system(), event="evidence.attach", subject=row, moment=moment)
    record(actor=Actor.system(), event="obligation.overdue", subject=row, moment=moment)
    assert look() == {}
    enter(Actor.system())
    record(actor=Actor.system(), event="evidence.attach", subject=row, moment=moment)
    assert look() == {"late": ["期限届满后仍有改动"]}


def test_a_score_written_after_signing_is_named(clock: FixedClock, handler: Actor, look: Look) -> None:
    row = worlds.enterprise_row(worlds.enterprise(clock, 3, confirmed_by=handler))
    moment = DatabaseClock().now()
    enter(Actor.system())
    for event in ("score.entry.save", "score.sheet.sign", "score.entry.save"):
        record(actor=Actor.system(), event=event, subject=row, moment=moment)
    assert look() == {"signed": ["评分表签定之后写入"]}


def test_five_refused_sign_ins_are_named(look: Look) -> None:
    def fail(times: int) -> None:
        public = Actor.public(address="192.0.2.7")
        for _ in range(times):
            _note(public, "account.sign_in", after={"username": "somebody"}, outcome="denied")

    fail(4)
    assert look() == {}
    fail(1)
    assert look() == {"guessing": ["登录失败 5 次"]}


def test_a_foreign_page_and_a_foreign_row_leave_a_trace(
    clock: FixedClock, handler: Actor, auditor: Actor, look: Look
) -> None:
    stranger = worlds.district_staff(clock, worlds.WUZHONG).handler
    row = worlds.enterprise_row(worlds.enterprise(clock, 4, confirmed_by=handler))
    client = signed_in(stranger)
    assert client.get(reverse("ops:accounts")).status_code == 403
    assert client.get(reverse("district:enterprise", args=[row.public_id])).status_code == 404
    assert client.get("/no/such/page/").status_code == 404
    found = look()["refused"]
    assert len(found) == 2
    page = signed_in(auditor).get(reverse("audit:home")).content.decode()
    assert "/ops/accounts/" in page
    assert row.public_id in page
    assert "越权访问被拒" in page
    assert "顾晓岚" in page


def test_the_page_asks_the_same_number_of_questions_whatever_was_found(
    handler: Actor, auditor: Actor
) -> None:
    client = signed_in(auditor)
    client.get(reverse("audit:home"))
    with statements() as few:
        client.get(reverse("audit:home"))
    for _ in range(10):
        _note(handler, "panel.complete", after={"spread": "20.00"})
    with statements() as many:
        client.get(reverse("audit:home"))
    assert len(few) == len(many) <= 25


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"since": "昨天"}, "日期无效"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "不能早于"),
        ({"since": "2020-01-01", "until": "2026-01-01"}, "一次最多查看 366 天"),
    ],
)
def test_a_faulty_period_is_explained(auditor: Actor, query: dict[str, str], message: str) -> None:
    response = signed_in(auditor).get(reverse("audit:home"), query)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_readings_are_listed_by_kind_person_and_name(handler: Actor, auditor: Actor) -> None:
    _note(handler, "evidence.view", after={"name": "能耗统计表.pdf"})
    _note(handler, "document.export", after={"title": "申报名单", "rows": 3})
    client = signed_in(auditor)

    def page(**query: str) -> str:
        return client.get(reverse("audit:access"), query).content.decode()

    assert "能耗统计表.pdf" in page()
    assert "申报名单" in page()
    assert "申报名单" not in page(kind="evidence.view")
    assert "能耗统计表.pdf" in page(subject="能耗", who="顾")
    assert "没有记录" in page(who="无此人")


def test_only_the_auditor_asks(handler: Actor) -> None:
    now = DatabaseClock().now().at
    enter(handler)
    with pytest.raises(NotVisible):
        audit.anomalies(actor=handler, since=now, until=now, spread_over=Decimal(1))
    with pytest.raises(NotVisible):
        audit.readings(actor=handler)
