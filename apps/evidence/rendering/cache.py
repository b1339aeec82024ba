"""Where page images without watermark lie: by the digest of the file, bounded, the longest unused go first."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

#: Changes when pages are drawn differently: older images are not used any more and fall out of the cache.
_GENERATION = "1"
_MB = 1024 * 1024
_POLL = 0.05
#: After this many seconds a page that could not be drawn is tried again.
_FAILURE_SECONDS = 600
#: What this process has written since it last looked at the size of the whole.
_written = 0
_LOOK_AFTER = 32 * _MB


class Busy(Exception):
    """Nobody was free to draw within the time allowed."""


def page_path(digest: str, size: str, number: int) -> Path:
    """Return where the image of a page belongs."""
    return folder(digest) / f"{size}-{number}.jpg"


def found(path: Path) -> bool:
    """Return whether *path* is there, and note that it was used."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def keep(path: Path, content: bytes) -> None:
    """Put *content* at *path*, whole or not at all."""
    global _written  # noqa: PLW0603  (one figure for the process; wrong by a race it only looks earlier or later)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    fresh.write_bytes(content)
    fresh.replace(path)
    _written += len(content)
    if _written > _LOOK_AFTER:
        _written = 0
        evict()


def note_failure(path: Path) -> None:
    """Remember that the page of *path* cannot be drawn, so that not every look at it starts a process."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.with_suffix(".failed").touch()


def has_failed(path: Path) -> bool:
    """Return whether drawing this page failed a short while ago."""
    try:
        return time.time() - path.with_suffix(".failed").stat().st_mtime < _FAILURE_SECONDS
    except FileNotFoundError:
        return False


def drop(digest: str) -> None:
    """Forget the pages of a file."""
    shutil.rmtree(folder(digest), ignore_errors=True)


def evict(*, most_bytes: int | None = None) -> int:
    """Delete what was not used for the longest time until the rest fits; return how many files went."""
    most = settings.GF_PAGE_CACHE_MB * _MB if most_bytes is None else most_bytes
    known = []
    for path in Path(settings.GF_PAGE_CACHE_DIR).glob("*/*/*/*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        known.append((status.st_mtime, status.st_size, path))
    total, gone = sum(size for _, size, _ in known), 0
    for _, size, path in sorted(known, key=lambda row: row[0]):
        if total <= most:
            break
        path.unlink(missing_ok=True)
        total -= size
        gone += 1
    return gone


@contextmanager
def alone(name: str, *, seconds: float) -> Iterator[None]:
    """Hold the lock *name* on this machine; several requests for pages of one file draw them once.

    Raises:
        Busy: another process held it all the time.
    """
    with _lock([f"{name}.lock"], seconds):
        yield


@contextmanager
def drawing(*, seconds: float) -> Iterator[None]:
    """Hold one of the few places of processes that draw, so that many viewers cannot exhaust the machine.

    Raises:
        Busy: no place came free.
    """
    with _lock([f"drawing-{place}.lock" for place in range(settings.GF_PAGE_RENDERERS)], seconds):
        yield


@contextmanager
def _lock(names: list[str], seconds: float) -> Iterator[None]:
    place = Path(settings.GF_PAGE_CACHE_DIR) / "locks"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handles = [os.open(place / name, os.O_RDWR | os.O_CREAT, 0o600) for name in names]
    try:
        _take_one(handles, time.monotonic() + seconds)
        yield
    finally:
        for handle in handles:
            os.close(handle)  # closing lets go of the lock, also when the process dies


def _take_one(handles: list[int], until: float) -> None:
    while True:
        for handle in handles:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return
        if time.monotonic() > until:
            raise Busy
        time.sleep(_POLL)


def folder(digest: str) -> Path:
    """Return the folder of everything drawn of one file."""
    return Path(settings.GF_PAGE_CACHE_DIR) / _GENERATION / digest[:2] / digest
