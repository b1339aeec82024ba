"""Measurements of the product: each module measures one area; `python3 manage.py bench` prints them all.

A module has `figures() -> Iterator[Figure]`. Bounded and on loopback; rows made for a measurement are made inside
a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from suzhou_greenfactory.benchmarks.measuring import Figure

#: Modules that measure nothing themselves.
_HELPERS = frozenset({"measuring", "first_load"})


def areas() -> list[str]:
    """Return the names of the areas that can be measured, in alphabetical order."""
    names = (found.name for found in iter_modules(__path__))
    return sorted(name for name in names if name not in _HELPERS and not name.startswith("_"))


def measure(only: Sequence[str] = ()) -> Iterator[tuple[str, Figure]]:
    """Yield (area, figure) for the areas named in `only`, or for all; KeyError names an unknown area."""
    for area in only or areas():
        if area not in areas():
            raise KeyError(area)
        module: ModuleType = import_module(f"{__name__}.{area}")
        for figure in module.figures():
            yield area, figure
