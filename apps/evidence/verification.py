"""What `manage.py verify` asks of this room: is every file there, and is it the one that was uploaded?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from apps.core.moment import DatabaseClock
from apps.evidence.models import BureauFile, EvidenceFile
from apps.evidence.services import damage_of, stale_before
from apps.evidence.storage import full_path, stored_names


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every missing, changed or unknown file. Run as the system.

    A file without a row is a fault only when the daily cleaning should have taken it: a younger one belongs to an
    upload that is under way, or was refused after its bytes had arrived.
    """
    known: set[str] = set()
    for row in chain(
        EvidenceFile.objects.order_by("pk").iterator(chunk_size=500),
        BureauFile.objects.order_by("pk").iterator(chunk_size=500),
    ):
        known.add(row.stored_name)
        damage = damage_of(stored_name=row.stored_name, size=row.size, digest=row.digest)
        if damage:
            yield f"{row._meta.verbose_name} {row.public_id}（{row.display_name}）{damage}。"
    limit = stale_before(clock=DatabaseClock())
    for name in stored_names():
        if name not in known and full_path(name).stat().st_mtime < limit:
            yield f"文件 {name} 没有对应的证明材料记录。"
