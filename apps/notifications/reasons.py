"""Why somebody gets a message, in words (the same in the inbox and in the mail), and what a late mail must add."""

from __future__ import annotations

from datetime import date

from apps.core.actor import Duty
from apps.core.moment import SHANGHAI
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Message
from apps.notifications.rendering import in_words
from apps.notifications.template import Group

#: The key of a reminder: remind:<obligation>:<due day>:<step>:<audience>.
REMINDER = "remind:"
GROUPS = {Group.PROGRESS: "进度", Group.TASK: "待办", Group.DEADLINE: "时限", Group.RESULT: "结果"}
_DUTIES = {
    Duty.HANDLER.value: "经办",
    Duty.SIGNER.value: "签批",
    Duty.LEADER.value: "局领导",
    Duty.PUBLISHER.value: "公示发布",
    Duty.CREDIT.value: "征信",
}


def why(row: Message) -> str:
    """Return why the reader got a message: to whom it is addressed, as what, and who gets it by mail as well."""
    if row.to_user_id or row.to_expert_id:
        whom = "发给您本人"
    elif row.to_enterprise_id:
        whom = "发给贵单位全体成员"
    elif row.to_district_id:
        whom = "发给本属地工作人员"
    else:
        whom = "发给市局工作人员" if row.to_municipal else "发给系统管理员"
    parts = [whom]
    kind = CATALOGUE.get(row.template)
    if row.key.startswith(REMINDER):
        parts.append(f"期限提醒（{row.key.split(':')[3]}）")
    elif kind is not None:
        parts.append(f"{GROUPS[kind.group]}消息")
    if row.duties:
        parts.append(f"邮件发给{'、'.join(_DUTIES[duty] for duty in row.duties if duty in _DUTIES)}")
    return "；".join(parts)


def lateness(row: Message, *, on: date) -> tuple[str, str]:
    """Return what the title and the text of a reminder need that leaves on a later day than it was written.

    Its "还剩30天" was counted when it was written; held back by quiet hours, a dead gateway or a backlog it may leave
    when the day has passed. Both are empty for every other message.
    """
    written = row.created_at.astimezone(SHANGHAI).date()
    if row.template != "deadline_reminder" or not row.key.startswith(REMINDER) or written >= on:
        return "", ""
    due = date.fromisoformat(row.key.split(":")[2])
    if due < on:
        return "【期限已过】", f"本消息写于{in_words(written)}，发出时期限已过，请立即登录平台查看办理情况。"
    return "", f"本消息写于{in_words(written)}，剩余天数按当日计算，以截止日期为准。"
