"""Scoring one full sheet of 97 items, computed and explained step by step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import yaml
from django.conf import settings

from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.serialising import bundle
from suzhou_greenfactory.benchmarks.measuring import Figure, median_seconds
from suzhou_greenfactory.demo.figures import Factory, self_evaluation
from suzhou_greenfactory.demo.world import benchmarks


def figures() -> Iterator[Figure]:
    """Yield the microseconds of one sheet."""
    folder = settings.BASE_DIR / "fixtures" / "evaluation_systems"
    parts = [
        yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        for name in ("szgf-2023r1.yaml", "metrics.yaml", "ecm_functions.yaml")
    ]
    scheme = load_scheme(bundle(*parts))
    table = benchmarks()
    plan = self_evaluation(scheme, table, Factory("2651", 40000, 50000, Decimal(86), 7))
    median = median_seconds(lambda: score_sheet(scheme, plan.answers, plan.measurements, table, "2651"), 60)
    yield Figure("计分一张完整评分表（97 项，含逐步说明）", f"{median * 1e6:,.0f} 微秒")
