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
        ("applications", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
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
                    "kind",
                    models.CharField(
                        choices=[("notice", "公示"), ("correction", "更正公示")],
                        default="notice",
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "拟稿"),
                            ("in_review", "处室审核"),
                            ("reviewed", "局领导签批"),
                            ("approved", "待发布"),
                            ("published", "公示中"),
                            ("closed", "公示期满"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("basis", models.TextField(verbose_name="依据与程序")),
                ("reason", models.TextField(blank=True, verbose_name="更正原因")),
                ("contact_person", models.CharField(max_length=50, verbose_name="联系人")),
                ("contact_phone", models.CharField(max_length=40, verbose_name="联系电话")),
                ("contact_email", models.CharField(blank=True, max_length=80, verbose_name="邮箱")),
                ("contact_address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("supervision_phone", models.CharField(max_length=40, verbose_name="监督电话")),
                ("starts_on", models.DateField(null=True, verbose_name="公示起")),
                ("ends_on", models.DateField(null=True, verbose_name="公示止")),
                ("period_text", models.TextField(blank=True, verbose_name="期限说明")),
                ("days", models.PositiveSmallIntegerField(null=True, verbose_name="公示天数")),
                ("snapshot", models.JSONField(default=list, verbose_name="名单快照")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="摘要")),
                ("drafted_at", models.DateTimeField(verbose_name="拟稿时间")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="审核时间")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="签批时间")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                ("return_note", models.TextField(blank=True, verbose_name="退回意见")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="publicity.notice",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="applications.round",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示",
                "indexes": [models.Index(fields=["state", "-published_at"], name="notice_public_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "in_review", "reviewed", "approved", "published", "closed"],
                            )
                        ),
                        name="notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("published", "closed")), _negated=True),
                            models.Q(
                                ("ends_on__isnull", False),
                                ("starts_on__isnull", False),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="notice_published_has_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="notice_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeEntry",
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
                ("position", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("enterprise_name", models.CharField(max_length=100, verbose_name="企业名称")),
                ("uscc", models.CharField(max_length=18, verbose_name="统一社会信用代码")),
                ("district_name", models.CharField(max_length=40, verbose_name="所在地区")),
                ("industry_name", models.CharField(max_length=60, verbose_name="行业")),
                ("starts_on", models.DateField(null=True, verbose_name="公示起")),
                ("ends_on", models.DateField(null=True, verbose_name="公示止")),
                (
                    "state",
                    models.CharField(
                        choices=[("standing", "公示中"), ("withdrawn", "已撤下"), ("elapsed", "期满无异议")],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="publicity.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示条目",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["standing", "withdrawn", "elapsed"])),
                        name="notice_entry_state_known",
                    ),
                    models.UniqueConstraint(fields=("notice", "application"), name="entry_once_a_notice"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
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
                ("receipt_no", models.CharField(max_length=30, unique=True, verbose_name="回执号")),
                ("query_code", models.CharField(max_length=12, verbose_name="查询码")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "已收到"),
                            ("accepted", "核查中"),
                            ("not_accepted", "不予受理"),
                            ("upheld", "异议成立"),
                            ("dismissed", "异议不成立"),
                        ],
                        max_length=14,
                        verbose_name="状态",
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("person", "个人（实名）"),
                            ("unit", "单位（加盖公章）"),
                            ("anonymous", "匿名"),
                        ],
                        max_length=12,
                        verbose_name="提出人类别",
                    ),
                ),
                ("person_sealed", models.TextField(verbose_name="姓名（加密）")),
                ("unit", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                ("contact_sealed", models.TextField(verbose_name="联系方式（加密）")),
                ("matter", models.TextField(verbose_name="异议事项与依据")),
                ("filed_at", models.DateTimeField(verbose_name="提出时间")),
                ("handled_at", models.DateTimeField(null=True, verbose_name="受理时间")),
                ("handling_note", models.TextField(blank=True, verbose_name="受理意见")),
                ("statement", models.TextField(blank=True, verbose_name="企业说明")),
                ("stated_at", models.DateTimeField(null=True, verbose_name="说明时间")),
                ("concluded_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                ("conclusion", models.TextField(blank=True, verbose_name="核查结论")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "concluded_by",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="publicity.noticeentry",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "异议",
                "indexes": [models.Index(fields=["state", "-id"], name="objection_queue_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["filed", "accepted", "not_accepted", "upheld", "dismissed"])
                        ),
                        name="objection_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("concluded_by", None),
                            models.Q(("concluded_by", models.F("handled_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="objection_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recognition",
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
                        choices=[("proposed", "待签发"), ("signed", "已签发")],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("document_no", models.CharField(max_length=60, unique=True, verbose_name="文号")),
                ("decided_on", models.DateField(null=True, verbose_name="评定日期")),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签发时间")),
                (
                    "proposed_by",
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
                        related_name="recognitions",
                        to="applications.round",
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
            ],
            options={
                "verbose_name": "评定",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "signed"])),
                        name="recognition_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", None),
                            models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="recognition_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_by", None), ("state", "proposed")),
                            models.Q(
                                ("decided_on__isnull", False),
                                ("signed_by__isnull", False),
                                ("state", "signed"),
                            ),
                            _connector="OR",
                        ),
                        name="recognition_signed_iff_signer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecognitionEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title_public_id", models.CharField(blank=True, max_length=14, verbose_name="称号编号")),
                ("certificate_no", models.CharField(blank=True, max_length=30, verbose_name="证书编号")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recognition_entry",
                        to="applications.application",
                    ),
                ),
                (
                    "recognition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="publicity.recognition",
                    ),
                ),
            ],
            options={
                "verbose_name": "评定条目",
            },
        ),
        migrations.CreateModel(
            name="CreditCheck",
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
                ("platform", models.CharField(max_length=60, verbose_name="查询平台")),
                ("checked_on", models.DateField(verbose_name="查询日期")),
                ("report_no", models.CharField(max_length=60, verbose_name="报告编号")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("normal", "正常"),
                            ("adverse", "异常"),
                            ("explanation", "需说明"),
                            ("explained", "已说明，不影响评定"),
                        ],
                        max_length=12,
                        verbose_name="结果",
                    ),
                ),
                ("matters", models.TextField(blank=True, verbose_name="异常事项")),
                ("valid_until", models.DateField(verbose_name="有效期至")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "征信查询",
                "indexes": [models.Index(fields=["application", "-id"], name="credit_newest_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result", "normal"), models.Q(("matters", ""), _negated=True), _connector="OR"
                        ),
                        name="credit_adverse_names_matters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gte", models.F("checked_on"))),
                        name="credit_valid_after_check",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditcheck",
            trigger=pgtrigger.compiler.Trigger(
                name="credit_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="49d294841ef304860611ebe65cb3b6fc245c6efd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_credit_append_only_d83e1",
                    table="publicity_creditcheck",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notice",
            trigger=pgtrigger.compiler.Trigger(
                name="notice_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" IN ('published', 'closed'))",
                    func="\nif tg_op = 'DELETE' then\n    raise exception 'publicity: a published notice cannot be deleted';\nend if;\nif (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') or new.state not in ('published', 'closed') then\n    raise exception 'publicity: a published notice cannot be changed';\nend if;\nreturn new;\n",
                    hash="c7ca798590d1d4480985cf97b84b5ef07d4bca66",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_notice_frozen_61d81",
                    table="publicity_notice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="noticeentry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a34d2eca84029debd54103c7ee7308028c13905f",
                    operation="DELETE",
                    pgid="pgtrigger_entry_never_deleted_ae171",
                    table="publicity_noticeentry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
