"""The small arithmetic language: what it computes, what it explains, what it refuses."""

from __future__ import annotations

import pytest

from apps.policy.evaluation.formula import (
    DividedByZero,
    Evaluated,
    FormulaError,
    MissingInputs,
    parse,
)
from tests.policy.evaluation.materials import D


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("2 * (3 - (4 - 5))", "8"),
        ("-a + 10", "7"),
        ("-(a - 5)", "2"),
        ("0.1 + 0.2", "0.3"),
        ("a / b * b", "3"),
        ("a", "3"),
    ],
)
def test_arithmetic_is_exact(source: str, value: str) -> None:
    outcome = parse(source).evaluate({"a": D(3), "b": D(7)})
    assert isinstance(outcome, Evaluated)
    assert outcome.value == D(value)


def test_the_working_shows_the_figures() -> None:
    formula = parse("(floor_area_m2 + high_bay_extra_m2) / land_area_m2")
    values = {"floor_area_m2": D("3200"), "high_bay_extra_m2": D(0), "land_area_m2": D("5000.0")}
    assert formula.evaluate(values) == Evaluated(D("0.64"), "(3200 + 0) ÷ 5000 = 0.64")


def test_a_shortened_result_says_so() -> None:
    outcome = parse("a / b").evaluate({"a": D(1), "b": D(3)})
    assert isinstance(outcome, Evaluated)
    assert outcome.working == "1 ÷ 3 ≈ 0.3333"
    assert outcome.value == D("0.3333333333333333333333333333")


def test_a_small_result_keeps_four_digits() -> None:
    outcome = parse("a / b").evaluate({"a": D("21.52"), "b": D("1000000")})
    assert isinstance(outcome, Evaluated)
    assert outcome.working == "21.52 ÷ 1000000 = 0.00002152"


def test_parentheses_are_written_where_they_are_needed_and_nowhere_else() -> None:
    names = {"a": "甲", "b": "乙", "c": "丙"}
    assert parse("a - (b - c)").in_words(names) == "甲 - (乙 - 丙)"
    assert parse("((a)) + (b + c)").in_words(names) == "甲 + 乙 + 丙"
    assert parse("a / (b * c)").in_words(names) == "甲 ÷ (乙 × 丙)"
    assert parse("(a * b) * c").in_words(names) == "甲 × 乙 × 丙"


def test_missing_inputs_are_named_in_the_order_of_the_formula() -> None:
    assert parse("c / (a + b)").evaluate({"a": D(1)}) == MissingInputs(("c", "b"))


def test_a_zero_denominator_is_an_outcome() -> None:
    outcome = parse("a / (b + c) * 100").evaluate({"a": D(1), "b": D(0), "c": D(0)})
    assert outcome == DividedByZero(("b", "c"), "0 + 0")


def test_zero_over_something_is_zero() -> None:
    outcome = parse("a / b * 100").evaluate({"a": D(0), "b": D(5)})
    assert isinstance(outcome, Evaluated)
    assert outcome.value == 0


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "不完整"),
        ("a +", "不完整"),
        ("(a", "右括号"),
        ("a)", "“)”"),
        ("a b", "“b”"),
        ("* a", "“*”"),
        ("a ** b", "“*”"),
        ("a.b", "“.”"),
        ("f(a)", "“(”"),
        ("a[0]", "“[”"),
        ("__import__('os')", "不能识别"),
        ("a // b", "“/”"),
        ("a if b else c", "“if”"),
        ("1e5", "“e5”"),
        ("a == b", "“=”"),
        ("甲 + 乙", "“甲”"),
        ("a" * 501, "500"),
        ("(" * 60 + "a" + ")" * 60, "40"),
        ("-" * 60 + "a", "40"),
    ],
)
def test_anything_else_is_refused_with_its_place(source: str, words: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse(source)
    assert words in str(refused.value)


def test_equal_texts_are_equal_formulas() -> None:
    assert parse("a + b") == parse("a + b")
    assert parse("a + b") != parse("b + a")
    assert parse("a + b / a").codes == ("a", "b")
