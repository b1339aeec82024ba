"""Where the bytes lie: outside the web root, under names of ours, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from apps.core.errors import DomainError

_log = structlog.get_logger(__name__)
_FOLDER = "evidence"
_INCOMING = ".incoming"
_CHUNK = 1 << 20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
#: Stored names given out inside `noting_kept`; None outside.
_KEPT: ContextVar[list[str] | None] = ContextVar("evidence_kept", default=None)


class StorageFull(DomainError):
    """The disk has no room: 507, nothing was kept."""

    status = 507


class TooLarge(Exception):
    """More bytes came than are allowed."""


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that have arrived in the waiting place."""

    path: Path
    size: int
    digest: str


def receive(chunks: Iterable[bytes], *, most: int) -> Received:
    """Write *chunks* to the waiting place, counting and digesting; at most *most* bytes.

    Raises:
        TooLarge: more came.
        StorageFull: the disk is full; what was written is gone again.
    """
    folder = _root() / _INCOMING
    path = folder / secrets.token_hex(16)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        size, digest = _write(path, chunks, most)
    except BaseException as error:
        discard(path)
        _tell_full(error)
        raise
    return Received(path, size, digest)


def _write(path: Path, chunks: Iterable[bytes], most: int) -> tuple[int, str]:
    hasher, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge
            hasher.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, hasher.hexdigest()


def keep(received: Received, *, folder: str = _FOLDER) -> str:
    """Move received bytes to their place in *folder* and return the stored name (relative to MEDIA_ROOT).

    Raises:
        StorageFull: the folder cannot be made.
    """
    name = secrets.token_hex(16)
    relative = f"{folder}/{name[:2]}/{name}"
    target = full_path(relative)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        received.path.replace(target)
    except OSError as error:
        discard(received.path)
        _tell_full(error)
        raise
    noted = _KEPT.get()
    if noted is not None and folder == _FOLDER:
        noted.append(relative)
    return relative


@contextmanager
def noting_kept() -> Iterator[list[str]]:
    """Give the list that every stored name kept inside the block is put on (files of this room's own folder)."""
    names: list[str] = []
    token = _KEPT.set(names)
    try:
        yield names
    finally:
        _KEPT.reset(token)


def restore(received: Received, stored_name: str) -> None:
    """Put received bytes where a lost file of the same digest belongs."""
    target = full_path(stored_name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    received.path.replace(target)


def discard(path: Path) -> None:
    """Remove a file that is not (or no longer) wanted; a missing one is fine."""
    path.unlink(missing_ok=True)


def full_path(stored_name: str) -> Path:
    """Return the absolute path of a stored name."""
    return Path(settings.MEDIA_ROOT) / stored_name


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    hasher = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            hasher.update(piece)
    return hasher.hexdigest()


def stored_names() -> Iterator[str]:
    """Yield the stored name of every file that lies in the folder."""
    for path in sorted(_root().glob("[0-9a-f][0-9a-f]/*")):
        yield f"{_FOLDER}/{path.parent.name}/{path.name}"


def waiting() -> Iterator[Path]:
    """Yield what lies in the waiting place: uploads under way, or left by a process that died."""
    yield from sorted((_root() / _INCOMING).glob("*"))


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / _FOLDER


def _tell_full(error: BaseException) -> None:
    """Turn "no space left" into a sentence; every other error stays what it is."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        _log.error("evidence.disk_full")
        raise StorageFull("服务器存储空间不足，文件未保存。请稍后重试，或联系系统管理员。") from error
