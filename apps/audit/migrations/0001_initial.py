import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor_role", models.CharField(max_length=20, verbose_name="角色")),
                ("actor_user_id", models.BigIntegerField(null=True, verbose_name="账户")),
                ("actor_name", models.CharField(max_length=100, verbose_name="姓名")),
                ("actor_district", models.CharField(blank=True, max_length=10, verbose_name="经办属地")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="来源地址")),
                ("request_id", models.CharField(blank=True, max_length=32, verbose_name="请求编号")),
                ("event", models.CharField(max_length=80, verbose_name="事项")),
                ("outcome", models.CharField(default="done", max_length=10, verbose_name="结果")),
                ("subject_type", models.CharField(max_length=60, verbose_name="对象类别")),
                ("subject_id", models.BigIntegerField(null=True, verbose_name="对象")),
                ("subject_label", models.CharField(blank=True, max_length=200, verbose_name="对象名称")),
                ("rule", models.CharField(blank=True, max_length=40, verbose_name="依据")),
                ("before", models.JSONField(default=dict, verbose_name="变更前")),
                ("after", models.JSONField(default=dict, verbose_name="变更后")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("enterprise_id", models.BigIntegerField(null=True, verbose_name="所涉企业")),
                ("district_id", models.CharField(max_length=10, null=True, verbose_name="所涉属地")),
                ("canonical", models.TextField(verbose_name="规范文本")),
            ],
            options={
                "verbose_name": "审计事件",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject_idx"),
                    models.Index(fields=["at"], name="audit_at_idx"),
                    models.Index(fields=["actor_user_id", "at"], name="audit_actor_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.BigIntegerField(unique=True, verbose_name="序号")),
                ("previous", models.CharField(max_length=64, verbose_name="前值")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="link",
                        to="audit.auditevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "审计链",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="audit_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="04f8f2f6fab2cf336bff74f00537adf876acce3f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_audit_append_only_f6eda",
                    table="audit_auditevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
