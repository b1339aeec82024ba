"""Makes PDF from HTML in a child process that is bounded in time, memory, files and network.

One child can make many documents (certificates of a whole batch): see `Renderer`. Each document has its own
deadline; a child that overruns, runs out of memory or dies is ended by its process id and the next document
gets a new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from xml.sax.saxutils import escape

import structlog
from django.conf import settings

from apps.documents.rendering import fonts
from apps.documents.rendering.errors import (
    NATIVE_PACKAGES,
    MissingGlyph,
    RendererUnavailable,
    RenderFailed,
    RenderTimeout,
    RenderTooLarge,
)
from apps.documents.rendering.page import to_html

CHILD = Path(__file__).with_name("child.py")
#: Documents after which a child is replaced, so that its memory cannot creep up over a long batch.
JOBS_PER_CHILD = 100
#: How long a child may take to load its libraries; on a busy machine this is much longer than a page takes.
START_SECONDS = 60.0
SYSTEM_FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Limits and looks of a rendering.

    `seconds`: of the clock and of the processor, for one document. `memory_mb`: address space of the child.
    `most_pages`: longer documents are refused. `most_html_bytes`: larger input is refused before any work.
    `prefer_installed_fonts`: the bureau's own licensed fonts (仿宋_GB2312, 方正小标宋 …) win where installed;
    without it the same data gives the same bytes on every machine.
    `variant`: a PDF variant such as "pdf/a-3a" for archives, or None.
    """

    seconds: float = 60.0
    memory_mb: int = 1024
    most_pages: int = 500
    most_html_bytes: int = 8 * 1024 * 1024
    prefer_installed_fonts: bool = True
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished document: its bytes, number of pages and SHA-256 (hex) of the bytes.

    `warnings`: what the renderer did not understand; tests demand that there are none.
    """

    content: bytes
    pages: int
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RendererStatus:
    """Whether PDF can be made on this machine.

    `missing`: packages to install, empty when all is well; `available` may be true with a package missing:
    documents then take much longer.
    """

    available: bool
    missing: tuple[str, ...]


class _Overrun(Exception):
    """The deadline of a document has passed."""


class Renderer:
    """A renderer that may be used for many documents, as a context manager. Not for use by two threads."""

    def __init__(self, options: RenderOptions | None = None) -> None:
        self.options = options or RenderOptions()
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._errors: IO[bytes] | None = None
        self._done = 0
        self.subsetter = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that makes the documents, None before the first one."""
        return self._child.pid if self._child is not None else None

    def render(self, template: str, context: Mapping[str, Any]) -> RenderedPdf:
        """Make the document of a template below `templates/documents/` (autoescaped) and its context.

        Raises MissingGlyph, RenderTooLarge, RenderTimeout, RendererUnavailable or RenderFailed.
        """
        return self.render_html(to_html(template, context))

    def render_html(self, html: str) -> RenderedPdf:
        """Make the document of finished HTML; same errors as `render`."""
        options = self.options
        encoded = html.encode()
        if len(encoded) > options.most_html_bytes:
            raise RenderTooLarge
        reading = fonts.read(html)
        if missing := reading.missing:
            raise MissingGlyph(tuple(missing), tuple(missing.values()))
        job = {
            "html": html,
            "fonts": fonts.style_sheet(reading.faces(), prefer_installed=options.prefer_installed_fonts),
            "identifier": hashlib.sha256(encoded).hexdigest()[:32],
            "seconds": options.seconds,
            "most_pages": options.most_pages,
            "variant": options.variant,
        }
        return self._ask(job)

    def close(self) -> None:
        """End the child and remove its folder."""
        child, self._child = self._child, None
        if child is not None:
            if child.stdin is not None:
                try:
                    child.stdin.close()
                except BrokenPipeError:
                    logger.debug("renderer_gone", pid=child.pid)
            if child.stdout is not None:
                child.stdout.close()
            child.kill()
            child.wait()
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def start(self) -> None:
        """Start the child unless it runs; raises RendererUnavailable when its libraries are not installed."""
        if self._child is not None and self._child.poll() is None and self._done < JOBS_PER_CHILD:
            return
        self.close()
        self._done = 0
        self._folder = tempfile.TemporaryDirectory(prefix="gf-pdf-")
        folder = Path(self._folder.name)
        self._errors = (folder / "errors.txt").open("w+b")
        limits = {
            "memory_bytes": self.options.memory_mb * 1024 * 1024,
            "file_bytes": 128 * 1024 * 1024,
        }
        self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and file; nothing of a user is in it)
            [sys.executable, "-P", "-s", str(CHILD), json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=folder,
            env=_environment(folder, system_fonts=self.options.prefer_installed_fonts),
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        try:
            hello = json.loads(self._read(deadline))
        except _Overrun as overrun:
            self.close()
            raise RenderTimeout(START_SECONDS) from overrun
        except EOFError as error:
            detail = self._last_errors()
            self.close()
            raise RenderFailed(detail) from error
        if not hello["ok"]:
            self.close()
            logger.error("renderer_unavailable", detail=hello["detail"])
            raise RendererUnavailable
        self.subsetter = bool(hello["subsetter"])

    def _ask(self, job: Mapping[str, Any]) -> RenderedPdf:
        self.start()
        self._done += 1
        deadline = time.monotonic() + self.options.seconds
        try:
            self._write(json.dumps(job).encode())
            reply = json.loads(self._read(deadline))
            if reply["ok"]:
                content = self._read(deadline)
                return RenderedPdf(
                    content=content,
                    pages=reply["pages"],
                    sha256=hashlib.sha256(content).hexdigest(),
                    warnings=tuple(reply["warnings"]),
                )
        except _Overrun as overrun:
            self.close()
            raise RenderTimeout(self.options.seconds) from overrun
        except (EOFError, BrokenPipeError) as error:
            raise self._post_mortem() from error
        raise self._refusal(reply)

    def _refusal(self, reply: Mapping[str, Any]) -> Exception:
        """The error that an answer of the child stands for."""
        detail = str(reply["detail"])
        if reply["kind"] == "pages":
            return RenderTooLarge(
                f"文书共 {detail} 页，超过 {self.options.most_pages} 页的上限。请精简内容或分开生成。"
            )
        if reply["kind"] == "memory":
            self.close()
            return RenderTooLarge()
        if reply["kind"] == "glyphs":
            return MissingGlyph(tuple(detail))
        logger.error("renderer_failed", detail=detail)
        return RenderFailed(detail)

    def _post_mortem(self) -> Exception:
        """Why the child died: by its processor limit, for want of memory, or otherwise."""
        child = self._child
        code = child.wait() if child is not None else None
        detail = f"exit {code}: {self._last_errors()}"
        self.close()
        logger.error("renderer_died", detail=detail)
        if code is not None and -code in _CPU_SIGNALS:
            return RenderTimeout(self.options.seconds)
        if any(sign in detail for sign in _SIGNS_OF_NO_MEMORY):
            return RenderTooLarge()
        return RenderFailed(detail)

    def _last_errors(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode("utf-8", "replace").strip()

    def _write(self, frame: bytes) -> None:
        if self._child is None or self._child.stdin is None:
            raise EOFError
        self._child.stdin.write(struct.pack(">I", len(frame)) + frame)
        self._child.stdin.flush()

    def _read(self, deadline: float) -> bytes:
        """One frame of the child, or _Overrun, or EOFError when it is gone."""
        (length,) = struct.unpack(">I", self._take(4, deadline))
        return self._take(length, deadline)

    def _take(self, length: int, deadline: float) -> bytes:
        if self._child is None or self._child.stdout is None:
            raise EOFError
        pipe = self._child.stdout.fileno()
        parts: list[bytes] = []
        while length > 0:
            ready, _w, _x = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _Overrun
            part = os.read(pipe, min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


#: What Python, GLib and the C library say last when the address space is used up.
_SIGNS_OF_NO_MEMORY = ("MemoryError", "failed to allocate", "Cannot allocate memory", "Error creating thread")
_CPU_SIGNALS = frozenset({9, 24})  # SIGKILL (hard limit), SIGXCPU (soft limit)


def _environment(folder: Path, *, system_fonts: bool) -> dict[str, str]:
    """The child's environment: a fontconfig of its own, its own folder for temporary files, no secrets."""
    home = Path.home()
    folders = (*SYSTEM_FONT_FOLDERS, f"{home}/.fonts", f"{home}/.local/share/fonts") if system_fonts else ()
    configuration = folder / "fonts.conf"
    configuration.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'urn:fontconfig:fonts.dtd'><fontconfig>"
        + "".join(f"<dir>{escape(name)}</dir>" for name in folders)
        + "<cachedir>/var/cache/fontconfig</cachedir><cachedir prefix='xdg'>fontconfig</cachedir>"
        + "</fontconfig>",
        encoding="utf-8",
    )
    return {
        **settings.GF_LIBRARY_PATHS,
        "HOME": str(home),
        "PATH": "",
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "TMPDIR": str(folder),
        "FONTCONFIG_FILE": str(configuration),
    }


def render_pdf(
    template: str, context: Mapping[str, Any], *, options: RenderOptions | None = None
) -> RenderedPdf:
    """Make one document of a template below `templates/documents/`; see `Renderer.render` for the errors."""
    with Renderer(options) as renderer:
        return renderer.render(template, context)


def check_renderer(options: RenderOptions | None = None) -> RendererStatus:
    """Start a child and say whether PDF can be made here (for health pages and system checks)."""
    with Renderer(options) as renderer:
        try:
            renderer.start()
        except RendererUnavailable as error:
            return RendererStatus(available=False, missing=error.packages)
        return RendererStatus(available=True, missing=() if renderer.subsetter else (NATIVE_PACKAGES[2],))
