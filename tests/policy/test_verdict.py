from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from apps.policy.rules import RULES, implements, rule
from apps.policy.verdict import ALLOWED, Refusal, Verdict, refuse, when

NEEDS_2A = refuse("R-08", "原则上申报3A级须已获评2A级。", "请先申报2A级。")
BAN = refuse("R-11", "三年内不得重新申报。")


def test_refuse_takes_clause_and_principle_from_the_rule() -> None:
    waivable = Refusal(
        "R-08", "五（二）", "原则上申报3A级须已获评2A级。", "请先申报2A级。", in_principle=True
    )
    absolute = Refusal("R-11", "六（二）", "三年内不得重新申报。", "", in_principle=False)
    assert [waivable, absolute] == [NEEDS_2A, BAN]


def test_refusal_reads_as_a_sentence_with_its_clause() -> None:
    assert str(BAN) == "三年内不得重新申报。（依据：六（二），R-11）"


def test_refuse_unknown_rule() -> None:
    with pytest.raises(KeyError):
        refuse("R-99", "")


def test_waiving_removes_only_what_holds_in_principle() -> None:
    verdict = Verdict((NEEDS_2A, BAN))
    assert verdict.waiving({"R-08", "R-11"}) == Verdict((BAN,))
    assert verdict.waiving(()) == verdict
    assert verdict.waiving({"R-31"}) == verdict


@pytest.mark.parametrize(
    ("refusals", "ok", "waivable"),
    [((), True, False), ((NEEDS_2A,), False, True), ((NEEDS_2A, BAN), False, False)],
)
def test_ok_and_waivable(refusals: tuple[Refusal, ...], *, ok: bool, waivable: bool) -> None:
    verdict = Verdict(refusals)
    assert (verdict.ok, verdict.waivable) == (ok, waivable)


def test_sum_keeps_order_and_all_of_drops_repeats() -> None:
    first, second = Verdict.refused(BAN), Verdict.refused(NEEDS_2A)
    assert (first + second).refusals == (BAN, NEEDS_2A)
    assert Verdict.all_of(first, second, first).refusals == (BAN, NEEDS_2A)
    assert Verdict.all_of() == ALLOWED
    assert (first + second).rules == {"R-08", "R-11"}
    assert first.reasons == ("三年内不得重新申报。",)


def test_a_verdict_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"read \.ok"):
        bool(ALLOWED)


def test_verdict_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ALLOWED.refusals = (BAN,)  # type: ignore[misc]


def test_when() -> None:
    assert when(False, "R-11", "x") == ALLOWED
    assert when(True, "R-11", "三年内不得重新申报。") == Verdict((BAN,))


def test_only_the_plans_own_words_make_a_rule_waivable() -> None:
    assert [row.id for row in RULES if row.in_principle] == ["R-08", "R-09", "R-31"]


def test_implements_unknown_rule_fails_at_import() -> None:
    with pytest.raises(KeyError):
        implements("R-46")


def test_rule_lookup() -> None:
    assert rule("R-24").seed == "网站公示"
