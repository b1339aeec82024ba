"""Renders papers: chooses the template, adds the QR code and the content check, makes the PDF."""

from __future__ import annotations

from typing import Any

from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions
from apps.documents.rendering.papers import Paper, fingerprint
from apps.documents.rendering.qr import qr_data_uri

CHECK_LENGTH = 16
CHECK_GROUP = 4


def content_check(paper: Paper) -> str:
    """The printed content check: the first 16 hex digits of the fingerprint in groups of four."""
    digits = fingerprint(paper)[:CHECK_LENGTH].upper()
    return " ".join(digits[at : at + CHECK_GROUP] for at in range(0, CHECK_LENGTH, CHECK_GROUP))


def paper_context(paper: Paper) -> dict[str, Any]:
    """What the templates of papers get: `paper`, `check` and `qr` (empty without a verification address)."""
    qr = qr_data_uri(paper.verification.url) if paper.verification is not None else ""
    return {"paper": paper, "check": content_check(paper), "qr": qr}


def render_paper(
    paper: Paper, *, options: RenderOptions | None = None, renderer: Renderer | None = None
) -> RenderedPdf:
    """The PDF of a paper. For many papers pass one `renderer`, whose options then apply.

    Raises MissingGlyph, RenderTooLarge, RenderTimeout, RendererUnavailable or RenderFailed.
    """
    context = paper_context(paper)
    if renderer is not None:
        return renderer.render(paper.template, context)
    with Renderer(options) as own:
        return own.render(paper.template, context)
