"""An enterprise registers itself; its district confirms that it produces there (R-13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial

from django.db import IntegrityError, transaction
from pypinyin import Style, lazy_pinyin

from apps.accounts import uscc as credit_code
from apps.accounts.industries import industry_name
from apps.accounts.models import District, Enterprise
from apps.accounts.privacy import NOTICE_VERSION
from apps.accounts.services.addresses import other_district_named
from apps.accounts.services.contacts import checked_email, checked_phone
from apps.accounts.services.people import account_errors, new_account
from apps.accounts.states import ENTERPRISE_LIFE, REGISTERED
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.notifications.services import enqueue

_TAKEN = "该企业已有账户，请联系本企业管理员或属地工业和信息化主管部门。"
_TEXTS: tuple[tuple[str, str, int, bool], ...] = (
    ("name", "企业名称", 100, True),
    ("sub_area", "板块", 40, False),
    ("site_address", "厂区地址", 200, True),
    ("registered_address", "注册地址", 200, False),
    ("ownership", "单位性质", 20, False),
    ("legal_representative", "法定代表人", 50, True),
    ("contact_name", "联系人", 50, True),
    ("main_products", "主要产品", 200, False),
    ("group_name", "所属集团", 100, False),
)


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration form: the enterprise and the first person who acts for it."""

    uscc: str
    name: str
    district: str
    sub_area: str
    industry_code: str
    site_address: str
    registered_address: str
    ownership: str
    legal_representative: str
    contact_name: str
    contact_phone: str
    contact_email: str
    username: str
    password: str
    person_name: str
    consent: bool
    main_products: str = ""
    group_name: str = ""
    founded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What the new enterprise is told: its public id, who will confirm it, and a hint about its 属地."""

    public_id: str
    authority: str
    hint: str
    user_id: int


def _checked(data: Registration, *, on: date, with_account: bool = True) -> tuple[Registration, District]:
    """Return the form with cleaned values; every fault is collected, not only the first.

    With an account it must be called as somebody who sees every enterprise and account.
    """
    errors: dict[str, list[str]] = {}
    values = asdict(data)

    def attempt(field: str, check: Callable[[], object]) -> None:
        try:
            values[field] = check()
        except Invalid as refusal:
            for key, messages in refusal.errors.items():
                errors.setdefault(key, []).extend(messages)

    attempt("uscc", lambda: credit_code.check(data.uscc))
    for field, label, limit, required in _TEXTS:
        attempt(field, partial(clean_text, values[field], field=field, label=label, limit=limit))
        if required and not values[field]:
            errors.setdefault(field, []).append(f"请填写{label}。")
    attempt("contact_phone", lambda: checked_phone(data.contact_phone, field="contact_phone"))
    attempt("contact_email", lambda: checked_email(data.contact_email, field="contact_email"))
    attempt("founded_on", partial(_past, data.founded_on, on))
    if not industry_name(data.industry_code):
        errors["industry_code"] = ["请选择制造业四位行业代码（GB/T 4754-2017）。"]
    district, misplaced = _checked_site(data.district, values["site_address"])
    for field, message in misplaced.items():
        errors.setdefault(field, []).append(message)
    if with_account:
        errors |= _first_person(data, values["uscc"], known="uscc" not in errors)
    if errors or district is None:
        raise Invalid(errors)
    return replace(data, **values), district


def _checked_site(code: str, address: str) -> tuple[District | None, dict[str, str]]:
    """Return the chosen 属地 and what stands against it: unknown, or the address names another one (I19)."""
    names = dict(District.objects.values_list("code", "name"))
    if code not in names:
        return None, {"district": "请选择生产所在的属地。"}
    other = other_district_named(address, code, names)
    if not other:
        return District.objects.get(pk=code), {}
    return District.objects.get(pk=code), {
        "site_address": f"厂区地址写明在{other}，与所选属地{names[code]}不一致，请核对。"
    }


def _first_person(data: Registration, code: str, *, known: bool) -> dict[str, list[str]]:
    """Return what stands against consent, code and account of a new registration, by field."""
    names = {"username": data.username, "name": data.person_name, "email": data.contact_email}
    errors = account_errors(**names, password=data.password)
    if not data.consent:
        errors["consent"] = ["请阅读并同意《个人信息处理告知书》。"]
    if known and Enterprise.objects.filter(uscc=code, members__isnull=False).exists():
        errors["uscc"] = [_TAKEN]
    return errors


def _past(founded_on: date | None, on: date) -> date | None:
    if founded_on is not None and founded_on > on:
        raise Invalid.of("founded_on", "成立日期不能晚于今天，请按营业执照填写。")
    return founded_on


def search_key(name: str) -> str:
    """Return full pinyin and initials of a name: there is no Chinese collation in the database."""
    full = "".join(lazy_pinyin(name, errors="ignore"))
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
    return f"{full} {initials}"[:400]


def _new_or_claimed(checked: Registration, moment: Moment) -> Enterprise:
    """Return the row of a registration: a new one, or the one a bureau took over from its register.

    What was taken over has no account; the first to register it claims it, and the district confirms as for any other.
    """
    known: Enterprise | None = (
        Enterprise.objects.select_for_update(of=("self",))
        .filter(uscc=checked.uscc, members__isnull=True)
        .first()
    )
    if known is None:
        created: Enterprise = Enterprise.objects.create(
            **_columns(checked), state=REGISTERED, registered_at=moment.at
        )
        return created
    # Whoever registers has no account yet: the platform takes the step for them.
    known.state = ENTERPRISE_LIFE.step(known.state, "claim", Actor.system()).target
    for name, value in _columns(checked).items():
        setattr(known, name, value)
    known.version += 1
    known.save()
    return known


@transaction.atomic
def register_enterprise(*, actor: Actor, clock: Clock, data: Registration) -> Registered:
    """Register an enterprise and the account of its first person; the district is asked to confirm.

    Until confirmed the account can only look at and mend its registration (SECURITY R83).

    Raises:
        Invalid: every faulty field with its message; a credit code that is already registered.
    """
    # The public has no row of its own: the check for a taken code and the insert look past its wall.
    with acting_as(Actor.system(), then=actor):
        moment = clock.now()
        checked, district = _checked(data, on=moment.on)
        try:
            with transaction.atomic():
                enterprise = _new_or_claimed(checked, moment)
        except IntegrityError:  # two registrations of one code at the same moment
            raise Invalid.of("uscc", _TAKEN) from None
        user = new_account(
            clock=clock,
            username=checked.username,
            password=data.password,
            name=checked.person_name,
            role=Role.ENTERPRISE,
            duties=[Duty.RESPONSIBLE, Duty.CLERK],
            enterprise_id=enterprise.pk,
            email=checked.contact_email,
            phone=checked.contact_phone,
        )
        record(
            actor=replace(actor, user_id=user.pk, name=user.name),
            event="enterprise.register",
            subject=enterprise,
            moment=moment,
            rule="R-13",
            after={"uscc": enterprise.uscc, "district": district.code, "consent": NOTICE_VERSION},
        )
        enqueue(
            key=f"enterprise-registered:{enterprise.public_id}:1",
            template="enterprise_registered",
            context={"enterprise": enterprise.name, "public_id": enterprise.public_id},
            to_district=district.code,
            subject=enterprise,
            moment=moment,
        )
    hint = ""
    if credit_code.registration_area(enterprise.uscc) not in district.uscc_hint:
        hint = "信用代码的登记机关与所选属地不同。登记地与生产地可以不同，将由属地核实生产地址。"
    return Registered(enterprise.public_id, district.authority, hint, user.pk)


def _columns(data: Registration) -> dict[str, object]:
    return {
        "uscc": data.uscc,
        "name": data.name,
        "name_key": search_key(data.name),
        "district_id": data.district,
        "sub_area": data.sub_area,
        "industry_code": data.industry_code,
        "industry_name": industry_name(data.industry_code),
        "ownership": data.ownership,
        "registered_address": data.registered_address,
        "site_address": data.site_address,
        "legal_representative": data.legal_representative,
        "contact_name": data.contact_name,
        "contact_phone": data.contact_phone,
        "contact_email": data.contact_email,
        "founded_on": data.founded_on,
        "main_products": data.main_products,
        "group_name": data.group_name,
    }


def locked_enterprise(*, actor: Actor, public_id: str) -> Enterprise:
    """Return the enterprise locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row: Enterprise | None = (
        Enterprise.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@transaction.atomic
def confirm_enterprise(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The district confirms that the enterprise produces there.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    enterprise = locked_enterprise(actor=actor, public_id=public_id)
    step = ENTERPRISE_LIFE.step(enterprise.state, "confirm", actor)
    moment = clock.now()
    before = enterprise.state
    enterprise.state = step.target
    enterprise.confirmed_at = moment.at
    enterprise.version += 1
    enterprise.save(update_fields=["state", "confirmed_at", "version"])
    record(
        actor=actor,
        event="enterprise.confirm",
        subject=enterprise,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": enterprise.state},
    )
    enqueue(
        key=f"enterprise-confirmed:{enterprise.public_id}:{enterprise.version}",
        template="enterprise_confirmed",
        context={"enterprise": enterprise.name},
        to_enterprise=enterprise.pk,
        subject=enterprise,
        moment=moment,
    )


@transaction.atomic
def return_enterprise(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The district returns a registration with the reason.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="退回原因", limit=500, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明退回原因和需要修改的内容。")
    enterprise = locked_enterprise(actor=actor, public_id=public_id)
    step = ENTERPRISE_LIFE.step(enterprise.state, "return", actor)
    moment = clock.now()
    enterprise.state = step.target
    enterprise.return_reason = text
    enterprise.version += 1
    enterprise.save(update_fields=["state", "return_reason", "version"])
    record(
        actor=actor,
        event="enterprise.return",
        subject=enterprise,
        moment=moment,
        rule=step.rule,
        after={"state": enterprise.state},
        note=text,
    )
    enqueue(
        key=f"enterprise-returned:{enterprise.public_id}:{enterprise.version}",
        template="enterprise_returned",
        context={"enterprise": enterprise.name, "reason": text},
        to_enterprise=enterprise.pk,
        subject=enterprise,
        moment=moment,
    )


@transaction.atomic
def resubmit_enterprise(*, actor: Actor, clock: Clock, public_id: str, data: Registration) -> None:
    """The enterprise mends a returned registration; the credit code stays.

    Raises:
        Invalid: faulty fields.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    enterprise = locked_enterprise(actor=actor, public_id=public_id)
    step = ENTERPRISE_LIFE.step(enterprise.state, "resubmit", actor)
    moment = clock.now()
    checked, _ = _checked(replace(data, uscc=enterprise.uscc), on=moment.on, with_account=False)
    before = {name: getattr(enterprise, name) for name in _columns(checked)}
    for name, value in _columns(checked).items():
        setattr(enterprise, name, value)
    enterprise.state = step.target
    enterprise.version += 1
    enterprise.save()
    after = {name: value for name, value in _columns(checked).items() if value != before[name]}
    record(
        actor=actor,
        event="enterprise.resubmit",
        subject=enterprise,
        moment=moment,
        rule=step.rule,
        before={name: before[name] for name in after},
        after=after,
    )
    enqueue(
        key=f"enterprise-registered:{enterprise.public_id}:{enterprise.version}",
        template="enterprise_registered",
        context={"enterprise": enterprise.name, "public_id": enterprise.public_id},
        to_district=enterprise.district_id,
        subject=enterprise,
        moment=moment,
    )
