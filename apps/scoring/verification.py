"""What `manage.py verify` asks of this room: stored schemes, sums and digests against recomputation."""

from __future__ import annotations

from collections.abc import Iterator

from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.serialising import digest
from apps.scoring.models import Scheme, ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of, signed_content
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.states import SHEET_KINDS, SIGNED

_AT_A_TIME = 50


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every stored figure that recomputation does not give. Run as the system."""
    for scheme in Scheme.objects.order_by("pk").iterator(chunk_size=_AT_A_TIME):
        if digest(scheme.spec) != scheme.digest:
            yield f"评价体系 {scheme.code} 第 {scheme.version} 版的内容与摘要不符。"
    last = 0
    while True:
        sheets = list(
            ScoreSheet.objects.filter(pk__gt=last).select_related("scheme").order_by("pk")[:_AT_A_TIME]
        )
        if not sheets:
            return
        last = sheets[-1].pk
        entries: dict[int, list[ScoreEntry]] = {sheet.pk: [] for sheet in sheets}
        for entry in ScoreEntry.objects.filter(sheet__in=sheets):
            entries[entry.sheet_id].append(entry)
        for sheet in sheets:
            yield from _sheet_problems(sheet, entries[sheet.pk])


def _sheet_problems(sheet: ScoreSheet, entries: list[ScoreEntry]) -> Iterator[str]:
    name = f"{SHEET_KINDS[sheet.kind]} {sheet.public_id}"
    spec = spec_of_digest(sheet.scheme.digest)
    if {entry.item_code for entry in entries} != {item.code for item in spec.items}:
        yield f"{name}的条目与评价体系不符。"
        return
    result = result_of(sheet, entries, spec)
    total = result.total if result.answered else None
    if sheet.total != total:
        shown = "空" if total is None else points_text(total)
        yield f"{name}存储的总分 {sheet.total} 与重新计算的 {shown} 不符。"
    for entry in entries:
        scored = result.item(entry.item_code)
        if (entry.points, entry.item_state) != (scored.points, scored.state.value):
            yield f"{name}条目 {entry.item_code} 存储的得分与重新计算的不符。"
    if sheet.state == SIGNED and digest(signed_content(sheet, entries, result)) != sheet.digest:
        yield f"{name}的内容与签定摘要不符。"
