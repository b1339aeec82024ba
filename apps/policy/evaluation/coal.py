"""Owns the standard coal calculator (折标煤): quantities of energy carriers to tce, step by step.

The factors are reference values still to be checked against GB/T 2589-2020 by the bureau (`verify`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.policy.evaluation.decimals import WORKING, ZERO, clean, equals, plain
from apps.policy.evaluation.loading import InvalidScheme
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.reading import Node

KGCE_PER_TCE = Decimal(1000)
#: How many of a factor's unit one of a larger unit is.
MULTIPLES: Mapping[str, Mapping[str, Decimal]] = {
    "kWh": {"kWh": Decimal(1), "万kWh": Decimal(10000)},
    "MJ": {"MJ": Decimal(1), "GJ": Decimal(1000)},
    "m³": {"m³": Decimal(1), "万m³": Decimal(10000)},
    "kg": {"kg": Decimal(1), "t": Decimal(1000)},
}


@dataclass(frozen=True, slots=True)
class EnergyFactor:
    """Standard coal of one unit of a carrier, in kgce."""

    name: str
    unit: str
    kgce: Decimal

    @property
    def units(self) -> tuple[str, ...]:
        """Units a quantity of this carrier may be entered in."""
        return tuple(MULTIPLES.get(self.unit, {self.unit: Decimal(1)}))

    def multiple(self, unit: str) -> Decimal:
        """Raises ValueError for a unit that cannot be converted."""
        multiples = MULTIPLES.get(self.unit, {self.unit: Decimal(1)})
        if unit not in multiples:
            raise ValueError(f"{self.name}不能用“{unit}”填报，可用 {'、'.join(multiples)}")
        return multiples[unit]


@dataclass(frozen=True, slots=True)
class EnergyFactors:
    """The table of factors with where it comes from; `verify` means not yet checked against the standard."""

    basis: str
    verify: bool
    factors: tuple[EnergyFactor, ...]

    def factor(self, name: str) -> EnergyFactor:
        """Raises KeyError for a carrier that is not in the table."""
        for factor in self.factors:
            if factor.name == name:
                return factor
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of a carrier; no unit means the factor's own."""

    amount: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CoalCalculation:
    """The sum and its working; `verify` asks to show 待核对."""

    kgce: Decimal
    tce: Decimal
    steps: tuple[str, ...]
    verify: bool


def load_energy_factors(mapping: Mapping[str, Any]) -> EnergyFactors:
    """Read the table of factors. Raises InvalidScheme."""
    problems: list[Problem] = []
    root = Node(mapping, "", problems)
    factors = EnergyFactors(
        basis=root.text("basis", required=True),
        verify=root.flag("verify", default=True),
        factors=tuple(
            EnergyFactor(
                node.text("name", required=True), node.text("unit", required=True), node.must_number("kgce")
            )
            for node in root.nodes("items", required=True)
        ),
    )
    for place, factor in enumerate(factors.factors):
        if factor.kgce <= 0 and not problems:
            problems.append(Problem(f"items[{place}].kgce", "折标系数应大于 0"))
    if problems:
        raise InvalidScheme(problems)
    return factors


def standard_coal(quantities: Mapping[str, Quantity], factors: EnergyFactors) -> CoalCalculation:
    """Convert carriers to standard coal.

    Raises KeyError for an unknown carrier, ValueError for a unit that does not fit or a negative amount.
    """
    total = ZERO
    steps: list[str] = []
    for name, quantity in quantities.items():
        factor = factors.factor(name)
        if quantity.amount < 0:
            raise ValueError(f"{name}用量不能为负数")
        unit = quantity.unit or factor.unit
        multiple = factor.multiple(unit)
        kgce = WORKING.multiply(WORKING.multiply(quantity.amount, multiple), factor.kgce)
        total = WORKING.add(total, kgce)
        scale = f" × {plain(multiple)}" if multiple != 1 else ""
        steps.append(
            f"{name}：{plain(quantity.amount)} {unit}{scale} × {plain(factor.kgce)} kgce/{factor.unit} "
            f"= {plain(clean(kgce))} kgce"
        )
    tce = clean(WORKING.divide(total, KGCE_PER_TCE))
    steps.append(f"合计：{plain(clean(total))} kgce ÷ 1000 {equals(tce)} tce")
    if factors.verify:
        steps.append(f"折标系数待核对：{factors.basis}。")
    return CoalCalculation(clean(total), tce, tuple(steps), factors.verify)
