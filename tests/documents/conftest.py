"""Samples are rendered once for all tests: one child process makes every paper, on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pypdfium2
import pytest

from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions
from apps.documents.rendering.paper import render_paper
from tests.documents import samples

#: Only our own fonts: a developer's machine may have licensed ones.
OURS = RenderOptions(prefer_installed_fonts=False)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    with Renderer(OURS) as made:
        yield made


@pytest.fixture(scope="session")
def rendered(renderer: Renderer) -> Callable[[str], RenderedPdf]:
    """The PDF of a sample paper, by its name in `samples.everything`."""

    @cache
    def of(name: str) -> RenderedPdf:
        return render_paper(samples.everything()[name], renderer=renderer)

    return of


@pytest.fixture
def pages() -> Iterator[Callable[[RenderedPdf], list[pypdfium2.PdfPage]]]:
    """The pages of a PDF; closed after the test."""
    opened: list[pypdfium2.PdfDocument] = []

    def of(pdf: RenderedPdf) -> list[pypdfium2.PdfPage]:
        document = pypdfium2.PdfDocument(pdf.content)
        opened.append(document)
        return [document[at] for at in range(len(document))]

    yield of
    for document in opened:
        document.close()
