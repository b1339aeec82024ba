import django.db.models.deletion
from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("date", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("is_workday", models.BooleanField(verbose_name="工作日")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="节假日")),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("recorded_at", models.DateTimeField(verbose_name="录入时间")),
                ("revision", models.BigIntegerField(verbose_name="修订号")),
            ],
            options={
                "verbose_name": "工作日历",
            },
        ),
        migrations.CreateModel(
            name="Obligation",
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
                ("kind", models.CharField(max_length=40, verbose_name="事项")),
                ("subject_type", models.CharField(max_length=60, verbose_name="对象类别")),
                ("subject_id", models.BigIntegerField(verbose_name="对象")),
                (
                    "subject_public_id",
                    models.CharField(blank=True, max_length=40, verbose_name="对象公开编号"),
                ),
                ("subject_number", models.CharField(blank=True, max_length=60, verbose_name="办件编号")),
                ("subject_label", models.CharField(blank=True, max_length=200, verbose_name="对象名称")),
                ("enterprise_name", models.CharField(blank=True, max_length=100, verbose_name="企业名称")),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("enterprise", "企业"),
                            ("district", "属地"),
                            ("municipal", "市局"),
                            ("expert", "专家"),
                        ],
                        max_length=10,
                        verbose_name="责任方",
                    ),
                ),
                ("rule", models.CharField(max_length=40, verbose_name="规则")),
                ("basis", models.CharField(max_length=500, verbose_name="期限说明")),
                ("started_on", models.DateField(verbose_name="起算日")),
                ("due_on", models.DateField(verbose_name="截止日")),
                ("due_at", models.DateTimeField(verbose_name="截止时刻")),
                ("provisional", models.BooleanField(default=False, verbose_name="暂定")),
                ("computed_by", models.JSONField(default=dict, verbose_name="计算方式")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "进行中"),
                            ("met", "已完成"),
                            ("overdue", "已逾期"),
                            ("cancelled", "已终止"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="设立时间")),
                ("overdue_at", models.DateTimeField(null=True, verbose_name="逾期时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("reminded_through", models.DateField(verbose_name="已提醒至")),
                ("hook_due_at", models.DateTimeField(null=True, verbose_name="逾期处理时间")),
                ("hook_token", models.CharField(blank=True, max_length=32, verbose_name="逾期处理租约")),
                ("hook_attempts", models.PositiveSmallIntegerField(default=0, verbose_name="逾期处理次数")),
                ("hook_error", models.CharField(blank=True, max_length=300, verbose_name="逾期处理错误")),
                (
                    "district",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.expert",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限事项",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["due_at"], name="obligation_due_idx"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "overdue"))),
                        fields=["reminded_through", "id"],
                        name="obligation_remind_idx",
                    ),
                    models.Index(
                        condition=models.Q(("hook_due_at__isnull", False)),
                        fields=["hook_due_at"],
                        name="obligation_hook_idx",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "overdue"))),
                        fields=["district", "due_on"],
                        name="obligation_district_idx",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("open", "overdue"))),
                        fields=["enterprise", "due_on"],
                        name="obligation_enterprise_idx",
                    ),
                    models.Index(fields=["subject_type", "subject_id"], name="obligation_subject_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "overdue"))),
                        fields=("kind", "subject_type", "subject_id"),
                        name="obligation_one_live_per_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "met", "overdue", "cancelled"])),
                        name="obligation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party__in", ["enterprise", "district", "municipal", "expert"])),
                        name="obligation_party_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state__in", ("open", "overdue"))),
                            models.Q(
                                models.Q(("state__in", ("open", "overdue")), _negated=True),
                                ("closed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="obligation_closed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("party", "enterprise"), _negated=True),
                                ("enterprise__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("party", "district"), _negated=True),
                                ("district__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("party", "expert"), _negated=True),
                                models.Q(("district", None), ("enterprise", None), ("expert__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="obligation_party_is_named",
                    ),
                ],
            },
        ),
    ]
