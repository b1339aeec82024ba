"""Whom a message would reach and by which channels, were it sent now: told without writing one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from apps.notifications.addressing import ways_of
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Message
from apps.notifications.states import MAIL, SMS


@dataclass(frozen=True, slots=True)
class Reader:
    """One party a message goes to, as `services.enqueue` names it; exactly one is set."""

    enterprise: int | None = None
    district: str | None = None
    expert: int | None = None
    municipal: bool = False
    admins: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How many mailboxes and mobile phones a message goes to, beside the inbox, which everybody has."""

    mails: int
    phones: int

    @property
    def words(self) -> str:
        """The channels in words."""
        found = ["站内信"]
        if self.mails:
            found.append(f"邮件{self.mails}个地址")
        if self.phones:
            found.append(f"短信{self.phones}个号码")
        return "、".join(found)


def reach(wanted: Collection[tuple[str, Reader]]) -> dict[tuple[str, Reader], Reach]:
    """Return (template, reader) → how the message reaches it, by today's staff and their choices; two queries.

    For the system: who belongs to a party is not for everybody to know.
    """
    pairs = list(dict.fromkeys(wanted))
    messages = [_message(number, template, reader) for number, (template, reader) in enumerate(pairs, 1)]
    ways = ways_of(messages) if messages else {}
    found = {}
    for pair, message in zip(pairs, messages, strict=True):
        counted = Counter(way.channel for way in ways[message.pk])
        found[pair] = Reach(counted[MAIL], counted[SMS])
    return found


def _message(number: int, template: str, reader: Reader) -> Message:
    """Return a message as the outbox would store it, never stored."""
    row = CATALOGUE[template]
    return Message(
        pk=number,
        template=template,
        mandatory=row.group.mandatory,
        duties=sorted(duty.value for duty in row.duties),
        to_enterprise_id=reader.enterprise,
        to_district_id=reader.district,
        to_expert_id=reader.expert,
        to_municipal=reader.municipal,
        to_admins=reader.admins,
    )
