"""The catalogue of bad files, row by row (U: uploads, X: workbooks): what each does, and the sentence a user reads.

One case for every row; the many shapes of a row are tested beside the code that refuses them (`test_bad_files`,
`test_flow`, `tests/unit/evidence`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.errors import DomainError
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.documents import services as papers
from apps.documents.selectors import ImportFile
from apps.evidence import services as evidence
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.inspection.probe import inspect
from apps.evidence.models import EvidenceFile
from apps.evidence.services import uploading
from apps.policy.parameters import DEFAULTS
from apps.portals.base import views
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from tests.unit.evidence import samples
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import honest, row
from tests.unit.scoring import scenes
from tests.worlds import credit_code

#: Said here because the rows ask for people only when they need them: without it no test database would be made.
pytestmark = pytest.mark.django_db

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

    @property
    def scene(self) -> scenes.Scene:
        return cast("scenes.Scene", self.request.getfixturevalue("scene"))

    def upload(self, file: SimpleUploadedFile | None = None, **case: Any) -> evidence.StoredFile:
        """Upload a file for the scene's application."""
        scene = self.scene
        fields = {"editable": True, **case}
        made = evidence.Case(scene.application_id, scene.case.enterprise_id, scene.case.district, **fields)
        enter(scene.enterprise)
        sent = file or SimpleUploadedFile("年度报告.pdf", samples.pdf())
        return evidence.store_upload(actor=scene.enterprise, clock=scene.clock, upload=sent, case=made)

    def limited(self, **limits: int) -> None:
        """Let the bureau have chosen these limits."""
        chosen = replace(DEFAULTS, **limits)  # type: ignore[arg-type]  # names and values of parameters
        self.patch.setattr(uploading, "in_force", lambda **_: chosen)


@pytest.fixture
def scene(clock: FixedClock) -> scenes.Scene:
    return scenes.build(clock)


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


def _upload(file: Callable[[], SimpleUploadedFile], *, limits: dict[str, int], **case: Any) -> Case:
    """An upload that the service refuses, leaving nothing."""

    def attempt(bench: Bench) -> str:
        _ = bench.scene
        bench.limited(**limits)
        said = _refusal(lambda: bench.upload(file(), **case))
        assert not EvidenceFile.objects.exists()
        return said

    return attempt


def _long_name(bench: Bench) -> str:
    sent = SimpleUploadedFile("a.pdf", samples.pdf())
    sent._name = "字" * 300 + ".pdf"  # type: ignore[attr-defined]  # what a hand-made request carries
    return bench.upload(sent).name


def _cut_in_half(bench: Bench) -> str:
    class Cut(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            del chunk_size
            yield b"%PDF-1.4"
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        bench.upload(Cut("a.pdf", b"%PDF-1.4"))
    kept = [path for path in bench.folder.rglob("*") if path.is_file()]
    return f"{EvidenceFile.objects.count()} 行，{len(kept)} 个文件"


def _crowded(fields: int, files: int) -> Case:
    def attempt(bench: Bench) -> str:
        del bench
        crowd: dict[str, Any] = {f"field{number}": "1" for number in range(fields)}
        crowd |= {f"file{number}": io.BytesIO(b"x") for number in range(files)}
        reply = Client().post("/accounts/login/", crowd)
        assert reply.status_code == 400
        return reply.content.decode()

    return attempt


def _too_large_for_the_proxy(bench: Bench) -> str:
    """The proxy refuses the body and asks the platform for the page; both forms say the limit in force."""
    bench.patch.setattr(views, "in_force", lambda **_: replace(DEFAULTS, upload_file_mb=7))
    page = Client().get("/too-large/")
    answer = Client().get("/too-large/", headers={"Accept": "application/json"})
    assert page.status_code == answer.status_code == 413
    said = str(answer.json()["error"])
    assert said in page.content.decode()
    return said


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


def _closed_meanwhile(bench: Bench) -> str:
    """The sheet is handed in between the preview and the confirmation of its workbook."""
    scene = bench.scene
    scene.signed_self()
    sheet = scene.open_district().public_id
    desk = Desk(scene.district.handler, scene.clock)
    content = papers.import_template(actor=desk.actor, kind="score_sheet", params={"sheet": sheet}).content

    def fill(book: Any) -> None:
        book["评分表"]["F3"] = book["评分表"]["D3"].value

    found = desk.checked(books.edited(content, fill), kind="score_sheet", name="评分表.xlsx")
    assert found.may_confirm
    act: dict[str, Any] = {"actor": desk.actor, "clock": desk.clock, "public_id": sheet}
    scores.adopt_scores(**act)
    left = scoring.compare_view(actor=desk.actor, public_id=sheet).unanswered
    scores.adopt_scores(**act, item_codes=left)
    scores.sign_sheet(**act)
    later = desk.confirm(found.row.public_id)
    assert later.row.state != "applied"
    return later.error


def _xlsx(edit: Callable[[Any], None]) -> Case:
    return _workbook(lambda: books.edited(honest(), edit))


def _set(place: str, value: object, sheet: str = "企业名录") -> Callable[[Any], None]:
    return lambda book: book[sheet].__setitem__(place, value)


CATALOGUE: list[tuple[str, Case, str]] = [
    ("U01", _upload(lambda: SimpleUploadedFile("a.pdf", b""), limits={}), "文件为空，请重新选择文件"),
    (
        "U02",
        _upload(lambda: SimpleUploadedFile("a.pdf", bytes(1_200_000)), limits={"upload_file_mb": 1}),
        "文件 1.2 MB，超过 1 MB 上限，请压缩或拆分后上传",
    ),
    ("U02", _too_large_for_the_proxy, "单个文件最大 7 MB，请压缩或拆分后重新上传"),
    (
        "U03",
        _upload(
            lambda: SimpleUploadedFile("a.pdf", samples.pdf()), limits={"upload_files_per_application": 0}
        ),
        "附件最多 0 个（合计 ",
    ),
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
    ("U22", _long_name, "字" * 116 + ".pdf"),
    (
        "U24",
        lambda bench: bench.upload().message + bench.upload().message,
        "该文件已上传（年度报告.pdf），无需重复",
    ),
    (
        "U25",
        _upload(lambda: SimpleUploadedFile("a.pdf", samples.pdf()), limits={}, editable=False),
        "已提交，不能修改；如需补正，请联系属地",
    ),
    ("U26", _cut_in_half, "0 行，0 个文件"),
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
    ("X13", _closed_meanwhile, "评审已结束，评分表已锁定，不能修改"),
]


@pytest.mark.parametrize(
    ("attempt", "words"), [case[1:] for case in CATALOGUE], ids=[case[0] for case in CATALOGUE]
)
def test_row_of_the_catalogue(bench: Bench, attempt: Case, words: str) -> None:
    assert words in attempt(bench)
