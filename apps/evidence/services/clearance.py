"""Which files may leave the house: none that is infected, and none unscanned where a scanner is configured (R20)."""

from __future__ import annotations

from apps.core.errors import DomainError
from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.selectors.files import withheld


class NotCleared(DomainError):
    """The file waits for the virus scanner, or the scanner has found something: 409."""

    status = 409


def require_cleared(row: EvidenceFile | BureauFile) -> None:
    """Refuse a file that may not be handed out.

    Raises:
        NotCleared: with the reason and what to do.
    """
    message = withheld(row.scan_state)
    if message:
        raise NotCleared(message)
