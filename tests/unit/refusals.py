"""Short words for refusals in tests: which gate refused, under which rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.errors import DomainError, RuleBroken


def refused(error: type[DomainError], act: Callable[..., Any], /, **arguments: Any) -> DomainError:
    """Call *act*, expect exactly *error*, return it."""
    with pytest.raises(DomainError) as caught:
        act(**arguments)
    assert type(caught.value) is error, f"{type(caught.value).__name__}: {caught.value.message}"
    return caught.value


def broken(act: Callable[..., Any], /, **arguments: Any) -> list[str]:
    """Call *act*, expect a rule to be broken; return the rules' numbers in order."""
    with pytest.raises(RuleBroken) as caught:
        act(**arguments)
    return [refusal.rule for refusal in caught.value.verdict.refusals]
