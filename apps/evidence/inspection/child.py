"""The probe that opens an untrusted file with a real parser; runs as a process of its own with hard limits.

Started as `python -I child.py KIND PATH LIMITS-JSON`. Prints one JSON object: `{"ok": true, "pages": …}` or
`{"refused": code, …}`. It imports nothing of this product: a parser that is broken into finds no secrets here.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
import zipfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_SECONDS = 20
_MEMORY = 1536 * 1024 * 1024
_CHUNK = 1 << 20
_TAIL = 64 * 1024


class Refused(Exception):
    """The file is not taken; `code` selects the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def limit_this_process() -> None:
    """Bound processor time and address space; a system that cannot (macOS: RLIMIT_AS) keeps the time limit."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ValueError, OSError):
        return


def _beside(name: str) -> ModuleType:
    """Return a module of this very folder: the child runs isolated (-I) and sees no other code of ours."""
    folder = str(Path(__file__).resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module(name)


def probe_pdf(path: Path, limits: dict[str, int]) -> dict[str, Any]:
    """Open with PDFium, count the pages and load each of them."""
    import pypdfium2

    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        if b"%%EOF" not in stream.read():
            raise Refused("pdf_broken")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        text = str(error).lower()
        raise Refused("pdf_encrypted" if "password" in text or "security" in text else "pdf_broken") from None
    if found := _beside("active").acting(path):
        raise Refused(found)
    _check_attachments(document)
    pages = len(document)
    if pages == 0:
        raise Refused("pdf_broken")
    if pages > limits["pages"]:
        raise Refused("too_many_pages", pages=pages)
    try:
        for number in range(pages):
            document.get_page_size(number)
            page = document[number]
            page.close()
    except pypdfium2.PdfiumError:
        raise Refused("pdf_broken") from None
    return {"pages": pages}


def _check_attachments(document: Any) -> None:
    """A PDF may carry data of an electronic voucher (XML, XBRL); any other file inside is refused."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Refused("scripted")
    for number in range(document.count_attachments()):
        name = document.get_attachment(number).get_name().lower()
        if not name.endswith(_VOUCHER_DATA):
            raise Refused("embedded_pdf")


def probe_image(path: Path, limits: dict[str, int]) -> dict[str, Any]:
    """Read the header, check the pixels, then decode the whole picture."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit below is asked before anything is decoded
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if max(width, height) > limits["side"] or width * height > limits["pixels"]:
                raise Refused("too_many_pixels", width=width, height=height)
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error):
        raise Refused("image_broken") from None
    return {"width": width, "height": height}


_VOUCHER_DATA = (".xml", ".xbrl")
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_NESTED = (".zip", ".rar", ".7z", ".gz", ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".jar", ".exe", ".dll")
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
_EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""", re.IGNORECASE)
_HYPERLINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""", re.IGNORECASE)


def probe_office(path: Path, limits: dict[str, int], kind: str) -> dict[str, Any]:
    """Check a DOCX or XLSX container: bounds first, then macros, embedded objects, external links, DTDs."""
    _check_directory_size(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_bounds(members, limits)
            _check_names(members)
            names = {member.filename for member in members}
            if "[Content_Types].xml" not in names or _MAIN_PART[kind] not in names:
                raise Refused("not_this_kind")
            for member in members:
                _check_member(archive, member, limits)
    # NotImplementedError is zipfile's word for a compression or version it cannot read.
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zipfile.LargeZipFile):
        raise Refused("office_broken") from None
    except RuntimeError:  # zipfile's word for "password required"
        raise Refused("office_encrypted") from None
    return {}


def office_kind(path: Path, limits: dict[str, int]) -> str:
    """Say what a ZIP container holds: docx, xlsx, pptx or zip; a container that cannot be opened is refused."""
    _check_directory_size(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise Refused("office_broken") from None
    for kind, part in (*_MAIN_PART.items(), ("pptx", "ppt/presentation.xml")):
        if part in names:
            return kind
    return "zip"


def _check_directory_size(path: Path, limits: dict[str, int]) -> None:
    """Read the end record by hand: a directory of a million names must not even be loaded."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL - 22))
        tail = stream.read()
    position = tail.rfind(b"PK\x05\x06")
    if position < 0 or len(tail) < position + 22:
        raise Refused("office_broken")
    entries, directory_bytes = struct.unpack("<HI", tail[position + 10 : position + 16])
    if entries > limits["members"] or directory_bytes > limits["directory"]:
        raise Refused("bomb")


def _check_bounds(members: list[zipfile.ZipInfo], limits: dict[str, int]) -> None:
    if len(members) > limits["members"]:
        raise Refused("bomb")
    inflated = sum(member.file_size for member in members)
    if inflated > limits["inflated"]:
        raise Refused("bomb")
    end = 0
    for member in sorted(members, key=lambda entry: entry.header_offset):
        if member.header_offset < end:
            raise Refused("bomb")  # members that share bytes: the overlapped bomb
        end = member.header_offset + 30 + member.compress_size
        if member.flag_bits & 0x1:
            raise Refused("office_encrypted")
        small = member.file_size < _CHUNK
        if not small and member.file_size > limits["ratio"] * max(1, member.compress_size):
            raise Refused("bomb")


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        name = member.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Refused("office_broken")
        lower = name.lower()
        if lower.endswith("vbaproject.bin") or "/activex/" in lower or "/macrosheets/" in lower:
            raise Refused("macros")
        if "/externallinks/" in lower:
            raise Refused("external_links")
        if "/embeddings/" in lower or lower.endswith(_NESTED):
            raise Refused("embedded")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: dict[str, int]) -> None:
    """Inflate one member in pieces, never trusting its declared size, and look into its XML."""
    name = member.filename
    is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
    tells = name.lower().endswith(".rels") or name == "[Content_Types].xml"
    seen, before, kept = 0, b"", bytearray()
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            seen += len(piece)
            if is_xml:
                _check_xml(before + piece)
                before = piece[-32:]
            if tells:
                kept += piece
            if seen > limits["inflated"] or len(kept) > limits["directory"]:
                raise Refused("bomb")
    _check_references(name, bytes(kept))


def _check_xml(piece: bytes) -> None:
    if b"\x00" in piece:
        raise Refused("office_broken")  # UTF-16 would hide a DTD; Office writes UTF-8
    if _DTD.search(piece):
        raise Refused("dtd")


def _check_references(name: str, content: bytes) -> None:
    """Content types must name no macros, relationships must not lead outside (a hyperlink may)."""
    if name == "[Content_Types].xml" and _MACRO_TYPE.search(content):
        raise Refused("macros")
    for relationship in _RELATIONSHIP.findall(content):
        if _EXTERNAL.search(relationship) and not _HYPERLINK.search(relationship):
            raise Refused("external_links")


def probe(kind: str, path: Path, limits: dict[str, int]) -> dict[str, Any]:
    """Open the file as *kind*; return what was found."""
    if _beside("active").is_two_files(path, kind):
        raise Refused("two_files")
    if kind == "pdf":
        return probe_pdf(path, limits)
    if kind in {"jpg", "png"}:
        return probe_image(path, limits)
    return probe_office(path, limits, kind)


def main(arguments: list[str]) -> int:
    """Run as a process; exit code 0 whenever an answer was printed."""
    kind, path, limits = arguments
    limit_this_process()
    try:
        bounds = json.loads(limits)
        found = (
            {"kind": office_kind(Path(path), bounds)} if kind == "which" else probe(kind, Path(path), bounds)
        )
        answer: dict[str, Any] = {"ok": True, **found}
    except Refused as refusal:
        answer = {"refused": refusal.code, **refusal.facts}
    except (MemoryError, RecursionError):
        answer = {"refused": "bomb"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
