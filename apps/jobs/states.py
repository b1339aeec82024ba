"""The life of a long piece of work."""

from __future__ import annotations

QUEUED, RUNNING, DONE, FAILED, CANCELLED, EXPIRED = (
    "queued",
    "running",
    "done",
    "failed",
    "cancelled",
    "expired",
)

JOB_STATES: dict[str, str] = {
    QUEUED: "排队中",
    RUNNING: "处理中",
    DONE: "已完成",
    FAILED: "未完成",
    CANCELLED: "已取消",
    EXPIRED: "结果已过期",
}
OPEN = (QUEUED, RUNNING)
