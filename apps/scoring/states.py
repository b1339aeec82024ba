"""The lives of a scheme and of a score sheet, and the words of this room."""

from __future__ import annotations

from typing import Final

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"

SCHEME_LIFE = Lifecycle(
    "评价体系",
    {DRAFT: "草案", PUBLISHED: "已发布", RETIRED: "已停用"},
    [
        arrow(
            "publish",
            "发布",
            [DRAFT],
            PUBLISHED,
            [Role.MUNICIPAL, Role.SYSTEM],
            "R-07",
            [Duty.SIGNER, Duty.LEADER],
        ),
        arrow(
            "retire",
            "停用",
            [PUBLISHED],
            RETIRED,
            [Role.MUNICIPAL, Role.SYSTEM],
            "R-07",
            [Duty.SIGNER, Duty.LEADER],
        ),
    ],
)

OPEN, SIGNED, CLOSED = "open", "signed", "closed"
SELF, DISTRICT, EXPERT, RECHECK = "self", "district", "expert", "recheck"

SHEET_KINDS: Final[dict[str, str]] = {
    SELF: "企业自评表",
    DISTRICT: "属地初评表",
    EXPERT: "专家评分表",
    RECHECK: "现场复核表",
}
#: What the figures of a sheet are called beside each other.
SCORE_NAMES: Final[dict[str, str]] = {SELF: "自评", DISTRICT: "初评", EXPERT: "专家评分", RECHECK: "复核"}

_SCORERS = [Role.ENTERPRISE, Role.DISTRICT, Role.EXPERT, Role.MUNICIPAL]

SHEET_LIFE = Lifecycle(
    "评分表",
    {OPEN: "评分中", SIGNED: "已签定", CLOSED: "已关闭"},
    [
        arrow("sign", "签定评分表", [OPEN], SIGNED, _SCORERS, "R-15"),
        arrow("close", "关闭评分表", [OPEN], CLOSED, [*_SCORERS, Role.SYSTEM], "R-19"),
    ],
)

#: Phrases a scorer may pick where a difference needs a reason (DECISIONS 7).
REASON_PHRASES: Final = (
    "佐证材料不足，不能证明达到该档要求。",
    "佐证材料已过有效期或与申报厂区不符。",
    "数据口径与评价要求不一致，按核算结果计分。",
    "经现场核实，实际情况与自评不符。",
    "经核实，实际情况优于自评。",
    "自评计算有误，已更正。",
)
#: What a phrase is called on its button.
PHRASE_LABELS: Final = dict(
    zip(
        REASON_PHRASES,
        ("佐证不足", "佐证过期", "口径不一致", "与现场不符", "优于自评", "计算有误"),
        strict=True,
    )
)
