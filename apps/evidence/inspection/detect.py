"""What a file is by its bytes, and the sentence for everything that is not taken (SECURITY, catalogue U)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import filetype

from apps.evidence.states import ACCEPTED_TEXT, KINDS, FileKind

_HEAD = 8192
_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
#: The standard test string of virus scanners, in two halves so that this file is not one.
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_EICAR_WITHIN = 4096
_MARKUP = (b"<!doctype html", b"<html", b"<svg", b"<?xml", b"<head", b"<body", b"<script", b"mime-version:")
_PROGRAMS = {
    ".exe",
    ".dll",
    ".bat",
    ".cmd",
    ".com",
    ".msi",
    ".js",
    ".vbs",
    ".ps1",
    ".sh",
    ".scr",
    ".jar",
    ".apk",
}
_OLD_OFFICE = {".doc", ".xls", ".ppt", ".et", ".wps", ".dps"}
_MACRO_OFFICE = {".docm", ".xlsm", ".dotm", ".xltm", ".xlsb"}
_WEB = {".svg", ".html", ".htm", ".xml", ".mht", ".mhtml"}
_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tar"}
_BY_EXTENSION: dict[str, FileKind] = {
    extension: kind for kind in KINDS.values() for extension in kind.extensions
}
#: What `filetype` calls things, and what people call them.
_NAMES = {
    "exe": "可执行程序",
    "elf": "可执行程序",
    "pdf": "PDF",
    "zip": "压缩包",
    "rar": "压缩包",
    "7z": "压缩包",
    "gz": "压缩包",
    "tar": "压缩包",
    "docx": "DOCX",
    "xlsx": "XLSX",
    "pptx": "PPTX",
    "jpg": "JPG",
    "png": "PNG",
    "gif": "GIF 图片",
    "bmp": "BMP 图片",
    "tif": "TIFF 图片",
    "webp": "WebP 图片",
    "heic": "HEIC 图片",
    "ole": "旧版 Office 文档",
    "markup": "网页文件",
}


class NotTaken(Exception):
    """The file is refused; `message` says what, the limit and what to do; `code` is for the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Looks:
    """What the first bytes say: a word of `_NAMES`, or "" when nothing is recognised."""

    word: str

    @property
    def name(self) -> str:
        """The Chinese name of the content."""
        return _NAMES.get(self.word, "未知内容")


def extension_kind(name: str) -> FileKind:
    """Return the kind a file name promises.

    Raises:
        NotTaken: an extension that is never taken (U04, U08, U13, U15).
    """
    extension = Path(name).suffix.lower()
    kind = _BY_EXTENSION.get(extension)
    if kind is not None:
        return kind
    if extension in _WEB:
        raise NotTaken("web", "不支持 SVG/网页文件，请导出为 PDF 或 PNG 后上传。")
    if extension in _OLD_OFFICE:
        raise NotTaken("old_office", "请另存为 DOCX/XLSX 后上传（WPS：文件→另存为）。")
    if extension in _MACRO_OFFICE:
        raise NotTaken("macros", "文档含宏，请另存为不含宏的 DOCX/XLSX 后上传。")
    if extension in _ARCHIVES:
        raise NotTaken("archive", f"不支持压缩包，请解压后逐个上传。可上传：{ACCEPTED_TEXT}。")
    shown = f" {extension} 文件" if extension else "没有扩展名的文件"
    code = "program" if extension in _PROGRAMS else "extension"
    raise NotTaken(code, f"不支持{shown}。可上传：{ACCEPTED_TEXT}。")


def look(path: Path) -> Looks:
    """Say what the bytes of *path* are, whatever its name."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_OLE):
        return Looks("ole")
    if head.lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-"):
        return Looks("pdf")
    if head.startswith(b"PK\x03\x04"):
        return Looks("zip")
    text = head[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if text.startswith(_MARKUP) or b"<svg" in text or b"<html" in text:
        return Looks("markup")
    guess = filetype.guess(head)
    return Looks(guess.extension if guess is not None else "")


def refuse_old_office(path: Path) -> NotTaken:
    """Return why an OLE container is not taken: an encrypted new document (U14) or an old one (U15)."""
    before = b""
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            if _ENCRYPTED_STREAM in before + piece:
                return NotTaken("office_encrypted", "文档已加密，请取消密码后上传。")
            before = piece[-len(_ENCRYPTED_STREAM) :]
    return NotTaken("old_office", "请另存为 DOCX/XLSX 后上传（WPS：文件→另存为）。")


def is_test_virus(path: Path) -> bool:
    """Return whether the file carries the scanners' test string."""
    with path.open("rb") as stream:
        return _EICAR in stream.read(_EICAR_WITHIN)


def mismatch(promised: FileKind, found: Looks) -> NotTaken:
    """Return the sentence for content that is not what the name says (U06, U07)."""
    if found.word in {"", "markup"}:
        return NotTaken(
            "not_this_kind", f"文件内容不是 {promised.label}，请用原始 {promised.label} 文件上传。"
        )
    return NotTaken("mismatch", f"扩展名与内容不一致（内容为{_spaced(found.name)}），请核对后上传。")


def _spaced(name: str) -> str:
    return f" {name}" if name[0].isascii() else name
