"""Hostile text in every field of every paper is text: no element, no resource, no statement comes of it (R21, F29)."""

from __future__ import annotations

import io
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from apps.documents.rendering.engine import Renderer, RenderOptions
from apps.documents.rendering.errors import RenderingError, RenderTimeout, RenderTooLarge
from apps.documents.rendering.page import to_html
from apps.documents.rendering.paper import paper_context, render_paper
from apps.documents.rendering.papers import FiledTitle, Paper, Verification
from apps.documents.word.filling import fill_paper
from tests.documents import samples

NAMES = sorted(samples.everything())
ATTACKS = {
    "markup": '</td></tr></table><img src="http://127.0.0.1:9/a"><object data=file:///etc/passwd>',
    "style": "<style>@import url(file:///etc/passwd);body{background:url(http://127.0.0.1:9/b)}</style>",
    "attachment": "<link rel=attachment href=file:///etc/passwd><a href=javascript:x onclick=x>x</a>",
    "statement": "{{ paper.__class__.__mro__ }}{% include '/etc/passwd' %}{% for x in paper %}{# x",
}


def with_text(value: Any, text: str) -> Any:
    """Return a paper (or a part of one) with *text* in the place of every text."""
    if isinstance(value, Verification):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{field.name: with_text(getattr(value, field.name), text) for field in fields(value)}
        )
    if isinstance(value, tuple):
        return tuple(with_text(part, text) for part in value)
    return text if isinstance(value, str) else value


class Skeleton(HTMLParser):
    """The elements of a page with their attributes, without its text; where codes may break is no matter."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"wbr", "meta"}:
            self.elements.append((tag, tuple(sorted(attrs))))


def skeleton(paper: Paper) -> list[Any]:
    page = Skeleton()
    page.feed(to_html(paper.template, paper_context(paper)))
    return [element for element in page.elements if element[0] != "img"]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_same_elements_whatever_is_written(name: str, attack: str) -> None:
    paper = samples.everything()[name]
    hostile = with_text(paper, attack)
    assert skeleton(hostile) == skeleton(with_text(paper, "甲" * len(attack)))
    page = to_html(paper.template, paper_context(hostile))
    assert page.count("<img") == to_html(paper.template, paper_context(paper)).count("<img")
    assert attack.replace("{", "").replace("}", "") not in page or "<" not in attack


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
@pytest.mark.parametrize("name", NAMES)
def test_a_word_file_says_it_and_does_nothing_of_it(name: str, attack: str) -> None:
    paper = with_text(samples.everything()[name], attack)
    document = docx.Document(io.BytesIO(fill_paper(paper).content))
    assert document.core_properties.title == paper.title[:255]
    assert document.core_properties.author == paper.issuer[:255]
    body = document.element.body
    written = "".join(node.text or "" for node in body.iter(qn("w:t")))
    assert attack in written
    assert not list(body.iter(qn("w:hyperlink"), qn("w:object"), qn("w:altChunk")))


@pytest.mark.parametrize("name", ["supplement", "application_form"])
def test_a_pdf_of_hostile_text_is_made_and_fetches_nothing(name: str, renderer: Renderer) -> None:
    """An official paper and a form; anything fetched would end it with an error."""
    paper = with_text(samples.everything()[name], ATTACKS["markup"] + ATTACKS["style"])
    assert render_paper(paper, renderer=renderer).pages >= 1


def endless(rows: int) -> Paper:
    line = FiledTitle(
        name="昆山示例有限公司", uscc="91320583MA01AAAA1X", industry="塑料制品业（2929）", score=samples.Decimal("81.20"),
        level="2A", decided_on=samples.date(2026, 11, 2), document_number="昆工信〔2026〕33号", contact="周敏",
    )  # fmt: skip
    return replace(samples.filing(), titles=(line,) * rows)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (RenderOptions(most_html_bytes=100_000), RenderTooLarge),
        (RenderOptions(seconds=1, prefer_installed_fonts=False), RenderTimeout),
    ],
)
def test_an_endless_table_ends_within_the_limits(
    options: RenderOptions, refusal: type[RenderingError]
) -> None:
    with Renderer(options) as own, pytest.raises(refusal) as found:
        render_paper(endless(2_500), renderer=own)
    assert found.value.message.endswith("。")
