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
        ("applications", "0002_wall"),
        ("scoring", "0003_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="Filing",
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
                            ("draft", "待报送"),
                            ("sent", "已报送"),
                            ("acknowledged", "已备案"),
                            ("returned", "退回补正"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="备案号")),
                ("opened_at", models.DateTimeField(verbose_name="建立时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="报送时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="市局处理时间")),
                ("return_reason", models.TextField(blank=True, verbose_name="退回原因")),
                ("concern", models.TextField(blank=True, verbose_name="市局关注")),
                ("contact", models.CharField(blank=True, max_length=60, verbose_name="联系人")),
                (
                    "answered_by",
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
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="applications.round",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "备案",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "sent", "acknowledged", "returned"])),
                        name="filing_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="filing_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("district", "round"),
                        name="filing_one_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormCheck",
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
                ("turn", models.PositiveSmallIntegerField(verbose_name="次数")),
                ("rows", models.JSONField(default=list, verbose_name="审查项")),
                ("complete", models.BooleanField(verbose_name="是否齐全")),
                ("checked_at", models.DateTimeField(verbose_name="审查时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="form_checks",
                        to="applications.application",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
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
            ],
            options={
                "verbose_name": "形式审查",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "turn"), name="form_check_once_a_turn")
                ],
            },
        ),
        migrations.CreateModel(
            name="Panel",
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
                            ("assembling", "组建中"),
                            ("assessing", "评估中"),
                            ("reconsidering", "复议中"),
                            ("assessed", "评分已齐"),
                            ("concluded", "已出具意见"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(null=True, verbose_name="评审截止")),
                ("formed_at", models.DateTimeField(verbose_name="组建时间")),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="组评得分"),
                ),
                (
                    "spread",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="分差"),
                ),
                ("aggregation", models.TextField(blank=True, verbose_name="计分规则")),
                ("reconsidered", models.BooleanField(default=False, verbose_name="经过复议")),
                ("opinion", models.CharField(blank=True, max_length=20, verbose_name="意见")),
                ("reasons", models.TextField(blank=True, verbose_name="意见理由")),
                ("site_visited", models.BooleanField(null=True, verbose_name="是否现场核实")),
                ("site_reason", models.TextField(blank=True, verbose_name="现场核实理由")),
                ("concluded_at", models.DateTimeField(null=True, verbose_name="出具时间")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel",
                        to="applications.application",
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
                    "formed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.expert",
                    ),
                ),
            ],
            options={
                "verbose_name": "专家组",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["assembling", "assessing", "reconsidering", "assessed", "concluded"],
                            )
                        ),
                        name="panel_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total__range", (0, 100)), ("total", None), _connector="OR"),
                        name="panel_total_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spread__range", (0, 100)), ("spread", None), _connector="OR"),
                        name="panel_spread_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
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
                            ("invited", "待签回避声明"),
                            ("declared", "评审中"),
                            ("scored", "已提交"),
                            ("recused", "已回避"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("invited_at", models.DateTimeField(verbose_name="邀请时间")),
                ("declared_at", models.DateTimeField(null=True, verbose_name="签署声明时间")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("ended_reason", models.TextField(blank=True, verbose_name="回避或调整原因")),
                ("override_reason", models.TextField(blank=True, verbose_name="冲突豁免理由")),
                ("strengths", models.TextField(blank=True, verbose_name="优点")),
                ("problems", models.TextField(blank=True, verbose_name="问题")),
                ("advice", models.TextField(blank=True, verbose_name="建议")),
                ("wants_site_visit", models.BooleanField(default=False, verbose_name="建议现场核实")),
                ("opinion_signed_at", models.DateTimeField(null=True, verbose_name="签署组意见时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="applications.application",
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
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="accounts.expert",
                    ),
                ),
                (
                    "sheet",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment",
                        to="scoring.scoresheet",
                    ),
                ),
                (
                    "panel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="review.panel",
                    ),
                ),
            ],
            options={
                "verbose_name": "专家评审任务",
                "indexes": [models.Index(fields=["expert", "state"], name="assignment_desk_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["invited", "declared", "scored", "recused"])),
                        name="assignment_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "recused"), _negated=True),
                        fields=("panel", "expert"),
                        name="assignment_once_a_panel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PreliminaryReview",
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
                        choices=[("scoring", "打分中"), ("submitted", "待签批"), ("signed", "已签批")],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="认领时间")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签批时间")),
                (
                    "signed_total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="初评总分"),
                ),
                (
                    "vetoes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        default=list,
                        size=None,
                        verbose_name="查实的否决项",
                    ),
                ),
                ("opinion", models.TextField(blank=True, verbose_name="初评意见")),
                ("return_note", models.TextField(blank=True, verbose_name="退回重评原因")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preliminary",
                        to="applications.application",
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
                    "scorer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preliminary",
                        to="scoring.scoresheet",
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
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "初评",
                "indexes": [models.Index(fields=["district", "state", "id"], name="prelim_queue_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["scoring", "submitted", "signed"])),
                        name="prelim_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("signed_by__isnull", False),
                                ("signed_total__isnull", False),
                                ("state", "signed"),
                            ),
                            models.Q(models.Q(("state", "signed"), _negated=True), ("signed_by", None)),
                            _connector="OR",
                        ),
                        name="prelim_signed_iff_signer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", None),
                            models.Q(("signed_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="prelim_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_total__range", (0, 100)), ("signed_total", None), _connector="OR"
                        ),
                        name="prelim_total_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
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
                        choices=[("draft", "拟稿"), ("sent", "已推荐"), ("accepted", "市级已受理")],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("letter_no", models.CharField(blank=True, max_length=60, verbose_name="推荐函文号")),
                ("prepared_at", models.DateTimeField(verbose_name="拟稿时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="上报时间")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                (
                    "accepted_by",
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
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="applications.round",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "3A 推荐",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "sent", "accepted"])),
                        name="recommendation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_by", None),
                            models.Q(("sent_by", models.F("prepared_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="recommendation_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("district", "round"),
                        name="recommendation_one_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecommendationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticked", models.BooleanField(default=True, verbose_name="推荐")),
                ("reason", models.TextField(blank=True, verbose_name="不列入原因")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommended_in",
                        to="applications.application",
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="review.recommendation",
                    ),
                ),
            ],
            options={
                "verbose_name": "推荐条目",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recommendation", "application"), name="recommendation_item_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ticked", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="recommendation_off_needs_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ruling",
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
                        choices=[("proposed", "拟评定"), ("decided", "已评定"), ("declined", "不予评定")],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(null=True, verbose_name="等级")),
                ("total", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="得分")),
                ("converted", models.BooleanField(default=False, verbose_name="由 3A 申报转为本级评定")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("decided_on", models.DateField(null=True, verbose_name="评定日期")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ruling",
                        to="applications.application",
                    ),
                ),
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
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "属地评定",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "decided", "declined"])),
                        name="ruling_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level", None), ("level__in", [1, 2]), _connector="OR"),
                        name="ruling_level_of_district",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ruling_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total__range", (0, 100)), ("total", None), _connector="OR"),
                        name="ruling_total_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="review.filing"
                    ),
                ),
                (
                    "ruling",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing_item",
                        to="review.ruling",
                    ),
                ),
            ],
            options={
                "verbose_name": "备案条目",
            },
        ),
        migrations.CreateModel(
            name="SiteVisit",
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
                ("visited_on", models.DateField(verbose_name="日期")),
                ("place", models.CharField(max_length=200, verbose_name="地点")),
                ("people", models.JSONField(default=list, verbose_name="核实人员")),
                ("accompanied_by", models.CharField(blank=True, max_length=100, verbose_name="企业陪同")),
                ("findings", models.JSONField(default=list, verbose_name="核查条目")),
                ("problems", models.TextField(blank=True, verbose_name="问题")),
                ("conclusion", models.TextField(verbose_name="结论")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="site_visits",
                        to="applications.application",
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
                    "panel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="site_visits",
                        to="review.panel",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "现场核实",
            },
        ),
    ]
