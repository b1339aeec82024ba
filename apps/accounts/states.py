"""The life of an enterprise's registration."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

REGISTERED, RETURNED, CONFIRMED, CLOSED = "registered", "returned", "confirmed", "closed"

ENTERPRISE_LIFE = Lifecycle(
    "企业登记",
    {REGISTERED: "待属地核实", RETURNED: "已退回修改", CONFIRMED: "已核实", CLOSED: "已注销"},
    [
        arrow(
            "confirm",
            "核实通过",
            [REGISTERED],
            CONFIRMED,
            [Role.DISTRICT],
            "R-13",
            [Duty.HANDLER, Duty.SIGNER],
        ),
        arrow(
            "return", "退回修改", [REGISTERED], RETURNED, [Role.DISTRICT], "R-13", [Duty.HANDLER, Duty.SIGNER]
        ),
        arrow("resubmit", "重新提交", [RETURNED], REGISTERED, [Role.ENTERPRISE], "R-13"),
        arrow("close", "登记注销", [CONFIRMED], CLOSED, [Role.DISTRICT, Role.MUNICIPAL], "R-43"),
    ],
)
