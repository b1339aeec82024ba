"""Who can see a case, and why: asked of the gates themselves, person by person, not told from a list of rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts import selectors as accounts
from apps.applications.models import Application
from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as

_READERS = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR, Role.SYSTEM})
#: Roles that never see cases are asked, too: an answer that surprises is what the page is for.
_WHY = {
    Role.ENTERPRISE: "申报企业的成员",
    Role.DISTRICT: "办件所在属地的工作人员",
    Role.MUNICIPAL: "市局工作人员，可见已提交的全部办件",
    Role.EXPERT: "经分派评审这一件，授权到件",
    Role.SUB_AREA: "办件所在板块的工作人员",
    Role.AUDITOR: "审计管理员，只读",
}


@dataclass(frozen=True, slots=True)
class Seer:
    """A person who can see the case."""

    user_id: int
    name: str
    role_label: str
    organisation: str
    duty_labels: Sequence[str]
    standing_in_for: Sequence[str]
    why: str


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """A case by its number, and everybody who can see it; nothing of its contents."""

    number: str
    enterprise_name: str
    district_name: str
    state_label: str
    public_id: str
    seers: Sequence[Seer]
    asked: int


def who_can_see(*, actor: Actor, number: str) -> CaseAccess:
    """Ask both gates (the scope and PostgreSQL's row-level security) for every enabled account.

    Accounts that the gates cannot tell apart (same role, district and enterprise) are asked once; experts one by one.

    Args:
        actor: the security administrator or the auditor.
        number: the case's business number, whole.

    Raises:
        NotVisible: another actor, or no case with this number.
    """
    if actor.role not in _READERS:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        row = (
            Application.objects.select_related("enterprise", "district")
            .filter(number__iexact=number.strip())
            .first()
        )
    if row is None:
        raise NotVisible
    people = accounts.enabled_people()
    answers: dict[tuple[object, ...], bool] = {}
    seers = []
    for person in people:
        who = person.actor
        key = (who.role, who.district, who.sub_area, who.enterprise_id, who.expert_id)
        if key not in answers:
            answers[key] = _sees(person.actor, row.pk, actor)
        if answers[key]:
            seers.append(_seer(person))
    return CaseAccess(
        number=row.number or "",
        enterprise_name=row.enterprise.name,
        district_name=row.district.name,
        state_label=row.get_state_display(),
        public_id=row.public_id,
        seers=seers,
        asked=len(people),
    )


def _sees(person: Actor, application_id: int, asking: Actor) -> bool:
    with acting_as(person, then=asking):
        return bool(Application.objects.visible_to(person).filter(pk=application_id).exists())


def _seer(person: accounts.EnabledPerson) -> Seer:
    who = person.actor
    return Seer(
        user_id=who.account,
        name=who.name,
        role_label=ROLE_LABELS[who.role],
        organisation=person.organisation,
        duty_labels=[DUTY_LABELS[duty] for duty in sorted(who.duties)],
        standing_in_for=who.standing_in_for,
        why=_WHY.get(who.role, "不应可见，请立即核查"),
    )
