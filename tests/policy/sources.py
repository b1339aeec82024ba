"""The project's source texts by path, as the traceability functions take them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def project_sources() -> dict[str, str]:
    """Every Python file of apps and tests: path from the root → text."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for folder in ("apps", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
