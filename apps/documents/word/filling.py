"""Fills a Word template with a paper: the same data, filters and strictness as the page templates."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from apps.documents.rendering import filters
from apps.documents.rendering.errors import RenderFailed, RenderTooLarge
from apps.documents.rendering.paper import content_check
from apps.documents.rendering.papers import Paper
from apps.documents.rendering.papers.common import canonical
from apps.documents.word.typefaces import set_rare

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Templates as delivered; a bureau's own ones of the same names in the state folder win.
DELIVERED: Final = Path(__file__).resolve().parents[3] / "templates" / "documents" / "word"
OWN_FOLDER: Final = "word_templates"
#: The longest paper, in characters, and the largest template, in bytes unpacked.
MOST_CHARACTERS: Final = 2_000_000
MOST_TEMPLATE_BYTES: Final = 20 * 1024 * 1024
_QR_MM = 22
#: What the format lets a property hold, in characters.
_LONGEST_PROPERTY: Final = 255
#: Characters that XML cannot hold, and those that the template library would take for breaks.
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class FilledWord:
    """A Word file and where its template came from."""

    content: bytes
    own_template: bool


class TemplateBroken(RenderFailed):
    """The bureau's own template cannot be used; the message says what is wrong with it."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        remedy = "请在 Word 中更正，或移走该文件后使用系统模板。"
        self.message = f"本机自备的 Word 模板“{name}”不能使用：{detail[:120]}。{remedy}"
        self.args = (self.message,)


def template_name(paper: Paper) -> str:
    """Return the file name of a paper's Word template."""
    return f"{paper.template.removesuffix('.html')}.docx"


def template_path(paper: Paper) -> tuple[Path, bool]:
    """Return the template of a paper, and whether it is the bureau's own."""
    own = Path(settings.STATE_DIR) / OWN_FOLDER / template_name(paper)
    return (own, True) if own.is_file() else (DELIVERED / template_name(paper), False)


def fill_paper(paper: Paper) -> FilledWord:
    """Return a paper as a Word file.

    Raises:
        RenderTooLarge: more text than a Word file may have here.
        TemplateBroken: the bureau's own template has a fault.
        RenderFailed: anything else.
    """
    if size_of(canonical(paper)) > MOST_CHARACTERS:
        raise RenderTooLarge("文书内容过多，超出生成 Word 文件的上限。请精简内容后重试。")
    path, own = template_path(paper)
    try:
        _require_bounded(path)
        document = DocxTemplate(path)
        context = {"paper": paper, "check": content_check(paper), "qr": _qr(document, paper)}
        _clear_properties(document)
        document.render(context, environment())
        _set_properties(document, paper)
        _fill_empty_cells(document)
        set_rare(document.element.body)
        stream = io.BytesIO()
        document.save(stream)
    except RenderTooLarge:
        raise
    except (TemplateError, ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        detail = f"{type(error).__name__}: {error}"
        told = (
            f"模板标记有误（{error}）"
            if isinstance(error, TemplateError)
            else "文件不是完整的 Word 文档（.docx）"
        )
        raise (TemplateBroken(path.name, told) if own else RenderFailed(detail)) from error
    return FilledWord(stream.getvalue(), own)


def size_of(value: Any) -> int:
    """Return how many characters a value of `canonical` has in all."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(size_of(part) for part in value.values())
    if isinstance(value, list):
        return sum(size_of(part) for part in value)
    return 0


def _require_bounded(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_TEMPLATE_BYTES:
            raise RenderTooLarge("Word 模板过大，不能使用。请删去模板中的大图片后重试。")


def _qr(document: DocxTemplate, paper: Paper) -> InlineImage | str:
    """Return the QR code of the verification address as a picture; nothing without an address."""
    if paper.verification is None:
        return ""
    stream = io.BytesIO()
    segno.make(paper.verification.url, error="m").save(stream, kind="png", scale=6, border=2)
    stream.seek(0)
    return InlineImage(document, stream, width=Mm(_QR_MM))


def _clear_properties(document: DocxTemplate) -> None:
    """Take the statements out of the file's properties: the template library would write them escaped twice."""
    document.init_docx()
    properties = document.docx.core_properties
    properties.title = properties.author = properties.last_modified_by = ""


def _set_properties(document: DocxTemplate, paper: Paper) -> None:
    """Write title and author of the file as they are, as far as the format has room for them."""
    properties = document.docx.core_properties
    properties.title = str(plain(paper.title))[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = str(plain(paper.issuer))[:_LONGEST_PROPERTY]


def _fill_empty_cells(document: DocxTemplate) -> None:
    """Give every cell that came out empty a paragraph; Word refuses to open a file without it."""
    for cell in document.element.body.iter(qn("w:tc")):
        if cell.find(qn("w:p")) is None:
            cell.append(OxmlElement("w:p"))


def plain(value: object) -> object:
    """Return a value without the characters a Word file cannot hold."""
    return _CONTROLS.sub("", value) if isinstance(value, str) else value


def _slice(value: str, part: str) -> str:
    start, _colon, end = part.partition(":")
    return value[int(start) if start else None : int(end) if end else None]


def _either(value: object, other: object) -> object:
    return value or other


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Return the template language of the Word templates: everything escaped, names must exist, nothing can be run."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=plain)
    made.filters.update(
        {
            "cn_date": filters.cn_date,
            "cn_time": filters.cn_time,
            "short_date": filters.short_date,
            "clock_time": filters.clock_time,
            "score": filters.score,
            "signed": filters.signed,
            "amount": filters.amount,
            "dash": filters.dash,
            "cn_number": filters.cn_number,
            "contact_line": filters.contact_line,
            "any_of": filters.any_of,
            "head": filters.head,
            "in_title_font": filters.in_title_font,
            # A line break of a title, of a list of lines and of a code is a line break of Word, or none.
            "lines": str,
            "linebreaksbr": str,
            "breakable": str,
            "slice": _slice,
            "add": str.__add__,
            "default": _either,
        }
    )
    made.globals.clear()
    return made
