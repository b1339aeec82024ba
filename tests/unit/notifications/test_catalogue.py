"""Every message says what it is about, what to do and where; and in the words of the house."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from apps.core.actor import Role
from apps.core.moment import SHANGHAI
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.rendering import PORTALS, in_words, placeholders, rendered
from apps.notifications.template import Group

FORBIDDEN = ("驳回", "确定", "认定", "通过/不通过", "摘牌")
COMMON = {"enterprise": "昆山示例材料有限公司", "number": "GF3A-2026B-320583-0137", "due": date(2026, 12, 14)}


def filled(code: str) -> dict[str, object]:
    return {**dict.fromkeys(placeholders(CATALOGUE[code]), "x7"), **COMMON}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_each_message_carries_number_enterprise_task_deadline_and_link(code: str) -> None:
    message = rendered(code, filled(code), Role.ENTERPRISE)
    assert "要做什么：" in message.body
    assert "办件编号：GF3A-2026B-320583-0137" in message.body
    assert "企业：昆山示例材料有限公司" in message.body
    assert "截止：2026年12月14日（周一）24:00前" in message.body
    assert message.link.startswith("/e/")
    assert "{" not in message.title + message.body + message.link


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_words_of_the_house(code: str) -> None:
    row = CATALOGUE[code]
    text = row.title + row.text + row.todo
    assert not [word for word in FORBIDDEN if word in text]
    assert not re.search(r"[\u4e00-\u9fff][,:;()!?]|[,:;()!?][\u4e00-\u9fff]", text), "half-width punctuation"
    assert row.text.rstrip("}").endswith(("。", "{reason", "{note", "}")) or row.text.endswith("}")
    assert row.todo.endswith(("。", "}"))


def test_a_missing_placeholder_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        rendered("application_returned", {"public_id": "abc"}, Role.ENTERPRISE)


def test_user_text_is_never_a_template() -> None:
    context = {**filled("not_awarded"), "reason": "{public_id} {0.__class__}"}
    assert "{public_id} {0.__class__}" in rendered("not_awarded", context, Role.ENTERPRISE).body


def test_a_title_is_one_line_even_when_a_value_has_several() -> None:
    context = {**filled("exemption_requested"), "enterprise": "甲\r\nBcc: x@example.invalid"}
    assert "\n" not in rendered("exemption_requested", context, Role.DISTRICT).title


def test_link_leads_to_the_portal_of_the_reader() -> None:
    links = {
        role: rendered("application_returned", filled("application_returned"), role).link for role in PORTALS
    }
    assert links[Role.ENTERPRISE] == "/e/applications/x7/"
    assert links[Role.DISTRICT] == "/d/applications/x7/"
    assert links[Role.MUNICIPAL] == "/m/applications/x7/"


def test_instants_are_written_with_their_time_of_day() -> None:
    assert in_words(datetime(2026, 12, 14, 9, 0, tzinfo=SHANGHAI)) == "2026年12月14日（周一）09:00"
    body = rendered(
        "city_accepted",
        {**filled("city_accepted"), "due": datetime(2026, 12, 14, 17, 0, tzinfo=SHANGHAI)},
        Role.ENTERPRISE,
    ).body
    assert "截止：2026年12月14日（周一）17:00前" in body


def test_only_progress_may_be_switched_off() -> None:
    assert [group for group in Group if not group.mandatory] == [Group.PROGRESS]
