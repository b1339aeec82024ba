import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.models
import apps.titles.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_wall"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateSeries",
            fields=[
                (
                    "key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="系列"),
                ),
                ("last", models.PositiveIntegerField(verbose_name="最后号")),
            ],
            options={
                "verbose_name": "证书编号系列",
            },
        ),
        migrations.CreateModel(
            name="ExternalList",
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
                        choices=[("provincial", "省级绿色工厂名单"), ("national", "国家级绿色工厂名单")],
                        max_length=12,
                        verbose_name="名单",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("document_no", models.CharField(max_length=60, verbose_name="来源文号")),
                ("published_on", models.DateField(verbose_name="发布日期")),
                ("digest", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "外部名单",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "document_no", "digest"), name="external_list_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document_no", ""), _negated=True),
                        name="external_list_has_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingMark",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("due_on", models.DateField(verbose_name="报送截止日")),
                ("submitted_on", models.DateField(null=True, verbose_name="报送日")),
                ("accepted_on", models.DateField(null=True, verbose_name="审核通过日")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "年度报送情况",
                "constraints": [
                    models.UniqueConstraint(fields=("enterprise", "year"), name="standing_mark_once_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_on", None), ("submitted_on__isnull", False), _connector="OR"
                        ),
                        name="standing_mark_accepted_after_filing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Title",
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
                ("level", models.PositiveSmallIntegerField(verbose_name="等级")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("district", "属地评定"),
                            ("city", "市级评定"),
                            ("province", "省级名单"),
                            ("nation", "国家级名单"),
                        ],
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("enterprise_name", models.CharField(max_length=100, verbose_name="企业名称")),
                (
                    "former_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        default=list,
                        size=None,
                        verbose_name="曾用名",
                    ),
                ),
                ("uscc", models.CharField(max_length=18, verbose_name="统一社会信用代码")),
                ("industry_code", models.CharField(max_length=4, verbose_name="行业四位代码")),
                ("industry_name", models.CharField(max_length=60, verbose_name="行业")),
                ("district_name", models.CharField(max_length=40, verbose_name="属地名称")),
                ("awarded_on", models.DateField(verbose_name="评定日期")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("valid", "有效"),
                            ("rechecking", "复核中"),
                            ("rectifying", "整改中"),
                            ("cancelling", "拟取消"),
                            ("suspended", "已暂停"),
                            ("cancelled", "已取消"),
                            ("lapsed", "已失效"),
                            ("surrendered", "已注销"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "certificate_no",
                    models.CharField(max_length=30, null=True, unique=True, verbose_name="证书编号"),
                ),
                ("document_no", models.CharField(max_length=60, verbose_name="文号")),
                ("source_type", models.CharField(max_length=40, verbose_name="来源类别")),
                ("source_public_id", models.CharField(max_length=40, verbose_name="来源编号")),
                (
                    "verify_token",
                    models.CharField(
                        default=apps.titles.models.new_verify_token,
                        editable=False,
                        max_length=32,
                        unique=True,
                        verbose_name="核验码",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("ended_on", models.DateField(null=True, verbose_name="终止日期")),
                ("end_document_no", models.CharField(blank=True, max_length=60, verbose_name="终止文号")),
                ("end_reason", models.TextField(blank=True, verbose_name="终止原因")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="titles",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "称号",
                "indexes": [
                    models.Index(fields=["district", "level", "state"], name="title_district_idx"),
                    models.Index(fields=["-awarded_on", "-id"], name="title_newest_idx"),
                    models.Index(fields=["uscc"], name="title_uscc_idx"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["enterprise_name"], name="title_name_trgm", opclasses=["gin_trgm_ops"]
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 5)), name="title_level_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "cancelled",
                                    "cancelling",
                                    "lapsed",
                                    "rechecking",
                                    "rectifying",
                                    "surrendered",
                                    "suspended",
                                    "valid",
                                ],
                            )
                        ),
                        name="title_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_on", None),
                                (
                                    "state__in",
                                    ["cancelling", "rechecking", "rectifying", "suspended", "valid"],
                                ),
                            ),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("state__in", ["cancelled", "lapsed", "surrendered"]),
                            ),
                            _connector="OR",
                        ),
                        name="title_end_iff_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="title_end_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certificate_no__isnull", False), ("level__in", [1, 2, 3])),
                            models.Q(("certificate_no", None), ("level__in", [4, 5])),
                            _connector="OR",
                        ),
                        name="title_certificate_iff_scored",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level__in", [1, 2]), ("origin", "district")),
                            models.Q(("level", 3), ("origin", "city")),
                            models.Q(("level", 4), ("origin", "province")),
                            models.Q(("level", 5), ("origin", "nation")),
                            _connector="OR",
                        ),
                        name="title_origin_by_level",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["cancelling", "rechecking", "rectifying", "suspended", "valid"])
                        ),
                        fields=("enterprise", "level"),
                        name="title_one_live_per_level",
                    ),
                    models.UniqueConstraint(
                        fields=("source_type", "source_public_id", "level"), name="title_once_per_source"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("enterprise"), "="),
                            (models.F("level"), "="),
                            (
                                apps.titles.models.DateRange(
                                    "valid_from",
                                    "ended_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                        ],
                        name="title_no_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalListRow",
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
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "action",
                    models.CharField(
                        choices=[("add", "新增"), ("remove", "移出"), ("rename", "更名")],
                        max_length=8,
                        verbose_name="动作",
                    ),
                ),
                ("printed_name", models.CharField(max_length=100, verbose_name="原始名称")),
                ("printed_uscc", models.CharField(blank=True, max_length=18, verbose_name="原始信用代码")),
                ("new_name", models.CharField(blank=True, max_length=100, verbose_name="更名后")),
                (
                    "match",
                    models.CharField(
                        blank=True,
                        choices=[("uscc", "信用代码"), ("name", "企业名称"), ("hand", "人工核对")],
                        max_length=6,
                        verbose_name="匹配方式",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unmatched", "待人工核对"),
                            ("applied", "已生效"),
                            ("without_effect", "无需变更"),
                            ("dismissed", "非本市企业"),
                        ],
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="核对时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核对人",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="titles.externallist",
                        verbose_name="名单",
                    ),
                ),
                (
                    "title",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="titles.title",
                        verbose_name="称号",
                    ),
                ),
            ],
            options={
                "verbose_name": "名单行",
                "indexes": [
                    models.Index(fields=["state", "list", "position"], name="external_row_queue_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("list", "position"), name="external_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["add", "remove", "rename"])),
                        name="external_row_action_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["applied", "without_effect"]), _negated=True),
                            models.Q(("enterprise__isnull", False), models.Q(("match", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="external_row_decided_has_match",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "rename"), _negated=True),
                            models.Q(("new_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="external_row_rename_has_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ban",
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
                ("cancelled_level", models.PositiveSmallIntegerField(verbose_name="被取消等级")),
                ("from_on", models.DateField(verbose_name="禁报起始日")),
                ("until_on", models.DateField(verbose_name="可重新申报日")),
                ("document_no", models.CharField(max_length=60, verbose_name="取消文号")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "title",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ban",
                        to="titles.title",
                        verbose_name="被取消的称号",
                    ),
                ),
            ],
            options={
                "verbose_name": "禁报",
                "indexes": [models.Index(fields=["enterprise", "until_on"], name="ban_enterprise_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gt", models.F("from_on"))), name="ban_end_after_start"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="title",
            trigger=pgtrigger.compiler.Trigger(
                name="title_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="868d3a5d01fdb5b830dc1c76f9efc611c6bdae4e",
                    operation="DELETE",
                    pgid="pgtrigger_title_never_deleted_05f13",
                    table="titles_title",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ban",
            trigger=pgtrigger.compiler.Trigger(
                name="ban_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2d5b45ecb424e51e5bbe8f055fac40e50a4ec4ca",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_ban_append_only_7c600",
                    table="titles_ban",
                    when="BEFORE",
                ),
            ),
        ),
    ]
