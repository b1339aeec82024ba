"""The life of an obligation, and who may owe it."""

from __future__ import annotations

from enum import StrEnum

OPEN, MET, OVERDUE, CANCELLED = "open", "met", "overdue", "cancelled"

OBLIGATION_STATES: dict[str, str] = {
    OPEN: "进行中",
    MET: "已完成",
    OVERDUE: "已逾期",
    CANCELLED: "已终止",
}
#: States in which something is still owed.
LIVE = (OPEN, OVERDUE)


class Party(StrEnum):
    """Who has to act."""

    ENTERPRISE = "enterprise"
    DISTRICT = "district"
    MUNICIPAL = "municipal"
    EXPERT = "expert"

    @property
    def label(self) -> str:
        """The word pages use."""
        return {
            Party.ENTERPRISE: "企业",
            Party.DISTRICT: "属地",
            Party.MUNICIPAL: "市局",
            Party.EXPERT: "专家",
        }[self]
