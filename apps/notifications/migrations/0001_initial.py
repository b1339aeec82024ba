import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_wall"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailPreference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("progress_by_mail", models.BooleanField(default=True, verbose_name="进度类消息发邮件")),
            ],
            options={
                "verbose_name": "邮件设置",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=apps.core.models.new_public_id,
                        editable=False,
                        max_length=14,
                        unique=True,
                        verbose_name="公开编号",
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="幂等键")),
                ("template", models.CharField(max_length=60, verbose_name="模板")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("body", models.TextField(verbose_name="正文")),
                ("link", models.CharField(blank=True, max_length=200, verbose_name="办理链接")),
                ("mandatory", models.BooleanField(verbose_name="不可退订")),
                (
                    "duties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        size=None,
                        verbose_name="邮件送达的职责",
                    ),
                ),
                ("to_municipal", models.BooleanField(default=False, verbose_name="致市局")),
                ("to_admins", models.BooleanField(default=False, verbose_name="致系统管理员")),
                ("subject_type", models.CharField(blank=True, max_length=60, verbose_name="对象类别")),
                ("subject_id", models.BigIntegerField(null=True, verbose_name="对象")),
                ("created_at", models.DateTimeField(verbose_name="时间")),
                ("expanded_at", models.DateTimeField(null=True, verbose_name="已分发")),
                (
                    "to_district",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                    ),
                ),
                (
                    "to_enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "to_expert",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.expert",
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "消息",
                "indexes": [
                    models.Index(fields=["to_enterprise", "-id"], name="message_enterprise_idx"),
                    models.Index(fields=["to_district", "-id"], name="message_district_idx"),
                    models.Index(
                        condition=models.Q(("to_municipal", True)),
                        fields=["-id"],
                        name="message_municipal_idx",
                    ),
                    models.Index(fields=["subject_type", "subject_id"], name="message_subject_idx"),
                    models.Index(
                        condition=models.Q(("expanded_at", None)), fields=["id"], name="message_to_expand_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("to_admins", False),
                                ("to_district__isnull", True),
                                ("to_enterprise__isnull", True),
                                ("to_expert__isnull", True),
                                ("to_municipal", False),
                                ("to_user__isnull", False),
                            ),
                            models.Q(
                                ("to_admins", False),
                                ("to_district__isnull", True),
                                ("to_enterprise__isnull", False),
                                ("to_expert__isnull", True),
                                ("to_municipal", False),
                                ("to_user__isnull", True),
                            ),
                            models.Q(
                                ("to_admins", False),
                                ("to_district__isnull", False),
                                ("to_enterprise__isnull", True),
                                ("to_expert__isnull", True),
                                ("to_municipal", False),
                                ("to_user__isnull", True),
                            ),
                            models.Q(
                                ("to_admins", False),
                                ("to_district__isnull", True),
                                ("to_enterprise__isnull", True),
                                ("to_expert__isnull", False),
                                ("to_municipal", False),
                                ("to_user__isnull", True),
                            ),
                            models.Q(
                                ("to_admins", False),
                                ("to_district__isnull", True),
                                ("to_enterprise__isnull", True),
                                ("to_expert__isnull", True),
                                ("to_municipal", True),
                                ("to_user__isnull", True),
                            ),
                            models.Q(
                                ("to_admins", True),
                                ("to_district__isnull", True),
                                ("to_enterprise__isnull", True),
                                ("to_expert__isnull", True),
                                ("to_municipal", False),
                                ("to_user__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="message_one_recipient",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template", models.CharField(max_length=60, verbose_name="模板")),
                ("channel", models.CharField(default="mail", max_length=10, verbose_name="渠道")),
                ("address", models.EmailField(max_length=254, verbose_name="地址")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待投递"),
                            ("leased", "处理中"),
                            ("sending", "正在送出"),
                            ("sent", "已送出"),
                            ("failed", "未能送达"),
                            ("unknown", "结果不明"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("next_attempt_at", models.DateTimeField(verbose_name="下次投递")),
                ("lease_token", models.CharField(blank=True, max_length=32, verbose_name="租约")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="租约到期")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="送出时间")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="最近错误")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "投递",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "leased", "sending"])),
                        fields=["next_attempt_at", "id"],
                        name="delivery_due_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "channel", "address"), name="delivery_once_per_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "leased", "sending", "sent", "failed", "unknown"])
                        ),
                        name="delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="阅读时间")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reads",
                        to="notifications.message",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "阅读记录",
                "constraints": [
                    models.UniqueConstraint(fields=("message", "user"), name="message_read_once")
                ],
            },
        ),
    ]
