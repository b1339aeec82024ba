"""What `manage.py verify` asks of this room: has every register all its numbers, one after the other?"""

from __future__ import annotations

from collections.abc import Iterator

from apps.numbering.kinds import KINDS
from apps.numbering.models import NumberSeries


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every register with a gap. Run as the system."""
    for series in NumberSeries.objects.prefetch_related("numbers").order_by("pk"):
        given = sorted(row.ordinal for row in series.numbers.all())
        due = [*range(series.start, series.last + 1), *sorted(series.ahead)]
        if given != due:
            first, last = series.register.text(series.start), series.register.text(series.last)
            yield f"{KINDS[series.kind]}有缺号：应有{first}至{last}共{len(due)}个，实有{len(given)}个。"
