"""The life of a delivery."""

from __future__ import annotations

MAIL, SMS = "mail", "sms"
CHANNELS: dict[str, str] = {MAIL: "邮件", SMS: "短信"}
WAITING, LEASED, SENDING, SENT, FAILED, UNKNOWN = "waiting", "leased", "sending", "sent", "failed", "unknown"

DELIVERY_STATES: dict[str, str] = {
    WAITING: "待投递",
    LEASED: "处理中",
    SENDING: "正在送出",
    SENT: "已送出",
    FAILED: "未能送达",
    UNKNOWN: "结果不明",
}
