"""Open data: the directory as Excel, CSV and JSON with the same columns, and the dictionary that explains them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.core.audience import open_to_all
from apps.core.moment import SHANGHAI, DatabaseClock
from apps.documents.sheets import Column, Kind, SheetTable, safe_text, write_table_xlsx
from apps.portals.base.http import page
from apps.portals.public.directory import asked_of
from apps.titles import selectors as titles
from apps.titles.selectors import DirectoryRow

_SOURCE = "苏州市绿色工厂评价管理平台"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the open data: its key in JSON, its name in tables, its type and what it means."""

    key: str
    label: str
    kind: str
    meaning: str
    column: Column
    value: Callable[[DirectoryRow], object]


def _field(
    key: str,
    label: str,
    meaning: str,
    value: Callable[[DirectoryRow], object],
    *,
    kind: Kind = Kind.TEXT,
    width: int = 14,
) -> Field:
    shown = {Kind.INTEGER: "整数", Kind.DATE: "日期（YYYY-MM-DD）"}.get(kind, "文本")
    return Field(key, label, shown, meaning, Column(label=label, kind=kind, width=width), value)


FIELDS: tuple[Field, ...] = (
    _field(
        "id",
        "记录编号",
        "称号在名录中的固定编号；名录详情页地址即由它组成，不会改变。",
        lambda row: row.public_id,
    ),
    _field(
        "enterprise_name",
        "企业名称",
        "企业现用名称；更名后随之更新。",
        lambda row: row.enterprise_name,
        width=36,
    ),
    _field(
        "former_names",
        "曾用名",
        "获得称号后更名前的名称，多个用顿号分隔；没有的为空。",
        lambda row: "、".join(row.former_names),
        width=30,
    ),
    _field(
        "uscc",
        "统一社会信用代码",
        "18 位统一社会信用代码（GB 32100—2015）。",
        lambda row: row.uscc,
        kind=Kind.CODE,
        width=22,
    ),
    _field(
        "district_code", "属地代码", "市（区）行政区划代码；苏州工业园区为 SIP。", lambda row: row.district
    ),
    _field("district_name", "属地", "企业所在市（区）。", lambda row: row.district_name),
    _field(
        "industry_name",
        "行业",
        "国民经济行业分类（GB/T 4754—2017）小类名称。",
        lambda row: row.industry_name,
        width=26,
    ),
    _field(
        "level",
        "等级",
        "1 至 5，分别为 1A 至 5A；每家企业只列现有最高等级。",
        lambda row: row.level,
        kind=Kind.INTEGER,
        width=8,
    ),
    _field("state", "状态", "有效、整改中等；整改中的称号仍然有效。", lambda row: row.state_label, width=10),
    _field(
        "awarded_on", "评定日期", "作出评定决定的日期。", lambda row: row.awarded_on, kind=Kind.DATE, width=16
    ),
    _field("document_no", "文号", "评定文件的发文字号。", lambda row: row.document_no, width=26),
    _field(
        "certificate_no",
        "证书编号",
        "1A 至 3A 级证书的编号；4A、5A 级依国家和省级名单，没有本市证书，为空。",
        lambda row: row.certificate_no or "",
        kind=Kind.CODE,
        width=20,
    ),
)


def _plain(value: object) -> str | int:
    """Return a value as JSON and CSV print it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _rows(asked: dict[str, Any]) -> Iterator[Sequence[object]]:
    for row in titles.directory_rows(**asked):
        yield [field.value(row) for field in FIELDS]


def _xlsx(file: IO[bytes], rows: Iterator[Sequence[object]], on: date) -> None:
    table = SheetTable(
        title="苏州市绿色工厂名录",
        columns=tuple(field.column for field in FIELDS),
        rows=rows,
        subtitle=f"下载日期：{on.year}年{on.month}月{on.day}日　来源：{_SOURCE}",
        notes=("每家企业按现有最高等级列一行；整改中的称号仍然有效。",),
        sheet_name="名录",
    )
    write_table_xlsx(file, table)  # type: ignore[arg-type]  # a temporary file is a binary stream


def _csv(file: IO[bytes], rows: Iterator[Sequence[object]], on: date) -> None:
    del on
    # With the mark at the beginning spreadsheet programs read the Chinese text as UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([field.label for field in FIELDS])
    for row in rows:
        writer.writerow([value if isinstance(value, int) else safe_text(str(_plain(value))) for value in row])
    text.detach()


def _json(file: IO[bytes], rows: Iterator[Sequence[object]], on: date) -> None:
    stamp = titles.register_stamp()
    changed = stamp.changed_at.astimezone(SHANGHAI).isoformat() if stamp.changed_at else None
    head = {
        "title": "苏州市绿色工厂名录",
        "source": _SOURCE,
        "downloaded_on": on.isoformat(),
        "changed_at": changed,
    }
    file.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "results": [')
    for number, row in enumerate(rows):
        line = {field.key: _plain(value) for field, value in zip(FIELDS, row, strict=True)}
        file.write((b",\n" if number else b"\n") + json.dumps(line, ensure_ascii=False).encode())
    file.write(b"\n]}\n")


_WRITERS: dict[str, tuple[Callable[[IO[bytes], Iterator[Sequence[object]], date], None], str]] = {
    "xlsx": (_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (_csv, "text/csv; charset=utf-8"),
    "json": (_json, "application/json; charset=utf-8"),
}


@open_to_all
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """Hand out the filtered directory as Excel (unless `kind` says csv or json); written in portions."""
    asked, today = asked_of(request), DatabaseClock().now().on
    kind = request.GET.get("kind", "")
    kind = kind if kind in _WRITERS else "xlsx"
    write, content_type = _WRITERS[kind]
    # The table is complete before the transaction ends: a download never breaks off half-way.
    file = TemporaryFile()  # noqa: SIM115  (FileResponse closes it)
    write(file, _rows(asdict(asked)), today)
    file.seek(0)
    name = f"苏州市绿色工厂名录{today:%Y%m%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


@open_to_all
@require_safe
def about(request: HttpRequest) -> HttpResponseBase:
    """Explain the open data: formats, every column, how often it changes, and the interface for programs."""
    stamp = titles.register_stamp()
    here = reverse("public:directory_download")
    return page(
        request,
        "public/opendata.html",
        {
            "fields": FIELDS,
            "formats": [
                ("Excel（.xlsx）", f"{here}?kind=xlsx", "适合直接查看和打印。"),
                ("CSV（.csv）", f"{here}?kind=csv", "UTF-8 编码，首行为字段名称，适合导入其他系统。"),
                ("JSON（.json）", f"{here}?kind=json", "字段标识见下表，适合程序读取。"),
            ],
            "changed_at": stamp.changed_at,
            "interface": request.build_absolute_uri(reverse("api:titles")),
            "crumbs": [("首页", "/"), ("绿色工厂名录", reverse("public:directory")), ("数据下载与说明", "")],
        },
    )
