"""Evidence: the first page of a 100-page PDF, a dozen thumbnails, a page drawn before; taking the file in."""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
from django.conf import settings
from django.test import override_settings

from apps.evidence.inspection.probe import inspect
from apps.evidence.rendering import cache
from apps.evidence.rendering.drawing import THUMB, Source, page_image
from apps.evidence.rendering.watermark import marked
from suzhou_greenfactory.benchmarks.measuring import Figure, median_seconds

_PAGES = 100
_RUNS = 7
_DIGEST = "be" * 32
_MARK = "示例人员 示例单位 2026-11-22 10:00 仅供评审"


def figures() -> Iterator[Figure]:
    """Yield milliseconds and the peak memory of the child processes, on a text page repeated a hundred times."""
    with tempfile.TemporaryDirectory() as folder, override_settings(GF_PAGE_CACHE_DIR=Path(folder) / "pages"):
        path = Path(folder) / "hundred.pdf"
        path.write_bytes(_hundred_pages())
        source = Source(path, "pdf", _DIGEST, _PAGES)
        size = f"{_PAGES} 页 PDF（{path.stat().st_size / 1024 / 1024:.1f} MB）"
        checked = median_seconds(lambda: inspect(path, name="a.pdf", most_pages=500), 3)
        yield Figure(f"上传检查，{size}", f"{checked * 1000:.0f} 毫秒")
        for label, number, wide in (("首页", 1, "m"), ("末页", _PAGES, "m"), ("放大的首页", 1, "l")):
            yield Figure(f"{label}首次生成，{size}", _milliseconds(_fresh(source, number, wide)))
        yield Figure("12 张缩略图首次生成", _milliseconds(_fresh(source, 1, THUMB)))
        drawn = page_image(source, 1, "m")
        seconds = median_seconds(lambda: marked(page_image(source, 1, "m"), _MARK), _RUNS)
        yield Figure(
            "已生成的页面加水印", f"{seconds * 1000:.0f} 毫秒，{len(marked(drawn, _MARK)) / 1024:.0f} KB"
        )
        yield Figure("子进程峰值内存", f"{_children_peak_mb():.0f} MB")


def _fresh(source: Source, number: int, size: str) -> Callable[[], object]:
    """Return the drawing of a page that was never drawn before."""

    def draw() -> object:
        cache.drop(source.digest)
        return page_image(source, number, size)

    return draw


def _milliseconds(act: Callable[[], object]) -> str:
    times = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return f"{sorted(times)[len(times) // 2] * 1000:.0f} 毫秒（最慢 {max(times) * 1000:.0f}）"


def _hundred_pages() -> bytes:
    sample = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "energy-statistics-sample.pdf"
    document, target = pypdfium2.PdfDocument.new(), io.BytesIO()
    with pypdfium2.PdfDocument(sample) as page:
        for _ in range(_PAGES):
            document.import_pages(page)
    document.save(target)
    document.close()
    return target.getvalue()


def _children_peak_mb() -> float:
    """Return the largest resident size any child of this process had (Linux counts in KB)."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
