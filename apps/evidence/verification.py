"""What `manage.py verify` asks of this room: is every file there, and is it the one that was uploaded?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.storage import digest_of, full_path, stored_names


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every missing, changed or unknown file. Run as the system."""
    known: set[str] = set()
    for row in chain(
        EvidenceFile.objects.order_by("pk").iterator(chunk_size=500),
        BureauFile.objects.order_by("pk").iterator(chunk_size=500),
    ):
        known.add(row.stored_name)
        path, what = full_path(row.stored_name), row._meta.verbose_name
        if not path.is_file():
            yield f"{what} {row.public_id}（{row.display_name}）的文件不存在。"
        elif path.stat().st_size != row.size or digest_of(path) != row.digest:
            yield f"{what} {row.public_id}（{row.display_name}）的内容与上传时的摘要不符。"
    for name in stored_names():
        if name not in known:
            yield f"文件 {name} 没有对应的证明材料记录。"
