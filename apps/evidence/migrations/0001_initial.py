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
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceFile",
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
                    "origin",
                    models.CharField(
                        choices=[("enterprise", "企业上传"), ("bureau", "核查上传")],
                        default="enterprise",
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="字节数")),
                ("display_name", models.CharField(max_length=120, verbose_name="文件名")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("docx", "DOCX"),
                            ("xlsx", "XLSX"),
                            ("jpg", "JPG"),
                            ("png", "PNG"),
                        ],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("content_type", models.CharField(max_length=100, verbose_name="媒体类型")),
                ("pages", models.PositiveIntegerField(null=True, verbose_name="页数")),
                ("width", models.PositiveIntegerField(null=True, verbose_name="像素宽")),
                ("height", models.PositiveIntegerField(null=True, verbose_name="像素高")),
                ("stored_name", models.CharField(max_length=80, unique=True, verbose_name="存储名")),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "scan_state",
                    models.CharField(
                        choices=[("checked", "内容检查通过")], max_length=10, verbose_name="检查"
                    ),
                ),
                ("valid_until", models.DateField(null=True, verbose_name="有效期至")),
                ("kept", models.BooleanField(default=False, verbose_name="已随申报提交")),
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
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "证明材料",
                "indexes": [models.Index(fields=["enterprise", "-id"], name="evidence_library_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enterprise", "origin", "digest"), name="evidence_digest_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="evidence_digest_shape"
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="evidence_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceUse",
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
                    "origin",
                    models.CharField(
                        choices=[("enterprise", "企业上传"), ("bureau", "核查上传")],
                        default="enterprise",
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[("item", "评分条目"), ("requirement", "基本要求"), ("section", "报告章节")],
                        max_length=12,
                        verbose_name="用于",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("page_from", models.PositiveIntegerField(null=True, verbose_name="起始页")),
                ("page_to", models.PositiveIntegerField(null=True, verbose_name="终止页")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("added_at", models.DateTimeField(verbose_name="添加时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_uses",
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
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="evidence.evidencefile",
                    ),
                ),
            ],
            options={
                "verbose_name": "材料使用",
                "indexes": [
                    models.Index(fields=["application", "place", "code"], name="evidence_use_place_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "application", "place", "code"), name="evidence_use_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__in", ["item", "requirement", "section"])),
                        name="evidence_use_place_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("page_from", None), ("page_to", None)),
                            models.Q(("page_from__gte", 1), ("page_to__gte", models.F("page_from"))),
                            _connector="OR",
                        ),
                        name="evidence_use_pages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceMark",
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
                    "mark",
                    models.CharField(
                        choices=[("verified", "已核验"), ("doubted", "存疑")],
                        max_length=10,
                        verbose_name="核验",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("role", models.CharField(max_length=20, verbose_name="角色")),
                ("marked_at", models.DateTimeField(verbose_name="核验时间")),
                (
                    "marked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="evidence.evidenceuse",
                    ),
                ),
            ],
            options={
                "verbose_name": "材料核验",
                "constraints": [
                    models.UniqueConstraint(fields=("use", "marked_by"), name="evidence_mark_once"),
                    models.CheckConstraint(
                        condition=models.Q(("mark__in", ["verified", "doubted"])), name="evidence_mark_known"
                    ),
                ],
            },
        ),
    ]
