"""From stored rows to the one scoring function and back: what a sheet depends on, and its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apps.parameters.selectors import in_force
from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import load_benchmarks
from apps.policy.evaluation.decimals import plain
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.evaluation.worksheet import ScoringRules
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.schemes import benchmark_rows


def context_for(*, spec: SchemeSpec, industry_code: str, on: date) -> dict[str, Any]:
    """Return what a sheet pins beside its figures: industry, benchmark rows in force, dated scoring settings."""
    parameters = in_force(on=on)
    return {
        "industry_code": industry_code,
        "benchmarks": benchmark_rows(
            metrics=[metric.code for metric in spec.metrics], industry_code=industry_code, on=on
        ),
        "rules": {
            "rounding": parameters.rounding.value,
            "city_confirmation_above_raw": plain(parameters.not_applicable_city_over),
        },
    }


def rules_of(sheet: ScoreSheet) -> ScoringRules:
    """Return the settings a sheet is scored with."""
    return pinned_rules(sheet.context)


def pinned_rules(context: Mapping[str, Any]) -> ScoringRules:
    """Return the scoring settings in what `context_for` gave."""
    rules = context["rules"]
    return ScoringRules(rules["rounding"], Decimal(rules["city_confirmation_above_raw"]))


def answer_of(entry: ScoreEntry) -> Answer:
    """Return what an entry says, as the scoring function reads it."""
    return Answer.from_mapping(
        {
            **entry.answer,
            "reason": entry.reason,
            "evidence_count": entry.evidence_count,
            "judged_points": entry.judged_points,
        }
    )


def result_of(sheet: ScoreSheet, entries: Iterable[ScoreEntry], spec: SchemeSpec) -> SheetResult:
    """Score a stored sheet: the only caller of `score_sheet` in this room."""
    return score_sheet(
        spec,
        {entry.item_code: answer_of(entry) for entry in entries},
        Measurements.from_mapping(sheet.measurements),
        load_benchmarks({"rows": sheet.context["benchmarks"]}),
        sheet.context["industry_code"],
        rules_of(sheet),
    )


def signed_content(sheet: ScoreSheet, entries: Iterable[ScoreEntry], result: SheetResult) -> dict[str, Any]:
    """Return what the digest of a signed sheet covers: scheme, figures, settings, every answer, every result."""
    return {
        "application": sheet.application_id,
        "kind": sheet.kind,
        "turn": sheet.turn,
        "scheme": sheet.scheme.digest,
        "measurements": sheet.measurements,
        "context": sheet.context,
        "entries": {
            entry.item_code: answer_of(entry).as_mapping()
            for entry in sorted(entries, key=lambda entry: entry.item_code)
        },
        "result": result.as_mapping(),
    }
