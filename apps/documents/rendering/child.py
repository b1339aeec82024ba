"""The process that lays out pages: it reads HTML from standard input and writes PDF to standard output.

It runs apart from the site so that a document can use up neither its memory nor its time, and so that nothing
in a document can read a file or reach the network: only packaged assets (`asset:`) and small generated
images (`data:`) can be fetched. It imports WeasyPrint and the standard library, never the product: it is
started by path, with one argument, the limits as JSON.

Frames: four bytes of length (big endian), then the bytes. The first frame out says whether the renderer
works. Each request is one JSON frame; each answer is one JSON frame, followed by the PDF when it succeeded.
"""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import struct
import sys
import warnings
from base64 import b64decode
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ASSET_NAME = re.compile(r"asset:((?:css|fonts|images)/[a-z0-9-]+\.(?:css|woff2|svg|png))\Z")
ASSET_TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}
DATA_IMAGE = re.compile(r"data:image/(?:svg\+xml|png)[;,]")
#: A QR code is a few kilobytes; anything much larger is not ours.
DATA_LIMIT = 256 * 1024
#: Lines that break this much too early (a long address, a table of one word) look better ragged.
MOST_STRETCH_EM = 4.0
REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "urllib.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
)


def read_frame(stream: BinaryIO) -> bytes | None:
    """One frame, or None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:  # noqa: PLR2004  (the length of the length)
        return None
    return stream.read(struct.unpack(">I", head)[0])


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one frame."""
    stream.write(struct.pack(">I", len(content)) + content)
    stream.flush()


def answer(stream: BinaryIO, **fields: Any) -> None:
    """Write one JSON frame."""
    write_frame(stream, json.dumps(fields, ensure_ascii=False).encode())


def limit(memory_bytes: int, file_bytes: int) -> None:
    """Bound this process: address space, size of the files it writes, no core dump."""
    for kind, amount in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (amount, amount))
        except (ValueError, OSError):  # macOS has no limit of the address space
            continue


def out_of_memory(error: BaseException, memory_bytes: int) -> bool:
    """Whether an error comes from the limit of memory: C extensions then fail in words of their own."""
    if isinstance(error, MemoryError):
        return True
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # not Linux
        return False
    peak = re.search(r"VmPeak:\s*(\d+) kB", status)
    return peak is not None and int(peak[1]) * 1024 > 0.97 * memory_bytes


def limit_cpu(seconds: float) -> None:
    """Allow this many more seconds of processor time; then the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    """Audit hook, the second wall: whatever code asks, no socket and no other program from here on."""
    if event.startswith(REFUSED_EVENTS):
        raise PermissionError(event)


def fetcher() -> Any:
    """The only way to resources: an instance of WeasyPrint's `URLFetcher` that opens no URL at all."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class PackagedAssets(URLFetcher):  # type: ignore[misc, unused-ignore]
        """Packaged assets and generated images; anything else ends the document."""

        def __init__(self) -> None:
            super().__init__(timeout=1, allowed_protocols=("asset", "data"), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002  (WeasyPrint's signature)
            found = ASSET_NAME.match(url)
            if found is not None:
                path = ASSETS / found[1]
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": ASSET_TYPES[path.suffix]})
            if DATA_IMAGE.match(url) and len(url) <= DATA_LIMIT:
                head, _comma, body = url.partition(",")
                content = b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
                return URLFetcherResponse(url, content, {"Content-Type": head[5:].partition(";")[0]})
            raise FatalURLFetchingError(f"refused: {url[:80]}")

    return PackagedAssets()


def spread(context: Any, line: Any, extra_width: float) -> None:
    """Justify one line between all its characters, as Chinese text is set; WeasyPrint only widens spaces."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.text.line_break import create_layout

    texts: list[Any] = []

    def collect(box: Any) -> bool:
        if isinstance(box, boxes.TextBox):
            texts.append(box)
            return True
        if isinstance(box, (boxes.LineBox, boxes.InlineBox)):
            return all(collect(child) for child in box.children if child.is_in_normal_flow())
        return False

    plain = collect(line)
    gaps = sum(len(box.text) for box in texts) - 1
    if not plain or gaps < 1 or extra_width > MOST_STRETCH_EM * line.style["font_size"]:
        return
    step = extra_width / gaps

    def move(box: Any, shift: float) -> float:
        box.position_x += shift
        if isinstance(box, boxes.TextBox):
            style = box.style.copy()
            current = style["letter_spacing"]
            style["letter_spacing"] = step + (0 if current == "normal" else current)
            added = step * len(box.text)
            layout = create_layout(box.text, style, context, None, 0)
            layout.deactivate()
            box.style, box.pango_layout, box.width = style, layout, box.width + added
            return shift + added
        inside = shift
        for child in box.children:
            if child.is_in_normal_flow():
                inside = move(child, inside)
        box.width += inside - shift
        return inside

    move(line, 0)


class Messages(logging.Handler):
    """Keeps what WeasyPrint warns of: a style that it ignored is an error in a template of ours."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.lines: list[str] = []
        self.undrawn: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Sort a record: a character that was not drawn is told apart from other warnings."""
        if ".notdef" in str(record.msg) and record.args:
            self.undrawn.append(str(record.args[0]))  # type: ignore[index]
        self.lines.append(record.getMessage()[:300])


def render(job: dict[str, Any], configuration: Any) -> tuple[bytes, int, list[str], list[str]]:
    """The PDF of one job, its number of pages, the warnings and the characters that could not be drawn."""
    from weasyprint import CSS, HTML

    messages = Messages()
    logger = logging.getLogger("weasyprint")
    logger.handlers[:] = [messages]
    source = fetcher()
    page = HTML(string=job["html"], base_url="asset:", url_fetcher=source)
    fonts = CSS(string=job["fonts"], base_url="asset:", url_fetcher=source, font_config=configuration)
    document = page.render(font_config=configuration, stylesheets=[fonts], pdf_tags=True)
    if len(document.pages) > job["most_pages"]:
        return b"", len(document.pages), [], []
    content = document.write_pdf(
        pdf_tags=True, pdf_identifier=job["identifier"].encode("ascii"), pdf_variant=job["variant"]
    )
    return bytes(content), len(document.pages), messages.lines, messages.undrawn


def start(out: BinaryIO) -> Any:
    """Load the renderer and say whether it works; returns its font configuration or None."""
    warnings.simplefilter("ignore")
    try:
        from weasyprint.layout import inline
        from weasyprint.text import ffi
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:  # a native library is absent
        answer(out, ok=False, kind="unavailable", detail=str(error))
        return None
    if hasattr(inline, "justify_line"):
        inline.justify_line = spread
    configuration = FontConfiguration()
    answer(out, ok=True, subsetter=ffi.harfbuzz_subset is not None)
    return configuration


def serve(limits: dict[str, Any], source: BinaryIO, out: BinaryIO) -> int:
    """Answer jobs until the input ends."""
    limit(limits["memory_bytes"], limits["file_bytes"])
    configuration = start(out)
    if configuration is None:
        return 3
    # Libraries leave their bytecode behind, or every start would compile them anew; no document may leave anything.
    sys.dont_write_bytecode = True
    sys.addaudithook(refuse)
    while (frame := read_frame(source)) is not None:
        job = json.loads(frame)
        limit_cpu(job["seconds"])
        try:
            content, pages, lines, undrawn = render(job, configuration)
        except BaseException as error:  # noqa: BLE001  (fatal fetching errors are no Exceptions; all are reported)
            if out_of_memory(error, limits["memory_bytes"]):
                answer(out, ok=False, kind="memory", detail="")
                return 4
            answer(out, ok=False, kind="failed", detail=f"{type(error).__name__}: {error}"[:2000])
            continue
        if not content:
            answer(out, ok=False, kind="pages", detail=str(pages))
        elif undrawn:
            answer(out, ok=False, kind="glyphs", detail="".join(dict.fromkeys(undrawn)))
        else:
            answer(out, ok=True, pages=pages, warnings=lines[:50])
            write_frame(out, content)
    return 0


def main() -> int:
    """Keep the real standard output for frames; whatever prints goes to the error stream."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return serve(json.loads(sys.argv[1]), sys.stdin.buffer, out)


if __name__ == "__main__":
    sys.exit(main())
