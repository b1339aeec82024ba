"""Plausible figures and answers of a fictitious factory that scores about a wanted total.

Deterministic: the same seed gives the same factory. The total is never typed in: answers are chosen until the
one scoring function says it is about right.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from apps.policy.evaluation.answers import Answer, EnteredBenchmark, MeasurementRow, Measurements
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.methods import score_item
from apps.policy.evaluation.results import ItemResult, ItemState, SheetResult
from apps.policy.evaluation.scoring import assemble, score_sheet
from apps.policy.evaluation.spec import (
    BenchmarkKind,
    BenchmarkMultiple,
    Binary,
    Count,
    Graded,
    ItemSpec,
    SchemeSpec,
)
from apps.policy.evaluation.worksheet import DEFAULT_RULES, Surroundings, Worksheet

#: What a total of about this size rests on: shares of the best practice, from modest to leading.
_MODEST, _GOOD, _LEADING = 0, 1, 2
#: Typical intensities where no benchmark is listed: (unit of the product's quantity, value per tonne).
_TYPICAL: Mapping[str, Decimal] = {
    "ENERGY_PER_PRODUCT": Decimal("0.35"),
    "CO2_PER_PRODUCT": Decimal("1.20"),
    "WASTEWATER_GEN": Decimal("3.2"),
    "WATER_PER_PRODUCT": Decimal("4.5"),
    "MATERIAL_USE": Decimal("1.15"),
    "WASTE_GAS_GEN": Decimal(1850),
    "POLLUTANT_GEN": Decimal("0.42"),
}
#: Energy per 万元 of output where no benchmark is listed (tce).
_TCE_PER_WAN = Decimal("0.4")
_BETTER = {_MODEST: Decimal("0.97"), _GOOD: Decimal("0.84"), _LEADING: Decimal("0.68")}


@dataclass(frozen=True, slots=True)
class Factory:
    """What the figures are made for: industry, yearly output (万元), land (m²), and the total to be reached."""

    industry_code: str
    output_wan: int
    land_m2: int
    target: Decimal
    seed: int


@dataclass(frozen=True, slots=True)
class SelfEvaluation:
    """Measurements and one answer per item, with the result they give."""

    measurements: Measurements
    answers: Mapping[str, Answer]
    result: SheetResult


def quality_of(target: Decimal) -> int:
    """Return how good a factory with this total is."""
    if target >= 82:  # noqa: PLR2004  (a leading factory, two points over 3A)
        return _LEADING
    return _GOOD if target >= 71 else _MODEST  # noqa: PLR2004  (a good one, one point over 2A)


def measurements_of(factory: Factory, benchmarks: BenchmarkTable) -> Measurements:
    """Return the year's figures of *factory*: they agree with each other (energy, carbon, water, land)."""
    dice = random.Random(factory.seed)  # noqa: S311  (a made-up factory, not a secret)
    level = quality_of(factory.target)
    output = Decimal(factory.output_wan)
    product = (output * Decimal(dice.randrange(70, 130)) / 100).quantize(Decimal(1))
    each = benchmarks.lookup("ENERGY_PER_PRODUCT", factory.industry_code, BenchmarkKind.AVERAGE)
    if each is not None:  # a product that takes much energy is made in smaller numbers
        usual = benchmarks.lookup("ENERGY_PER_OUTPUT", factory.industry_code, BenchmarkKind.AVERAGE)
        tce_per_wan = usual.value if usual is not None else _TCE_PER_WAN
        product = max((product * tce_per_wan / each.value).quantize(Decimal(1)), Decimal(20))
    land = Decimal(factory.land_m2)

    def per_product(metric: str) -> Decimal:
        found = benchmarks.lookup(metric, factory.industry_code, BenchmarkKind.AVERAGE)
        average = found.value if found is not None else _TYPICAL[metric]
        wobble = Decimal(dice.randrange(97, 101)) / 100
        return (average * _BETTER[level] * wobble * product).quantize(Decimal("0.01"))

    def share(modest: int, good: int, leading: int) -> Decimal:
        return Decimal((modest, good, leading)[level] + dice.randrange(0, 4)) / 100

    energy = per_product("ENERGY_PER_PRODUCT")
    intake = per_product("WATER_PER_PRODUCT")
    wastewater = min(per_product("WASTEWATER_GEN"), (intake * Decimal("0.9")).quantize(Decimal("0.01")))
    lamps, suppliers, qty = Decimal(dice.randrange(300, 1800)), Decimal(dice.randrange(20, 90)), product
    equipment = Decimal(dice.randrange(900, 7000))
    waste = (product * Decimal("0.03")).quantize(Decimal("0.01")) + 5
    discharged = (wastewater * Decimal("0.8")).quantize(Decimal("0.01")) + 1
    material = per_product("MATERIAL_USE")
    categories = Decimal(dice.randrange(3, 9))
    whole = Decimal(1)
    values = {
        "floor_area_m2": (land * share(105, 135, 165)).quantize(whole),
        "high_bay_extra_m2": (land * Decimal("0.05")).quantize(whole),
        "land_area_m2": land,
        "building_footprint_m2": (land * share(31, 36, 45)).quantize(whole),
        "structure_footprint_m2": (land * Decimal("0.03")).quantize(whole),
        "yard_m2": (land * Decimal("0.02")).quantize(whole),
        "output_value": output,
        "output_value_3y": (output * Decimal("2.8")).quantize(whole),
        "capacity": (product * Decimal("1.2")).quantize(whole),
        "product_qty": product,
        "green_material": (material * share(26, 36, 52)).quantize(Decimal("0.01")),
        "material_total": material,
        "material_use": material,
        "pollutant_gen": per_product("POLLUTANT_GEN"),
        "pollutant_emit": (product * Decimal("0.02")).quantize(Decimal("0.01")),
        "waste_gas_m3": per_product("WASTE_GAS_GEN"),
        "wastewater_t": wastewater,
        "waste_generated_t": waste,
        "waste_old_stock_used_t": Decimal(0),
        "waste_utilized_t": (waste * share(68, 82, 92)).quantize(Decimal("0.01")),
        "water_reused_m3": (discharged * share(40, 70, 110)).quantize(Decimal("0.01")),
        "water_discharged_m3": discharged,
        "water_intake_m3": intake,
        "water_recycled_m3": (intake * Decimal("1.5")).quantize(Decimal("0.01")),
        "energy_tce": energy,
        "renewable_tce": (energy * share(3, 12, 22)).quantize(Decimal("0.01")),
        "co2_t": per_product("CO2_PER_PRODUCT"),
        "green_invest_3y": (output * Decimal("0.06")).quantize(Decimal("0.01")),
        "pcf_categories": min(categories, (categories * share(20, 45, 70)).quantize(whole)),
        "product_categories": categories,
        "efficient_lamps": (lamps * share(55, 74, 93)).quantize(whole),
        "total_lamps": lamps,
        "efficient_equip_kw": (equipment * share(34, 55, 82)).quantize(whole),
        "total_equip_kw": equipment,
        "evaluated_suppliers": (suppliers * share(25, 55, 83)).quantize(whole),
        "key_suppliers": suppliers,
        "high_eff_qty": (qty * share(25, 55, 84)).quantize(whole),
        "energy_product_qty": qty,
    }
    better = (Decimal("0.86"), Decimal("0.66"), Decimal("0.47"))[level]
    return Measurements(
        values=values,
        rows={
            "POLLUTANT_GEN": (
                MeasurementRow("挥发性有机物", {"pollutant_gen": values["pollutant_gen"]}, "kg"),
            ),
            "POLLUTANT_EMIT": (
                MeasurementRow("挥发性有机物", {"pollutant_emit": values["pollutant_emit"]}, "kg"),
            ),
            "AIR_BETTER_RATIO": (
                MeasurementRow("1#排气筒 非甲烷总烃", {"air_limit": Decimal(60), "air_actual": 60 * better}),
                MeasurementRow("2#排气筒 颗粒物", {"air_limit": Decimal(20), "air_actual": 18 * better}),
            ),
            "WATER_BETTER_RATIO": (
                MeasurementRow(
                    "总排口 化学需氧量", {"water_limit": Decimal(500), "water_actual": 500 * better}
                ),
            ),
        },
        units={
            "产品单位": "t" if each is None else each.unit.rpartition("/")[2],
            "原材料单位": "t",
            "污染物单位": "kg",
        },
        period="2025",
    )


@dataclass(slots=True)
class _Trial:
    """Scores answers that are being chosen: the whole sheet, or after a change only the item that changed."""

    scheme: SchemeSpec
    measured: Measurements
    benchmarks: BenchmarkTable
    industry_code: str
    answers: dict[str, Answer]
    items: dict[str, ItemResult] = field(default_factory=dict)

    def whole(self) -> SheetResult:
        """Score every item."""
        result = score_sheet(self.scheme, self.answers, self.measured, self.benchmarks, self.industry_code)
        self.items = {item.code: item for item in result.items}
        return result

    def after(self, item: ItemSpec) -> SheetResult:
        """Score again after *item* (judged by a person: no figure of another item counts for it) was answered anew."""
        around = Surroundings(
            self.scheme, self.measured, self.benchmarks, self.industry_code, DEFAULT_RULES, required={}
        )
        self.items[item.code] = score_item(Worksheet(item, self.answers[item.code], around))
        return assemble(self.scheme, self.items, self.answers)


def self_evaluation(scheme: SchemeSpec, benchmarks: BenchmarkTable, factory: Factory) -> SelfEvaluation:
    """Return measurements and answers whose computed total comes as close to the wanted one as items allow."""
    measured = _asked_for(scheme, measurements_of(factory, benchmarks))
    answers: dict[str, Answer] = {}
    for item in scheme.items:
        answers[item.code] = _first_answer(scheme, item, factory)

    trial = _Trial(scheme, measured, benchmarks, factory.industry_code, answers)
    answers.update(_claims(trial.whole(), answers, full=False))
    result = trial.whole()
    dice = random.Random(factory.seed + 1)  # noqa: S311  (a made-up factory, not a secret)
    movable = [
        item for item in scheme.items if not item.mandatory and isinstance(item.method, Binary | Graded)
    ]
    dice.shuffle(movable)
    for item in movable:
        if result.total >= factory.target:
            break
        before = answers[item.code]
        for better in _improvements(item):
            answers[item.code] = better
            result = trial.after(item)
            if result.total <= factory.target + Decimal("0.35"):
                break
            answers[item.code] = before
    result = trial.whole()
    if result.total < factory.target:
        answers.update(_claims(result, answers, full=True))
        result = trial.whole()
    if result.total > factory.target + 1:
        result = _lowered(factory, trial, result)
    return SelfEvaluation(measured, answers, result)


def _asked_for(scheme: SchemeSpec, measured: Measurements) -> Measurements:
    """Keep the figures the scheme asks for."""
    wanted = {entry.code for entry in scheme.inputs()}
    by_rows = {metric.code for metric in scheme.metrics if metric.worst_of_rows}
    return replace(
        measured,
        values={code: value for code, value in measured.values.items() if code in wanted},
        rows={code: rows for code, rows in measured.rows.items() if code in by_rows},
    )


def _first_answer(scheme: SchemeSpec, item: ItemSpec, factory: Factory) -> Answer:
    """Every mandatory item met, every optional one open at its lowest step."""
    match item.method:
        case Binary():
            return Answer(met=item.mandatory, evidence_count=1)
        case Graded():
            return Answer(option=0 if item.mandatory else len(item.method.options) - 1, evidence_count=1)
        case Count():
            ticks = (3, 5, 8)[quality_of(factory.target)]
            functions = scheme.metric(item.method.metric).inputs[0].options
            return Answer(selected=frozenset(functions[:ticks]), evidence_count=1)
        case BenchmarkMultiple():
            required = Decimal("0.95") if item.method.metric == "FAR" else _land_output(factory)
            entered = EnteredBenchmark(required, "国有建设用地使用权出让合同（示例）")
            return Answer(benchmarks={"required_value": entered}, evidence_count=1)
    return Answer(evidence_count=1)


def _land_output(factory: Factory) -> Decimal:
    """Return a required output per m² (万元) that this factory meets, more amply the better it is."""
    actual = Decimal(factory.output_wan) / Decimal(factory.land_m2)
    times = (Decimal("1.08"), Decimal("1.3"), Decimal("1.7"))[quality_of(factory.target)]
    return (actual / times).quantize(Decimal("0.0001"))


def _claims(result: SheetResult, answers: Mapping[str, Answer], *, full: bool) -> dict[str, Answer]:
    """Claim a step for items without an industry value: the highest for mandatory ones or when *full*."""
    claimed: dict[str, Answer] = {}
    for item in result.items:
        if item.state is not ItemState.NEEDS_JUDGEMENT or not item.claimable:
            continue
        steps = sorted(item.claimable)
        best = full or item.requirement.value == "必选"
        claimed[item.code] = replace(answers[item.code], claimed_ratio=steps[-1] if best else steps[0])
    return claimed


def _improvements(item: ItemSpec) -> list[Answer]:
    """Return better answers than the first one, best first."""
    if isinstance(item.method, Graded):
        return [Answer(option=index, evidence_count=1) for index in range(len(item.method.options) - 1)]
    return [Answer(met=True, evidence_count=1)]


def _lowered(factory: Factory, trial: _Trial, result: SheetResult) -> SheetResult:
    """Give up mandatory items, smallest first, until the total is no higher than wanted (totals under 60)."""
    for item in sorted(
        (i for i in trial.scheme.items if isinstance(i.method, Binary)), key=lambda i: (i.max_points, i.code)
    ):
        if result.total <= factory.target:
            break
        trial.answers[item.code] = Answer(met=False, evidence_count=1)
        result = trial.after(item)
    return result
