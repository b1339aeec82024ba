"""The lives of publicity: notices, objections, recognitions."""

from __future__ import annotations

from apps.core.actor import Duty, Role
from apps.core.lifecycle import Lifecycle, arrow

_CITY = [Role.MUNICIPAL]

DRAFT, IN_REVIEW, REVIEWED, APPROVED, PUBLISHED, CLOSED = (
    "draft",
    "in_review",
    "reviewed",
    "approved",
    "published",
    "closed",
)
NOTICE_LIFE = Lifecycle(
    "公示",
    {
        DRAFT: "拟稿",
        IN_REVIEW: "处室审核",
        REVIEWED: "局领导签批",
        APPROVED: "待发布",
        PUBLISHED: "公示中",
        CLOSED: "公示期满",
    },
    [
        arrow("submit", "送审", [DRAFT], IN_REVIEW, _CITY, "R-24", [Duty.HANDLER]),
        arrow("review", "审核通过", [IN_REVIEW], REVIEWED, _CITY, "R-24", [Duty.SIGNER]),
        arrow("approve", "签批", [REVIEWED], APPROVED, _CITY, "R-24", [Duty.LEADER]),
        arrow(
            "return",
            "退回拟稿人",
            [IN_REVIEW, REVIEWED],
            DRAFT,
            _CITY,
            "R-24",
            [Duty.SIGNER, Duty.LEADER],
        ),
        arrow("publish", "发布公示", [APPROVED], PUBLISHED, _CITY, "R-24", [Duty.PUBLISHER]),
        arrow("close", "公示期满", [PUBLISHED], CLOSED, [Role.SYSTEM], "R-25"),
    ],
)
#: Anybody may read these.
PUBLIC_NOTICES = (PUBLISHED, CLOSED)

FILED, ACCEPTED, NOT_ACCEPTED, UPHELD, DISMISSED, CORRECTED = (
    "filed",
    "accepted",
    "not_accepted",
    "upheld",
    "dismissed",
    "corrected",
)
OBJECTION_LIFE = Lifecycle(
    "异议",
    {
        FILED: "已收到",
        ACCEPTED: "核查中",
        NOT_ACCEPTED: "不予受理",
        UPHELD: "异议成立",
        DISMISSED: "异议不成立",
        CORRECTED: "异议成立，已更正评分",
    },
    [
        arrow("accept", "受理异议", [FILED], ACCEPTED, _CITY, "R-25", [Duty.HANDLER]),
        arrow("decline", "不予受理", [FILED], NOT_ACCEPTED, _CITY, "R-25", [Duty.HANDLER]),
        arrow("uphold", "裁定异议成立", [ACCEPTED], UPHELD, _CITY, "R-25", [Duty.SIGNER]),
        arrow("dismiss", "异议不成立", [ACCEPTED], DISMISSED, _CITY, "R-25", [Duty.SIGNER]),
        arrow("correct", "更正评分", [ACCEPTED], CORRECTED, _CITY, "R-25", [Duty.SIGNER]),
    ],
)
#: An objection in one of these keeps its enterprise from being awarded.
OPEN_OBJECTIONS = (FILED, ACCEPTED)

CORRECTION_PROPOSED, CORRECTION_APPROVED, CORRECTION_RETURNED = "proposed", "approved", "returned"
CORRECTION_LIFE = Lifecycle(
    "评分更正",
    {CORRECTION_PROPOSED: "待批准", CORRECTION_APPROVED: "已批准", CORRECTION_RETURNED: "已退回"},
    [
        arrow(
            "approve",
            "批准更正",
            [CORRECTION_PROPOSED],
            CORRECTION_APPROVED,
            _CITY,
            "R-25",
            [Duty.SIGNER],
        ),
        arrow(
            "return",
            "退回更正",
            [CORRECTION_PROPOSED],
            CORRECTION_RETURNED,
            _CITY,
            "R-25",
            [Duty.SIGNER],
        ),
    ],
)

STANDING, WITHDRAWN, ELAPSED = "standing", "withdrawn", "elapsed"
ENTRY_LIFE = Lifecycle(
    "公示条目",
    {STANDING: "公示中", WITHDRAWN: "已撤下", ELAPSED: "期满无异议"},
    [
        arrow("withdraw", "撤下", [STANDING], WITHDRAWN, [Role.MUNICIPAL], "R-24"),
        arrow("elapse", "期满", [STANDING], ELAPSED, [Role.SYSTEM], "R-25"),
    ],
)

PROPOSED, SIGNED = "proposed", "signed"
RECOGNITION_LIFE = Lifecycle(
    "评定",
    {PROPOSED: "待签发", SIGNED: "已签发"},
    [arrow("sign", "签发评定", [PROPOSED], SIGNED, _CITY, "R-27", [Duty.LEADER])],
)
