"""Reading who acts for an enterprise, its dated changes, and what a secret link leads to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.accounts.models import CalendarFeed, District, EnterpriseChange, Invitation, User
from apps.accounts.services.membership import token_digest
from apps.accounts.states import (
    CHANGE_LIFE,
    CHANGES,
    CONFIRMED,
    CONFIRMED_CHANGE,
    INVITATION_LIFE,
    ISSUED,
    REPORTS,
    REQUESTED,
    day_label,
)
from apps.core.actor import DUTY_LABELS, Actor, Duty, Role
from apps.core.errors import NotVisible
from apps.core.moment import Moment
from apps.core.scoping import acting_as

_LABELS = {
    "name": "企业名称",
    "district_id": "属地",
    "site_address": "厂区地址",
    "sub_area": "板块",
    "registered_address": "注册地址",
    "legal_representative": "法定代表人/负责人",
    "state": "登记状态",
}
_STATES = {"confirmed": "在册", "closed": "已注销"}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of an enterprise."""

    id: int
    username: str
    name: str
    duties: tuple[str, ...]
    duty_labels: tuple[str, ...]
    email: str
    phone: str
    is_active: bool
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation; `state_label` says 已过期 when its time is over."""

    public_id: str
    name: str
    duty_labels: tuple[str, ...]
    state: str
    state_label: str
    invited_at: datetime
    expires_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the holder of a link may know before joining."""

    enterprise_name: str
    name: str
    duty_labels: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Altered:
    """One column of a change in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One dated change of an enterprise."""

    public_id: str
    kind: str
    kind_label: str
    enterprise_public_id: str
    enterprise_name: str
    uscc: str
    altered: Sequence[Altered]
    effective_on: date
    reason: str
    document: str
    document_name: str
    successor_name: str
    district: str
    district_name: str
    from_district_name: str
    state: str
    state_label: str
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decision_note: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for the district."""
        return self.state == REQUESTED

    @property
    def day_label(self) -> str:
        """What its day is called."""
        return day_label(self.kind)

    @property
    def alters_nothing(self) -> bool:
        """Whether it only puts a fact on record."""
        return self.kind in REPORTS


def members(*, actor: Actor) -> list[MemberRow]:
    """Return the people of the actor's own enterprise, enabled ones first; one query.

    Raises:
        NotVisible: the actor is not of an enterprise.
    """
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        raise NotVisible
    rows = User.objects.filter(enterprise_id=actor.enterprise_id).order_by("-is_active", "created_at", "pk")
    return [
        MemberRow(
            id=row.pk,
            username=row.username,
            name=row.name,
            duties=tuple(row.duties),
            duty_labels=_duty_labels(row.duties),
            email=row.email,
            phone=row.phone,
            is_active=row.is_active,
            created_at=row.created_at,
            last_login=row.last_login,
        )
        for row in rows
    ]


def invitations(*, actor: Actor, moment: Moment) -> list[InvitationRow]:
    """Return the newest 50 invitations of the actor's enterprise; one query."""
    rows = Invitation.objects.visible_to(actor).order_by("-id")[:50]
    return [_invitation(row, moment) for row in rows]


def _invitation(row: Invitation, moment: Moment) -> InvitationRow:
    waiting = row.state == ISSUED
    expired = waiting and row.expires_at <= moment.at
    return InvitationRow(
        public_id=row.public_id,
        name=row.name,
        duty_labels=_duty_labels(row.duties),
        state=row.state,
        state_label="已过期" if expired else INVITATION_LIFE.label(row.state),
        invited_at=row.invited_at,
        expires_at=row.expires_at,
        is_open=waiting and not expired,
    )


def welcome(*, actor: Actor, token: str, moment: Moment) -> Welcome:
    """Return what a link invites to.

    Raises:
        NotVisible: unknown, spent, cancelled or too old; the same to who guesses.
    """
    with acting_as(Actor.system(), then=actor):  # the secret in the link is the right to look
        row = (
            Invitation.objects.select_related("enterprise")
            .filter(digest=token_digest(token), state=ISSUED, expires_at__gt=moment.at)
            .first()
        )
    if row is None or row.enterprise.state != CONFIRMED:
        raise NotVisible("邀请链接无效、已使用或已过期，请向邀请您的单位索取新的链接。")
    return Welcome(row.enterprise.name, row.name, _duty_labels(row.duties), row.expires_at)


def changes(
    *, actor: Actor, enterprise_public_id: str = "", waiting: bool = False, limit: int = 200
) -> list[ChangeRow]:
    """Return dated changes within the actor's jurisdiction, the latest first; two queries.

    Args:
        actor: who looks.
        enterprise_public_id: only of this enterprise.
        waiting: only those to be confirmed.
        limit: most rows.
    """
    rows = EnterpriseChange.objects.visible_to(actor)
    if enterprise_public_id:
        rows = rows.filter(enterprise__public_id=enterprise_public_id)
    if waiting:
        rows = rows.filter(state=REQUESTED)
    return _rows(actor, rows.order_by("-effective_on", "-id")[:limit])


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported change: enterprise id, kind, its words, its day."""

    enterprise_id: int
    kind: str
    what: str
    on: date


def reported_changes(*, actor: Actor, kinds: Collection[str], since: date) -> list[Reported]:
    """Return the changes of some kinds reported since a day and not turned down, oldest first; one query."""
    rows = EnterpriseChange.objects.visible_to(actor).filter(
        kind__in=kinds, state__in=[REQUESTED, CONFIRMED_CHANGE], effective_on__gte=since
    )
    found = rows.order_by("effective_on", "pk").values_list("enterprise_id", "kind", "effective_on")
    return [Reported(enterprise, kind, CHANGES[kind], day) for enterprise, kind, day in found]


def change(*, actor: Actor, public_id: str) -> ChangeRow:
    """Return one dated change.

    Raises:
        NotVisible: none such in the actor's jurisdiction.
    """
    found = _rows(actor, EnterpriseChange.objects.visible_to(actor).filter(public_id=public_id))
    if not found:
        raise NotVisible
    return found[0]


def _rows(actor: Actor, rows: Any) -> list[ChangeRow]:
    names = dict(District.objects.values_list("code", "name"))
    # A district that is to confirm a move does not see the enterprise itself yet: its name and code stand here.
    with acting_as(Actor.system(), then=actor):
        found = list(rows.select_related("enterprise", "successor", "requested_by"))
    return [_change(row, names) for row in found]


def _change(row: EnterpriseChange, districts: dict[str, str]) -> ChangeRow:
    words = {**districts, **_STATES}
    return ChangeRow(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=CHANGES[row.kind],
        enterprise_public_id=row.enterprise.public_id,
        enterprise_name=row.enterprise.name,
        uscc=row.enterprise.uscc,
        altered=[
            Altered(
                label,
                words.get(row.before[name], row.before[name]),
                words.get(row.after[name], row.after[name]),
            )
            for name, label in _LABELS.items()
            if name in row.after
        ],
        effective_on=row.effective_on,
        reason=row.reason,
        document=row.document,
        document_name=row.document_name,
        successor_name=row.successor.name if row.successor is not None else "",
        district=row.district_id,
        district_name=districts[row.district_id],
        from_district_name=districts.get(row.from_district_id or "", ""),
        state=row.state,
        state_label=CHANGE_LIFE.label(row.state),
        requested_at=row.requested_at,
        requested_by=row.requested_by.name,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )


def calendar_made_at(*, actor: Actor) -> datetime | None:
    """Return when the actor's calendar address was made, None when there is none."""
    return CalendarFeed.objects.visible_to(actor).values_list("made_at", flat=True).first()


def calendar_owner(*, token: str) -> Actor:
    """Return whose calendar a secret address opens.

    Raises:
        NotVisible: no such address (ended, or never made), or the account is disabled.
    """
    with acting_as(Actor.system(), then=Actor.public()):  # the secret in the address is the right to look
        feed = CalendarFeed.objects.select_related("user").filter(digest=token_digest(token)).first()
    if feed is None or not feed.user.is_active:
        raise NotVisible
    owner: Actor = feed.user.actor()
    return owner


def _duty_labels(duties: Sequence[str]) -> tuple[str, ...]:
    return tuple(DUTY_LABELS[Duty(duty)] for duty in duties)
