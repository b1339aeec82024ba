"""The Word file says what the PDF says: same fields, same rows, same order, for every paper."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from apps.documents.rendering.engine import RenderedPdf
from apps.documents.rendering.errors import RenderTooLarge
from apps.documents.rendering.page import to_html
from apps.documents.rendering.paper import content_check, paper_context
from apps.documents.rendering.papers import PAPERS, Paper
from apps.documents.word import filling
from apps.documents.word.building import word_template
from apps.documents.word.filling import DELIVERED, TemplateBroken, fill_paper
from apps.documents.word.source import NotUnderstood, tree_of
from apps.documents.word.typefaces import FANG, HEI, TITLE
from tests.documents import samples
from tests.documents.measure import text_of

NAMES = sorted(samples.everything())
#: What only the printed page has: running heads, the watermark, the check in the foot.
FURNITURE = {"hide", "draft", "check"}


class Shown(HTMLParser):
    """The text of a page in its order, without the furniture."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.stack: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"br", "img", "col", "link", "meta", "wbr"}:
            return
        hidden = tag in {"title", "style"} or bool(FURNITURE & set((dict(attrs).get("class") or "").split()))
        self.stack.append((tag, hidden or bool(self.stack and self.stack[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        if not (self.stack and self.stack[-1][1]):
            self.parts.append(data)


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def page_text(paper: Paper) -> str:
    shown = Shown()
    shown.feed(to_html(paper.template, paper_context(paper)))
    return squeezed("".join(shown.parts))


def word_text(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return squeezed("".join(node.text or "" for node in body.iter(qn("w:t"))))


@pytest.fixture(autouse=True)
def _no_own_templates(tmp_path: Path, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_word_and_page_say_the_same_in_the_same_order(name: str) -> None:
    paper = samples.everything()[name]
    assert word_text(fill_paper(paper).content) == page_text(paper)


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_word_is_in_the_pdf(
    name: str,
    rendered: Callable[[str], RenderedPdf],
    pages: Callable[[RenderedPdf], list[pypdfium2.PdfPage]],
) -> None:
    printed = Counter(squeezed("".join(text_of(page) for page in pages(rendered(name)))))
    written = Counter(word_text(fill_paper(samples.everything()[name]).content))
    assert written - printed == Counter()


@pytest.mark.parametrize("name", NAMES)
def test_tables_have_as_many_rows_as_the_page(name: str) -> None:
    paper = samples.everything()[name]
    page = to_html(paper.template, paper_context(paper))
    document = docx.Document(io.BytesIO(fill_paper(paper).content))
    assert len(list(document.element.body.iter(qn("w:tr")))) == len(re.findall(r"<tr[ >]", page))
    assert all(cell.find(qn("w:p")) is not None for cell in document.element.body.iter(qn("w:tc")))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.template)
def test_delivered_templates_are_those_of_the_pages(paper: type[Paper]) -> None:
    made = word_template(paper.template)
    kept = (DELIVERED / f"{paper.template.removesuffix('.html')}.docx").read_bytes()
    assert made == kept, "run manage.py word_templates"


def test_every_template_belongs_to_a_paper() -> None:
    assert sorted(path.stem for path in DELIVERED.glob("*.docx")) == sorted(
        paper.template.removesuffix(".html") for paper in PAPERS
    )


def test_official_papers_have_the_page_of_the_standard() -> None:
    document = docx.Document(io.BytesIO(fill_paper(samples.recognition()).content))
    section = document.sections[0]
    for measured, wanted in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.bottom_margin, 35),
        (section.left_margin, 28),
        (section.right_margin, 26),
    ):
        assert measured is not None
        assert measured.mm == pytest.approx(wanted, abs=0.1)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid is not None
    lines = int(grid.get(qn("w:linePitch"))) * 22 / 1440 * 25.4
    characters = (16 + int(grid.get(qn("w:charSpace"))) / 4096) * 28 / 72 * 25.4
    assert lines == pytest.approx(225, abs=0.3)
    assert characters == pytest.approx(156, abs=0.3)
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    places = [part._p.pPr.find(qn("w:jc")).get(qn("w:val")) for part in (odd, even)]
    assert places == ["right", "left"]
    assert all("PAGE" in part._p.xml for part in (odd, even))


def test_wide_tables_stand_across_with_repeated_heads() -> None:
    document = docx.Document(io.BytesIO(fill_paper(samples.recommendation()).content))
    across = [(section.page_width or 0) > Mm(250) for section in document.sections]
    assert across[:2] == [False, True]
    heads = [
        row
        for row in document.element.body.iter(qn("w:tr"))
        if row.find(".//" + qn("w:tblHeader")) is not None
    ]
    assert heads


def test_a_draft_has_its_watermark_and_an_issued_copy_has_none() -> None:
    def header(paper: Paper) -> str:
        section = docx.Document(io.BytesIO(fill_paper(paper).content)).sections[0]
        return str(section.header.part.element.xml + section.even_page_header.part.element.xml)

    assert header(replace(samples.recognition(), draft=True)).count("草稿") == 2
    assert "草稿" not in header(samples.recognition())


def test_the_check_and_the_code_are_in_the_file() -> None:
    paper = samples.public_notice()
    content = fill_paper(paper).content
    footer = docx.Document(io.BytesIO(content)).sections[0].footer
    assert content_check(paper) in "".join(part.text for part in footer.paragraphs)
    certificate = fill_paper(samples.certificate()).content
    with zipfile.ZipFile(io.BytesIO(certificate)) as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())


def test_licensed_typefaces_have_their_substitutes_declared() -> None:
    content = fill_paper(samples.recognition()).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        table = parse_xml(archive.read("word/fontTable.xml"))
        named = set(
            re.findall(r'<w:rFonts [^>]*w:eastAsia="([^"]+)"', archive.read("word/styles.xml").decode())
        )
    declared = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")).split(",") for font in table
    }
    assert {FANG, HEI, TITLE} <= named
    assert named <= set(declared)
    assert "FangSong" in declared[FANG]


def test_rare_characters_stand_in_a_typeface_that_has_them() -> None:
    name = "苏州𠮷䶮精密有限公司"
    content = fill_paper(replace(samples.panel_opinion(), enterprise=name)).content
    body = docx.Document(io.BytesIO(content)).element.body
    assert name in word_text(content)
    runs = {
        run.find(qn("w:t")).text: run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        for run in body.iter(qn("w:r"))
        if run.find(qn("w:t")) is not None
    }
    assert runs["𠮷"].get(qn("w:eastAsia")) == runs["𠮷"].get(qn("w:ascii")) == "SimSun-ExtB"
    assert runs["䶮"].get(qn("w:eastAsia")) == "宋体"
    assert runs["精密有限公司"] is None, "the rest keeps the style's typeface"


HOSTILE = (
    "</w:t></w:r></w:p><w:p>",
    "{{ 7*7 }}{% for x in paper %}",
    "{{ ''.__class__.__mro__ }}",
    "&lt;!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "\x00\x08\x0b\x1f\ufffe",
    "甲\a乙\f丙\t丁",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_users_type_is_text(text: str) -> None:
    paper = replace(samples.panel_opinion(), enterprise=text, opinion=(text,), site_reason=text)
    found = word_text(fill_paper(paper).content)
    assert squeezed(str(filling.plain(text))) in found
    assert "49" not in found.replace(squeezed(text), "") or "7*7" in text


def test_a_hundred_thousand_characters_are_written_and_more_refused() -> None:
    long = "绿" * 100_000
    found = word_text(fill_paper(replace(samples.panel_opinion(), opinion=(long,))).content)
    assert found.count("绿") >= 100_000
    with pytest.raises(RenderTooLarge, match="Word"):
        fill_paper(replace(samples.panel_opinion(), opinion=(long * 21,)))


def edited(path: Path, old: str, new: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(stream, "w") as write:
        for name in read.namelist():
            content = read.read(name)
            if name == "word/document.xml":
                assert old in content.decode()
                content = content.decode().replace(old, new).encode()
            write.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def own(settings: Any) -> Path:
    folder = Path(settings.STATE_DIR) / filling.OWN_FOLDER
    folder.mkdir()
    return folder / "panel_opinion.docx"


def test_a_bureau_can_put_its_own_template_beside(own: Path) -> None:
    own.write_bytes(edited(DELIVERED / "panel_opinion.docx", "三、评估意见", "三、专家组意见"))
    filled = fill_paper(samples.panel_opinion())
    assert filled.own_template
    assert "三、专家组意见" in word_text(filled.content)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("{{ paper.nosuch }}", "nosuch"),
        ("{{ paper.title", "panel_opinion.docx"),
        ("{{ paper.__class__.__mro__ }}", "panel_opinion.docx"),
        ("{{ paper.draft.__init__.__globals__ }}", "panel_opinion.docx"),
    ],
)
def test_a_template_with_a_fault_is_named(own: Path, new: str, said: str) -> None:
    own.write_bytes(edited(DELIVERED / "panel_opinion.docx", "三、评估意见", new))
    with pytest.raises(TemplateBroken) as refusal:
        fill_paper(samples.panel_opinion())
    assert said in refusal.value.message
    assert refusal.value.message.startswith("本机自备的 Word 模板")


def test_a_template_that_is_no_word_file_is_named(own: Path) -> None:
    own.write_bytes(b"not a zip")
    with pytest.raises(TemplateBroken, match=r"panel_opinion\.docx"):
        fill_paper(samples.panel_opinion())


def test_a_page_template_that_cannot_become_word_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "odd.html").write_text("<body>{% cycle a b %}</body>", encoding="utf-8")
    with pytest.raises(NotUnderstood):
        tree_of("odd.html", tmp_path)
