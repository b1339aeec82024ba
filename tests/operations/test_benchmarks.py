"""Every area of the benchmark can be asked for by its name."""

from __future__ import annotations

from importlib import import_module

import pytest

from suzhou_greenfactory import benchmarks


@pytest.mark.parametrize("area", benchmarks.areas())
def test_every_area_has_figures(area: str) -> None:
    assert callable(import_module(f"{benchmarks.__name__}.{area}").figures)


def test_an_unknown_area_is_named() -> None:
    with pytest.raises(KeyError, match="no_such_area"):
        next(benchmarks.measure(["no_such_area"]))
