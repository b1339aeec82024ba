"""Answers and figures as rooms store them: through JSON and back, and what is no number is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.policy.evaluation.answers import Answer, EnteredBenchmark, MeasurementRow, Measurements
from apps.policy.evaluation.decimals import NotANumber, plain, short, to_decimal
from tests.policy.evaluation.materials import D, plant

ANSWERS = [
    Answer(),
    Answer(met=False),
    Answer(option=0),
    Answer(selected=frozenset()),
    Answer(selected=frozenset({"能耗查询", "碳排放核算"})),
    Answer(metric="ENERGY_PER_OUTPUT", metric_confirmed=True),
    Answer(benchmarks={"required_value": EnteredBenchmark(D("1.20"), "出让合同")}),
    Answer(claimed_ratio=D("0"), evidence_count=0, reason="无行业数据"),
    Answer(claimed_ratio=D("0.6"), evidence_count=2),
    Answer(not_applicable=True, reason="无", confirmed_by_district=True, confirmed_by_city=True),
    Answer.judged("1.50"),
    Answer.judged(0),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"answer-{n}" for n in range(len(ANSWERS))])
def test_an_answer_survives_json(answer: Answer) -> None:
    assert Answer.from_mapping(json.loads(json.dumps(answer.as_mapping()))) == answer


def test_an_empty_answer_stores_nothing() -> None:
    assert Answer().as_mapping() == {}
    assert Answer(met=False).as_mapping() == {"met": False}
    assert Answer.judged("1.50").as_mapping() == {"judged_points": "1.50"}


def test_figures_survive_json() -> None:
    figures = plant()
    assert Measurements.from_mapping(json.loads(json.dumps(figures.as_mapping()))) == figures


def test_blank_figures_are_not_zero() -> None:
    read = Measurements.from_mapping({"values": {"energy_tce": "", "product_qty": None, "output_value": "0"}})
    assert read.values == {"output_value": D(0)}


def test_rows_keep_their_names_and_units() -> None:
    raw: dict[str, Any] = {
        "rows": {"POLLUTANT_GEN": [{"label": "氨氮", "unit": "kg", "values": {"pollutant_gen": "3.5"}}]}
    }
    assert Measurements.from_mapping(raw).rows == {
        "POLLUTANT_GEN": (MeasurementRow("氨氮", {"pollutant_gen": D("3.5")}, "kg"),)
    }


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-Infinity", "1e30", "十", "", "1,000", True, None, [1], "1e-13", float("inf")],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(NotANumber):
        to_decimal(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.6, "0.6"),
        ("0.600000000000000000", "0.6"),
        (1, "1"),
        (" 12.5 ", "12.5"),
        (D("3.10"), "3.1"),
        ("1E+3", "1000"),
    ],
)
def test_numbers_are_read_exactly(value: object, expected: str) -> None:
    assert plain(to_decimal(value)) == expected


@pytest.mark.parametrize(
    ("value", "text", "exact"),
    [
        ("0", "0", True),
        ("0.64", "0.64", True),
        ("1234.56789", "1234.5679", False),
        ("0.000123456", "0.0001235", False),
        ("-0.5", "-0.5", True),
        ("100", "100", True),
    ],
)
def test_computed_numbers_are_shortened_openly(value: str, text: str, exact: bool) -> None:  # noqa: FBT001  (pytest passes it by name)
    assert short(D(value)) == (text, exact)
