"""What `manage.py verify` asks of this room: is every paper there, and is it the one that was made?"""

from __future__ import annotations

from collections.abc import Iterator

from apps.documents import storage
from apps.documents.models import StoredDocument


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every missing or changed file. Run as the system."""
    for row in StoredDocument.objects.order_by("pk").iterator(chunk_size=500):
        if not storage.intact(row.stored_name, row.sha256):
            yield f"文书 {row.public_id}（{row.title}）的文件缺失，或与生成时的摘要不符。"
