"""The process that draws pages of an untrusted file; runs with hard limits and imports nothing of this product.

Started as `python -I child.py KIND PATH ORDER-JSON` with order `{"pages": [1, 2], "width": 1240, "memory_mb": …,
"seconds": …, "bytes": …}`. Writes each page to standard output as a four-byte number (big-endian length, 0 for a
page that cannot be drawn) followed by a JPEG, in the order asked for.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: A page is never drawn taller than this many times its width, nor larger than this many pixels.
_TALLEST = 4
_MOST_PIXELS = 16_000_000
_QUALITY = 90
_MB = 1024 * 1024


def limit_this_process(order: dict[str, Any]) -> None:
    """Bound processor time, output and address space; a system that cannot (macOS: RLIMIT_AS) keeps the rest."""
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["bytes"], order["bytes"]))
    try:
        most = order["memory_mb"] * _MB
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ValueError, OSError):
        return


def scale_of(size: tuple[float, float], width: int) -> float:
    """Return the factor that makes a page *width* pixels wide, less when it would become too tall or too large."""
    wide, tall = max(size[0], 1.0), max(size[1], 1.0)
    factor = min(width / wide, width * _TALLEST / tall) * (1 - 1e-9)  # PDFium rounds up
    pixels = wide * tall * factor * factor
    return factor if pixels <= _MOST_PIXELS else float(factor * (_MOST_PIXELS / pixels) ** 0.5)


def pages_of_pdf(path: Path, numbers: list[int], width: int) -> Iterator[Any]:
    """Draw pages of a PDF with PDFium; form fields are drawn as filled in, scripts never run."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    with contextlib.suppress(pypdfium2.PdfiumError):  # a broken form: the pages are drawn without it
        document.init_forms()
    for number in numbers:
        try:
            page = document[number - 1]
            bitmap = page.render(scale=scale_of(page.get_size(), width))
            yield bitmap.to_pil()
            page.close()
        except (pypdfium2.PdfiumError, IndexError):
            yield None


def page_of_image(path: Path, width: int) -> Iterator[Any]:
    """Draw a photograph upright (EXIF), on white where it is transparent, never larger than it is."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the pixels were counted when the file was taken in
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        image.draft("RGB", (width, width * _TALLEST))
        upright = ImageOps.exif_transpose(image)
        if upright.mode in {"RGBA", "LA", "PA", "P"}:
            upright = upright.convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            paper.alpha_composite(upright)
            upright = paper
        flat = upright.convert("RGB")
        flat.thumbnail((width, width * _TALLEST))
        yield flat


def encoded(picture: Any) -> bytes:
    """Return the picture as JPEG, nothing for no picture."""
    if picture is None:
        return b""
    target = io.BytesIO()
    picture.convert("RGB").save(target, "JPEG", quality=_QUALITY, subsampling=0)
    return target.getvalue()


def main(arguments: list[str]) -> int:
    """Run as a process."""
    kind, path, text = arguments
    order = json.loads(text)
    limit_this_process(order)
    drawn = (
        pages_of_pdf(Path(path), order["pages"], order["width"])
        if kind == "pdf"
        else page_of_image(Path(path), order["width"])
    )
    for picture in drawn:
        content = encoded(picture)
        sys.stdout.buffer.write(struct.pack(">I", len(content)) + content)
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
