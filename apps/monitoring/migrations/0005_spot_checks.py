"""Spot checks: verifiable draws, and what became of each result drawn; visits of the city are marked."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_initial_passwords"),
        ("monitoring", "0004_annual_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="recheck",
            name="by_city",
            field=models.BooleanField(default=False, verbose_name="市局复查"),
        ),
        migrations.AlterField(
            model_name="recheck",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("cycle", "定期复核"),
                    ("risk", "风险触发"),
                    ("report", "举报线索"),
                    ("change", "重大事项变更"),
                    ("spot", "抽查"),
                ],
                max_length=10,
                verbose_name="来源",
            ),
        ),
        migrations.CreateModel(
            name="SpotCheckDraw",
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
                        choices=[("committed", "已封存名单"), ("drawn", "已抽取"), ("void", "已作废")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="报送时段起")),
                ("until_on", models.DateField(verbose_name="报送时段止")),
                ("content", models.JSONField(verbose_name="封存内容")),
                ("commitment", models.CharField(max_length=64, verbose_name="封存摘要")),
                ("secret", models.CharField(max_length=64, verbose_name="随机数")),
                ("source", models.CharField(max_length=200, verbose_name="公开数值来源")),
                ("known_from", models.DateTimeField(verbose_name="公开数值公布时间")),
                ("committed_at", models.DateTimeField(verbose_name="封存时间")),
                ("public_value", models.CharField(blank=True, max_length=200, verbose_name="公开数值")),
                ("revealed_at", models.DateTimeField(null=True, verbose_name="抽取时间")),
                ("seed", models.CharField(blank=True, max_length=64, verbose_name="种子")),
                ("drawn", models.JSONField(default=dict, verbose_name="抽取结果")),
                ("void_reason", models.TextField(blank=True, verbose_name="作废原因")),
                ("voided_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                (
                    "committed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查抽取",
            },
        ),
        migrations.CreateModel(
            name="SpotCheck",
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
                            ("drawn", "待安排"),
                            ("arranged", "已安排"),
                            ("concluded", "已有结论"),
                            ("waived", "不再复查"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("agrees", models.BooleanField(null=True, verbose_name="与属地结果一致")),
                (
                    "difference",
                    models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="得分差"),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="不一致之处")),
                ("waived_at", models.DateTimeField(null=True, verbose_name="决定不复查时间")),
                ("waive_reason", models.TextField(blank=True, verbose_name="不复查原因")),
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
                    "result",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spot_check",
                        to="monitoring.recheck",
                    ),
                ),
                (
                    "visit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spot_check_of",
                        to="monitoring.recheck",
                    ),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="monitoring.spotcheckdraw",
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查",
            },
        ),
        migrations.AddConstraint(
            model_name="spotcheckdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["committed", "drawn", "void"])), name="sample_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="spotcheckdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revealed_by", None),
                    models.Q(("revealed_by", models.F("committed_by")), _negated=True),
                    _connector="OR",
                ),
                name="sample_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="spotcheckdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revealed_at", None), ("revealed_by", None), ("seed", "")),
                    models.Q(
                        models.Q(("seed", ""), _negated=True),
                        ("revealed_at__isnull", False),
                        ("revealed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sample_result_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="spotcheckdraw",
            constraint=models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(("state", "committed")),
                name="sample_one_waiting_for_its_value",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="spotcheckdraw",
            trigger=pgtrigger.compiler.Trigger(
                name="sample_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nIF TG_OP = 'DELETE' THEN\n    RAISE EXCEPTION 'a draw is kept for good';\nEND IF;\nIF (NEW.from_on, NEW.until_on, NEW.content, NEW.commitment, NEW.secret, NEW.source, NEW.known_from,\n    NEW.committed_by_id, NEW.committed_at)\n   IS DISTINCT FROM\n   (OLD.from_on, OLD.until_on, OLD.content, OLD.commitment, OLD.secret, OLD.source, OLD.known_from,\n    OLD.committed_by_id, OLD.committed_at) THEN\n    RAISE EXCEPTION 'what a draw committed to cannot change';\nEND IF;\nIF OLD.seed <> '' AND (NEW.public_value, NEW.seed, NEW.drawn)\n   IS DISTINCT FROM (OLD.public_value, OLD.seed, OLD.drawn) THEN\n    RAISE EXCEPTION 'the result of a draw cannot change';\nEND IF;\nRETURN NEW;\n",
                    hash="2e4d470a89f6ff2ea1b71405a95ae0fa5428297e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_sample_frozen_89a81",
                    table="monitoring_spotcheckdraw",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="spotcheck",
            index=models.Index(fields=["draw", "state"], name="spot_check_draw_idx"),
        ),
        migrations.AddConstraint(
            model_name="spotcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["drawn", "arranged", "concluded", "waived"])),
                name="spot_check_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="spotcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "concluded"), _negated=True),
                    models.Q(("agrees__isnull", False), ("visit__isnull", False)),
                    _connector="OR",
                ),
                name="spot_check_concluded_by_a_visit",
            ),
        ),
        migrations.AddConstraint(
            model_name="spotcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waived"), _negated=True),
                    models.Q(("waived_by__isnull", False), models.Q(("waive_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="spot_check_waived_with_reason",
            ),
        ),
    ]
