"""How much memory a process and everything below it use (Linux)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def of_descendants(root: int) -> int:
    """Return the bytes used by *root* and its descendants.

    Shared pages are counted once (proportional set size). Elsewhere than on Linux the answer is 0.
    """
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    wanted = {root}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in wanted} - wanted
        wanted |= more
        grown = bool(more)
    return sum(_proportional(pid) for pid in wanted)


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
