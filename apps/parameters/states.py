"""The life of a chosen value."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

PROPOSED, IN_FORCE, WITHDRAWN = "proposed", "in_force", "withdrawn"

VALUE_LIFE = Lifecycle(
    "裁量参数",
    {PROPOSED: "待批准", IN_FORCE: "已批准", WITHDRAWN: "已撤回"},
    [
        arrow("approve", "批准", [PROPOSED], IN_FORCE, [Role.MUNICIPAL], "R-44", [Duty.SIGNER, Duty.LEADER]),
        arrow(
            "withdraw",
            "撤回",
            [PROPOSED, IN_FORCE],
            WITHDRAWN,
            [Role.MUNICIPAL],
            "R-44",
            [Duty.HANDLER, Duty.SIGNER, Duty.LEADER],
        ),
    ],
)
