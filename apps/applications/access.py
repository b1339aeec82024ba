"""Who can see a case or any other object, and why: asked of the gates themselves, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from apps.accounts import selectors as accounts
from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Actor, Role
from apps.core.errors import NotVisible
from apps.core.models import ScopedModel
from apps.core.scoping import acting_as

_READERS = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR, Role.SYSTEM})
_PUBLISHED = "已向社会公开，任何人都可以看到"
_OPEN = {Role.ENTERPRISE: "面向全部企业的事项", Role.DISTRICT: "面向各属地的事项"}
#: Roles that never see it are asked, too: an answer that surprises is what the page is for.
_WHY = {
    Role.ENTERPRISE: "所属企业的成员",
    Role.DISTRICT: "所在属地的工作人员",
    Role.MUNICIPAL: "市局工作人员，可见全市已提交的事项",
    Role.EXPERT: "经分派评审这一件，授权到件",
    Role.SUB_AREA: "所在板块的工作人员",
    Role.AUDITOR: "审计管理员，只读",
}


@dataclass(frozen=True, slots=True)
class Seer:
    """A person who can see it."""

    user_id: int
    name: str
    role_label: str
    organisation: str
    duty_labels: Sequence[str]
    standing_in_for: Sequence[str]
    why: str


@dataclass(frozen=True, slots=True)
class ObjectAccess:
    """An object by its number, and everybody who can see it; nothing of its contents."""

    kind_label: str
    number: str
    enterprise_name: str
    district_name: str
    state_label: str
    public_id: str
    seers: Sequence[Seer]
    asked: int


#: What people call things by, asked before the public ids: model and column of the number.
_NUMBERED = (
    ("applications.Application", "number"),
    ("titles.Title", "certificate_no"),
    ("accounts.Enterprise", "uscc"),
    ("monitoring.Rectification", "number"),
)


def who_can_see(*, actor: Actor, number: str) -> ObjectAccess:
    """Ask both gates (the scope and PostgreSQL's row-level security) for every enabled account.

    Accounts that the gates cannot tell apart (same role, district and enterprise) are asked once; experts one by one,
    and whoever a row may belong to in person.

    Args:
        actor: the security administrator or the auditor.
        number: number of a case, certificate, enterprise (信用代码) or rectification, or the public id of any object.

    Raises:
        NotVisible: another actor, or nothing with this number.
    """
    if actor.role not in _READERS:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        row = _found(number.strip())
        if row is None:
            raise NotVisible
        enterprise, district = _named(row, "enterprise"), _named(row, "district")
        owners = _owners(row)
    model = type(row)
    published = _sees(Actor.public(), model, row.pk, actor)
    people = accounts.enabled_people()
    answers: dict[tuple[object, ...], bool] = {}
    seers = []
    personal = model.scope.user is not None
    for person in people:
        who = person.actor
        own = who.user_id if personal else None
        key = (who.role, who.district, who.sub_area, who.enterprise_id, who.expert_id, own)
        if key not in answers:
            answers[key] = _sees(person.actor, model, row.pk, actor)
        if answers[key]:
            seers.append(_seer(person, _PUBLISHED if published else _why(person.actor, owners)))
    state = getattr(row, "get_state_display", None)
    return ObjectAccess(
        kind_label=str(model._meta.verbose_name),
        number=number.strip(),
        enterprise_name=enterprise,
        district_name=district,
        state_label=str(state()) if state is not None else "",
        public_id=str(row.public_id),
        seers=seers,
        asked=len(people),
    )


def _found(number: str) -> Any:
    """Return the row of a number, or of a public id; the tables of other rooms are named, not imported."""
    for label, column in _NUMBERED:
        row = apps.get_model(label)._default_manager.filter(**{f"{column}__iexact": number}).first()
        if row is not None:
            return row
    for model in apps.get_models():
        if issubclass(model, ScopedModel):
            row = model._default_manager.filter(public_id=number).first()
            if row is not None:
                return row
    return None


def _named(row: Any, column: str) -> str:
    """Return whom the row belongs to, in words; "" when it names nobody (an enterprise is itself)."""
    if column == "enterprise" and isinstance(row, apps.get_model("accounts.Enterprise")):
        return str(row.name)
    owner = getattr(row, column, None)
    return str(getattr(owner, "name", "") or "")


def _sees(person: Actor, model: Any, pk: int, asking: Actor) -> bool:
    with acting_as(person, then=asking):
        return bool(model._default_manager.visible_to(person).filter(pk=pk).exists())


def _owners(row: Any) -> dict[Role, object]:
    """Return the enterprise and the district the row belongs to, as the gates compare them; None: to none of them."""
    scope = row.scope
    paths = {Role.ENTERPRISE: scope.enterprise, Role.DISTRICT: scope.district}
    rows = type(row)._default_manager.filter(pk=row.pk)
    return {role: rows.values_list(path, flat=True).first() for role, path in paths.items() if path}


def _why(who: Actor, owners: dict[Role, object]) -> str:
    """Return why somebody whom the gates let through sees it: as its owner, or because it is open to all such roles."""
    mine: dict[Role, object] = {Role.ENTERPRISE: who.enterprise_id, Role.DISTRICT: who.district}
    if who.role in _OPEN and owners.get(who.role) != mine[who.role]:
        return _OPEN[who.role]
    return _WHY.get(who.role, "不应可见，请立即核查")


def _seer(person: accounts.EnabledPerson, why: str) -> Seer:
    who = person.actor
    return Seer(
        user_id=who.account,
        name=who.name,
        role_label=ROLE_LABELS[who.role],
        organisation=person.organisation,
        duty_labels=[DUTY_LABELS[duty] for duty in sorted(who.duties)],
        standing_in_for=who.standing_in_for,
        why=why,
    )
