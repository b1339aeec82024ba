"""A list of 14,000 rows written, and a workbook of 5,000 rows read, checked, rehearsed and imported.

Each is measured in a process of its own, so that the peak memory is its own; floors stand beside the figures
(PERFORMANCE.md: XlsxWriter alone 1.1 s for 20,000 × 5 cells; SECURITY L7: under 20 s and 200 MB).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from suzhou_greenfactory.benchmarks.measuring import Figure

_MEGA = 1024
_SECONDS = 300


def figures() -> Iterator[Figure]:
    """Yield seconds and peak memory of the export, the bare writer, and the import."""
    for what, name in (
        ("名单导出（14,000 行 × 14 列，XLSX）", "export"),
        ("仅写入器（14,000 行 × 14 列，底线）", "floor"),
        ("名录读取和逐格检查（5,000 行 × 15 列）", "read"),
        ("名录导入（5,000 家，一个事务，不含读取）", "apply"),
    ):
        found = _measured(name)
        yield Figure(what, _said(found))


def _said(found: dict[str, Any]) -> str:
    times = f"{found['seconds']:.1f} 秒（处理器 {found['processor']:.1f} 秒）"
    return f"{times}，峰值内存 {found['memory']:.0f} MB"


def _measured(name: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  (this very module)
        [sys.executable, "-m", "suzhou_greenfactory.benchmarks._spreadsheet_runs", name],
        capture_output=True,
        timeout=_SECONDS,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**answer, "memory": answer["kilobytes"] / _MEGA}
