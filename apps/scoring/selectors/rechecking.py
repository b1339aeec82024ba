"""What a site was scored on, and what it scores with the figures found there: by the one scoring function (R-36).

The base is what was filed and judged for the award: the figures of the signed self sheet, the points of the signed
preliminary one. A recheck says item by item what it found: points, figures from which the points are computed, or that
the item does not apply. What was not looked at stands as it was judged.

A title that was not awarded on an application here has no such base: the visit starts from the empty evaluation system
in force when it was planned, and every item of it must be looked at before there is a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import BenchmarkTable, load_benchmarks
from apps.policy.evaluation.results import ItemState, SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.spec import ItemSpec, SchemeSpec, metrics_of
from apps.policy.evaluation.worksheet import ScoringRules
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import answer_of, context_for, pinned_rules, rules_of
from apps.scoring.selectors.schemes import spec_of_digest, suggest_schemes
from apps.scoring.states import DISTRICT, SELF, SIGNED


@dataclass(frozen=True, slots=True)
class Found:
    """What a recheck found about one item: given points, figures (input code → value), or that it does not apply.

    `reason`: why it does not apply.
    """

    points: Decimal | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    absent: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FiledFigure:
    """A figure as filed: its code, name, unit and value; None when it was not given."""

    code: str
    name: str
    unit: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything a recheck starts from. `scheme`: name of the system where nothing was judged here, else ""."""

    spec: SchemeSpec
    filed: Mapping[str, Answer]
    judged: Mapping[str, Answer]
    measurements: Measurements
    benchmarks: BenchmarkTable
    industry_code: str
    rules: ScoringRules
    result: SheetResult
    scheme: str = ""

    @property
    def judged_here(self) -> bool:
        """Whether there are points of an award that stand where the visit did not look."""
        return not self.scheme

    def still_open(self, result: SheetResult) -> tuple[str, ...]:
        """Return the codes of the items without which *result* is no score yet; none where an award stands behind."""
        if self.judged_here:
            return ()
        done = {ItemState.SCORED, ItemState.NOT_APPLICABLE}
        return tuple(item.code for item in result.items if item.state not in done)

    def figures_of(self, item: ItemSpec) -> tuple[FiledFigure, ...]:
        """Return the figures *item* is computed from; none where a table of rows or ticks decides."""
        answer = self.filed.get(item.code)
        code = (answer.metric if answer is not None else None) or item.metric
        if code is None:
            return ()
        metric = self.spec.metric(code)
        if metric.worst_of_rows or metric.checklist is not None:
            return ()
        return tuple(
            FiledFigure(one.code, one.name, one.unit, self.measurements.values.get(one.code))
            for one in metric.inputs
        )

    def rescored(self, found: Mapping[str, Found]) -> SheetResult:
        """Return the sheet with what was found.

        An item one of whose figures was found otherwise is computed anew from the filed answer, also where the figure
        was found at another item; given points stand before everything.
        """
        figures = {code: value for one in found.values() for code, value in one.figures.items()}
        otherwise = {code for code, value in figures.items() if self.measurements.values.get(code) != value}
        answers = {item.code: self._answer(item, found.get(item.code), otherwise) for item in self.spec.items}
        return score_sheet(
            self.spec,
            answers,
            replace(self.measurements, values={**self.measurements.values, **figures}),
            self.benchmarks,
            self.industry_code,
            self.rules,
        )

    def _answer(self, item: ItemSpec, found: Found | None, otherwise: set[str]) -> Answer:
        judged = self.judged.get(item.code, Answer())
        if found is not None and found.points is not None:
            return Answer(judged_points=found.points, reason="现场复核")
        if found is not None and found.absent:
            return Answer(
                not_applicable=True, reason=found.reason, confirmed_by_district=True, confirmed_by_city=True
            )
        if otherwise and item.code in self.filed and otherwise & self._inputs(item):
            filed = self.filed[item.code]
            return replace(filed, judged_points=None, metric_confirmed=True, confirmed_by_district=True)
        return judged

    def _inputs(self, item: ItemSpec) -> set[str]:
        return {one.code for code in metrics_of(item) for one in self.spec.metric(code).inputs}


def recheck_basis(*, actor: Actor, application_id: int) -> Basis | None:
    """Return what the award rested on; None where *actor* sees no signed self sheet and preliminary one of it."""
    sheets = {
        sheet.kind: sheet
        for sheet in ScoreSheet.objects.visible_to(actor)
        .select_related("scheme")
        .defer("scheme__spec", "result")
        .filter(application_id=application_id, kind__in=[SELF, DISTRICT], is_current=True, state=SIGNED)
    }
    if set(sheets) != {SELF, DISTRICT}:
        return None
    own, judged = sheets[SELF], sheets[DISTRICT]
    answers: dict[int, dict[str, Answer]] = {own.pk: {}, judged.pk: {}}
    for entry in ScoreEntry.objects.filter(sheet__in=[own, judged]):
        answers[entry.sheet_id][entry.item_code] = answer_of(entry)
    spec = spec_of_digest(judged.scheme.digest)
    measurements = Measurements.from_mapping(own.measurements)
    benchmarks = load_benchmarks({"rows": judged.context["benchmarks"]})
    industry = judged.context["industry_code"]
    rules = rules_of(judged)
    result = score_sheet(spec, answers[judged.pk], measurements, benchmarks, industry, rules)
    return Basis(spec, answers[own.pk], answers[judged.pk], measurements, benchmarks, industry, rules, result)


def fresh_context(*, actor: Actor, industry_code: str, on: date) -> dict[str, Any]:
    """Return what a visit without an award here is scored with, to be kept with it; {} where no system fits.

    The evaluation system suggested to the industry (R-07), and what a sheet pins beside its figures.
    """
    fitting = suggest_schemes(actor=actor, industry_code=industry_code, on=on)
    if not fitting:
        return {}
    scheme = fitting[0]
    spec = spec_of_digest(scheme.digest)
    return {
        "digest": scheme.digest,
        "scheme": scheme.label,
        **context_for(spec=spec, industry_code=industry_code, on=on),
    }


def fresh_basis(context: Mapping[str, Any]) -> Basis:
    """Return the empty base of a kept `fresh_context`: nothing filed, nothing judged."""
    spec = spec_of_digest(context["digest"])
    benchmarks, rules = load_benchmarks({"rows": context["benchmarks"]}), pinned_rules(context)
    industry, figures = context["industry_code"], Measurements()
    filed = {item.code: Answer() for item in spec.items if item.metric is not None}
    result = score_sheet(spec, {}, figures, benchmarks, industry, rules)
    return Basis(spec, filed, {}, figures, benchmarks, industry, rules, result, context["scheme"])
