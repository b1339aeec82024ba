"""What the services of this room take and give back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apps.core.errors import DomainError

#: No application has this key.
_NO_APPLICATION: Final = 0


class FileDamaged(DomainError):
    """The stored bytes are not the uploaded ones any more."""

    status = 500


@dataclass(frozen=True, slots=True)
class Case:
    """The application a file is for, as the rooms above tell it; they decide whether it may be changed now (R13).

    `citys_own`: the file is kept by the city for itself; neither enterprise, district nor experts ever see it.
    """

    application_id: int
    enterprise_id: int
    district: str
    editable: bool
    closed_message: str = ""
    citys_own: bool = False

    @classmethod
    def of_site(cls, *, enterprise_id: int, district: str) -> Case:
        """Return the case of a visit whose title rests on no application: a bureau's files are kept, none attached."""
        return cls(_NO_APPLICATION, enterprise_id, district, editable=False)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An accepted file. `duplicate`: the same bytes were there already, `message` says so."""

    id: int
    public_id: str
    name: str
    kind: str
    kind_label: str
    size: int
    size_text: str
    pages: int | None
    duplicate: bool
    message: str


@dataclass(frozen=True, slots=True)
class AttachedUse:
    """A file put to a place; `count` is how many files stand there now."""

    public_id: str
    count: int


@dataclass(frozen=True, slots=True)
class FileToSend:
    """What a view needs to send a file: never sent inline, always with this content type and nosniff (R22)."""

    path: Path
    stored_name: str
    content_type: str
    name: str
    size: int
    digest: str
