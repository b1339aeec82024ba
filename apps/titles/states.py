"""The life of a title: awarded once, then watched; it ends by cancellation, lapse or surrender, never by deletion."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

VALID, RECHECKING, RECTIFYING, CANCELLING = "valid", "rechecking", "rectifying", "cancelling"
CANCELLED, LAPSED, SUSPENDED, SURRENDERED = "cancelled", "lapsed", "suspended", "surrendered"

#: The title stands: it may be shown as held, counts for eligibility and bars a second one of its level.
STANDING = frozenset({VALID, RECHECKING, RECTIFYING, CANCELLING})
#: The title has not ended; one such row per enterprise and level.
LIVE = STANDING | {SUSPENDED}
ENDED = frozenset({CANCELLED, LAPSED, SURRENDERED})

UPWARD_DRAFT, UPWARD_SIGNED, UPWARD_WITHDRAWN = "draft", "signed", "withdrawn"

_BUREAUS = [Role.DISTRICT, Role.MUNICIPAL]
_CASE = [Duty.HANDLER, Duty.SIGNER]
_LIVE = sorted(LIVE)

TITLE_LIFE = Lifecycle(
    "称号",
    {
        VALID: "有效",
        RECHECKING: "复核中",
        RECTIFYING: "整改中",
        CANCELLING: "拟取消",
        SUSPENDED: "已暂停",
        CANCELLED: "已取消",
        LAPSED: "已失效",
        SURRENDERED: "已注销",
    },
    [
        arrow("start_recheck", "开始复核", [VALID], RECHECKING, [*_BUREAUS, Role.SYSTEM], "R-33", _CASE),
        arrow("pass_recheck", "复核合格", [RECHECKING], VALID, _BUREAUS, "R-33", _CASE),
        arrow("order_rectification", "责令整改", [VALID, RECHECKING], RECTIFYING, _BUREAUS, "R-37", _CASE),
        arrow("accept_rectification", "整改验收通过", [RECTIFYING], VALID, _BUREAUS, "R-38", _CASE),
        arrow(
            "propose_cancellation",
            "拟取消称号",
            [RECTIFYING],
            CANCELLING,
            [*_BUREAUS, Role.SYSTEM],
            "R-40",
            _CASE,
        ),
        arrow("keep", "不予取消", [CANCELLING], VALID, _BUREAUS, "R-40", [Duty.SIGNER, Duty.LEADER]),
        arrow("cancel", "取消称号", [CANCELLING], CANCELLED, [Role.MUNICIPAL], "R-40", [Duty.LEADER]),
        arrow(
            "cancel_by_district", "取消称号", [CANCELLING], CANCELLED, [Role.DISTRICT], "R-40", [Duty.SIGNER]
        ),
        arrow(
            "suspend",
            "暂停称号",
            [RECTIFYING, CANCELLING],
            SUSPENDED,
            [Role.MUNICIPAL],
            "R-40",
            [Duty.SIGNER, Duty.LEADER],
        ),
        arrow("resume", "恢复称号", [SUSPENDED], VALID, [Role.MUNICIPAL], "R-40", [Duty.SIGNER, Duty.LEADER]),
        arrow("lapse", "移出名单", _LIVE, LAPSED, [Role.MUNICIPAL], "R-05", _CASE),
        arrow("surrender", "注销称号", _LIVE, SURRENDERED, _BUREAUS, "R-43", [Duty.SIGNER, Duty.LEADER]),
    ],
)

UPWARD_LIFE = Lifecycle(
    "上报推荐名单",
    {UPWARD_DRAFT: "拟定中", UPWARD_SIGNED: "已签发", UPWARD_WITHDRAWN: "已撤回"},
    [
        arrow("sign", "签发推荐名单", [UPWARD_DRAFT], UPWARD_SIGNED, [Role.MUNICIPAL], "R-09", [Duty.LEADER]),
        arrow(
            "withdraw",
            "撤回推荐名单",
            [UPWARD_DRAFT],
            UPWARD_WITHDRAWN,
            [Role.MUNICIPAL],
            "R-09",
            [Duty.HANDLER],
        ),
    ],
)
