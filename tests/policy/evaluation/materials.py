"""Ready schemes, tables and full sheets for the tests of evaluation, read from the fixtures the product ships."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from apps.policy.evaluation.answers import Answer, EnteredBenchmark, MeasurementRow, Measurements
from apps.policy.evaluation.benchmarks import EMPTY_TABLE, BenchmarkTable, BenchmarkValue, load_benchmarks
from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.results import ItemResult, SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.serialising import bundle
from apps.policy.evaluation.spec import BenchmarkKind, Binary, Count, Graded, ItemSpec, SchemeSpec

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
SUZHOU = "szgf-2023r1"
GENERAL = "gbt36132-2025"
CHEMICALS = "2614"


def D(text: str | int) -> Decimal:  # noqa: N802 - reads as the number it makes
    return Decimal(text)


@cache
def read(name: str) -> Any:
    return yaml.safe_load((FIXTURES / "evaluation_systems" / f"{name}.yaml").read_text(encoding="utf-8"))


def raw_scheme(name: str) -> dict[str, Any]:
    """A self-contained mapping, fresh each time so that a test may break it."""
    return deepcopy(bundle(read(name), read("metrics"), read("ecm_functions")))


@cache
def scheme(name: str = SUZHOU) -> SchemeSpec:
    return load_scheme(raw_scheme(name))


@cache
def demo_table() -> BenchmarkTable:
    return load_benchmarks(read("benchmarks_demo"))


def table(*rows: tuple[str, BenchmarkKind, str], industry: str = "26", unit: str = "") -> BenchmarkTable:
    """A small table of (metric or metric/subject, kind, value)."""
    return BenchmarkTable(
        tuple(
            BenchmarkValue(
                metric=name.partition("/")[0],
                industry_code=industry,
                kind=kind,
                value=D(value),
                unit=unit,
                source="行业统计",
                period="2025",
                approved_by="市局",
                subject=name.partition("/")[2],
            )
            for name, kind, value in rows
        )
    )


def score_one(
    code: str,
    answer: Answer | None = None,
    values: dict[str, str | int] | None = None,
    *,
    rows: Mapping[str, tuple[MeasurementRow, ...]] | None = None,
    units: dict[str, str] | None = None,
    benchmarks: BenchmarkTable = EMPTY_TABLE,
    name: str = SUZHOU,
    industry: str = CHEMICALS,
) -> ItemResult:
    """The result of one item of a sheet on which nothing else is filled in."""
    measurements = Measurements(
        {key: D(value) for key, value in (values or {}).items()}, rows or {}, units or {}
    )
    answers = {} if answer is None else {code: answer}
    return score_sheet(scheme(name), answers, measurements, benchmarks, industry).item(code)


#: Figures of a plausible chemical plant making 20,000 t a year.
PLANT: dict[str, str] = {
    "floor_area_m2": "48000",
    "high_bay_extra_m2": "2000",
    "land_area_m2": "40000",
    "building_footprint_m2": "18000",
    "structure_footprint_m2": "1500",
    "yard_m2": "1000",
    "output_value": "42000",
    "green_material": "900",
    "material_total": "2000",
    "product_qty": "20000",
    "waste_gas_m3": "70000000",
    "wastewater_t": "90000",
    "material_use": "21600",
    "waste_utilized_t": "930",
    "waste_generated_t": "1000",
    "waste_old_stock_used_t": "0",
    "water_reused_m3": "60000",
    "water_discharged_m3": "40000",
    "energy_tce": "9600",
    "co2_t": "28000",
    "renewable_tce": "1200",
    "efficient_lamps": "950",
    "total_lamps": "1000",
    "efficient_equip_kw": "3300",
    "total_equip_kw": "6000",
    "evaluated_suppliers": "42",
    "key_suppliers": "60",
    "high_eff_qty": "0",
    "energy_product_qty": "100",
    "pcf_categories": "2",
    "product_categories": "4",
    "water_intake_m3": "120000",
    "water_recycled_m3": "1500000",
    "green_invest_3y": "1500",
    "output_value_3y": "120000",
}
ROWS = {
    "POLLUTANT_GEN": (
        MeasurementRow("化学需氧量", {"pollutant_gen": D(46000)}, "kg"),
        MeasurementRow("挥发性有机物", {"pollutant_gen": D(15000)}, "kg"),
    ),
    "AIR_BETTER_RATIO": (
        MeasurementRow("DA001 颗粒物", {"air_limit": D(20), "air_actual": D(8)}),
        MeasurementRow("DA002 非甲烷总烃", {"air_limit": D(60), "air_actual": D(39)}),
    ),
    "WATER_BETTER_RATIO": (
        MeasurementRow("DW001 化学需氧量", {"water_limit": D(500), "water_actual": D(200)}),
    ),
}
UNITS = {"产品单位": "t", "原材料单位": "t", "污染物单位": "kg"}


def plant(**changes: str) -> Measurements:
    values = {code: D(value) for code, value in {**PLANT, **changes}.items()}
    return Measurements(values, ROWS, UNITS, "2025")


def answer_for(item: ItemSpec) -> Answer:
    """The best answer a person can give where an answer is asked for."""
    if isinstance(item.method, Binary):
        return Answer(met=True)
    if isinstance(item.method, Graded):
        return Answer(option=0)
    if isinstance(item.method, Count):
        return Answer(selected=frozenset(read("ecm_functions")["ecm_functions"][:8]))
    required = {"FAR": "1.0", "LAND_OUTPUT": "0.8"}.get(item.metric or "")
    entered = {"required_value": EnteredBenchmark(D(required), "出让合同 2018-17 号")} if required else {}
    return Answer(benchmarks=entered)


def full_answers(name: str = SUZHOU) -> dict[str, Answer]:
    return {item.code: answer_for(item) for item in scheme(name).items}


def full_sheet(name: str = SUZHOU) -> SheetResult:
    return score_sheet(scheme(name), full_answers(name), plant(), demo_table(), CHEMICALS)


def judged(points: dict[str, Decimal], name: str = SUZHOU) -> SheetResult:
    """A sheet of nothing but given points."""
    answers = {code: Answer.judged(value) for code, value in points.items()}
    return score_sheet(scheme(name), answers, Measurements(), EMPTY_TABLE, CHEMICALS)
