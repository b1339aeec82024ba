"""Every bad workbook of the catalogue is refused by the rule that names it, before it costs memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import pytest

from apps.documents.imports.reading import RULES, WorkbookRefused
from apps.documents.services.importing import receiving
from apps.jobs.models import Job
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.worlds import credit_code

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def row(serial: int = 0, **changes: object) -> list[object]:
    values: dict[str, object] = {
        "name": f"昆山测试{serial}号有限公司",
        "uscc": credit_code(500 + serial),
        "district": "昆山市",
        "industry": "2651",
        "site": "昆山开发区测试路 1 号",
        "legal": "周敏",
        "contact": "沈洁",
        "phone": "13800000001",
    }
    values.update(changes)
    return [*values.values(), "", "", "", "", None, "", ""]


def honest() -> bytes:
    return books.filled("enterprises", [row()])


AT_THE_DOOR: list[tuple[str, str, Callable[[], bytes], str, str]] = [
    ("empty", "企业.xlsx", lambda: b"", "U01", "文件为空"),
    ("program", "企业.exe", lambda: b"MZ" + b"\x00" * 100, "U04", "不支持 .exe 文件"),
    ("csv", "企业.csv", "企业名称,代码".encode, "X01", "只接受 XLSX"),
    ("renamed csv", "企业.xlsx", "企业名称,代码\n甲,乙".encode, "X01", "文件内容不是 XLSX"),
    ("renamed html", "企业.xlsx", lambda: b"<html><table></table></html>", "X01", "文件内容不是 XLSX"),
    ("renamed pdf", "企业.xlsx", lambda: b"%PDF-1.7\n%%EOF", "U07", "扩展名与内容不一致"),
    ("page", "企业.html", lambda: b"<html></html>", "U08", "不支持 SVG/网页文件"),
    ("archive", "企业.zip", honest, "U13", "不支持压缩包"),
    ("macro name", "企业.xlsm", honest, "U13", "文档含宏"),
    ("macros", "企业.xlsx", lambda: books.with_macros(honest()), "U13", "文档含宏"),
    ("nested", "企业.xlsx", lambda: books.nested(honest()), "U13", "内嵌其他文件"),
    ("links", "企业.xlsx", lambda: books.with_links(honest()), "U13", "外部链接"),
    ("encrypted", "企业.xlsx", lambda: _OLE + "EncryptedPackage".encode("utf-16-le"), "U14", "文档已加密"),
    ("old", "企业.xls", lambda: _OLE, "U15", "另存为"),
    ("old renamed", "企业.xlsx", lambda: _OLE, "U15", "另存为"),
    ("wps", "企业.et", lambda: _OLE, "U15", "另存为"),
    ("laughs", "企业.xlsx", lambda: books.laughing(honest()), "U18", "文件结构异常"),
    ("bomb", "企业.xlsx", lambda: books.inflating(honest()), "U18", "文件结构异常"),
    ("truncated", "企业.xlsx", lambda: honest()[: len(honest()) // 2], "U10", "文件结构异常"),
    ("virus", "企业.xlsx", lambda: EICAR, "U21", "检测到病毒"),
]


@pytest.mark.parametrize(
    ("name", "content", "rule", "words"),
    [case[1:] for case in AT_THE_DOOR],
    ids=[case[0] for case in AT_THE_DOOR],
)
def test_refused_at_the_door(
    city: Desk, name: str, content: Callable[[], bytes], rule: str, words: str
) -> None:
    data = content()
    with pytest.raises(WorkbookRefused) as refusal:
        city.send(data, name=name)
    assert refusal.value.rule == rule
    assert words in refusal.value.message
    assert not Job.objects.exists(), "nothing was started"
    folder = receiving.storage.full_path("imports")
    assert not [path for path in folder.rglob("*") if path.is_file()], "nothing is kept"


def test_too_large_is_refused_while_it_comes(city: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_MB", 1)
    for announced in (3 * 1024 * 1024, 10):
        with pytest.raises(WorkbookRefused) as refusal:
            receiving.receive_import(
                actor=city.actor,
                clock=city.clock,
                kind="enterprises",
                name="企业.xlsx",
                size=announced,
                chunks=[b"x" * 700_000] * 4,
            )
        assert refusal.value.rule == "U02"
        assert "超过 1 MB 上限" in refusal.value.message


READ_BY_THE_JOB: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("far cell", lambda: books.far_cell(honest()), "R20", "XFD1048576 单元格远离表格"),
    ("sheets", books.many_sheets, "R20", "最多 20 张"),
    ("repacked only", lambda: books.repacked(honest(), {}), "", ""),
    ("wrong template", lambda: books.filled("experts", []), "X01", "其他导入的模板"),
    (
        "old version",
        lambda: books.edited(honest(), lambda book: book["_gf"].__setitem__("A3", "2025")),
        "X01",
        "请使用 2026 版模板（下载）。当前：2025 版",
    ),
    (
        "tampered key",
        lambda: books.edited(honest(), lambda book: book["_gf"].__setitem__("A4", "{")),
        "X01",
        "隐藏标识已被改动",
    ),
    ("no heads", lambda: books.plain([["随便", "写写"], [1, 2]]), "X02", "没有找到表头"),
    (
        "broken sheet",
        lambda: books.repacked(honest(), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
        "U10",
        "工作簿已损坏",
    ),
]


@pytest.mark.parametrize(
    ("content", "rule", "words"),
    [case[1:] for case in READ_BY_THE_JOB],
    ids=[case[0] for case in READ_BY_THE_JOB],
)
def test_refused_by_the_reader(city: Desk, content: Callable[[], bytes], rule: str, words: str) -> None:
    found = city.checked(content())
    if not rule:
        assert found.may_confirm, "the repacking itself changes nothing"
        return
    assert (found.row.state, found.refusal) == ("unreadable", rule)
    assert words in found.error
    assert not found.may_confirm


def test_far_cells_and_bombs_cost_no_memory_here(city: Desk) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    for _ in range(5):
        city.clock.set(city.clock.now())
        found = city.checked(books.far_cell(books.filled("enterprises", [row(_)])))
        assert found.refusal == "R20"
    assert time.monotonic() - started < 25
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 100 * 1024 * 1024


def test_a_styled_but_empty_far_cell_is_no_harm(city: Desk) -> None:
    content = books.with_cell(honest(), b'<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert city.checked(content).may_confirm


def test_too_many_rows(city: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    experts = [
        [f"ZJ{n:05d}", "张三", "高工", "单位", "", "", "", f"u{n}", f"u{n}@example.invalid", ""]
        for n in range(501)
    ]
    found = city.checked(books.filled("experts", experts), kind="experts")
    assert found.refusal == "R66"
    assert "一次最多导入 500 行" in found.error


def test_every_rule_of_the_table_is_tested_here_or_in_the_flow() -> None:
    tested = {case[3] for case in AT_THE_DOOR} | {case[2] for case in READ_BY_THE_JOB} | {"U02", "R66", "X11"}
    assert set(RULES.values()) <= tested
