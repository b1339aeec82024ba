"""Warnings about figures that are probably wrong, and the standard coal calculator."""

from __future__ import annotations

from typing import Any

import pytest

from apps.policy.evaluation.answers import MeasurementRow, Measurements
from apps.policy.evaluation.coal import Quantity, load_energy_factors, standard_coal
from apps.policy.evaluation.loading import InvalidScheme
from apps.policy.evaluation.sanity import SanityLimits, check_energy_balance, check_measurements
from tests.policy.evaluation.materials import SUZHOU, D, plant, read, scheme

METRICS = scheme(SUZHOU).metrics


def _messages(
    now: Measurements, before: Measurements | None = None, limits: SanityLimits | None = None
) -> list[str]:
    return [warning.message for warning in check_measurements(METRICS, now, before, limits)]


def test_a_plausible_plant_raises_no_question() -> None:
    assert _messages(plant(), plant()) == []


def test_a_slip_by_a_thousand_is_told_from_a_jump() -> None:
    assert _messages(plant(water_reused_m3="60"), plant()) == [
        "经处理回用水量与上年相差约 1000 倍（上年 60000，本年 60），请核对单位是否为“m³”。"
    ]
    slip = _messages(plant(energy_tce="9600000"), plant())
    assert (
        slip[0]
        == "综合能耗（不含原料用能）与上年相差约 1000 倍（上年 9600，本年 9600000），请核对单位是否为“tce”。"
    )
    assert "是否误按 kgce 填报" in slip[1]


@pytest.mark.parametrize(
    ("now", "warned"),
    [("9600", False), ("14400", False), ("14401", True), ("4800", False), ("4799", True), ("1", True)],
)
def test_a_jump_beyond_half_is_questioned(now: str, warned: bool) -> None:  # noqa: FBT001  (pytest passes it by name)
    found = [
        text for text in _messages(plant(energy_tce=now, renewable_tce="0"), plant()) if "综合能耗" in text
    ]
    assert bool(found) is warned


def test_the_limits_are_settings() -> None:
    now, before = plant(energy_tce="10600"), plant()
    assert _messages(now, before) == []
    assert len(_messages(now, before, SanityLimits(yearly_change=D("0.1")))) == 1


def test_nothing_is_compared_without_a_year_before() -> None:
    assert _messages(plant(energy_tce="90000", renewable_tce="1")) == []


def test_more_renewable_than_all_energy_is_questioned() -> None:
    (message,) = _messages(plant(renewable_tce="9601"))
    assert message == (
        "可再生能源利用率为 100.0104%，超过 100%，请核对可再生能源消费量、综合能耗（不含原料用能）。"
    )
    assert _messages(plant(renewable_tce="9600")) == []


def test_more_waste_used_than_there_was_is_questioned() -> None:
    (message,) = _messages(plant(waste_utilized_t="1001"))
    assert message.startswith("一般工业固体废物综合利用率为 100.1%，超过 100%")


def test_a_negative_figure_is_questioned_in_its_row_too() -> None:
    (message,) = _messages(plant(total_lamps="-5"))
    assert message == "灯具总数不能为负数（当前为 -5）。"
    row = MeasurementRow("DA001", {"air_limit": D(20), "air_actual": D(-1)})
    messages = _messages(Measurements(rows={"AIR_BETTER_RATIO": (row,)}))
    assert "DA001：年均浓度不能为负数（当前为 -1）。" in messages


def test_an_outlet_over_its_limit_is_questioned() -> None:
    row = MeasurementRow("DA001", {"air_limit": D(20), "air_actual": D(25)})
    (message,) = _messages(Measurements(rows={"AIR_BETTER_RATIO": (row,)}))
    assert message == "DA001：废气年均浓度优于许可限值最低比例为 -25%，小于 0，请核对许可限值、年均浓度。"


FACTORS = load_energy_factors(read("energy_factors"))
CARRIERS = {
    "电力": Quantity(D("1248.6"), "万kWh"),
    "气田天然气": Quantity(D("423000")),
    "热力": Quantity(D(1932), "GJ"),
}


def test_carriers_to_standard_coal_step_by_step() -> None:
    result = standard_coal(CARRIERS, FACTORS)
    # 12,486,000 × 0.1229 + 423,000 × 1.2143 + 1,932,000 × 0.03412
    assert result.kgce == D("1534529.4") + D("513648.9") + D("65919.84")
    assert result.tce == D("2114.09814")
    assert result.steps[0] == "电力：1248.6 万kWh × 10000 × 0.1229 kgce/kWh = 1534529.4 kgce"
    assert result.steps[1] == "气田天然气：423000 m³ × 1.2143 kgce/m³ = 513648.9 kgce"
    assert result.steps[3] == "合计：2114098.14 kgce ÷ 1000 ≈ 2114.0981 tce"
    assert result.verify
    assert "待核对" in result.steps[4]


def test_a_total_that_misses_its_carriers_is_questioned() -> None:
    calculation = standard_coal(CARRIERS, FACTORS)
    assert check_energy_balance(calculation, D("2114")) is None
    assert check_energy_balance(calculation, D("2010")) is None
    warning = check_energy_balance(calculation, D("2000"))
    assert warning is not None
    assert warning.message == "综合能耗 2000 tce 与分品种折算合计 2114.0981 tce 相差 5.4%，请核对。"
    assert check_energy_balance(standard_coal({}, FACTORS), D(0)) is None


def test_a_carrier_or_unit_that_is_not_known() -> None:
    with pytest.raises(KeyError):
        standard_coal({"木柴": Quantity(D(1))}, FACTORS)
    with pytest.raises(ValueError, match="可用 kWh、万kWh"):
        standard_coal({"电力": Quantity(D(1), "t")}, FACTORS)
    with pytest.raises(ValueError, match="负数"):
        standard_coal({"电力": Quantity(D(-1))}, FACTORS)
    assert FACTORS.factor("原煤").units == ("kg", "t")


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"kgce": 0}, "items[0].kgce"), ({"kgce": "x"}, "items[0].kgce"), ({"unit": ""}, "items[0].unit")],
)
def test_wrong_factors_are_told(changes: dict[str, Any], path: str) -> None:
    raw = {**read("energy_factors")}
    raw["items"] = [{**raw["items"][0], **changes}, *raw["items"][1:]]
    with pytest.raises(InvalidScheme) as refused:
        load_energy_factors(raw)
    assert [problem.path for problem in refused.value.problems] == [path]
