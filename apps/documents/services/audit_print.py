"""The print of an evidence package as PDF: no form of the plan, so it has no number, no stamp and no verification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.documents.rendering.engine import Renderer, RenderOptions

#: Two thousand events with what they changed are some three hundred pages.
_OPTIONS: Final = RenderOptions(seconds=240.0, most_pages=1000)


def audit_print(context: Mapping[str, Any]) -> bytes:
    """Return the PDF of *context*: title, who, at, total, printed, rows (see `apps.portals.audit.printing`).

    Raises:
        RenderingError: a character no font has, too long, too slow.
    """
    with Renderer(_OPTIONS) as renderer:
        return renderer.render("audit_package.html", context).content
