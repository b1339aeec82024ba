"""Where papers lie: outside the web root, named by their own digest, written whole or not at all.

A name that follows from the content makes writing repeatable: when the process dies between file and row, the next
attempt writes the same file again, and nothing is left over.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_FOLDER = "documents"
_CHUNK = 1 << 20


def keep(content: bytes) -> str:
    """Write *content* and return its stored name (relative to MEDIA_ROOT)."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{_FOLDER}/{digest[:2]}/{digest}"
    target = full_path(name)
    if target.is_file() and digest_of(target) == digest:
        return name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
    return name


class TooMuch(Exception):
    """More bytes came than are allowed; `size` is how many had come."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


def _at_most(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooMuch(size)
        yield chunk


def receive(chunks: Iterable[bytes], *, folder: str, most: int) -> tuple[str, int, str]:
    """Write what is sent under a name of ours; return stored name, bytes and SHA-256.

    Raises:
        TooMuch: more than *most* bytes came; nothing is kept.
    """
    token = secrets.token_hex(16)
    name = f"{folder}/{token[:2]}/{token}"
    target = full_path(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            for chunk in _at_most(chunks, most):
                size += len(chunk)
                hasher.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return name, size, hasher.hexdigest()


def write_new(folder: str, write: Callable[[BinaryIO], None]) -> str:
    """Let *write* fill a new file of ours; return its stored name. Nothing is left when it fails."""
    token = secrets.token_hex(16)
    name = f"{folder}/{token[:2]}/{token}"
    target = full_path(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
            write(stream)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return name


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


def intact(stored_name: str, sha256: str) -> bool:
    """Return whether the file is there and still the one that was made."""
    path = full_path(stored_name)
    return path.is_file() and digest_of(path) == sha256
