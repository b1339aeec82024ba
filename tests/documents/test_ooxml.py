"""Every Word file is a sound package: parts, types and relationships agree, no tag is left, fonts and pages are named."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from apps.documents.word.filling import fill_paper
from apps.documents.word.typefaces import RAREST, SUBSTITUTES
from tests.documents import samples

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TAG = re.compile(r"{{|}}|{%|%}|{#|#}")
_PAGE = re.compile(r"^\s*PAGE\b")
_MADE = samples.everything()


@pytest.fixture(autouse=True)
def _no_own_templates(tmp_path: Path, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


def _source_of(relationships: str) -> str:
    """Return the part a .rels part speaks for, "" for the package."""
    folder, name = posixpath.split(relationships)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


@pytest.mark.parametrize("name", sorted(_MADE))
def test_the_package_is_sound(name: str) -> None:
    content = fill_paper(_MADE[name]).content
    document = docx.Document(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        parts = {part: archive.read(part) for part in names}
    assert len(names) == len(set(names))
    trees = {part: etree.fromstring(data) for part, data in parts.items() if part.endswith((".xml", ".rels"))}

    types = trees["[Content_Types].xml"]
    overrides = {node.get("PartName", "").lstrip("/") for node in types.findall(f"{_TYPES}Override")}
    defaults = {node.get("Extension", "").lower() for node in types.findall(f"{_TYPES}Default")}
    assert overrides <= set(names)
    for part in set(names) - {"[Content_Types].xml"}:
        assert part in overrides or part.rpartition(".")[2].lower() in defaults, part

    known: dict[str, set[str]] = {}
    for part in (one for one in names if one.endswith(".rels")):
        source = _source_of(part)
        assert source == "" or source in parts, part
        ids = [node.get("Id", "") for node in trees[part]]
        assert len(ids) == len(set(ids)), part
        known[source] = set(ids)
        for node in trees[part]:
            # A paper points at nothing outside itself: no linked picture, no attached template.
            assert node.get("TargetMode") != "External", (part, node.get("Target"))
            target = posixpath.normpath(posixpath.join(posixpath.dirname(source), node.get("Target", "")))
            assert target.lstrip("/") in parts, (part, target)
    for part, tree in trees.items():
        used = {value for node in tree.iter() for key, value in node.attrib.items() if key.startswith(_R)}
        assert used <= known.get(part, set()), part

    for part, tree in trees.items():
        if part.startswith("word/"):
            said = "".join(tree.itertext()) + "".join(
                str(value) for node in tree.iter() for value in node.attrib.values()
            )
            assert not _TAG.search(said), part

    for section in document.sections:
        section_feet = [section.footer]
        if document.settings.odd_and_even_pages_header_footer:
            section_feet.append(section.even_page_footer)
        for foot in section_feet:
            fields = [str(node.get(f"{_W}instr", "")) for node in foot._element.iter(f"{_W}fldSimple")]
            assert any(_PAGE.match(field) for field in fields)

    listed = {str(node.get(f"{_W}name")) for node in trees["word/fontTable.xml"]}
    used_fonts = {
        str(node.get(f"{_W}eastAsia"))
        for part in ("word/document.xml", "word/styles.xml")
        for node in trees[part].iter(f"{_W}rFonts")
        if node.get(f"{_W}eastAsia")
    }
    assert used_fonts
    assert used_fonts <= listed
    assert {*SUBSTITUTES, RAREST} <= listed
