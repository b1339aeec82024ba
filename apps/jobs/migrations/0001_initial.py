import django.db.models.deletion
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
            name="Heartbeat",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="名称"),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "心跳",
            },
        ),
        migrations.CreateModel(
            name="Job",
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
                ("kind", models.CharField(max_length=60, verbose_name="类别")),
                ("key", models.CharField(max_length=200, null=True, unique=True, verbose_name="幂等键")),
                ("params", models.JSONField(default=dict, verbose_name="参数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "处理中"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                            ("expired", "结果已过期"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已完成数")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("cancel_requested", models.BooleanField(default=False, verbose_name="要求取消")),
                ("result_name", models.CharField(blank=True, max_length=200, verbose_name="结果文件名")),
                ("result_path", models.CharField(blank=True, max_length=300, verbose_name="结果路径")),
                ("result_type", models.CharField(blank=True, max_length=100, verbose_name="结果类型")),
                ("result", models.JSONField(default=dict, verbose_name="结果")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="错误")),
                ("lease_token", models.CharField(blank=True, max_length=32, verbose_name="租约")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="租约到期")),
                ("created_at", models.DateTimeField(verbose_name="提交时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "后台任务",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["id"],
                        name="job_due_idx",
                    ),
                    models.Index(fields=["owner", "-id"], name="job_owner_idx"),
                    models.Index(
                        condition=models.Q(("result_path", ""), _negated=True),
                        fields=["finished_at"],
                        name="job_result_idx",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running", "done", "failed", "cancelled", "expired"])
                        ),
                        name="job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))), name="job_progress_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running"]),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="job_finished_has_time",
                    ),
                ],
            },
        ),
    ]
