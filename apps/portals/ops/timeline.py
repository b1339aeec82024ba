"""系统将做什么 of the system administrator: the time machine by days, with filters and as a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Invalid
from apps.core.moment import DatabaseClock
from apps.deadlines.asked import USUAL_DAYS, asked_days
from apps.deadlines.forecast import Deed, matters
from apps.deadlines.timeline import Happening, Wanted, shown, timeline, told
from apps.documents.sheets import Column, Kind, SheetTable, safe_text, write_table_xlsx
from apps.portals.base.http import page
from apps.portals.base.posted import whole

_SHEET = "xlsx"
_COLUMNS = (
    Column(label="日期", kind=Kind.DATE, width=16),
    Column(label="时间", width=8),
    Column(label="类别", width=10),
    Column(label="内容", width=24),
    Column(label="事项", width=18),
    Column(label="编号", kind=Kind.CODE, width=28),
    Column(label="对象", width=30),
    Column(label="属地", width=12),
    Column(label="暂定", width=6),
    Column(label="收件人和渠道", width=48),
    Column(label="系统处理", width=44),
)


@audience(Role.SYSTEM_ADMIN)
@require_GET
def happenings(request: HttpRequest) -> HttpResponseBase:
    """Show what the engine will do in a range of days, or hand it out as Excel or CSV (`export`)."""
    today = DatabaseClock().now().on
    asked = {
        name: request.GET.get(name, "").strip() for name in ("from", "to", "deed", "kind", "district", "q")
    }
    refusal: Invalid | None = None
    start, end = today, today + timedelta(days=USUAL_DAYS)
    try:
        start, end = _range(asked["from"], asked["to"], today)
    except Invalid as invalid:
        refusal = invalid
    wanted = Wanted(asked["deed"], asked["kind"], asked["district"], asked["q"])
    actor = actor_of(request)
    export = request.GET.get("export", "")
    if export and refusal is None:
        return _download(actor, start, end, today, wanted, export)
    found = told(
        actor=actor, start=start, end=end, on=today, wanted=wanted, page=whole(request.GET.get("page")) or 1
    )
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "found": found,
        "asked": asked | {"from": asked["from"] or start.isoformat(), "to": asked["to"] or end.isoformat()},
        "start": start,
        "end": end,
        "query": kept.urlencode(),
        "deeds": [(deed.value, deed.label) for deed in Deed],
        "kinds": list(matters().items()),
        "districts": [(row.code, row.short_name) for row in accounts.districts()],
    }
    return page(request, "ops/timeline.html", context, refusal=refusal)


def _range(sent_from: str, sent_to: str, today: date) -> tuple[date, date]:
    """Return the days asked for.

    Raises:
        Invalid: not days, in the wrong order, before today, or too many.
    """
    return asked_days(_day(sent_from, "from"), _day(sent_to, "to"), today=today)


def _day(sent: str, name: str) -> date | None:
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise Invalid.of(name, "日期无效，示例：2026-12-05。") from None


def _download(
    actor: Actor, start: date, end: date, today: date, wanted: Wanted, kind: str
) -> HttpResponseBase:
    events = timeline(actor=actor, start=start, end=end, on=today, wanted=wanted)
    rows = _rows(actor, events)
    file = TemporaryFile()  # noqa: SIM115  (FileResponse closes it)
    if kind == _SHEET:
        table = SheetTable(
            title="系统将要办理的事项",
            columns=_COLUMNS,
            rows=rows,
            subtitle=f"{start:%Y-%m-%d} 至 {end:%Y-%m-%d}　按 {today:%Y-%m-%d} 的记录推算",
            notes=("仅依据已存的记录推算；此后的办理会使其改变。",),
            sheet_name="时间线",
        )
        write_table_xlsx(file, table)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        kind, content_type = "csv", "text/csv; charset=utf-8"
        _csv(file, rows)
    file.seek(0)
    name = f"系统将要办理的事项{start:%Y%m%d}-{end:%Y%m%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def _rows(actor: Actor, events: Sequence[Happening]) -> Iterator[Sequence[object]]:
    for line in shown(actor=actor, events=events):
        event = line.event
        yield (
            event.on,
            f"{event.at:%H:%M}",
            event.deed.label,
            event.what,
            event.kind_label,
            event.number,
            event.name,
            line.district,
            "是" if event.provisional else "",
            "；".join(f"{whose}：{ways}" for whose, ways in line.told),
            event.follows,
        )


def _csv(file: IO[bytes], rows: Iterator[Sequence[object]]) -> None:
    # With the mark at the beginning spreadsheet programs read the Chinese text as UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.label for column in _COLUMNS])
    for row in rows:
        writer.writerow(
            [value.isoformat() if isinstance(value, date) else safe_text(str(value)) for value in row]
        )
    text.detach()
