"""The register of document numbers over HTTP: own bureau, foreign bureau, no bureau, and what fields suggest."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.numbering import selectors, services
from apps.portals.base.numbers import number_hint
from tests import worlds
from tests.portals.scenes import signed_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def this_year() -> int:
    """Pages go by the database's clock."""
    return DatabaseClock().now().on.year


def give(actor: Actor, count: int = 1) -> str:
    """Have the register of the bureau give numbers; return its public id."""
    enter(actor)
    for _ in range(count):
        services.settle_number(
            actor=actor,
            moment=DatabaseClock().now(),
            text=f"昆工信〔{this_year()}〕号",
            purpose="推荐3A级绿色工厂",
            field="letter_no",
        )
    return selectors.series_of(actor=actor, year=this_year())[0].public_id


def test_from_opening_a_register_to_voiding_a_number(db: None, clock: FixedClock) -> None:
    bureau = worlds.district_staff(clock).handler
    client = signed_in(bureau)
    assert "没有编号登记" in text(client.get(reverse("numbers")))
    year = this_year()
    answer = client.post(reverse("open_number_series"), {"word": "昆工信", "start": "41"})
    assert answer.status_code == 302
    page = answer["Location"]
    assert f"昆工信〔{year}〕41号" in text(client.get(page))
    again = client.post(reverse("open_number_series"), {"word": "昆工信", "start": "50"})
    assert again.status_code == 422
    assert "不能重设起号" in text(again)
    assert 'value="50"' in text(again), "what was typed is kept"
    assert client.post(reverse("open_number_series"), {"word": "1", "start": "x"}).status_code == 422
    give(bureau)
    enter(bureau)
    number = selectors.register(actor=bureau, word="昆工信", year=this_year())[0].public_id
    series = page.rstrip("/").rsplit("/", 1)[1]
    void = reverse("void_number", args=[number])
    refused = client.post(void, {"series": series, "reason": " "})
    assert refused.status_code == 422
    assert "请填写作废原因" in text(refused)
    assert client.post(void, {"series": series, "reason": "文件未印发"}).status_code == 302
    shown = text(client.get(page))
    assert "文件未印发" in shown
    assert f"昆工信〔{year}〕42号" in shown
    assert client.post(void, {"series": series, "reason": "再作废"}).status_code == 409
    assert client.get(void).status_code == 405


def test_who_is_let_in(db: None, clock: FixedClock) -> None:
    bureau = worlds.district_staff(clock).handler
    series = give(bureau)
    number = selectors.register(actor=bureau, word="昆工信", year=this_year())[0].public_id
    for stranger in (
        worlds.district_staff(clock, worlds.WUZHONG).handler,
        worlds.municipal_staff(clock).handler,
    ):
        other = signed_in(stranger)
        assert "昆工信" not in text(other.get(reverse("numbers")))
        assert other.get(reverse("number_series", args=[series])).status_code == 404
        voided = other.post(reverse("void_number", args=[number]), {"series": series, "reason": "越权"})
        assert voided.status_code == 404
    enterprise = signed_in(worlds.enterprise(clock, 3))
    assert enterprise.get(reverse("numbers")).status_code == 403
    assert enterprise.get(reverse("number_series", args=[series])).status_code == 403
    assert Client().get(reverse("numbers")).status_code == 302


def test_a_long_register_is_paged_in_constant_queries(db: None, clock: FixedClock) -> None:
    bureau = worlds.district_staff(clock).handler
    client = signed_in(bureau)
    address = reverse("number_series", args=[give(bureau, 2)])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    give(bureau, 33)
    with CaptureQueriesContext(connection) as many:
        shown = text(client.get(address))
    assert len(many) == len(few)
    assert "共 35 条" in shown
    assert f"〔{this_year()}〕35号" in shown
    assert f"〔{this_year()}〕5号" not in shown
    assert f"〔{this_year()}〕5号" in text(client.get(f"{address}?page=2"))


def test_a_field_says_which_number_comes_next(db: None, clock: FixedClock) -> None:
    bureau = worlds.district_staff(clock).handler
    request = RequestFactory().get("/")
    request.actor = bureau  # type: ignore[attr-defined]
    assert number_hint(request, "昆工信〔2026〕31号") == "如：昆工信〔2026〕31号。"
    give(bureau, 2)
    year = this_year()
    assert number_hint(request, "x") == (
        f"下一个号：昆工信〔{year}〕3号。不填序号（如 昆工信〔{year}〕号）由系统编号。"
    )
