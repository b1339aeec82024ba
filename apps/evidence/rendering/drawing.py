"""Drawing pages: which child for which file, its limits, and what to say when it does not work."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from apps.core.errors import DomainError
from apps.evidence.rendering import cache

_log = structlog.get_logger(__name__)
_CHILD = Path(__file__).with_name("child.py")
#: Width in pixels of each size: a thumbnail, a telephone, a screen, zoomed in.
SIZES: Final[dict[str, int]] = {"thumb": 160, "s": 800, "m": 1240, "l": 1860}
THUMB: Final = "thumb"
#: Thumbnails are drawn by the dozen: one process for what a list shows at once.
_TOGETHER = 12
_WAIT_SECONDS = 15.0
_CLOCK_SECONDS = 25
_LIMITS = {"memory_mb": 1024, "seconds": 20, "bytes": 64 * 1024 * 1024}


class PageBusy(DomainError):
    """All drawing processes are occupied: 503, the page may be asked for again."""

    status = 503


class PageBroken(DomainError):
    """This page cannot be drawn: 422, the original can be downloaded."""

    status = 422


@dataclass(frozen=True, slots=True)
class Source:
    """The file whose pages are wanted. `kind`: pdf, jpg or png; `digest`: of the uploaded bytes; `pages`: how many."""

    path: Path
    kind: str
    digest: str
    pages: int


def page_image(source: Source, number: int, size: str) -> Path:
    """Return the image of one page without watermark, drawn now unless it was drawn before.

    Args:
        source: the file, already checked against its digest and the viewer's rights.
        number: page from 1.
        size: a key of `SIZES`.

    Raises:
        PageBusy: everybody who draws is occupied.
        PageBroken: the page cannot be drawn.
    """
    path = cache.page_path(source.digest, size, number)
    if cache.found(path):
        return path
    if cache.has_failed(path):
        raise _broken(number)
    try:
        with cache.alone(source.digest, seconds=_WAIT_SECONDS):
            if not cache.found(path) and not cache.has_failed(path):
                with cache.drawing(seconds=_WAIT_SECONDS):
                    _draw(source, _numbers(source, number, size), size)
    except cache.Busy:
        raise PageBusy("页面正在生成，请稍候几秒再试。") from None
    if not cache.found(path):
        raise _broken(number)
    return path


def _numbers(source: Source, number: int, size: str) -> list[int]:
    """Return the pages to draw together: a dozen thumbnails not drawn yet, or the one page."""
    if size != THUMB:
        return [number]
    first = (number - 1) // _TOGETHER * _TOGETHER + 1
    wanted = range(first, min(first + _TOGETHER, source.pages + 1))
    return [one for one in wanted if not cache.found(cache.page_path(source.digest, size, one))]


def _draw(source: Source, numbers: list[int], size: str) -> None:
    order = json.dumps({"pages": numbers, "width": SIZES[size], **_LIMITS})
    command = [sys.executable, "-I", str(_CHILD), source.kind, str(source.path), order]
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603  (our own script; the path is ours)
                command,
                stdout=output,
                stderr=subprocess.PIPE,
                timeout=_CLOCK_SECONDS,
                check=False,
                env={"PYTHONUTF8": "1", "PATH": ""},
            )
            problem = done.stderr[-500:] if done.returncode else b""
        except subprocess.TimeoutExpired:
            problem = b"timeout"
        output.seek(0)
        drawn = _frames(output.read())
    if problem:
        _log.warning("evidence.page_failed", digest=source.digest, pages=numbers, said=problem)
    for place, number in enumerate(numbers):
        path = cache.page_path(source.digest, size, number)
        if place < len(drawn) and drawn[place]:
            cache.keep(path, drawn[place])
        else:
            cache.note_failure(path)


def _frames(content: bytes) -> list[bytes]:
    """Return the whole images in what the child wrote; a cut-off last one is left out."""
    found, at = [], 0
    while at + 4 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        piece = content[at + 4 : at + 4 + length]
        if len(piece) < length:
            break
        found.append(piece)
        at += 4 + length
    return found


def _broken(number: int) -> PageBroken:
    return PageBroken(f"第 {number} 页无法生成图像，请下载原件查看；打不开原件的，请企业重新导出后上传。")
