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
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scheme",
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
                ("code", models.CharField(max_length=40, verbose_name="体系编号")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "草稿"), ("published", "已发布"), ("retired", "已停用")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("spec", models.JSONField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("effective_from", models.DateField(null=True, verbose_name="施行日期")),
                ("effective_to", models.DateField(null=True, verbose_name="停止日期")),
                (
                    "industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4),
                        default=list,
                        size=None,
                        verbose_name="适用行业代码前缀",
                    ),
                ),
                ("reconstruction", models.BooleanField(default=False, verbose_name="重构版")),
                ("made_at", models.DateTimeField(verbose_name="编制时间")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                ("publish_reason", models.CharField(blank=True, max_length=200, verbose_name="发布说明")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("retire_reason", models.CharField(blank=True, max_length=200, verbose_name="停用说明")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
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
                    "retired_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "评价体系",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="scheme_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("code",),
                        name="scheme_one_published",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")), fields=("code",), name="scheme_one_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "retired"])),
                        name="scheme_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by", None),
                            ("made_by", None),
                            models.Q(("published_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="scheme_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenchmarkValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric", models.CharField(max_length=40, verbose_name="指标")),
                ("subject", models.CharField(blank=True, max_length=40, verbose_name="污染物或对象")),
                ("industry_code", models.CharField(max_length=5, verbose_name="行业代码")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("average", "行业平均值"),
                            ("top20", "行业前 20% 值"),
                            ("top5", "行业前 5% 值"),
                            ("limit", "限额准入值"),
                            ("advanced", "限额先进值"),
                            ("required", "要求值"),
                            ("base", "基准值"),
                            ("lead", "引领值"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("value", models.DecimalField(decimal_places=12, max_digits=30, verbose_name="数值")),
                ("unit", models.CharField(max_length=40, verbose_name="单位")),
                ("source", models.CharField(max_length=200, verbose_name="出处")),
                ("period", models.CharField(max_length=40, verbose_name="时期")),
                ("approved_by", models.CharField(max_length=80, verbose_name="批准")),
                ("is_example", models.BooleanField(default=False, verbose_name="示例")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("retired_on", models.DateField(null=True, verbose_name="停用日期")),
                ("recorded_at", models.DateTimeField(verbose_name="录入时间")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "行业基准值",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_on", None)),
                        fields=("metric", "subject", "industry_code", "kind"),
                        name="benchmark_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="benchmark_not_negative"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="benchmarkvalue",
            trigger=pgtrigger.compiler.Trigger(
                name="benchmark_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nif tg_op = 'DELETE' then\n    raise exception 'scoring: benchmark values are retired, never deleted';\nend if;\nif old.retired_on is not null or (to_jsonb(new) - 'retired_on') is distinct from (to_jsonb(old) - 'retired_on') then\n    raise exception 'scoring: a benchmark value cannot be changed, only retired';\nend if;\nreturn new;\n",
                    hash="be2554cf56155e8cc82ac89ad69e15278129aa13",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_benchmark_frozen_3fe79",
                    table="scoring_benchmarkvalue",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" IN ('published', 'retired'))",
                    func="\nif tg_op = 'DELETE' then\n    raise exception 'scoring: a published evaluation system cannot be deleted';\nend if;\nif (to_jsonb(new) - array['status','effective_to','retired_by_id','retired_at','retire_reason'])\n   is distinct from\n   (to_jsonb(old) - array['status','effective_to','retired_by_id','retired_at','retire_reason'])\n   or new.status = 'draft' or (old.status = 'retired' and new.status <> 'retired') then\n    raise exception 'scoring: a published evaluation system cannot be changed';\nend if;\nreturn new;\n",
                    hash="59d290082bcbc975115387cc4e1e51730f723a7a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_scheme_frozen_7a4dd",
                    table="scoring_scheme",
                    when="BEFORE",
                ),
            ),
        ),
    ]
