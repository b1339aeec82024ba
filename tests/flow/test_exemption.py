"""豁免: 3A without 2A is possible only by a recorded exemption with a second approver (R-08)."""

from __future__ import annotations

from typing import Any

import pytest

from apps.applications import services as applications
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, NotVisible
from tests.flow import trail
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-08")]


def test_an_exemption_opens_3a_without_2a() -> None:
    flow = scenes.build(scenes.morning(), round_changes={"prerequisite_required": True})
    case = flow.filled(3)

    def submitting(turn: int) -> dict[str, Any]:
        return {
            "clock": flow.clock,
            "public_id": case,
            "token": f"token-of-the-turn-{turn}",
            "pledge": True,
            "signatory": "周敏",
        }

    assert broken(applications.submit, actor=flow.be(flow.enterprise), **submitting(1)) == ["R-08"]
    exemption = applications.request_exemption(
        actor=flow.be(flow.enterprise),
        clock=flow.clock,
        public_id=case,
        rule="R-08",
        reason="新建工厂，投产即按 3A 标准建设。",
    )
    assert broken(applications.submit, actor=flow.enterprise, **submitting(2)) == ["R-08"]
    asked = {"clock": flow.clock, "exemption_public_id": exemption}
    refused(
        NotVisible,
        applications.endorse_exemption,
        actor=flow.be(flow.other_district.handler),
        opinion="可",
        **asked,
    )
    applications.endorse_exemption(actor=flow.be(flow.district.handler), opinion="情况属实。", **asked)
    refused(Forbidden, applications.approve_exemption, actor=flow.be(flow.district.handler), **asked)
    handler = flow.district.handler
    endorser = Actor(
        role=handler.role,
        user_id=handler.user_id,
        district=handler.district,
        duties=frozenset({Duty.HANDLER, Duty.SIGNER}),
    )
    assert broken(applications.approve_exemption, actor=flow.be(endorser), **asked) == ["R-15"]
    applications.approve_exemption(actor=flow.be(flow.district.signer), note="同意。", **asked)
    applications.submit(actor=flow.be(flow.enterprise), **submitting(3))
    assert flow.state(case) == "submitted"
    assert trail.problems() == []
