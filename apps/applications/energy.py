"""The factors of the standard coal calculator (折标煤), read once from the data delivered with the product."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from apps.policy.evaluation.coal import EnergyFactors, load_energy_factors


@cache
def energy_factors() -> EnergyFactors:
    """Return the table of factors; `verify` says that it is still to be checked against GB/T 2589-2020."""
    path = Path(settings.BASE_DIR) / "fixtures" / "evaluation_systems" / "energy_factors.yaml"
    return load_energy_factors(yaml.safe_load(path.read_text(encoding="utf-8")))
