"""Named ready scenes for tests: people and organisations made through the services, never by inserting rows."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.cn import uscc

from apps.accounts import services as accounts
from apps.accounts.models import District, Enterprise, User
from apps.accounts.uscc import body_check_digit
from apps.core.actor import Actor, Duty, Role
from apps.core.moment import Clock
from apps.core.scoping import enter

KUNSHAN, WUZHONG = "320583", "320506"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(serial: int, *, area: str = "320583") -> str:
    """Return a valid 统一社会信用代码 for *serial* (0…)."""
    digits = ""
    number = serial + 31**4
    while number:
        number, rest = divmod(number, 31)
        digits = _ALPHABET[rest] + digits
    subject = f"MA{digits.rjust(6, '0')}"
    body = f"91{area}{subject}{body_check_digit(subject)}"
    return body + uscc.calc_check_digit(body)


@dataclass(frozen=True)
class Staff:
    """The people of one bureau, as actors."""

    handler: Actor
    signer: Actor
    leader: Actor | None = None
    publisher: Actor | None = None


def staff_member(
    clock: Clock,
    username: str,
    name: str,
    *,
    role: Role,
    duties: list[Duty],
    district: str | None = None,
    sub_area: str = "",
) -> Actor:
    """Create one account of a bureau and return its actor."""
    enter(Actor.system())
    user_id = accounts.create_staff(
        actor=Actor.system(),
        clock=clock,
        username=username,
        name=name,
        role=role,
        duties=duties,
        district=district,
        sub_area=sub_area,
        password="Tests-Only-2026",
    )
    return User.objects.get(pk=user_id).actor()


def sub_area_staff(clock: Clock, username: str, sub_area: str, *, district: str = KUNSHAN) -> Actor:
    """Create somebody of a 板块, which the district gets if it has none of that name."""
    enter(Actor.system())
    row = District.objects.get(pk=district)
    if sub_area not in row.sub_areas:
        row.sub_areas = [*row.sub_areas, sub_area]
        row.save(update_fields=["sub_areas"])
    return staff_member(
        clock, username, "钱进", role=Role.SUB_AREA, duties=[], district=district, sub_area=sub_area
    )


def district_staff(clock: Clock, district: str = KUNSHAN) -> Staff:
    """Create 经办 and 签批 of a district."""
    return Staff(
        handler=staff_member(
            clock, f"d{district}h", "顾晓岚", role=Role.DISTRICT, duties=[Duty.HANDLER], district=district
        ),
        signer=staff_member(
            clock, f"d{district}s", "陆志远", role=Role.DISTRICT, duties=[Duty.SIGNER], district=district
        ),
    )


def municipal_staff(clock: Clock) -> Staff:
    """Create 经办 (with credit and publishing duties), 处室签批, 局领导 and 公示发布 of the city."""
    return Staff(
        handler=staff_member(
            clock,
            "city_handler",
            "沈卫东",
            role=Role.MUNICIPAL,
            duties=[Duty.HANDLER, Duty.CREDIT, Duty.PUBLISHER],
        ),
        signer=staff_member(clock, "city_signer", "朱明华", role=Role.MUNICIPAL, duties=[Duty.SIGNER]),
        leader=staff_member(clock, "city_leader", "高建平", role=Role.MUNICIPAL, duties=[Duty.LEADER]),
        publisher=staff_member(
            clock, "city_publisher", "邹雨桐", role=Role.MUNICIPAL, duties=[Duty.PUBLISHER]
        ),
    )


def enterprise(
    clock: Clock,
    serial: int = 0,
    *,
    district: str = KUNSHAN,
    confirmed_by: Actor | None = None,
    industry_code: str = "2651",
    name: str | None = None,
) -> Actor:
    """Register an enterprise (and confirm it when *confirmed_by* is given); return its responsible person."""
    public = Actor.public()
    enter(public)
    registered = accounts.register_enterprise(
        actor=public,
        clock=clock,
        data=accounts.Registration(
            uscc=credit_code(serial),
            name=name or f"昆山示例{serial}号材料有限公司",
            district=district,
            sub_area="",
            industry_code=industry_code,
            site_address=f"示例路 {serial + 1} 号",
            registered_address="",
            ownership="民营",
            legal_representative="周敏",
            contact_name="沈洁",
            contact_phone="13800000000",
            contact_email="contact@example.invalid",
            username=f"ent{serial}",
            password="Tests-Only-2026",
            person_name="沈洁",
            consent=True,
        ),
    )
    enter(Actor.system())
    if confirmed_by is not None:
        enter(confirmed_by)
        accounts.confirm_enterprise(actor=confirmed_by, clock=clock, public_id=registered.public_id)
        enter(Actor.system())
    user = User.objects.get(username=f"ent{serial}")
    return user.actor()


def enterprise_row(actor: Actor) -> Enterprise:
    """Return the stored row of an enterprise member's enterprise."""
    enter(Actor.system())
    return Enterprise.objects.get(pk=actor.enterprise_id)


def expert(clock: Clock, number: int, *, employer_uscc: str = "", employer: str = "苏州示例研究院") -> Actor:
    """Create an expert account and return its actor."""
    enter(Actor.system())
    user_id = accounts.create_expert(
        actor=Actor.system(),
        clock=clock,
        data=accounts.NewExpert(
            username=f"expert{number}",
            name=f"专家{number}",
            password="Tests-Only-2026",
            number=f"ZJ{number:04d}",
            title="高级工程师",
            employer_name=employer,
            employer_uscc=employer_uscc,
            fields=["能源"],
            industries=["26"],
        ),
    )
    return User.objects.get(pk=user_id).actor()
