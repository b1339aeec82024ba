"""The first administrator of an empty platform, and passwords that somebody else knows (SECURITY R08, R29)."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.people import new_account
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as, enter
from apps.notifications.services import enqueue

#: How long an initial password opens an account.
INITIAL_PASSWORD_LASTS = timedelta(hours=24)
_GROUPS = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
_LENGTH = 20
_POSITION = "安全管理员"


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What the command prints once and nobody keeps: user name, password, until when it opens the account."""

    username: str
    password: str
    until: datetime


@transaction.atomic
def first_administrator(*, clock: Clock, username: str, name: str) -> FirstAdministrator:
    """Make the first security administrator, who then makes all other accounts.

    Called again before that person has signed in, the same account gets another password; afterwards never.

    Raises:
        WrongStep: a security administrator has signed in already.
        Invalid: the user name or the name cannot be taken.
    """
    actor = Actor.system()
    enter(actor)
    moment = clock.now()
    until = moment.at + INITIAL_PASSWORD_LASTS
    password = random_password()
    # Serialises two operators: the second waits and then finds the account of the first.
    known = list(User.objects.select_for_update().filter(role=Role.SECURITY_ADMIN.value).order_by("pk"))
    unused = [row for row in known if row.last_login is None and row.must_change_password]
    if known and known != unused:
        raise WrongStep("已有安全管理员，请由其在“账户与职责”中建立其他账户。")
    if unused:
        user = unused[0]
        user.set_password(password)
    else:
        user = new_account(
            clock=clock,
            username=username,
            password=password,
            name=name,
            role=Role.SECURITY_ADMIN,
            position=_POSITION,
        )
    user.must_change_password = True
    user.initial_password_until = until
    user.save(update_fields=["password", "must_change_password", "initial_password_until"])
    record(
        actor=actor,
        event="account.first_administrator",
        subject=user,
        moment=moment,
        rule="R-44",
        after={"role": user.role, "initial_password_until": until},
    )
    return FirstAdministrator(user.username, password, until)


def initial_password_expired(*, user_id: int, clock: Clock) -> bool:
    """Return whether the account can be opened only by an initial password that is past its time."""
    until = User.objects.filter(pk=user_id, must_change_password=True).values_list(
        "initial_password_until", flat=True
    )
    ends = until.first()
    return ends is not None and ends <= clock.now().at


@transaction.atomic
def password_changed(*, actor: Actor, clock: Clock) -> None:
    """Note that a person has chosen a new password: nobody else knows it any more, and its owner is told."""
    moment = clock.now()
    enter(actor)
    user = User.objects.select_for_update().get(pk=actor.account)
    before = user.must_change_password
    user.must_change_password = False
    user.initial_password_until = None
    user.save(update_fields=["must_change_password", "initial_password_until"])
    event = record(
        actor=actor,
        event="account.change_password",
        subject=user,
        moment=moment,
        before={"must_change_password": before},
        after={"must_change_password": False},
    )
    with acting_as(Actor.system(), then=actor):  # the message is the system's, not the person's
        enqueue(
            key=f"password-changed:{event.pk}",
            template="password_changed",
            context={
                "when": moment.at,
                "address": actor.address or "不明",
            },
            to_user=user.pk,
            moment=moment,
        )


def random_password() -> str:
    """Return 20 characters with capital and small letters and digits: about 119 bits."""
    letters = "".join(_GROUPS)
    while True:
        made = "".join(secrets.choice(letters) for _ in range(_LENGTH))
        if all(any(letter in group for letter in made) for group in _GROUPS):
            return made
