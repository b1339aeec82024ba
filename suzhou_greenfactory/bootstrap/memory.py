"""How much memory a process and everything below it use (Linux)."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self


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


class Peak:
    """The most this process and its descendants used while the block ran, sampled twice a second."""

    def __init__(self) -> None:
        self.value = 0
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._done.set()
        self._sampler.join()

    def _sample(self) -> None:
        while True:
            self.value = max(self.value, of_descendants(os.getpid()))
            if self._done.wait(0.5):
                return
