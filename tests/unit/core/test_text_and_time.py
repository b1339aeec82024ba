"""Cleaning of typed text, errors, the legal clock, sealed secrets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag

from apps.core import crypto
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Invalid, RuleBroken, require
from apps.core.moment import SHANGHAI, DatabaseClock, FixedClock, Moment, end_of_day
from apps.core.text import clean_text
from apps.policy.verdict import Verdict, refuse


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  昆山示例公司\u3000", "昆山示例公司"),
        ("Cafe\u0301", "Café"),
        ("", ""),
        ("\u3000 \u3000", ""),
        ("苏Ａ", "苏Ａ"),
        ("😀", "😀"),
    ],
)
def test_text_is_normalised_and_trimmed(typed: str, kept: str) -> None:
    assert clean_text(typed, field="name", label="名称", limit=20) == kept


@pytest.mark.parametrize(
    "hidden", ["a\u200bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\x00b", "a\x1bb", "a\nb", "a\tb", "\ud800"]
)
def test_invisible_characters_are_refused(hidden: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(hidden, field="name", label="名称", limit=20)
    assert refused.value.errors == {"name": ["名称含有不可见或控制字符，请删除后重新填写。"]}


def test_line_breaks_only_where_allowed() -> None:
    assert clean_text("甲\r\n乙\t丙", field="note", label="说明", limit=20, multiline=True) == "甲\n乙\t丙"


def test_length_is_counted_after_normalising() -> None:
    assert clean_text("é" * 5, field="x", label="名称", limit=5) == "é" * 5
    with pytest.raises(Invalid) as refused:
        clean_text("一" * 6, field="x", label="名称", limit=5)
    assert refused.value.errors == {"x": ["名称最多 5 字，当前 6 字。"]}


def test_a_moment_is_aware_and_dated_in_shanghai() -> None:
    late = Moment.of(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    assert late.on == date(2026, 11, 23)
    assert Moment.of(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)).on == date(2026, 11, 22)
    with pytest.raises(ValueError, match="aware"):
        Moment.of(datetime(2026, 11, 22, 16, 0))  # noqa: DTZ001  (a naive time is the point)
    assert end_of_day(date(2026, 2, 28)) == datetime(2026, 3, 1, tzinfo=SHANGHAI)
    assert Moment.in_shanghai(date(2026, 11, 22), 9, 30).plus(timedelta(hours=15)).on == date(2026, 11, 23)


@pytest.mark.django_db
def test_the_database_clock_moves_inside_a_transaction() -> None:
    """Not the transaction's start: a deadline is decided when the lock is held (SECURITY M12)."""
    clock = DatabaseClock()
    first, second = clock.now(), clock.now()
    assert first.at < second.at


def test_a_fixed_clock_stands_until_moved() -> None:
    clock = FixedClock(Moment.in_shanghai(date(2026, 11, 22)))
    assert clock.now() == clock.now()
    clock.advance(timedelta(days=1))
    assert clock.now().on == date(2026, 11, 23)


def test_sealed_text_opens_only_unchanged() -> None:
    sealed = crypto.encrypt("示例市民")
    assert "示例" not in sealed
    assert crypto.encrypt("示例市民") != sealed
    assert crypto.decrypt(sealed) == "示例市民"
    broken = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(InvalidTag):
        crypto.decrypt(broken)


def test_refusals_carry_their_rules() -> None:
    verdict = Verdict.refused(refuse("R-18", "初评得分79.99分，未达到80分。"))
    with pytest.raises(RuleBroken) as broken:
        require(verdict)
    assert broken.value.verdict is verdict
    assert broken.value.message == "初评得分79.99分，未达到80分。"
    require(Verdict())
    error = Invalid({"a": ["一。"], "": ["二。"]})
    assert error.message == "一。二。"


def test_an_actor_without_an_account_signs_nothing() -> None:
    with pytest.raises(ValueError, match="no account"):
        _ = Actor.public().account
    with pytest.raises(ValueError, match="no district"):
        _ = Actor(role=Role.MUNICIPAL, user_id=1).bureau
    person = Actor(role=Role.DISTRICT, user_id=1, district="320583", duties=frozenset({Duty.HANDLER}))
    assert (person.account, person.bureau) == (1, "320583")
    assert person.has(Duty.HANDLER, Duty.SIGNER)
    assert not person.has(Duty.SIGNER)
