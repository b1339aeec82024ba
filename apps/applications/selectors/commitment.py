"""The digest of an application's present content, and whether the stamped scan belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.applications.models import Application, CommitmentScan
from apps.applications.selectors.cases import visible_row
from apps.applications.selectors.files import digest_of
from apps.core.actor import Actor
from apps.evidence import selectors as evidence
from apps.scoring import selectors as scoring

#: Characters of the digest printed for people; the whole of it is compared.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Commitment:
    """Where the stamped commitment stands: the present digest, and the newest scan if there is one."""

    digest: str
    file_public_id: str
    file_name: str
    uploaded_at: datetime | None
    is_current: bool

    @property
    def short(self) -> str:
        """The digest as printed on the report and shown on pages."""
        return self.digest[:SHORT].upper()

    @property
    def is_stale(self) -> bool:
        """Whether a scan exists that was stamped for other content."""
        return self.uploaded_at is not None and not self.is_current


def commitment(*, actor: Actor, public_id: str) -> Commitment:
    """Return the digest of what the application says now and whether the newest scan was stamped for it.

    Raises:
        NotVisible: no such application for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    digest = content_digest(row, actor)
    scan = CommitmentScan.objects.filter(application=row).order_by("-id").first()
    if scan is None:
        return Commitment(digest, "", "", None, is_current=False)
    return Commitment(
        digest, scan.file_public_id, scan.file_name, scan.uploaded_at, scan.content_digest == digest
    )


def commitment_is_current(row: Application, actor: Actor) -> bool:
    """Return whether the newest scan was stamped for what *row* says now; only then is its content summed up."""
    scan = CommitmentScan.objects.filter(application=row).order_by("-id").first()
    return scan is not None and scan.content_digest == content_digest(row, actor)


def content_digest(row: Application, actor: Actor) -> str:
    """Return the SHA-256 of everything the enterprise declares, the same before and after it is handed in."""
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    items: list[list[str]] = []
    if sheet is not None:
        result = scoring.sheet_result(actor=actor, public_id=sheet.public_id)
        items = [[one.code, str(one.points), one.state.value] for one in result.items]
    manifest = evidence.manifest(actor=actor, application_id=row.pk)
    return digest_of(
        {
            "application": row.public_id,
            "level": row.level,
            "scheme": row.scheme_id,
            "profile": row.profile,
            "basics": row.basics,
            "report": row.report,
            "items": items,
            "evidence": [[one["place"], one["code"], one["digest"]] for one in manifest],
        }
    )
