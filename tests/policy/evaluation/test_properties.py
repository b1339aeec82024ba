"""Properties that hold for any sheet whatever its answers."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import EMPTY_TABLE
from apps.policy.evaluation.decimals import round_points
from apps.policy.evaluation.formula import Evaluated, parse
from apps.policy.evaluation.results import ItemState, SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.spec import Binary, Graded, ItemSpec
from tests.policy.evaluation.materials import CHEMICALS, D, demo_table, full_answers, plant, scheme

SPEC = scheme()
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _score(answers: dict[str, Answer]) -> SheetResult:
    return score_sheet(SPEC, answers, plant(), demo_table(), CHEMICALS)


def _answers_for(item: ItemSpec) -> st.SearchStrategy[Answer]:
    cents = int(item.max_points * 100)
    choices: list[st.SearchStrategy[Answer]] = [
        st.just(Answer()),
        st.integers(0, cents).map(lambda value: Answer.judged(Decimal(value) / 100)),
    ]
    if isinstance(item.method, Binary):
        choices.append(st.booleans().map(lambda met: Answer(met=met)))
    if isinstance(item.method, Graded):
        choices.append(st.integers(0, len(item.method.options) - 1).map(lambda place: Answer(option=place)))
    if item.na_allowed:
        choices.append(st.just(Answer(not_applicable=True, reason="无此项")))
    return st.one_of(choices)


SHEETS = st.fixed_dictionaries({item.code: _answers_for(item) for item in SPEC.items})


@QUIET
@given(SHEETS)
def test_a_total_is_a_printed_figure_between_zero_and_one_hundred(answers: dict[str, Answer]) -> None:
    result = _score(answers)
    assert 0 <= result.total <= result.reachable_max <= 100
    assert result.total == result.total.quantize(D("0.01"))
    assert result.total == sum(row.points for row in result.dimensions)
    for row in result.dimensions:
        assert 0 <= row.points <= row.weight
        assert row.points == row.points.quantize(D("0.01"))
        if not row.rebased:
            assert row.points == sum(result.item(code).counted for code in row.item_codes)
    for item in result.items:
        assert item.points is None or 0 <= item.points <= item.max_points
        assert (item.points is None) == (
            item.state in (ItemState.UNANSWERED, ItemState.INVALID, ItemState.NOT_APPLICABLE)
            or (item.state is ItemState.NEEDS_JUDGEMENT and not item.answered)
        )


@QUIET
@given(SHEETS, st.randoms(use_true_random=False))
def test_the_order_of_answers_plays_no_part(answers: dict[str, Answer], shuffler: random.Random) -> None:
    codes = list(answers)
    shuffler.shuffle(codes)
    assert _score({code: answers[code] for code in codes}) == _score(answers)


@QUIET
@given(SHEETS, st.sampled_from(SPEC.items), st.data())
def test_more_points_never_make_a_lower_total(
    answers: dict[str, Answer], item: ItemSpec, data: st.DataObject
) -> None:
    cents = int(item.max_points * 100)
    low = data.draw(st.integers(0, cents))
    high = data.draw(st.integers(low, cents))
    totals = [
        _score({**answers, item.code: Answer.judged(Decimal(value) / 100)}).total for value in (low, high)
    ]
    assert totals[0] <= totals[1]


@QUIET
@given(st.dictionaries(st.sampled_from(SPEC.items), st.integers(0, 10_000), max_size=97))
def test_given_points_add_up_to_the_cent(shares: dict[ItemSpec, int]) -> None:
    given_points = {
        item.code: (item.max_points * share / 10_000).quantize(D("0.01")) for item, share in shares.items()
    }
    answers = {code: Answer.judged(points) for code, points in given_points.items()}
    result = score_sheet(SPEC, answers, Measurements(), EMPTY_TABLE, CHEMICALS)
    assert result.total == sum(given_points.values())
    left = sum(item.max_points for item in SPEC.items if item.code not in given_points)
    assert result.reachable_max == result.total + left


@QUIET
@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_better_metric_never_earns_less(energy: int, less: int) -> None:
    answers = full_answers()
    worse, better = (
        score_sheet(SPEC, answers, plant(energy_tce=str(value), renewable_tce="0"), demo_table(), CHEMICALS)
        for value in (energy + less, energy)
    )
    for code in ("K5-01", "K5-02"):
        assert worse.item(code).counted <= better.item(code).counted


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 10**6))
def test_division_and_multiplication_cancel(whole: int, part: int, other: int) -> None:
    outcome = parse("a / b * b / c * c").evaluate({"a": D(whole), "b": D(part), "c": D(other)})
    assert isinstance(outcome, Evaluated)
    assert outcome.value == whole


@given(st.integers(0, 1200), st.integers(1, 24), st.integers(1, 24))
def test_ties_go_up_even_through_repeating_quotients(cents: int, part: int, whole: int) -> None:
    """Points of max × part ÷ whole, compared with exact integer arithmetic."""
    ratio = parse("a / b").evaluate({"a": D(part), "b": D(whole)})
    assert isinstance(ratio, Evaluated)
    exact = (2 * cents * part + whole) // (2 * whole)
    assert round_points(Decimal(cents) / 100 * ratio.value) == Decimal(exact) / 100


@QUIET
@given(SHEETS, st.integers(0, 9))
def test_the_number_of_files_changes_no_points_and_no_state(answers: dict[str, Answer], files: int) -> None:
    """Attaching a file need not score the sheet again (`scoring.set_evidence_counts` relies on it)."""
    bare, proved = (
        _score({code: replace(answer, evidence_count=count) for code, answer in answers.items()})
        for count in (0, files)
    )
    assert bare.total == proved.total
    assert [(row.points, row.state) for row in bare.items] == [
        (row.points, row.state) for row in proved.items
    ]
