"""The print of an evidence package: one table of events in words, as PDF and as a page."""

from __future__ import annotations

from typing import Any

import structlog
from django.template.loader import render_to_string

from apps.audit.package import Printed
from apps.core.actor import ROLE_LABELS, Role
from apps.core.errors import DomainError
from apps.core.moment import SHANGHAI
from apps.documents import services as documents
from apps.portals.audit.words import event_label, kind_label

_log = structlog.get_logger(__name__)


def printed(found: Printed) -> dict[str, bytes]:
    """Return the files of the print: `events.html`, and `events.pdf` unless its fonts lack a character of the trail.

    A package without its PDF is still evidence; one that could not be made at all because of a rare character is not.
    """
    context: dict[str, Any] = {
        "title": found.title,
        "who": found.who,
        "at": found.at.astimezone(SHANGHAI),
        "total": found.total,
        "printed": len(found.rows),
        "rows": [
            {
                "event": row,
                "at": row.at.astimezone(SHANGHAI),
                "role": ROLE_LABELS.get(Role(row.role), row.role),
                "label": event_label(row.event),
                "kind": kind_label(row.subject_type) if row.subject_type else "",
                "refused": row.outcome != "done",
            }
            for row in found.rows
        ],
    }
    files = {"events.html": render_to_string("audit/package.html", context).encode()}
    try:
        files["events.pdf"] = documents.audit_print(context)
    except DomainError as refusal:
        _log.warning("audit.print_refused", reason=refusal.message)
    return files
