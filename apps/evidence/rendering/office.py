"""Pages of DOCX and XLSX by LibreOffice, where a server has it; the PDF is kept with the pages."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog
from django.conf import settings

from apps.core.errors import DomainError
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.inspection.probe import inspect
from apps.evidence.rendering import cache
from apps.evidence.rendering.drawing import PageBusy

_log = structlog.get_logger(__name__)
_OFF = "off"
_LIMITED = Path(__file__).with_name("limited.py")
_CLOCK_SECONDS = 120
_CPU_SECONDS = 90
_MOST_BYTES = 256 * 1024 * 1024
#: A spreadsheet can print endlessly; nobody leafs through more.
_MOST_PAGES = 500


class NotConverted(DomainError):
    """The converter did not make a PDF of this file: 422, the original can be downloaded."""

    status = 422


def converter() -> str:
    """Return the converter's program, "" when there is none."""
    chosen = str(settings.GF_OFFICE_CONVERTER)
    if chosen == _OFF:
        return ""
    return chosen or shutil.which("soffice") or ""


def converted(digest: str) -> tuple[Path, int] | None:
    """Return the PDF made of a file and its pages, None when it was not made yet."""
    for path in cache.folder(digest).glob("converted-*.pdf"):
        if cache.found(path):
            return path, int(path.stem.partition("-")[2])
    return None


def mark_of(digest: str) -> Path:
    """Return the name under which a failed conversion is remembered (`cache.note_failure`)."""
    return cache.folder(digest) / "converted.pdf"


def convert(path: Path, *, kind: str, digest: str) -> None:
    """Make a PDF of the Office file at *path* and keep it; nothing happens when it is there already.

    The program runs in a folder of its own with an empty profile (no macros, no recent files), bounded in time.

    Raises:
        NotConverted: no converter, or it made nothing of this file (which is remembered for a while).
        PageBusy: other work takes too long.
    """
    program = converter()
    if not program:
        raise NotConverted("本系统未安装 Office 文件转换程序，请下载原件查看。")
    try:
        with cache.alone(digest, seconds=_CLOCK_SECONDS), cache.drawing(seconds=_CLOCK_SECONDS):
            if converted(digest) is None:
                _convert(program, path, kind, digest)
    except cache.Busy:
        raise PageBusy("转换排队较久，请稍后再试，或下载原件查看。") from None


def _convert(program: str, path: Path, kind: str, digest: str) -> None:
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = _run(program, path, Path(folder), kind)
            cache.keep(cache.folder(digest) / f"converted-{_pages(made)}.pdf", made.read_bytes())
    except NotConverted:
        cache.note_failure(mark_of(digest))
        raise


def _run(program: str, path: Path, folder: Path, kind: str) -> Path:
    source = folder / f"source.{kind}"
    shutil.copyfile(path, source)
    command = [
        sys.executable,
        "-I",
        str(_LIMITED),
        str(_CPU_SECONDS),
        str(_MOST_BYTES),
        program,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(source),
    ]
    child = subprocess.Popen(  # noqa: S603  (the program of the settings; the names are ours)
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8", **settings.GF_LIBRARY_PATHS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(timeout=_CLOCK_SECONDS)
    except subprocess.TimeoutExpired:
        _log.warning("evidence.conversion_timeout", kind=kind)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)  # the program starts helpers of its own
            child.wait()
    made = folder / "source.pdf"
    if not made.is_file():
        raise NotConverted("文件未能转换为页面，请下载原件查看；打不开原件的，请企业另存为 PDF 后上传。")
    return made


def _pages(made: Path) -> int:
    try:
        pages = inspect(made, name="a.pdf", most_pages=_MOST_PAGES).pages
    except NotTaken as refusal:
        raise NotConverted(f"转换结果不能显示（{refusal.message}）请下载原件查看。") from None
    return pages or 1
