"""Who may stand in for whom, and for how long."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from apps.policy.delegation import LONGEST_DAYS, may_delegate

TODAY = date(2026, 11, 22)


def _ask(**changes: Any) -> int:
    asked: dict[str, Any] = {
        "held": {"signer"},
        "same_bureau": True,
        "same_person": False,
        "delegate_enabled": True,
        "from_on": TODAY,
        "until_on": TODAY,
        "today": TODAY,
        **changes,
    }
    return len(may_delegate(**asked).refusals)


@pytest.mark.rule("R-44")
@pytest.mark.parametrize(
    ("changes", "refusals"),
    [
        ({}, 0),
        ({"held": ()}, 1),
        ({"same_bureau": False}, 1),
        ({"same_person": True}, 1),
        ({"delegate_enabled": False}, 1),
        ({"until_on": TODAY + timedelta(days=LONGEST_DAYS - 1)}, 0),
        ({"until_on": TODAY + timedelta(days=LONGEST_DAYS)}, 1),
        ({"from_on": TODAY + timedelta(days=1)}, 1),
        ({"from_on": TODAY - timedelta(days=3), "until_on": TODAY - timedelta(days=1)}, 1),
        ({"from_on": TODAY - timedelta(days=3)}, 0),
    ],
)
def test_who_may_stand_in(changes: dict[str, Any], refusals: int) -> None:
    assert _ask(**changes) == refusals
