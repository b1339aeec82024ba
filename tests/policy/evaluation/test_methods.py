"""Every scoring method at its boundaries, in both directions, on the items that really use it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.evaluation.answers import Answer, EnteredBenchmark
from apps.policy.evaluation.results import BlockerKind, ItemState
from apps.policy.evaluation.spec import BenchmarkKind, Binary, Graded, Tiered
from tests.policy.evaluation.materials import GENERAL, SUZHOU, D, read, scheme, score_one, table

AVG, TOP20, TOP5 = BenchmarkKind.AVERAGE, BenchmarkKind.TOP20, BenchmarkKind.TOP5
LIMIT, ADVANCED = BenchmarkKind.LIMIT, BenchmarkKind.ADVANCED
LEAD, BASE, REQUIRED = BenchmarkKind.LEAD, BenchmarkKind.BASE, BenchmarkKind.REQUIRED
FUNCTIONS: list[str] = read("ecm_functions")["ecm_functions"]


@pytest.mark.parametrize("code", [row.code for row in scheme(SUZHOU).items if isinstance(row.method, Binary)])
def test_binary_is_all_or_nothing(code: str) -> None:
    spec = scheme(SUZHOU).item(code)
    assert score_one(spec.code, Answer(met=True)).points == spec.max_points
    missed = score_one(spec.code, Answer(met=False))
    assert (missed.points, missed.state) == (D("0.00"), ItemState.SCORED)
    assert score_one(spec.code).state is ItemState.UNANSWERED


@pytest.mark.parametrize("code", [row.code for row in scheme(SUZHOU).items if isinstance(row.method, Graded)])
def test_graded_by_its_options(code: str) -> None:
    spec = scheme(SUZHOU).item(code)
    assert isinstance(spec.method, Graded)
    for place, option in enumerate(spec.method.options):
        result = score_one(code, Answer(option=place))
        assert result.points == (spec.max_points * option.ratio).quantize(D("0.01"))
        assert option.label in " ".join(result.reason_sentences)
    assert score_one(code).state is ItemState.UNANSWERED
    for outside in (-1, len(spec.method.options)):
        assert score_one(code, Answer(option=outside)).state is ItemState.INVALID


#: What makes a metric take exactly a given value, for every metric a tiered item uses.
_MAKES = {
    "LIGHT_EFF_RATIO": ("efficient_lamps", {"total_lamps": 100}),
    "EFF_EQUIP_RATIO": ("efficient_equip_kw", {"total_equip_kw": 100}),
    "RRE": ("renewable_tce", {"energy_tce": 100}),
    "SUPPLIER_GREEN_RATIO": ("evaluated_suppliers", {"key_suppliers": 100}),
    "HIGH_EFF_PRODUCT_RATIO": ("high_eff_qty", {"energy_product_qty": 100}),
    "PCF_RATIO": ("pcf_categories", {"product_categories": 100}),
    "BLD_DENSITY": (
        "building_footprint_m2",
        {"structure_footprint_m2": 0, "yard_m2": 0, "land_area_m2": 100},
    ),
    "GREEN_MAT": ("green_material", {"material_total": 100}),
    "SOLID_WASTE_UTIL": ("waste_utilized_t", {"waste_generated_t": 100, "waste_old_stock_used_t": 0}),
    "AIR_BETTER_RATIO": ("", {}),
    "WATER_BETTER_RATIO": ("", {}),
}


def _values_for(metric: str, value: Decimal) -> dict[str, str | int]:
    if metric in ("AIR_BETTER_RATIO", "WATER_BETTER_RATIO"):
        stem = "air" if metric.startswith("AIR") else "water"
        return {f"{stem}_limit": 100, f"{stem}_actual": str(100 - value)}
    top, rest = _MAKES[metric]
    return {top: str(value), **rest}


@pytest.mark.parametrize("code", [row.code for row in scheme(SUZHOU).items if isinstance(row.method, Tiered)])
def test_tiered_exactly_at_and_just_below_every_step(code: str) -> None:
    spec = scheme(SUZHOU).item(code)
    method = spec.method
    assert isinstance(method, Tiered)
    below = [tier.ratio for tier in method.tiers[1:]] + [method.otherwise]
    for tier, next_ratio in zip(method.tiers, below, strict=True):
        nudge = D("0.0001")
        at, under = (tier.value, tier.value - nudge) if tier.op == ">=" else (tier.value + nudge, tier.value)
        for value, ratio in ((at, tier.ratio), (under, next_ratio)):
            result = score_one(code, values=_values_for(method.metric, value))
            assert (result.state, result.ratio) == (ItemState.SCORED, ratio), (value, result.steps)
            assert result.points == (spec.max_points * ratio).quantize(D("0.01"), rounding="ROUND_HALF_UP")
            assert result.value == value


def test_tiered_explains_every_step() -> None:
    result = score_one("J2-05", values={"efficient_lamps": 700, "total_lamps": 1000})
    assert result.reason_sentences == (
        "公式：节能灯具占比 = 节能灯具数 ÷ 灯具总数 × 100",
        "计算：700 ÷ 1000 × 100 = 70%",
        "分档：70%，不低于 70%，系数 0.75。",
        "得分：0.80 × 0.75 = 0.60 分。",
    )


def test_missing_figures_are_named() -> None:
    result = score_one("J2-05", values={"total_lamps": 10})
    assert result.state is ItemState.UNANSWERED
    assert result.points is None
    assert result.missing == ("efficient_lamps",)
    assert result.message == "请填写节能灯具数。"


def test_a_zero_denominator_is_an_explicit_outcome() -> None:
    solid = score_one(
        "K4-03", values={"waste_utilized_t": 0, "waste_generated_t": 0, "waste_old_stock_used_t": 0}
    )
    assert solid.state is ItemState.INVALID
    assert solid.points is None
    assert solid.message == "分母（产生量、综合利用往年贮存量）为 0，无法计算；确无此项的，可申请不适用。"
    lamps = score_one("J2-05", values={"efficient_lamps": 0, "total_lamps": 0})
    assert lamps.message == "分母（灯具总数）为 0，无法计算。"


def test_a_negative_figure_is_refused() -> None:
    result = score_one("J2-05", values={"efficient_lamps": -1, "total_lamps": 10})
    assert result.state is ItemState.INVALID
    assert result.message == "节能灯具数不能为负数（当前为 -1）。"


def test_a_share_above_one_hundred_percent_warns() -> None:
    result = score_one("J2-05", values={"efficient_lamps": 11, "total_lamps": 10})
    assert result.state is ItemState.SCORED
    assert result.warnings == ("节能灯具占比超过 100%，请核对填报数据。",)


@pytest.mark.parametrize(
    ("ticks", "points"),
    [(0, "0.00"), (1, "0.09"), (4, "0.38"), (5, "0.47"), (7, "0.66"), (8, "0.75"), (12, "0.75")],
)
def test_count_in_proportion_up_to_full(ticks: int, points: str) -> None:
    result = score_one("E1-05", Answer(selected=frozenset(FUNCTIONS[:ticks])))
    assert (result.state, result.points) == (ItemState.SCORED, D(points))
    assert score_one("E1-05", values={"ecm_functions": ticks}).points == D(points)


def test_count_refuses_what_is_no_option() -> None:
    assert score_one("E1-05", Answer(selected=frozenset({"喝茶"}))).state is ItemState.INVALID
    assert score_one("E1-05", values={"ecm_functions": 13}).state is ItemState.INVALID
    assert score_one("E1-05", values={"ecm_functions": "2.5"}).state is ItemState.INVALID
    assert score_one("E1-05").state is ItemState.UNANSWERED


GAS = {"waste_gas_m3": "1000", "product_qty": "10"}
STEPS = table(("WASTE_GAS_GEN", AVG, "120"), ("WASTE_GAS_GEN", TOP20, "100"), ("WASTE_GAS_GEN", TOP5, "80"))


@pytest.mark.parametrize(
    ("gas", "must", "better"),
    [
        ("799.9", "1.20", "0.60"),
        ("800", "1.20", "0.60"),
        ("800.1", "1.20", "0.36"),
        ("1000", "1.20", "0.36"),
        ("1000.1", "1.20", "0.00"),
        ("1200", "1.20", "0.00"),
        ("1200.1", "0.00", "0.00"),
    ],
)
def test_benchmark_lower_is_better(gas: str, must: str, better: str) -> None:
    values: dict[str, str | int] = {"waste_gas_m3": gas, "product_qty": "10"}
    assert score_one("K3-03", values=values, benchmarks=STEPS).points == D(must)
    assert score_one("K3-04", values=values, benchmarks=STEPS).points == D(better)


REUSE = table(("WATER_REUSE", AVG, "40"), ("WATER_REUSE", TOP20, "60"), ("WATER_REUSE", TOP5, "75"))


@pytest.mark.parametrize(
    ("reused", "must", "better"),
    [
        ("39.99", "0.00", "0.00"),
        ("40", "1.20", "0.00"),
        ("59.99", "1.20", "0.00"),
        ("60", "1.20", "0.54"),
        ("74.99", "1.20", "0.54"),
        ("75", "1.20", "0.90"),
    ],
)
def test_benchmark_higher_is_better(reused: str, must: str, better: str) -> None:
    values: dict[str, str | int] = {"water_reused_m3": reused, "water_discharged_m3": str(100 - D(reused))}
    assert score_one("K4-05", values=values, benchmarks=REUSE).points == D(must)
    assert score_one("K4-06", values=values, benchmarks=REUSE).points == D(better)


def test_energy_quota_before_sector_average() -> None:
    values: dict[str, str | int] = {"energy_tce": "60", "product_qty": "100"}
    quota = table(("ENERGY_PER_PRODUCT", LIMIT, "0.5"), ("ENERGY_PER_PRODUCT", AVG, "0.9"))
    assert score_one("K5-01", values=values, benchmarks=quota).points == D("0.00")
    average_only = table(("ENERGY_PER_PRODUCT", AVG, "0.9"))
    assert score_one("K5-01", values=values, benchmarks=average_only).points == D("1.80")


def test_without_a_quota_energy_per_output_may_be_chosen() -> None:
    values: dict[str, str | int] = {"energy_tce": "60", "output_value": "100"}
    averages = table(("ENERGY_PER_OUTPUT", AVG, "0.6"))
    result = score_one("K5-01", Answer(metric="ENERGY_PER_OUTPUT"), values, benchmarks=averages)
    assert (result.state, result.points, result.metric) == (ItemState.SCORED, D("1.80"), "ENERGY_PER_OUTPUT")
    assert result.open_matters == (BlockerKind.METRIC_UNCONFIRMED,)
    confirmed = Answer(metric="ENERGY_PER_OUTPUT", metric_confirmed=True)
    assert score_one("K5-01", confirmed, values, benchmarks=averages).open_matters == ()
    assert score_one("K5-01", Answer(metric="RRE"), values).state is ItemState.INVALID


def test_carbon_computed_without_a_sector_average_earns_sixty_percent() -> None:
    values: dict[str, str | int] = {"co2_t": "100", "product_qty": "10"}
    bare = score_one("K5-03", values=values)
    assert (bare.state, bare.points) == (ItemState.SCORED, D("0.72"))
    assert bare.claimable == (D(1), D("0.6"))
    assert score_one("K5-03", values={"co2_t": "100"}).state is ItemState.UNANSWERED
    average = table(("CO2_PER_PRODUCT", AVG, "10"))
    assert score_one("K5-03", values=values, benchmarks=average).points == D("1.20")
    worse = table(("CO2_PER_PRODUCT", AVG, "9.99"))
    assert score_one("K5-03", values=values, benchmarks=worse).points == D("0.00")


def _required(value: str, source: str = "出让合同") -> Answer:
    return Answer(benchmarks={"required_value": EnteredBenchmark(D(value), source)})


@pytest.mark.parametrize(
    ("floor", "must", "better"),
    [
        ("9999", "0.00", "0.00"),
        ("10000", "1.80", "0.00"),
        ("11999", "1.80", "0.00"),
        ("12000", "1.80", "0.54"),
        ("15000", "1.80", "0.72"),
        ("19999", "1.80", "0.72"),
        ("20000", "1.80", "0.90"),
    ],
)
def test_multiples_of_the_required_value(floor: str, must: str, better: str) -> None:
    values: dict[str, str | int] = {"floor_area_m2": floor, "high_bay_extra_m2": 0, "land_area_m2": 10000}
    assert score_one("K1-01", _required("1"), values).points == D(must)
    assert score_one("K1-02", _required("1"), values).points == D(better)


def test_the_required_value_needs_a_source_and_a_sense() -> None:
    values: dict[str, str | int] = {"floor_area_m2": 100, "high_bay_extra_m2": 0, "land_area_m2": 100}
    assert score_one("K1-01", _required("1", " "), values).state is ItemState.INVALID
    assert score_one("K1-01", _required("0"), values).state is ItemState.INVALID
    open_result = score_one("K1-01", values=values)
    assert (open_result.state, open_result.missing) == (ItemState.UNANSWERED, ("required_value",))


def test_the_required_value_may_come_from_the_table() -> None:
    values: dict[str, str | int] = {"output_value": 100, "land_area_m2": 100}
    listed = table(("LAND_OUTPUT", REQUIRED, "0.5"), industry="C")
    assert score_one("K1-06", values=values, benchmarks=listed).points == D("1.20")
    entered = score_one("K1-06", _required("0.8"), values, benchmarks=listed)
    assert entered.points == D("0.72")
    assert entered.warnings == ("填写的要求值 0.8 与基准表中的 0.5 不同，请核对。",)


def test_a_missing_required_value_may_be_claimed_and_judged() -> None:
    values: dict[str, str | int] = {"floor_area_m2": 100, "high_bay_extra_m2": 0, "land_area_m2": 100}
    claim = score_one("K1-02", Answer(claimed_ratio=D("0.8")), values)
    assert (claim.state, claim.points) == (ItemState.NEEDS_JUDGEMENT, D("0.72"))
    assert score_one("K1-02", Answer(claimed_ratio=D("0.7")), values).state is ItemState.INVALID


LOWER = table(("ENERGY_PER_PRODUCT", LEAD, "0.300"), ("ENERGY_PER_PRODUCT", BASE, "0.420"))


@pytest.mark.parametrize(
    ("energy", "points"),
    [
        ("299", "8.00"),
        ("300", "8.00"),
        ("301", "7.93"),
        ("338", "5.47"),
        ("360", "4.00"),
        ("419", "0.07"),
        ("420", "0.00"),
        ("421", "0.00"),
    ],
)
def test_the_straight_line_downwards(energy: str, points: str) -> None:
    result = score_one(
        "N01", values={"energy_tce": energy, "product_qty": 1000}, benchmarks=LOWER, name=GENERAL
    )
    assert (result.state, result.points) == (ItemState.SCORED, D(points))


UPPER = table(("RRE", LEAD, "30"), ("RRE", BASE, "10"))


@pytest.mark.parametrize(
    ("renewable", "points"),
    [
        ("9.99", "0.00"),
        ("10", "0.00"),
        ("15", "2.00"),
        ("20", "4.00"),
        ("29.99", "8.00"),
        ("30", "8.00"),
        ("31", "8.00"),
    ],
)
def test_the_straight_line_upwards(renewable: str, points: str) -> None:
    result = score_one(
        "N03", values={"renewable_tce": renewable, "energy_tce": 100}, benchmarks=UPPER, name=GENERAL
    )
    assert (result.state, result.points) == (ItemState.SCORED, D(points))


def test_a_line_with_marks_of_its_own_counts_ticks() -> None:
    result = score_one("N04", Answer(selected=frozenset(FUNCTIONS[:5])), name=GENERAL)
    assert (result.state, result.points) == (ItemState.SCORED, D("3.75"))
    assert score_one("N04", Answer(selected=frozenset()), name=GENERAL).points == D("0.00")
    assert score_one("N04", Answer(selected=frozenset(FUNCTIONS[:9])), name=GENERAL).points == D("6.00")


def test_a_line_takes_the_first_complete_pair() -> None:
    values: dict[str, str | int] = {"energy_tce": 50, "product_qty": 100}
    pair = table(
        ("ENERGY_PER_PRODUCT", LEAD, "0.1"),
        ("ENERGY_PER_PRODUCT", ADVANCED, "0.4"),
        ("ENERGY_PER_PRODUCT", LIMIT, "0.6"),
        ("ENERGY_PER_PRODUCT", TOP5, "0.2"),
        ("ENERGY_PER_PRODUCT", AVG, "0.9"),
    )
    result = score_one("N01", values=values, benchmarks=pair, name=GENERAL)
    assert result.points == D("4.00")
    assert [used.label for used in result.benchmarks] == ["限额准入值", "限额先进值"]


def test_a_line_the_wrong_way_round_is_refused() -> None:
    swapped = table(("RRE", LEAD, "10"), ("RRE", BASE, "30"))
    result = score_one(
        "N03", values={"renewable_tce": 20, "energy_tce": 100}, benchmarks=swapped, name=GENERAL
    )
    assert result.state is ItemState.INVALID


@pytest.mark.parametrize(("points", "state"), [("0", "scored"), ("1.6", "scored"), ("1.59", "scored")])
def test_given_points_within_bounds(points: str, state: str) -> None:
    result = score_one("J1-01", Answer.judged(points))
    assert (result.state.value, result.points, result.judged) == (state, D(points), True)


@pytest.mark.parametrize("points", ["-0.01", "1.61", "1.595", "0.001"])
def test_given_points_out_of_bounds_or_too_fine(points: str) -> None:
    result = score_one("J1-01", Answer.judged(points))
    assert (result.state, result.points) == (ItemState.INVALID, None)


@pytest.mark.parametrize("points", ["NaN", "Infinity", "-Infinity"])
def test_given_points_are_numbers(points: str) -> None:
    assert score_one("J1-01", Answer(judged_points=Decimal(points))).state is ItemState.INVALID


def test_given_points_replace_the_computation() -> None:
    values: dict[str, str | int] = {"efficient_lamps": 100, "total_lamps": 100}
    assert score_one("J2-05", Answer.judged("0.3"), values).points == D("0.30")


def test_identifying_green_materials_without_figures_warns() -> None:
    result = score_one("K2-01", Answer(met=True))
    assert result.points == D("1.80")
    assert result.warnings == ("尚不能算出绿色物料使用率：请填写绿色物料使用量、同类物料总使用量。",)
    known = score_one("K2-01", Answer(met=True), {"green_material": 45, "material_total": 100})
    assert (known.value, known.warnings) == (D(45), ())
