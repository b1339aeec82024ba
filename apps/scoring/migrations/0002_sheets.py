import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_wall"),
        ("accounts", "__first__"),
        ("applications", "0002_wall"),
        ("scoring", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreSheet",
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
                        choices=[
                            ("self", "企业自评表"),
                            ("district", "属地初评表"),
                            ("expert", "专家评分表"),
                            ("recheck", "现场复核表"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("turn", models.PositiveSmallIntegerField(default=1, verbose_name="轮次")),
                ("is_current", models.BooleanField(default=True, verbose_name="现行")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "评分中"), ("signed", "已签定"), ("closed", "已关闭")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("measurements", models.JSONField(default=dict, verbose_name="填报数据")),
                ("context", models.JSONField(default=dict, verbose_name="计分依据")),
                (
                    "open_items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        null=True,
                        size=None,
                        verbose_name="可修改条目",
                    ),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="总分"),
                ),
                ("answered", models.PositiveSmallIntegerField(default=0, verbose_name="已填条目")),
                ("item_count", models.PositiveSmallIntegerField(verbose_name="条目数")),
                ("result", models.JSONField(default=dict, verbose_name="签定结果")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="签定摘要")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="数据版本")),
                ("opened_at", models.DateTimeField(verbose_name="建立时间")),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签定时间")),
                ("released_to_enterprise", models.BooleanField(default=False, verbose_name="企业可见")),
                ("released_to_panel", models.BooleanField(default=False, verbose_name="专家组可见")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="score_sheets",
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
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scoring.scheme"
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
                "verbose_name": "评分表",
                "indexes": [
                    models.Index(fields=["enterprise", "kind", "-signed_at"], name="sheet_enterprise_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total", None), models.Q(("total__gte", 0), ("total__lte", 100)), _connector="OR"
                        ),
                        name="sheet_total_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["self", "district", "expert", "recheck"])),
                        name="sheet_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "signed", "closed"])),
                        name="sheet_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "signed"), _negated=True),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("total__isnull", False),
                                ("digest__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="sheet_signed_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "expert"), _negated=True),
                            ("owner__isnull", False),
                            _connector="OR",
                        ),
                        name="sheet_expert_owned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True), ("kind__in", ["self", "district"])),
                        fields=("application", "kind"),
                        name="sheet_one_current",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True), ("kind", "expert")),
                        fields=("application", "owner"),
                        name="sheet_one_per_expert",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "recheck"), ("state", "open")),
                        fields=("application",),
                        name="sheet_one_open_recheck",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.CharField(max_length=20, verbose_name="条目")),
                ("answer", models.JSONField(default=dict, verbose_name="填写内容")),
                (
                    "judged_points",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="评定分值"),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                (
                    "points",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="得分"),
                ),
                ("item_state", models.CharField(default="unanswered", max_length=20, verbose_name="状态")),
                ("evidence_count", models.PositiveSmallIntegerField(null=True, verbose_name="佐证数")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("updated_at", models.DateTimeField(null=True, verbose_name="变更时间")),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="scoring.scoresheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "评分条目",
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "item_code"), name="entry_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points", None),
                            models.Q(("points__gte", 0), ("points__lte", 100)),
                            _connector="OR",
                        ),
                        name="entry_points_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("judged_points", None),
                            models.Q(("judged_points__gte", 0), ("judged_points__lte", 100)),
                            _connector="OR",
                        ),
                        name="entry_judged_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "item_state__in",
                                ["scored", "unanswered", "needs_judgement", "not_applicable", "invalid"],
                            )
                        ),
                        name="entry_state_known",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scoresheet",
            trigger=pgtrigger.compiler.Trigger(
                name="sheet_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                    func="\nif tg_op = 'DELETE' then\n    raise exception 'scoring: a signed score sheet cannot be deleted';\nend if;\nif (to_jsonb(new) - array['is_current','released_to_enterprise','released_to_panel','district_id'])\n   is distinct from\n   (to_jsonb(old) - array['is_current','released_to_enterprise','released_to_panel','district_id']) then\n    raise exception 'scoring: a signed score sheet cannot be changed';\nend if;\nreturn new;\n",
                    hash="3d3a1d4d95063b3bfd07bc6929b6b78f933dc3a7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_sheet_frozen_f7506",
                    table="scoring_scoresheet",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scoreentry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nif exists (select 1 from scoring_scoresheet sheet\n            where sheet.id = case when tg_op = 'INSERT' then new.sheet_id else old.sheet_id end\n              and sheet.state <> 'open') then\n    raise exception 'scoring: the entries of a signed score sheet cannot be changed';\nend if;\nif tg_op = 'DELETE' then\n    return old;\nend if;\nreturn new;\n",
                    hash="383ba136e92769b9bb1209dc292d8e494e1a56bf",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_entry_frozen_bb54f",
                    table="scoring_scoreentry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
