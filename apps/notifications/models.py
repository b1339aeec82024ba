"""The outbox: messages addressed to a party, their deliveries by mail, and who has read what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from apps.core.actor import Actor, Role
from apps.core.fields import FindableSealedField, LookupDigest, SealedTextField
from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.notifications.states import CHANNELS, DELIVERY_STATES, MAIL, SMS, WAITING

#: Columns that address a message to one row, and those that address it to a whole office.
ONE_ROW = ("to_user", "to_enterprise", "to_district", "to_expert")
OFFICE = ("to_municipal", "to_admins")


def _exactly_one_recipient() -> Q:
    condition = Q()
    for chosen in (*ONE_ROW, *OFFICE):
        condition |= Q(
            **{f"{column}__isnull": column != chosen for column in ONE_ROW},
            **{column: column == chosen for column in OFFICE},
        )
    return condition


@dataclass(frozen=True, slots=True)
class RecipientScope(Scope):
    """A message belongs to whom it is addressed to and to nobody else, the city included."""

    def condition(self, actor: Actor) -> Q | None:
        """Return the messages addressed to *actor* in person or to its organisation."""
        if actor.role is Role.SYSTEM:
            return Q()
        found = Q(to_user=actor.user_id) if actor.user_id else Q(pk__in=[])
        match actor.role:
            case Role.ENTERPRISE if actor.enterprise_id:
                found |= Q(to_enterprise=actor.enterprise_id)
            case Role.DISTRICT if actor.district:
                found |= Q(to_district=actor.district)
            case Role.EXPERT if actor.expert_id:
                found |= Q(to_expert=actor.expert_id)
            case Role.MUNICIPAL:
                found |= Q(to_municipal=True)
            case Role.SYSTEM_ADMIN:
                found |= Q(to_admins=True)
        return found


class Message(ScopedModel):
    """One message to one party. `key` says what it is about and makes it happen once, however often it is asked for."""

    key = models.CharField("幂等键", max_length=200, unique=True)
    template = models.CharField("模板", max_length=60)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    link = models.CharField("办理链接", max_length=200, blank=True)
    mandatory = models.BooleanField("不可退订")
    duties = ArrayField(models.CharField(max_length=20), verbose_name="邮件送达的职责", default=list)
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    to_enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, null=True, related_name="+")
    to_district = models.ForeignKey("accounts.District", models.PROTECT, null=True, related_name="+")
    to_expert = models.ForeignKey("accounts.Expert", models.PROTECT, null=True, related_name="+")
    to_municipal = models.BooleanField("致市局", default=False)
    to_admins = models.BooleanField("致系统管理员", default=False)
    subject_type = models.CharField("对象类别", max_length=60, blank=True)
    subject_id = models.BigIntegerField("对象", null=True)
    created_at = models.DateTimeField("时间")
    expanded_at = models.DateTimeField("已分发", null=True)

    scope: ClassVar[Scope] = RecipientScope()

    class Meta:
        verbose_name = "消息"
        constraints = [
            CheckConstraint(name="message_one_recipient", condition=_exactly_one_recipient()),
        ]
        indexes = [
            models.Index(fields=["to_enterprise", "-id"], name="message_enterprise_idx"),
            models.Index(fields=["to_district", "-id"], name="message_district_idx"),
            models.Index(fields=["-id"], name="message_municipal_idx", condition=Q(to_municipal=True)),
            models.Index(fields=["subject_type", "subject_id"], name="message_subject_idx"),
            models.Index(fields=["id"], name="message_to_expand_idx", condition=Q(expanded_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One message to one mail address, or to the mobile phone of one person.

    A phone number is not kept here: `person` says whose it is, `address` shows part of it, and the worker reads it
    from that person's settings when it sends. `digest` marks mails that may be put together with others to the same
    address.

    Life: waiting → leased (a worker has it, may be taken over) → sending (handed to the gateway, never taken over)
    → sent, failed or unknown. Between `sending` and `sent` lies the at-most-once window: a worker that dies there
    leaves `unknown`, which nobody sends again, because a doubled reminder is worse than one that stands in the
    in-site inbox only.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    template = models.CharField("模板", max_length=60)
    channel = models.CharField("渠道", max_length=10, default=MAIL)
    address = FindableSealedField("地址")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    digest = models.BooleanField("可合并", default=False)
    state = models.CharField("状态", max_length=10, choices=list(DELIVERY_STATES.items()), default=WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_attempt_at = models.DateTimeField("下次投递")
    lease_token = models.CharField("租约", max_length=32, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True)
    sent_at = models.DateTimeField("送出时间", null=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "address": Personal("送达通知", "与消息同，供核对送达", "系统管理员", masked=True),
    }

    class Meta:
        verbose_name = "投递"
        constraints = [
            UniqueConstraint(
                "message",
                "channel",
                LookupDigest("address"),
                name="delivery_once_per_mailbox",
                condition=Q(person=None),
            ),
            UniqueConstraint(
                fields=["message", "channel", "person"],
                name="delivery_once_per_person",
                condition=Q(person__isnull=False),
            ),
            CheckConstraint(name="delivery_channel_known", condition=Q(channel__in=list(CHANNELS))),
            CheckConstraint(
                name="delivery_sms_names_person", condition=~Q(channel=SMS) | Q(person__isnull=False)
            ),
            CheckConstraint(name="delivery_state_known", condition=Q(state__in=list(DELIVERY_STATES))),
            CheckConstraint(
                name="delivery_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at", "id"],
                name="delivery_next_idx",
                condition=Q(state__in=["waiting", "leased", "sending"]),
            ),
            models.Index(
                LookupDigest("address"),
                name="delivery_digest_idx",
                condition=Q(state="waiting", digest=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.get_state_display()}"


class MessageRead(models.Model):
    """A person has opened a message: also the proof of service where reading counts as service (R-37)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = "阅读记录"
        constraints = [UniqueConstraint(fields=["message", "user"], name="message_read_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.user_id}"


class MailPreference(models.Model):
    """How a person wants messages beside the inbox.

    Deadlines, tasks and results are always mailed, progress as chosen. `digest`: progress and tasks that come within
    a while make one mail. `sms`: which groups also come to the mobile phone; none unless chosen.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    progress_by_mail = models.BooleanField("进度类消息发邮件", default=True)
    muted = ArrayField(models.CharField(max_length=60), verbose_name="不发邮件的进度消息", default=list)
    digest = models.BooleanField("合并邮件", default=False)
    sms = ArrayField(models.CharField(max_length=20), verbose_name="发短信的消息", default=list)
    phone = SealedTextField("接收短信的手机", blank=True, default="")

    personal: ClassVar[dict[str, Personal]] = {
        "phone": Personal("按本人选择发送短信提醒", "本人停用短信时删除", "本人", masked=True),
    }

    class Meta:
        verbose_name = "消息设置"

    def __str__(self) -> str:
        return f"{self.user_id}"
