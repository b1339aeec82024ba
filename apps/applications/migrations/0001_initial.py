import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_wall"),
        ("accounts", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("scoring", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="系列"),
                ),
                ("last", models.PositiveIntegerField(verbose_name="最后号")),
            ],
            options={
                "verbose_name": "申报编号系列",
            },
        ),
        migrations.CreateModel(
            name="Round",
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
                ("code", models.CharField(max_length=12, unique=True, verbose_name="批次号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="受理等级"
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="开始受理")),
                ("closes_at", models.DateTimeField(verbose_name="截止受理")),
                ("district_windows", models.JSONField(blank=True, default=dict, verbose_name="属地截止时间")),
                ("prerequisite_required", models.BooleanField(verbose_name="要求前置等级")),
                ("notice", models.TextField(blank=True, verbose_name="通知正文")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("prelim_due_on", models.DateField(null=True, verbose_name="初评截止日")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "拟定"), ("open", "已发布"), ("closed", "已截止")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="拟定时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟定人",
                    ),
                ),
                (
                    "schemes",
                    models.ManyToManyField(
                        related_name="+", to="scoring.scheme", verbose_name="可用评价体系"
                    ),
                ),
            ],
            options={
                "verbose_name": "批次",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["closed", "draft", "open"])),
                        name="round_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="round_closes_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("levels__contained_by", [1, 2, 3]), ("levels__len__gte", 1)),
                        name="round_levels_scored",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
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
                ("number", models.CharField(max_length=40, null=True, unique=True, verbose_name="申报编号")),
                ("level", models.PositiveSmallIntegerField(verbose_name="申报等级")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("form_check", "形式审查"),
                            ("supplementing", "补正中"),
                            ("prelim", "初评中"),
                            ("prelim_signed", "初评完成"),
                            ("district_decision", "属地评审"),
                            ("to_file", "待备案"),
                            ("filed", "已报送"),
                            ("filing_acknowledged", "已备案"),
                            ("recommended", "已推荐"),
                            ("city_accepted", "市级受理"),
                            ("expert_review", "专家评估"),
                            ("panel_concluded", "评估意见"),
                            ("credit_check", "征信查询"),
                            ("on_notice", "公示中"),
                            ("objection", "异议核查"),
                            ("confirmable", "可评定"),
                            ("awarded", "已评定"),
                            ("refused", "不予评定"),
                            ("not_recommended", "不予推荐"),
                            ("conversion_offered", "转为本级评定待企业同意"),
                            ("kept", "维持"),
                            ("withdrawn", "已撤回"),
                            ("lapsed", "视为撤回"),
                            ("rejected", "不予受理"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("turn", models.PositiveSmallIntegerField(default=0, verbose_name="补正轮次")),
                ("profile", models.JSONField(blank=True, default=dict, verbose_name="基本信息表")),
                ("basics", models.JSONField(blank=True, default=dict, verbose_name="基本要求")),
                ("report", models.JSONField(blank=True, default=dict, verbose_name="评价报告")),
                ("part_versions", models.JSONField(blank=True, default=dict, verbose_name="各部分版本")),
                ("scheme_note", models.TextField(blank=True, verbose_name="评价体系变更理由")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                (
                    "submission_token",
                    models.CharField(max_length=64, null=True, unique=True, verbose_name="提交令牌"),
                ),
                (
                    "submission_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="提交请求摘要"),
                ),
                (
                    "receipt_no",
                    models.CharField(max_length=60, null=True, unique=True, verbose_name="回执号"),
                ),
                ("content_digest", models.CharField(blank=True, max_length=64, verbose_name="内容摘要")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "self_total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="自评得分"),
                ),
                (
                    "prelim_total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="初评得分"),
                ),
                (
                    "panel_total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="专家组得分"),
                ),
                ("decided_level", models.PositiveSmallIntegerField(null=True, verbose_name="评定等级")),
                ("decided_on", models.DateField(null=True, verbose_name="评定日期")),
                ("decision_note", models.TextField(blank=True, verbose_name="结论说明")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受理人",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="创建人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "prelim_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="初评人",
                    ),
                ),
                (
                    "prelim_signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="初评签批人",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.scheme",
                        verbose_name="评价体系",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="applications.round",
                        verbose_name="批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "申报",
                "permissions": [("score_application", "评审打分")],
                "indexes": [
                    models.Index(fields=["district", "state", "-submitted_at"], name="application_inbox_idx"),
                    models.Index(fields=["state", "-submitted_at"], name="application_city_idx"),
                    models.Index(fields=["round", "level", "state"], name="application_round_idx"),
                    models.Index(fields=["enterprise", "-id"], name="application_mine_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 3)),
                        name="application_level_scored",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "awarded",
                                    "city_accepted",
                                    "confirmable",
                                    "conversion_offered",
                                    "credit_check",
                                    "district_decision",
                                    "draft",
                                    "expert_review",
                                    "filed",
                                    "filing_acknowledged",
                                    "form_check",
                                    "kept",
                                    "lapsed",
                                    "not_recommended",
                                    "objection",
                                    "on_notice",
                                    "panel_concluded",
                                    "prelim",
                                    "prelim_signed",
                                    "recommended",
                                    "refused",
                                    "rejected",
                                    "submitted",
                                    "supplementing",
                                    "to_file",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="application_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "draft"), ("submitted_at", None)),
                            ("state", "withdrawn"),
                            models.Q(
                                models.Q(("state__in", ["draft", "withdrawn"]), _negated=True),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="application_draft_iff_unsubmitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("content_digest", ""),
                                ("number", None),
                                ("receipt_no", None),
                                ("submission_token", None),
                                ("submitted_at", None),
                            ),
                            models.Q(
                                ("number__isnull", False),
                                ("submitted_at__isnull", False),
                                ("receipt_no__isnull", False),
                                ("submission_token__isnull", False),
                                models.Q(("content_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_receipt_iff_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at", None), ("scheme__isnull", False), _connector="OR"
                        ),
                        name="application_submitted_has_scheme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["draft", "submitted"]), _negated=True),
                            ("accepted_at", None),
                            _connector="OR",
                        ),
                        name="application_accepted_after_intake",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "withdrawn", "rejected"]),
                            ("accepted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="application_past_intake_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["to_file", "filed", "filing_acknowledged", "awarded"]),
                                _negated=True,
                            ),
                            models.Q(("decided_level__isnull", False), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="application_titled_has_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "awarded"), _negated=True),
                            models.Q(("decided_level", 3), ("level", 3)),
                            _connector="OR",
                        ),
                        name="application_awarded_is_3a",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        "recommended",
                                        "city_accepted",
                                        "expert_review",
                                        "panel_concluded",
                                        "credit_check",
                                        "on_notice",
                                        "objection",
                                        "confirmable",
                                        "awarded",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(("level", 3), ("prelim_total__gte", 80)),
                            _connector="OR",
                        ),
                        name="application_recommended_from_80",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("self_total__isnull", True),
                            models.Q(("self_total__gte", 0), ("self_total__lte", 100)),
                            _connector="OR",
                        ),
                        name="application_self_total_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("prelim_total__isnull", True),
                            models.Q(("prelim_total__gte", 0), ("prelim_total__lte", 100)),
                            _connector="OR",
                        ),
                        name="application_prelim_total_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("panel_total__isnull", True),
                            models.Q(("panel_total__gte", 0), ("panel_total__lte", 100)),
                            _connector="OR",
                        ),
                        name="application_panel_total_range",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["lapsed", "rejected", "withdrawn"]), _negated=True),
                        fields=("enterprise", "round", "level"),
                        name="application_one_per_round_level",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
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
                ("application_public_id", models.CharField(max_length=14, verbose_name="申报公开编号")),
                ("level", models.PositiveSmallIntegerField(verbose_name="申报等级")),
                (
                    "rule",
                    models.CharField(
                        choices=[("R-08", "申报3A级须已获评2A级"), ("R-31", "未按时报送年度动态管理表")],
                        max_length=5,
                        verbose_name="规则",
                    ),
                ),
                ("reason", models.TextField(verbose_name="理由")),
                ("basis", models.TextField(blank=True, verbose_name="依据")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "待属地提出意见"),
                            ("endorsed", "待批准"),
                            ("approved", "已批准"),
                            ("declined", "未批准"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                ("endorsed_at", models.DateTimeField(null=True, verbose_name="经办时间")),
                ("opinion", models.TextField(blank=True, verbose_name="经办意见")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                ("decision_note", models.TextField(blank=True, verbose_name="批准意见")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemptions",
                        to="applications.application",
                        verbose_name="申报",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "endorsed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.round",
                        verbose_name="批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "豁免",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["approved", "declined", "endorsed", "requested"])),
                        name="exemption_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rule__in", ["R-08", "R-31"])), name="exemption_rule_in_principle"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["endorsed", "approved"]), _negated=True),
                            ("endorsed_by__isnull", False),
                            _connector="OR",
                        ),
                        name="exemption_endorsed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("endorsed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="exemption_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "declined"), _negated=True),
                        fields=("application", "rule"),
                        name="exemption_one_per_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnedItem",
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
                ("turn", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("item", "评价条目"),
                            ("basic", "基本要求"),
                            ("profile", "基本信息"),
                            ("report", "评价报告"),
                            ("evidence", "证明材料"),
                            ("scheme", "评价体系"),
                        ],
                        max_length=10,
                        verbose_name="部分",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="代码")),
                ("label", models.CharField(max_length=200, verbose_name="名称")),
                ("reason", models.TextField(verbose_name="问题")),
                ("wanted", models.TextField(verbose_name="补正要求")),
                ("due_on", models.DateField(verbose_name="补正期限")),
                ("returned_at", models.DateTimeField(verbose_name="退回时间")),
                ("answer", models.TextField(blank=True, verbose_name="补正说明")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_items",
                        to="applications.application",
                        verbose_name="申报",
                    ),
                ),
                (
                    "returned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="退回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "退回补正项",
                "indexes": [models.Index(fields=["application", "turn"], name="returned_item_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "turn", "part", "code"), name="returned_item_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("wanted", ""), _negated=True)
                        ),
                        name="returned_item_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WindowExtension",
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
                ("until", models.DateTimeField(verbose_name="延长至")),
                ("reason", models.TextField(verbose_name="理由")),
                ("granted_at", models.DateTimeField(verbose_name="批准时间")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="applications.round",
                        verbose_name="批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "受理延长",
                "indexes": [models.Index(fields=["enterprise", "round"], name="extension_idx")],
            },
        ),
        migrations.CreateModel(
            name="ApplicationUserObjectPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="applications.application",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "申报授权",
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="ApplicationVersion",
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
                ("turn", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("snapshot", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("seal", models.CharField(max_length=64, verbose_name="签封")),
                ("receipt_no", models.CharField(max_length=60, unique=True, verbose_name="回执号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="applications.application",
                        verbose_name="申报",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
            ],
            options={
                "verbose_name": "申报版本",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "turn"), name="application_version_once")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="applicationversion",
            trigger=pgtrigger.compiler.Trigger(
                name="version_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9ce60f2a6ddd14fbe7d958857c5d6b619f5c3ced",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_version_append_only_eba11",
                    table="applications_applicationversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="application_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8e822acbd5aca0b75a5ca645a2a8b2f029e93756",
                    operation="DELETE",
                    pgid="pgtrigger_application_never_deleted_b2fbc",
                    table="applications_application",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="windowextension",
            trigger=pgtrigger.compiler.Trigger(
                name="extension_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b9629aeaecb2d05fac2fb759e3b2f5e72860e416",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_extension_append_only_8a855",
                    table="applications_windowextension",
                    when="BEFORE",
                ),
            ),
        ),
    ]
