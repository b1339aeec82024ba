"""What a kind of message is: its words, where it leads, who gets it by mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from apps.core.actor import Duty


class Group(StrEnum):
    """What a message is about; people may do without mail only for progress (DESIGN 7.8)."""

    PROGRESS = "progress"
    TASK = "task"
    DEADLINE = "deadline"
    RESULT = "result"

    @property
    def mandatory(self) -> bool:
        """Whether the mail cannot be switched off."""
        return self is not Group.PROGRESS


#: What may come as a short message; progress may not.
SMS_GROUPS: frozenset[str] = frozenset({Group.DEADLINE, Group.RESULT, Group.TASK})


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message.

    `path` is the page below the portal of whoever receives it ("applications/{public_id}/" → "/d/applications/…/");
    empty: the portal's first page. `duties`: who of a bureau gets it by mail (nobody with the duty: everybody).
    """

    code: str
    group: Group
    title: str
    text: str
    todo: str
    path: str = ""
    duties: frozenset[Duty] = field(default_factory=frozenset)
