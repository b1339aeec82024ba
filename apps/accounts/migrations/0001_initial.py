import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.actor
import apps.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="District",
            fields=[
                (
                    "code",
                    models.CharField(max_length=10, primary_key=True, serialize=False, verbose_name="代码"),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("short_name", models.CharField(max_length=20, verbose_name="简称")),
                ("kind", models.CharField(max_length=20, verbose_name="类别")),
                ("authority", models.CharField(max_length=80, verbose_name="主管部门")),
                (
                    "uscc_hint",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6),
                        default=list,
                        size=None,
                        verbose_name="登记机关码提示",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(verbose_name="次序")),
            ],
            options={
                "verbose_name": "属地",
            },
        ),
        migrations.CreateModel(
            name="Enterprise",
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
                ("uscc", models.CharField(max_length=18, unique=True, verbose_name="统一社会信用代码")),
                ("name", models.CharField(max_length=100, verbose_name="企业名称")),
                ("name_key", models.CharField(blank=True, max_length=400, verbose_name="拼音检索键")),
                ("sub_area", models.CharField(blank=True, max_length=40, verbose_name="板块")),
                ("industry_code", models.CharField(max_length=4, verbose_name="行业四位代码")),
                ("industry_name", models.CharField(max_length=60, verbose_name="行业")),
                ("ownership", models.CharField(blank=True, max_length=20, verbose_name="单位性质")),
                ("registered_address", models.CharField(blank=True, max_length=200, verbose_name="注册地址")),
                ("site_address", models.CharField(max_length=200, verbose_name="厂区地址")),
                ("legal_representative", models.CharField(max_length=50, verbose_name="法定代表人")),
                ("contact_name", models.CharField(max_length=50, verbose_name="联系人")),
                ("contact_phone", models.CharField(max_length=20, verbose_name="联系电话")),
                ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="联系邮箱")),
                ("founded_on", models.DateField(null=True, verbose_name="成立日期")),
                ("main_products", models.CharField(blank=True, max_length=200, verbose_name="主要产品")),
                ("group_name", models.CharField(blank=True, max_length=100, verbose_name="所属集团")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "待属地核实"),
                            ("returned", "已退回修改"),
                            ("confirmed", "已核实"),
                            ("closed", "已注销"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("registered_at", models.DateTimeField(verbose_name="登记时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="核实时间")),
                ("return_reason", models.TextField(blank=True, verbose_name="退回原因")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
            ],
            options={
                "verbose_name": "企业",
                "indexes": [
                    models.Index(fields=["district", "state", "id"], name="enterprise_inbox_idx"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name"], name="enterprise_name_trgm", opclasses=["gin_trgm_ops"]
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["registered", "returned", "confirmed", "closed"])),
                        name="enterprise_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("uscc__regex", "^[0-9A-HJ-NPQRTUWXY]{18}$")),
                        name="enterprise_uscc_shape",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("username", models.CharField(max_length=40, unique=True, verbose_name="用户名")),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="邮箱")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="手机")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("enterprise", "企业"),
                            ("district", "属地工业和信息化主管部门"),
                            ("municipal", "市工业和信息化局"),
                            ("expert", "专家"),
                            ("system_admin", "系统管理员"),
                            ("security_admin", "安全管理员"),
                            ("auditor", "审计管理员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                (
                    "duties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                (apps.core.actor.Duty["RESPONSIBLE"], "法定代表人/负责人"),
                                (apps.core.actor.Duty["CLERK"], "申报经办人"),
                                (apps.core.actor.Duty["HANDLER"], "经办"),
                                (apps.core.actor.Duty["SIGNER"], "签批"),
                                (apps.core.actor.Duty["LEADER"], "局领导"),
                                (apps.core.actor.Duty["CREDIT"], "征信核查"),
                                (apps.core.actor.Duty["PUBLISHER"], "公示发布"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="职责",
                    ),
                ),
                ("position", models.CharField(blank=True, max_length=50, verbose_name="职务")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="须修改密码")),
                ("created_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.district",
                        verbose_name="属地",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "账户",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "enterprise",
                                    "district",
                                    "municipal",
                                    "expert",
                                    "system_admin",
                                    "security_admin",
                                    "auditor",
                                ],
                            )
                        ),
                        name="user_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("district__isnull", False), ("role", "district")),
                            models.Q(models.Q(("role", "district"), _negated=True), ("district", None)),
                            _connector="OR",
                        ),
                        name="user_district_iff_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("enterprise__isnull", False), ("role", "enterprise")),
                            models.Q(models.Q(("role", "enterprise"), _negated=True), ("enterprise", None)),
                            _connector="OR",
                        ),
                        name="user_enterprise_iff_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_superuser", False)), name="user_never_superuser"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "enterprise"), _negated=True),
                            ("duties__contained_by", ["clerk", "responsible"]),
                            _connector="OR",
                        ),
                        name="user_duties_enterprise",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "district"), _negated=True),
                            ("duties__contained_by", ["handler", "signer"]),
                            _connector="OR",
                        ),
                        name="user_duties_district",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "municipal"), _negated=True),
                            ("duties__contained_by", ["credit", "handler", "leader", "publisher", "signer"]),
                            _connector="OR",
                        ),
                        name="user_duties_municipal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "expert"), _negated=True),
                            ("duties__contained_by", []),
                            _connector="OR",
                        ),
                        name="user_duties_expert",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "system_admin"), _negated=True),
                            ("duties__contained_by", []),
                            _connector="OR",
                        ),
                        name="user_duties_system_admin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "security_admin"), _negated=True),
                            ("duties__contained_by", []),
                            _connector="OR",
                        ),
                        name="user_duties_security_admin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "auditor"), _negated=True),
                            ("duties__contained_by", []),
                            _connector="OR",
                        ),
                        name="user_duties_auditor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Expert",
            fields=[
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
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="expert",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="专家编号")),
                ("title", models.CharField(max_length=40, verbose_name="职称")),
                ("employer_name", models.CharField(max_length=100, verbose_name="工作单位")),
                ("employer_uscc", models.CharField(blank=True, max_length=18, verbose_name="单位信用代码")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        size=None,
                        verbose_name="专业领域",
                    ),
                ),
                (
                    "industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        default=list,
                        size=None,
                        verbose_name="熟悉行业大类",
                    ),
                ),
                ("is_available", models.BooleanField(default=True, verbose_name="可评审")),
            ],
            options={
                "verbose_name": "专家",
            },
        ),
        migrations.CreateModel(
            name="ExpertLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("past_employer", "曾任职"),
                            ("shareholding", "持股"),
                            ("consultant", "咨询服务"),
                            ("third_party", "第三方评价"),
                            ("group", "同一集团"),
                            ("family", "近亲属任职"),
                        ],
                        max_length=20,
                        verbose_name="关系",
                    ),
                ),
                ("organisation", models.CharField(max_length=100, verbose_name="单位")),
                ("uscc", models.CharField(blank=True, max_length=18, verbose_name="信用代码")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="结束日期")),
                ("declared_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "declared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="accounts.expert",
                    ),
                ),
            ],
            options={
                "verbose_name": "专家关联",
                "indexes": [models.Index(fields=["expert", "uscc"], name="expert_link_idx")],
            },
        ),
    ]
