"""Whether a stored file is the one that was taken in: for `manage.py verify` of this room and of the rooms above."""

from __future__ import annotations

from apps.evidence.storage import digest_of, full_path


def damage_of(*, stored_name: str, size: int, digest: str) -> str:
    """Return what is wrong with a stored file as the end of a Chinese sentence; "" when nothing is.

    Args:
        stored_name: relative to the media folder.
        size: in bytes, as taken in.
        digest: SHA-256 in hexadecimal, as taken in.
    """
    path = full_path(stored_name)
    if not path.is_file():
        return "的文件不存在"
    if path.stat().st_size != size or digest_of(path) != digest:
        return "的内容与上传时的摘要不符"
    return ""
