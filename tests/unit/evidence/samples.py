"""Files made on the spot: honest ones, and the bad ones of the catalogue (SECURITY, U)."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib

import pypdfium2
from PIL import Image

DOCX_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


@functools.cache
def pdf(pages: int = 1) -> bytes:
    """Return a PDF of empty pages, the same bytes each time (PDFium writes a random id into every file)."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    target = io.BytesIO()
    document.save(target)
    document.close()
    return target.getvalue()


def encrypted_pdf() -> bytes:
    """Return a PDF whose standard security handler needs a password nobody knows."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    )
    offsets = [body.index(b"%d 0 obj" % number) for number in (1, 2, 3, 4)]
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in offsets)
    identity = b"<" + b"43" * 16 + b">"
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[" + identity + identity + b"]>>\n"
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def acting_pdf(action: bytes, *, packed: bool = False) -> bytes:
    """Return a PDF whose catalogue opens with *action*; *packed*: the action lies in a compressed object stream."""
    start = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>endobj\n"
    pages = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    if packed:
        inside = zlib.compress(b"5 0 " + action)
        last = b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(inside)
        last += inside + b"\nendstream endobj\n"
    else:
        last = b"5 0 obj" + action + b"endobj\n"
    body = start + pages + last
    return body + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def pdf_with_attachment(name: str, content: bytes = b"<x/>") -> bytes:
    """Return a PDF that carries a file."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    document.new_attachment(name).set_data(content)
    target = io.BytesIO()
    document.save(target)
    document.close()
    return target.getvalue()


def picture(kind: str = "PNG", *, size: tuple[int, int] = (20, 10), mode: str = "RGB") -> bytes:
    """Return a picture."""
    target = io.BytesIO()
    Image.new(mode, size).save(target, kind)
    return target.getvalue()


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG that only says it is huge."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def office(
    kind: str = "docx", members: dict[str, bytes] | None = None, *, types: bytes = DOCX_TYPES
) -> bytes:
    """Return a minimal DOCX or XLSX container with further *members*."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(PART[kind], b'<?xml version="1.0"?><document/>')
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def relationships(*rows: str) -> bytes:
    """Return a relationships part."""
    return f'<?xml version="1.0"?><Relationships>{"".join(rows)}</Relationships>'.encode()


def ole(*, encrypted: bool) -> bytes:
    """Return the beginning of an OLE container: an old document, or an encrypted new one."""
    inside = "EncryptedPackage" if encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + inside.encode("utf-16-le") + bytes(2000)


def eicar() -> bytes:
    """Return the standard test string of virus scanners behind a PDF header."""
    return b"%PDF-1.4\n" + b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
