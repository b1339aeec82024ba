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
        ("titles", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recheck",
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
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("cycle", "定期复核"),
                            ("risk", "风险触发"),
                            ("report", "举报线索"),
                            ("change", "重大事项变更"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("trigger_note", models.TextField(blank=True, verbose_name="来源说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "已安排"), ("recorded", "待签批"), ("reported", "已报送结果")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("planned_on", models.DateField(verbose_name="计划日期")),
                ("planned_at", models.DateTimeField(verbose_name="安排时间")),
                ("visited_on", models.DateField(null=True, verbose_name="复核日期")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="地点")),
                ("people", models.JSONField(default=list, verbose_name="复核人员")),
                ("findings", models.JSONField(default=list, verbose_name="核查条目")),
                (
                    "score",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="复核得分"),
                ),
                (
                    "vetoes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        default=list,
                        size=None,
                        verbose_name="不符合的基本要求",
                    ),
                ),
                ("conclusion", models.TextField(blank=True, verbose_name="结论")),
                ("passed", models.BooleanField(null=True, verbose_name="是否合格")),
                ("recorded_at", models.DateTimeField(null=True, verbose_name="登记时间")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签批时间")),
                ("return_note", models.TextField(blank=True, verbose_name="退回意见")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.district"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titles.title"
                    ),
                ),
            ],
            options={
                "verbose_name": "现场复核",
                "indexes": [
                    models.Index(fields=["district", "state", "planned_on"], name="recheck_queue_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "recorded", "reported"])),
                        name="recheck_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score", None), ("score__range", (0, 100)), _connector="OR"),
                        name="recheck_score_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", None),
                            models.Q(("signed_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="recheck_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "reported"), _negated=True),
                        fields=("title",),
                        name="recheck_one_open_a_title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rectification",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ordered", "待送达"),
                            ("served", "整改中"),
                            ("submitted", "待验收"),
                            ("accepted", "验收通过"),
                            ("overdue", "逾期未完成"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("ordered_at", models.DateTimeField(verbose_name="责令时间")),
                ("served_on", models.DateField(null=True, verbose_name="送达日期")),
                ("service", models.CharField(blank=True, max_length=100, verbose_name="送达方式")),
                ("deadline", models.DateField(null=True, verbose_name="整改期限")),
                ("deadline_text", models.TextField(blank=True, verbose_name="期限说明")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.district"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recheck",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification",
                        to="monitoring.recheck",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titles.title"
                    ),
                ),
            ],
            options={
                "verbose_name": "整改",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["ordered", "served", "submitted", "accepted", "overdue"])
                        ),
                        name="rectification_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("served_on", None), ("state", "ordered")),
                            models.Q(("deadline__isnull", False), ("served_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="rectification_served_has_deadline",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "拟取消，陈述申辩期"),
                            ("cancelled", "已取消"),
                            ("suspended", "已暂停并报上级"),
                            ("dropped", "不予取消"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("facts", models.TextField(verbose_name="事实")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("statement_due_on", models.DateField(verbose_name="陈述申辩截止")),
                ("statement", models.TextField(blank=True, verbose_name="陈述申辩")),
                ("stated_at", models.DateTimeField(null=True, verbose_name="陈述时间")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("decided_on", models.DateField(null=True, verbose_name="决定日期")),
                ("decision_note", models.TextField(blank=True, verbose_name="决定理由")),
                ("ban_until", models.DateField(null=True, verbose_name="可重新申报日")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.district"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titles.title"
                    ),
                ),
                (
                    "rectification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancellation",
                        to="monitoring.rectification",
                    ),
                ),
            ],
            options={
                "verbose_name": "取消称号",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "cancelled", "suspended", "dropped"])),
                        name="cancellation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True), ("decided_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="cancellation_decided_iff_leader",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("submitted_on", models.DateField(verbose_name="提交日期")),
                ("verified_on", models.DateField(null=True, verbose_name="验收日期")),
                ("passed", models.BooleanField(null=True, verbose_name="是否通过")),
                ("note", models.TextField(blank=True, verbose_name="验收意见")),
                (
                    "rectification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="monitoring.rectification",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "整改提交",
            },
        ),
        migrations.CreateModel(
            name="RectificationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("code", models.CharField(blank=True, max_length=20, verbose_name="条目")),
                ("problem", models.TextField(verbose_name="问题")),
                ("requirement", models.TextField(verbose_name="整改要求")),
                (
                    "evidence_wanted",
                    models.CharField(blank=True, max_length=200, verbose_name="证明材料要求"),
                ),
                ("answer", models.TextField(blank=True, verbose_name="整改措施与完成情况")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="填写时间")),
                (
                    "rectification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="monitoring.rectification",
                    ),
                ),
            ],
            options={
                "verbose_name": "整改事项",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rectification", "position"), name="rectification_item_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("problem", ""), _negated=True),
                            models.Q(("requirement", ""), _negated=True),
                        ),
                        name="rectification_item_named",
                    ),
                ],
            },
        ),
    ]
