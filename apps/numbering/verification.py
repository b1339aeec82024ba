"""What `manage.py verify` asks of this room: has every register all its numbers, one after the other?"""

from __future__ import annotations

from collections.abc import Iterator

from apps.numbering.models import NumberSeries


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every register with a gap. Run as the system."""
    for series in NumberSeries.objects.prefetch_related("numbers").order_by("pk"):
        given = sorted(row.ordinal for row in series.numbers.all())
        if given != list(range(series.start, series.last + 1)):
            yield f"文号{series}有缺号：应有{series.start}号至{series.last}号，实有{len(given)}个。"
