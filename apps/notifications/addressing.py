"""Which ways a message goes beside the inbox: whose mailboxes, whose mobile phones, what may be put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from apps.core.actor import Role, held_duties, running_loans
from apps.core.masking import masked_phone
from apps.core.moment import SHANGHAI, shown_at
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import MailPreference, Message
from apps.notifications.sms import sms_offered
from apps.notifications.states import MAIL, SMS
from apps.notifications.template import Group

#: What a person may have put together: what is no longer of use an hour later goes out at once.
DIGESTED = frozenset({Group.PROGRESS, Group.TASK})


@dataclass(frozen=True, slots=True)
class Way:
    """One delivery of a message: the mail address, or the person and part of the number."""

    channel: str
    address: str
    person: int | None = None
    digest: bool = False


def ways_of(messages: Iterable[Message]) -> dict[int, list[Way]]:
    """Return message id → the ways it goes (for the worker; two queries however many).

    Members of the recipient who are enabled; of a bureau those with the template's duties, or everybody when nobody
    holds one. Progress is mailed to whom it is welcome; short messages go to who asked for that group.
    """
    messages = list(messages)
    people = _people_of(messages)
    ids = {person["id"] for found in people.values() for person in found}
    wishes = {row.user_id: row for row in MailPreference.objects.filter(user__in=ids)}
    offered = sms_offered()
    found: dict[int, list[Way]] = {}
    for message in messages:
        candidates = people[_audience_key(message)]
        on_duty = [person for person in candidates if set(person["duties"]) & set(message.duties)]
        chosen = on_duty or candidates
        found[message.pk] = _mails(message, chosen, wishes)
        if offered:
            found[message.pk] += _short_messages(message, chosen, wishes)
    return found


def _group(message: Message) -> Group | None:
    kind = CATALOGUE.get(message.template)
    return None if kind is None else kind.group


def _mails(
    message: Message, people: Sequence[Mapping[str, Any]], wishes: Mapping[int, MailPreference]
) -> list[Way]:
    """Return one way for each address; put together only if everybody behind the address wants it so."""
    together: dict[str, bool] = {}
    for person in people:
        wish = wishes.get(person["id"])
        if not person["email"] or not (message.mandatory or _wants(wish, message)):
            continue
        digest = wish is not None and wish.digest and _group(message) in DIGESTED
        together[person["email"]] = together.get(person["email"], True) and digest
    return [Way(MAIL, address, digest=digest) for address, digest in sorted(together.items())]


def _short_messages(
    message: Message, people: Sequence[Mapping[str, Any]], wishes: Mapping[int, MailPreference]
) -> list[Way]:
    group = _group(message)
    rows = {person["id"]: wishes.get(person["id"]) for person in people}
    return [
        Way(SMS, masked_phone(row.phone), person=user)
        for user, row in sorted(rows.items())
        if row is not None and row.phone and group in row.sms
    ]


def phones_of(people: Iterable[int]) -> dict[int, str]:
    """Return account → the number it wants short messages at; who has switched them off is absent."""
    rows = MailPreference.objects.filter(user__in=list(people))
    return {row.user_id: row.phone for row in rows if row.phone and row.sms}


def _wants(row: MailPreference | None, message: Message) -> bool:
    return row is None or (row.progress_by_mail and message.template not in row.muted)


def _audience_key(message: Message) -> tuple[str, Any]:
    if message.to_user_id or message.to_expert_id:
        return "user", message.to_user_id or message.to_expert_id
    if message.to_enterprise_id:
        return Role.ENTERPRISE.value, message.to_enterprise_id
    if message.to_district_id:
        return Role.DISTRICT.value, message.to_district_id
    return (Role.MUNICIPAL if message.to_municipal else Role.SYSTEM_ADMIN).value, None


def _people_of(messages: Sequence[Message]) -> dict[tuple[str, Any], list[dict[str, Any]]]:
    """Return the people behind each recipient. An expert's id is the id of the account."""
    keys = {_audience_key(message) for message in messages}
    wanted = Q(pk__in=[value for kind, value in keys if kind == "user"])
    wanted |= Q(enterprise__in=[value for kind, value in keys if kind == Role.ENTERPRISE])
    wanted |= Q(district__in=[value for kind, value in keys if kind == Role.DISTRICT])
    wanted |= Q(role__in=[kind for kind, value in keys if value is None])
    users = get_user_model()._default_manager.filter(wanted, is_active=True)
    found: dict[tuple[str, Any], list[dict[str, Any]]] = defaultdict(list)
    columns = ("id", "email", "role", "duties", "enterprise_id", "district_id", "lent")
    today = shown_at().astimezone(SHANGHAI).date()
    people: Iterable[dict[str, Any]] = (
        dict(zip(columns, row, strict=True)) for row in users.values_list(*columns)
    )
    for person in people:
        # Who stands in for an absent colleague gets that one's mail, too.
        person["duties"] = held_duties(person["duties"], running_loans(person["lent"], today))
        found["user", person["id"]].append(person)
        match person["role"]:
            case Role.ENTERPRISE:
                found[Role.ENTERPRISE.value, person["enterprise_id"]].append(person)
            case Role.DISTRICT:
                found[Role.DISTRICT.value, person["district_id"]].append(person)
            case role:
                found[str(role), None].append(person)
    return found
