"""Papers: a one-page notice, a report of forty pages, a hundred certificates; the child's own peak memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from apps.documents.rendering.engine import Renderer, RenderOptions
from apps.documents.rendering.paper import render_paper
from apps.documents.rendering.papers import (
    Certificate,
    Contact,
    ListedEnterprise,
    Paper,
    PublicNotice,
    Section,
    SelfEvaluationReport,
    Verification,
)
from apps.documents.word.filling import fill_paper
from suzhou_greenfactory.benchmarks.measuring import Figure

_DAY = date(2026, 11, 22)
_CERTIFICATES = 100
_PARAGRAPHS = 17
_TEXT = (
    "企业建立并运行能源管理体系，开展能源计量、统计和分析，实施余热回收和光伏改造，按规定核算温室气体排放。"
    * 5
)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Papers made in one child: pages in all, seconds of the first and of all, peak memory of the child."""

    pages: int
    first: float
    total: float
    peak_mb: float


def figures() -> Iterator[Figure]:
    """Yield seconds and memory; floors of the design in brackets."""
    one = _measured([_notice()])
    yield Figure("一页公示（含启动渲染进程，下限 0.3—0.7 秒不含启动）", _said(one))
    warm = _measured([_notice(), replace(_notice(), batch="2026年第三批")])
    yield Figure("一页公示（进程已启动，下限 0.3—0.7 秒）", f"{warm.total - warm.first:.2f} 秒")
    yield Figure("长篇评价报告（下限 40 页 6—9 秒）", _said(_measured([_report()])))
    many = _measured([_certificate(number) for number in range(_CERTIFICATES)])
    speed = _CERTIFICATES / many.total
    yield Figure(f"{_CERTIFICATES} 份证书（下限每核每秒 1 份）", f"{_said(many)}，每秒 {speed:.1f} 份")
    started = time.perf_counter()
    size = len(fill_paper(_report()).content)
    yield Figure("同一报告的 Word 文件", f"{time.perf_counter() - started:.2f} 秒，{size / 1024:.0f} KB")


def _measured(papers: list[Paper]) -> _Measured:
    with Renderer(RenderOptions(prefer_installed_fonts=False)) as renderer:
        started = time.perf_counter()
        pages = render_paper(papers[0], renderer=renderer).pages
        first = time.perf_counter() - started
        pages += sum(render_paper(paper, renderer=renderer).pages for paper in papers[1:])
        return _Measured(pages, first, time.perf_counter() - started, _peak_mb(renderer.pid))


def _peak_mb(pid: int | None) -> float:
    """Return the peak of resident memory of a process in MB; nought where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return 0.0
    for line in status.read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _said(measured: _Measured) -> str:
    return f"{measured.pages} 页，{measured.total:.2f} 秒，渲染进程内存峰值 {measured.peak_mb:.0f} MB"


def _notice() -> PublicNotice:
    return PublicNotice(
        issuer="苏州市工业和信息化局",
        dated=_DAY,
        batch="2026年第二批",
        level="3A",
        enterprises=(ListedEnterprise(name="昆山示例材料有限公司", district="昆山市"),),
        starts_on=_DAY,
        ends_on=_DAY,
        working_days=5,
        contact=Contact(person="顾晓岚", phone="0512-00000000"),
        supervision_phone="0512-00000001",
    )


def _certificate(number: int) -> Certificate:
    return Certificate(
        issuer="苏州市工业和信息化局",
        dated=_DAY,
        number=f"SZLC-3A-2026-{number:04d}",
        enterprise=f"苏州示例第{number}精密机械有限公司",
        uscc="91320583MA1N7K3T2L",
        level="3A",
        batch="2026年第二批",
        verification=Verification(url=f"https://green.example.invalid/verify/{number}"),
    )


def _report() -> SelfEvaluationReport:
    part = (_TEXT,) * _PARAGRAPHS
    return SelfEvaluationReport(
        issuer="昆山示例材料有限公司",
        dated=_DAY,
        application_number="BENCH",
        enterprise="昆山示例材料有限公司",
        uscc="91320583MA1N7K3T2L",
        district="昆山市",
        applied_level="3A",
        scheme="SZGF-2023R1",
        prepared_by="昆山示例材料有限公司",
        profile=(),
        overview=part,
        conditions=tuple(Section(heading=f"第{number}方面", paragraphs=part) for number in range(1, 7)),
        conclusion=part,
        next_steps=part,
        requirements=(),
        dimensions=(),
        total=Decimal("88.60"),
        level="3A级",
        evidence=(),
    )
