"""Extending a rectification where the bureau has allowed it: by the city, within the limit, before the end (R-37)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from apps.core.errors import Forbidden, WrongStep
from apps.monitoring import services as monitoring
from apps.monitoring.services import extension
from apps.policy.parameters import Parameters
from tests.unit.foundation import rows
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played

ALLOWED = replace(Parameters(), rectification_extension=True, rectification_extension_days=30)


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-37")
def test_days_are_added_up_to_the_limit(scene: scenes.Watch) -> None:
    deadline = scene.served()
    arguments = {"clock": scene.clock, "public_id": scene.order, "reason": "设备进口周期长。"}
    signer = scene.city.signer
    with mock.patch.object(extension, "choices", return_value=ALLOWED):
        refused(
            Forbidden,
            monitoring.extend_rectification,
            actor=scene.be(scene.district.signer),
            extra_days=5,
            **arguments,
        )
        assert broken(
            monitoring.extend_rectification, actor=scene.be(signer), extra_days=31, **arguments
        ) == ["R-37"]
        longer = monitoring.extend_rectification(actor=scene.be(signer), extra_days=30, **arguments)
        assert broken(monitoring.extend_rectification, actor=scene.be(signer), extra_days=1, **arguments) == [
            "R-37"
        ]
    assert longer >= deadline + timedelta(days=30)
    row = scene.order_row()
    assert (row.deadline, row.extended_days) == (longer, 30)
    assert rows("select due_on from deadlines_obligation where kind = 'monitoring.rectification'") == [
        (longer,)
    ]
    scene.move(deadline + timedelta(days=1))
    scene.sweep()
    assert scene.order_row().state == "served"
    scene.move(longer + timedelta(days=1))
    with mock.patch.object(extension, "choices", return_value=ALLOWED):
        refused(
            WrongStep,
            monitoring.extend_rectification,
            actor=scene.be(signer),
            extra_days=1,
            **arguments,
        )
    scene.sweep()
    assert scene.order_row().state == "overdue"
