"""The catalogue of bad files, row by row (U: uploads, X: workbooks): what each does, and the sentence a user reads.

One case for every row that a file alone decides; the many shapes of a row, and the rows that need a case of an
enterprise (U01-U03, U22-U26), are tested beside the code that refuses them (`tests/unit/evidence`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from django.test import Client

from apps.core.errors import DomainError
from apps.documents import services as papers
from apps.documents.selectors import ImportFile
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.inspection.probe import inspect
from tests.unit.evidence import samples
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import honest, row
from tests.worlds import credit_code

_BILLION = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><a>&lol;</a>'


@dataclass
class Bench:
    """Where bad files are tried; people and their case are made only for the rows that need them."""

    request: pytest.FixtureRequest
    patch: pytest.MonkeyPatch
    folder: Path

    @property
    def city(self) -> Desk:
        return cast("Desk", self.request.getfixturevalue("city"))

    @property
    def district(self) -> Desk:
        return cast("Desk", self.request.getfixturevalue("district"))


@pytest.fixture
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    return Bench(request, monkeypatch, tmp_path)


Case = Callable[[Bench], str]


def _refusal(act: Callable[[], object]) -> str:
    with pytest.raises((NotTaken, DomainError)) as refused:
        act()
    refusal = refused.value
    assert isinstance(refusal, NotTaken | DomainError)
    return refusal.message


def _file(name: str, content: bytes) -> Case:
    """A file that inspection refuses."""

    def attempt(bench: Bench) -> str:
        path = bench.folder / "received"
        path.write_bytes(content)
        return _refusal(lambda: inspect(path, name=name, most_pages=500))

    return attempt


def _crowded(fields: int, files: int) -> Case:
    def attempt(bench: Bench) -> str:
        bench.request.getfixturevalue("db")
        crowd: dict[str, Any] = {f"field{number}": "1" for number in range(fields)}
        crowd |= {f"file{number}": io.BytesIO(b"x") for number in range(files)}
        reply = Client().post("/accounts/login/", crowd)
        assert reply.status_code == 400
        return reply.content.decode()

    return attempt


def _workbook(content: Callable[[], bytes]) -> Case:
    """A workbook that the city sends; what is said of it."""
    return lambda bench: _said(bench.city.checked(content()))


def _said(found: ImportFile) -> str:
    assert not found.may_confirm
    lines = [f"{one['cell']} {one['reason']}" for one in found.findings if one["error"]]
    return " ".join([found.error, *lines])


def _of_another_district(bench: Bench) -> str:
    return _said(bench.district.checked(books.filled("enterprises", [row(8, district="吴中区")])))


def _many_bad_lines(bench: Bench) -> str:
    lines = [row(number, uscc="1") for number in range(105)]
    found = bench.city.checked(books.filled("enterprises", [row(200), *lines]))
    copy = papers.marked_copy(actor=bench.city.actor, public_id=found.row.public_id).path.read_bytes()
    listed = openpyxl.load_workbook(io.BytesIO(copy))["问题清单"].max_row - 1
    assert not found.may_confirm, "the one good line waits for the others"
    return f"共 {found.row.faults} 处，页面 {len(found.findings)} 处，副本 {listed} 处"


def _folded_code(bench: Bench) -> str:
    found = bench.city.checked(books.filled("enterprises", [row(0, uscc=f"'{credit_code(500)}\u00a0\t\n")]))
    assert found.may_confirm, found.findings
    return " ".join(found.preview[0]["cells"])


def _sent_twice(bench: Bench) -> str:
    content = honest()
    bench.city.imported(content)
    return _refusal(lambda: bench.city.send(content, name="改了名.xlsx"))


def _xlsx(edit: Callable[[Any], None]) -> Case:
    return _workbook(lambda: books.edited(honest(), edit))


def _set(place: str, value: object, sheet: str = "企业名录") -> Callable[[Any], None]:
    return lambda book: book[sheet].__setitem__(place, value)


CATALOGUE: list[tuple[str, Case, str]] = [
    ("U04", _file("a.exe", b"MZ"), "不支持 .exe 文件。可上传：PDF、DOCX、XLSX、JPG、PNG"),
    ("U06", _file("a.pdf", b"<!DOCTYPE html><html></html>"), "文件内容不是 PDF，请用原始 PDF 文件上传"),
    ("U07", _file("a.docx", samples.pdf()), "扩展名与内容不一致（内容为 PDF）"),
    ("U08", _file("a.mht", b"MIME-Version: 1.0"), "不支持 SVG/网页文件，请导出为 PDF 或 PNG"),
    ("U09", _file("a.pdf", samples.encrypted_pdf()), "PDF 已加密，无法审阅，请去除密码后上传"),
    ("U10", _file("a.pdf", samples.pdf(9)[:300]), "PDF 已损坏，无法打开"),
    ("U12", _file("a.pdf", samples.pdf(501)), "页数 501，超过 500 页上限"),
    (
        "U13",
        _file("a.docx", samples.office("docx", {"word/vbaProject.bin": b"x"})),
        "文档含宏，请另存为不含宏",
    ),
    ("U14", _file("a.docx", samples.ole(encrypted=True)), "文档已加密，请取消密码"),
    ("U15", _file("a.et", samples.ole(encrypted=False)), "请另存为 DOCX/XLSX 后上传（WPS：文件→另存为）"),
    ("U18", _file("a.xlsx", samples.office("xlsx", {"xl/styles.xml": _BILLION})), "文件结构异常，未接收"),
    ("U19", _file("a.png", samples.huge_png()), "图片 30000×30000 像素，超过 10000×10000"),
    ("U20", _file("a.jpg", samples.picture("JPEG", size=(900, 900))[:700]), "图片无法读取"),
    ("U21", _file("a.pdf", samples.eicar()), "检测到病毒，文件已拒绝"),
    ("U27", _crowded(1501, 0), "提交内容过多，什么都没有保存"),
    ("U27", _crowded(0, 51), "提交内容过多，什么都没有保存"),
    ("X01", _xlsx(_set("A3", "2025", "_gf")), "请使用 2026 版模板（下载）。当前：2025 版"),
    ("X02", _xlsx(lambda book: book["企业名录"].delete_cols(8)), "“企业名录”表第 2 行缺少列“联系电话”"),
    ("X04", _folded_code, credit_code(500)),
    ("X06", _xlsx(_set("D3", "=2650+1")), "D3 为公式，请粘贴为数值"),
    ("X06", _xlsx(_set("E3", "='[别的表.xlsx]Sheet1'!A1")), "E3 为公式，请粘贴为数值"),
    (
        "X07",
        _workbook(lambda: books.filled("enterprises", [row(0), row(1), row(0)])),
        "第 3、5 行的统一社会信用代码重复",
    ),
    ("X08", _of_another_district, "C3 该企业不属于本区"),
    ("X10", _many_bad_lines, "共 105 处，页面 100 处，副本 105 处"),
    ("X11", _sent_twice, "该文件已于 2026-11-22 10:00 由沈卫东导入"),
]


@pytest.mark.parametrize(
    ("attempt", "words"), [case[1:] for case in CATALOGUE], ids=[case[0] for case in CATALOGUE]
)
def test_row_of_the_catalogue(bench: Bench, attempt: Case, words: str) -> None:
    assert words in attempt(bench)
