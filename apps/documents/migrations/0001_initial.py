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
    ]

    operations = [
        migrations.CreateModel(
            name="StoredDocument",
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
                            ("certificate", "证书"),
                            ("notice", "公示"),
                            ("recognition", "评定文件"),
                            ("recommendation", "推荐函和推荐汇总表"),
                            ("filing", "备案表"),
                            ("score_sheet", "初评打分表"),
                            ("panel_opinion", "专家组评估意见"),
                            ("report", "评价报告"),
                            ("receipt", "提交回执"),
                            ("supplement", "补正通知书"),
                            ("rectification", "整改通知书"),
                            ("cancellation", "取消决定书"),
                        ],
                        max_length=20,
                        verbose_name="文书",
                    ),
                ),
                ("subject_type", models.CharField(max_length=40, verbose_name="对象类别")),
                ("subject_id", models.CharField(max_length=14, verbose_name="对象公开编号")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="文号")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="内容校验码")),
                ("sha256", models.CharField(max_length=64, verbose_name="文件摘要")),
                ("size", models.PositiveIntegerField(verbose_name="字节数")),
                ("pages", models.PositiveSmallIntegerField(verbose_name="页数")),
                ("stored_name", models.CharField(max_length=100, verbose_name="存储名")),
                (
                    "content_type",
                    models.CharField(default="application/pdf", max_length=60, verbose_name="类型"),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("public", models.BooleanField(default=False, verbose_name="公开")),
                (
                    "district",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="可查阅属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="可查阅企业",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="生成人",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书",
                "indexes": [
                    models.Index(fields=["subject_id", "kind", "-version"], name="document_subject_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "cancellation",
                                    "certificate",
                                    "filing",
                                    "notice",
                                    "panel_opinion",
                                    "receipt",
                                    "recognition",
                                    "recommendation",
                                    "rectification",
                                    "report",
                                    "score_sheet",
                                    "supplement",
                                ],
                            )
                        ),
                        name="document_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("public", False), ("kind__in", ["notice", "recognition"]), _connector="OR"
                        ),
                        name="document_public_kinds",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "subject_id", "fingerprint"), name="document_content_once"
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "subject_id", "version"), name="document_version_once"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storeddocument",
            trigger=pgtrigger.compiler.Trigger(
                name="document_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ec94f518abdec0473fa44bed255e036ca2da0fa0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_document_append_only_006c4",
                    table="documents_storeddocument",
                    when="BEFORE",
                ),
            ),
        ),
    ]
