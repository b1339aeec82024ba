"""Files that prove something: beside an item of a rectification, and the notice behind a year of the calendar."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import parsers, serializers

from apps.api.base import CITY, ENTERPRISE, Act, Body, Made, Text, made
from apps.api.v1.evidence import LARGEST_UPLOAD
from apps.core.errors import NotVisible
from apps.deadlines import services as deadlines
from apps.evidence import services as evidence
from apps.monitoring import services as monitoring

_LONGEST_NUMBER = 4


class ProofBody(Body):
    """The file."""

    file = serializers.FileField()


class _Sent(Act):
    """An act that takes a file (multipart, field `file`)."""

    body = ProofBody
    answer = Made
    status = 201
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD


class AttachProof(_Sent):
    """在整改事项后上传证明材料（multipart，字段 file）。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str, position: str, file: Any) -> dict[str, str]:
        """Put it beside the item."""
        return made(
            monitoring.attach_proof(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                position=_number(position),
                upload=file,
            )
        )


class ProofTakenOffBody(Body):
    """Which file."""

    file = Text(max_length=64)


class DetachProof(Act):
    """从整改事项移除一份证明材料，材料库中仍保留。"""

    audience = ENTERPRISE
    body = ProofTakenOffBody

    def act(self, *, public_id: str, position: str, file: str) -> None:
        """Take it off."""
        monitoring.detach_proof(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            position=_number(position),
            file_public_id=file,
        )


class AttachCalendarNotice(_Sent):
    """保存一年放假安排的依据文件（multipart，字段 file）。"""

    audience = CITY

    def act(self, *, year: str, file: Any) -> dict[str, str]:
        """Keep it; a newer one takes its place."""
        with transaction.atomic():
            stored = evidence.store_bureau_file(actor=self.actor, clock=self.clock, upload=file)
            deadlines.attach_notice(
                actor=self.actor,
                clock=self.clock,
                year=_number(year),
                document=stored.public_id,
                document_name=stored.name,
            )
        return made(stored.public_id)


def _number(text: str) -> int:
    """Return the number an address names.

    Raises:
        NotVisible: it names none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotVisible
    return int(text)
