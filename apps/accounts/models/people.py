"""People and the organisations they act for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, Q

from apps.accounts.states import ENTERPRISE_LIFE
from apps.core.actor import (
    DUTIES_OF,
    DUTY_LABELS,
    ROLE_LABELS,
    Actor,
    Role,
    held_duties,
    running_loans,
)
from apps.core.fields import FindableSealedField, LookupDigest, SealedTextField
from apps.core.models import PublicIdModel, ScopedModel
from apps.core.moment import SHANGHAI, shown_at
from apps.core.personal import Personal
from apps.core.scoping import Scope

_ACCOUNT_ROLES = [role for role in Role if role not in {Role.PUBLIC, Role.SYSTEM}]


class District(models.Model):
    """属地: one of the ten county-level areas; `code` is GB/T 2260, or an own code where none exists (SIP)."""

    code = models.CharField("代码", primary_key=True, max_length=10)
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("类别", max_length=20)
    authority = models.CharField("主管部门", max_length=80)
    phone = models.CharField("联系电话", max_length=20, blank=True, default="")
    sub_areas = ArrayField(models.CharField(max_length=40), verbose_name="板块", default=list)
    uscc_hint = ArrayField(models.CharField(max_length=6), verbose_name="登记机关码提示", default=list)
    order = models.PositiveSmallIntegerField("次序")

    class Meta:
        verbose_name = "属地"

    def __str__(self) -> str:
        return self.name


class Enterprise(ScopedModel):
    """A factory's legal person, keyed by 统一社会信用代码; `district` is where it produces (R-13), not registers."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=100)
    name_key = models.CharField("拼音检索键", max_length=400, blank=True)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="属地")
    sub_area = models.CharField("板块", max_length=40, blank=True)
    industry_code = models.CharField("行业四位代码", max_length=4)
    industry_name = models.CharField("行业", max_length=60)
    ownership = models.CharField("单位性质", max_length=20, blank=True)
    registered_address = models.CharField("注册地址", max_length=200, blank=True)
    site_address = models.CharField("厂区地址", max_length=200)
    legal_representative = models.CharField("法定代表人", max_length=50)
    contact_name = SealedTextField("联系人")
    contact_phone = SealedTextField("联系电话")
    contact_email = SealedTextField("联系邮箱", blank=True)
    founded_on = models.DateField("成立日期", null=True)
    main_products = models.CharField("主要产品", max_length=200, blank=True)
    group_name = models.CharField("所属集团", max_length=100, blank=True)
    state = models.CharField("状态", max_length=20, choices=ENTERPRISE_LIFE.choices)
    registered_at = models.DateTimeField("登记时间")
    confirmed_at = models.DateTimeField("核实时间", null=True)
    return_reason = models.TextField("退回原因", blank=True)
    former_names = ArrayField(models.CharField(max_length=100), verbose_name="曾用名", default=list)
    #: public id and name of the file that shows the licence (kept by the evidence room)
    licence = models.CharField("营业执照", max_length=14, blank=True)
    licence_name = models.CharField("营业执照文件名", max_length=120, blank=True)
    licence_at = models.DateTimeField("营业执照上传时间", null=True)
    closed_on = models.DateField("注销日期", null=True)
    version = models.PositiveIntegerField("版本", default=1)

    scope = Scope(enterprise="pk", district="district_id")
    personal: ClassVar[dict[str, Personal]] = {
        "legal_representative": Personal("核实申报主体", "企业注销后 10 年", "本企业、属地、市局"),
        "contact_name": Personal("通知补正、结果", "企业注销后 10 年", "本企业、属地、市局"),
        "contact_phone": Personal("通知补正、结果", "企业注销后 10 年", "本企业", masked=True),
        "contact_email": Personal("通知补正、结果", "企业注销后 10 年", "本企业", masked=True),
    }

    class Meta:
        verbose_name = "企业"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(ENTERPRISE_LIFE.states)), name="enterprise_state_known"
            ),
            CheckConstraint(
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="enterprise_uscc_shape"
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "id"], name="enterprise_inbox_idx"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="enterprise_name_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def enterprise_id(self) -> int:
        """The jurisdiction column under the name every other table uses."""
        return int(self.pk)


class UserManager(BaseUserManager["User"]):
    """Makes accounts; there is no superuser in this product (三员分立)."""

    def create_user(self, *, username: str, password: str | None, **fields: Any) -> User:
        """Create an account with a hashed password (None: unusable until set by a one-time link)."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """An account: one person, one role, duties within it. A single role column makes the administrators exclusive."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=50)
    #: Found by its digest: whoever has forgotten the password names the address.
    email = FindableSealedField("邮箱", blank=True)
    phone = SealedTextField("手机", blank=True)
    role = models.CharField(
        "角色", max_length=20, choices=[(r.value, ROLE_LABELS[r]) for r in _ACCOUNT_ROLES]
    )
    duties = ArrayField(
        models.CharField(max_length=20, choices=list(DUTY_LABELS.items())), verbose_name="职责", default=list
    )
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name="属地")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="members", verbose_name="企业"
    )
    #: Of the staff of a 板块: which one of the district's.
    sub_area = models.CharField("板块", max_length=40, blank=True, default="")
    position = models.CharField("职务", max_length=50, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    #: After this a password somebody else knows no longer opens the account; NULL: the person chose it.
    initial_password_until = models.DateTimeField("初始口令有效至", null=True)
    #: Duties lent by absent colleagues, as `apps.core.actor.Loan` reads them; written with every `Delegation`.
    lent = models.JSONField("受托职责", default=list)
    notice_version = models.CharField("已同意的告知书版本", max_length=20, blank=True, default="")
    created_at = models.DateTimeField("建立时间")

    personal: ClassVar[dict[str, Personal]] = {
        "username": Personal("登录", "账户停用后 10 年", "本人、安全管理员"),
        "name": Personal("办理留痕、文书署名", "账户停用后 10 年", "本单位、上级主管部门"),
        "email": Personal("送达通知、找回密码", "账户停用后 10 年", "本人", masked=True),
        "phone": Personal("工作联系", "账户停用后 10 年", "本人", masked=True),
        "position": Personal("文书署名", "账户停用后 10 年", "本单位、上级主管部门"),
        "last_login": Personal("账户安全、久未登录停用", "账户停用后 10 年", "本人、安全管理员"),
    }
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = "账户"
        constraints = [
            CheckConstraint(condition=Q(role__in=[r.value for r in _ACCOUNT_ROLES]), name="user_role_known"),
            CheckConstraint(
                condition=Q(role__in=["district", "sub_area"], district__isnull=False)
                | (~Q(role__in=["district", "sub_area"]) & Q(district=None)),
                name="user_district_iff_role",
            ),
            CheckConstraint(
                condition=(Q(role="sub_area") & ~Q(sub_area="")) | (~Q(role="sub_area") & Q(sub_area="")),
                name="user_sub_area_iff_role",
            ),
            CheckConstraint(
                condition=Q(role="enterprise", enterprise__isnull=False)
                | (~Q(role="enterprise") & Q(enterprise=None)),
                name="user_enterprise_iff_role",
            ),
            CheckConstraint(condition=Q(is_superuser=False), name="user_never_superuser"),
            *[
                CheckConstraint(
                    condition=~Q(role=role.value)
                    | Q(duties__contained_by=sorted(duty.value for duty in DUTIES_OF.get(role, frozenset()))),
                    name=f"user_duties_{role.value}",
                )
                for role in _ACCOUNT_ROLES
            ],
        ]
        indexes = [models.Index(LookupDigest("email"), name="user_email_digest_idx")]

    def __str__(self) -> str:
        return self.name

    @property
    def role_label(self) -> str:
        """Role in Chinese."""
        return ROLE_LABELS[Role(self.role)]

    def actor(self, *, address: str = "", request_id: str = "") -> Actor:
        """Return the actor this account is; `Actor.public` when it is disabled."""
        if not self.is_active:
            return Actor.public(address=address, request_id=request_id)
        role = Role(self.role)
        loans = running_loans(self.lent, shown_at().astimezone(SHANGHAI).date())
        return Actor(
            role=role,
            user_id=self.pk,
            name=self.name,
            enterprise_id=self.enterprise_id,
            district=self.district_id,
            expert_id=self.pk if role is Role.EXPERT else None,
            sub_area=self.sub_area,
            duties=held_duties(self.duties, loans),
            standing_in_for=tuple(loan.absent for loan in loans),
            address=address,
            request_id=request_id,
        )


class Expert(PublicIdModel):
    """An expert of the pool; the key is the account's, so an actor's expert id is its user id."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="expert")
    number = models.CharField("专家编号", max_length=20, unique=True)
    title = models.CharField("职称", max_length=40)
    employer_name = models.CharField("工作单位", max_length=100)
    employer_uscc = models.CharField("单位信用代码", max_length=18, blank=True)
    fields = ArrayField(models.CharField(max_length=20), verbose_name="专业领域", default=list)
    industries = ArrayField(models.CharField(max_length=2), verbose_name="熟悉行业大类", default=list)
    is_available = models.BooleanField("可评审", default=True)

    personal: ClassVar[dict[str, Personal]] = {
        "title": Personal("按专业选取专家", "出库后 10 年", "市局"),
        "employer_name": Personal("利益回避", "出库后 10 年", "市局"),
        "employer_uscc": Personal("利益回避", "出库后 10 年", "市局"),
    }

    class Meta:
        verbose_name = "专家"

    def __str__(self) -> str:
        return f"{self.number} {self.user.name}"


class ExpertLink(models.Model):
    """A past or present tie of an expert to an organisation: ground for recusal (R-20)."""

    PAST_EMPLOYER, SHAREHOLDING, CONSULTANT, THIRD_PARTY, GROUP, FAMILY = (
        "past_employer",
        "shareholding",
        "consultant",
        "third_party",
        "group",
        "family",
    )
    KINDS: ClassVar[list[tuple[str, str]]] = [
        (PAST_EMPLOYER, "曾任职"),
        (SHAREHOLDING, "持股"),
        (CONSULTANT, "咨询服务"),
        (THIRD_PARTY, "第三方评价"),
        (GROUP, "同一集团"),
        (FAMILY, "近亲属任职"),
    ]
    expert = models.ForeignKey(Expert, models.CASCADE, related_name="links")
    kind = models.CharField("关系", max_length=20, choices=KINDS)
    organisation = models.CharField("单位", max_length=100)
    uscc = models.CharField("信用代码", max_length=18, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    declared_at = models.DateTimeField("登记时间")
    declared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    personal: ClassVar[dict[str, Personal]] = {
        "kind": Personal("利益回避", "出库后 10 年", "本人、市局"),
        "organisation": Personal("利益回避", "出库后 10 年", "本人、市局"),
    }

    class Meta:
        verbose_name = "专家关联"
        indexes = [models.Index(fields=["expert", "uscc"], name="expert_link_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation}"
