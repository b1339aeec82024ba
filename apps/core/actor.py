"""Who acts: built once at the edge from the signed-in user; services never see a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Audience of a person. One account has exactly one role (三员分立: the administrators exclude each other)."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"
    DISTRICT = "district"
    MUNICIPAL = "municipal"
    EXPERT = "expert"
    SUB_AREA = "sub_area"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"
    SYSTEM = "system"


ROLE_LABELS: dict[Role, str] = {
    Role.PUBLIC: "公众",
    Role.ENTERPRISE: "企业",
    Role.DISTRICT: "属地工业和信息化主管部门",
    Role.MUNICIPAL: "市工业和信息化局",
    Role.EXPERT: "专家",
    Role.SUB_AREA: "板块（镇、街道、功能区）",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计管理员",
    Role.SYSTEM: "系统",
}


class Duty(StrEnum):
    """What a member of an organisation may do inside its role."""

    RESPONSIBLE = "responsible"
    CLERK = "clerk"
    HANDLER = "handler"
    SIGNER = "signer"
    LEADER = "leader"
    CREDIT = "credit"
    PUBLISHER = "publisher"


DUTY_LABELS: dict[Duty, str] = {
    Duty.RESPONSIBLE: "法定代表人/负责人",
    Duty.CLERK: "申报经办人",
    Duty.HANDLER: "经办",
    Duty.SIGNER: "签批",
    Duty.LEADER: "局领导",
    Duty.CREDIT: "征信核查",
    Duty.PUBLISHER: "公示发布",
}

#: Duties a role may hold; anything else is refused when an account is saved.
DUTIES_OF: dict[Role, frozenset[Duty]] = {
    Role.ENTERPRISE: frozenset({Duty.RESPONSIBLE, Duty.CLERK}),
    Role.DISTRICT: frozenset({Duty.HANDLER, Duty.SIGNER}),
    Role.MUNICIPAL: frozenset({Duty.HANDLER, Duty.SIGNER, Duty.LEADER, Duty.CREDIT, Duty.PUBLISHER}),
}


@dataclass(frozen=True, slots=True)
class Loan:
    """Duties of an absent colleague lent to a person: from and until a day (Shanghai), both included."""

    delegation: str
    absent: str
    duties: tuple[str, ...]
    from_on: date
    until_on: date

    def stored(self) -> dict[str, object]:
        """Return the form kept with the account."""
        return {
            "delegation": self.delegation,
            "absent": self.absent,
            "duties": list(self.duties),
            "from_on": self.from_on.isoformat(),
            "until_on": self.until_on.isoformat(),
        }


def running_loans(stored: Iterable[Mapping[str, Any]], on: date) -> list[Loan]:
    """Return the loans of an account that run on the day *on*."""
    loans = [
        Loan(
            delegation=row["delegation"],
            absent=row["absent"],
            duties=tuple(row["duties"]),
            from_on=date.fromisoformat(row["from_on"]),
            until_on=date.fromisoformat(row["until_on"]),
        )
        for row in stored
    ]
    return [loan for loan in loans if loan.from_on <= on <= loan.until_on]


def held_duties(own: Iterable[str], loans: Iterable[Loan]) -> frozenset[Duty]:
    """Return a person's own duties with those lent to them."""
    return frozenset(Duty(duty) for duty in [*own, *(duty for loan in loans for duty in loan.duties)])


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) with a role, a jurisdiction and duties.

    `district` is the code of 属地 for district staff and for the staff of its 板块, `sub_area` the name of that 板块;
    `enterprise_id` the enterprise of a member; `expert_id` the expert's id. All are None (or empty) for the municipal
    bureau and the administrators.
    """

    role: Role
    user_id: int | None = None
    name: str = ""
    enterprise_id: int | None = None
    district: str | None = None
    expert_id: int | None = None
    sub_area: str = ""
    duties: frozenset[Duty] = field(default_factory=frozenset)
    request_id: str = ""
    address: str = ""
    #: Absent colleagues whose duties are among `duties` today; the audit trail names them beside the person.
    standing_in_for: tuple[str, ...] = ()

    def has(self, *duties: Duty) -> bool:
        """Return whether the actor holds at least one of *duties*."""
        return bool(self.duties.intersection(duties))

    @property
    def account(self) -> int:
        """Account id of a signed-in person.

        Raises:
            ValueError: the public or the system has none (a use-case that names its author never runs as them).
        """
        if self.user_id is None:
            msg = f"{self.role} has no account"
            raise ValueError(msg)
        return self.user_id

    @property
    def bureau(self) -> str:
        """District code of district staff.

        Raises:
            ValueError: another role.
        """
        if self.district is None:
            msg = f"{self.role} belongs to no district"
            raise ValueError(msg)
        return self.district

    @property
    def label(self) -> str:
        """Role and name as printed in records."""
        return f"{ROLE_LABELS[self.role]} {self.name}".strip()

    @staticmethod
    def system() -> Actor:
        """Return the actor of scheduled work."""
        return Actor(role=Role.SYSTEM, name="系统")

    @staticmethod
    def public(*, address: str = "", request_id: str = "") -> Actor:
        """Return the anonymous public."""
        return Actor(role=Role.PUBLIC, name="公众", address=address, request_id=request_id)
