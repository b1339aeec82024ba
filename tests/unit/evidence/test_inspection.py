"""What is taken and what is not: the catalogue of bad files, each with the sentence a user reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.evidence.inspection import active
from apps.evidence.inspection.detect import NotTaken
from apps.evidence.inspection.probe import inspect
from tests.unit.evidence import samples


def _inspect(tmp_path: Path, name: str, content: bytes, *, most_pages: int = 500) -> object:
    path = tmp_path / "received"
    path.write_bytes(content)
    return inspect(path, name=name, most_pages=most_pages)


_MACRO_TYPES = samples.DOCX_TYPES.replace(
    b"application/xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"
)
_BILLION = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><a>&lol;</a>'
_SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
_EXTERNAL = (
    '<Relationship Id="r1" Type="http://x/oleObject" Target="file:///c:/a.xlsx" TargetMode="External"/>'
)
_HYPERLINK = (
    '<Relationship Id="r1" Type="http://x/hyperlink" Target="https://example.invalid" TargetMode="External"/>'
)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("年度报告.pdf", samples.pdf(3), "pdf"),
        ("扫描件.PDF", b"\xef\xbb\xbf\r\n" + samples.pdf(), "pdf"),
        ("照片.jpg", samples.picture("JPEG"), "jpg"),
        ("照片.jpeg", samples.picture("JPEG", mode="CMYK"), "jpg"),
        ("截图.png", samples.picture("PNG"), "png"),
        ("台账.xlsx", samples.office("xlsx"), "xlsx"),
        ("说明.docx", samples.office("docx"), "docx"),
        (
            "带网址.docx",
            samples.office("docx", {"word/_rels/document.xml.rels": samples.relationships(_HYPERLINK)}),
            "docx",
        ),
    ],
)
def test_honest_files_are_taken(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    found = _inspect(tmp_path, name, content)
    assert found.kind.code == kind  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("电子发票.pdf", samples.pdf_with_attachment("voucher.xml")),
        ("说明.pdf", samples.acting_pdf(b"<</S/GoTo/D[3 0 R/Fit]>>")),
        ("论脚本.pdf", samples.acting_pdf(b"<</Title(JavaScript /JSON)>>")),
        ("照片.jpg", samples.picture("JPEG") + b"\x00" * 500 + b"PK\x05\x06"),
    ],
)
def test_what_only_looks_dangerous_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    assert _inspect(tmp_path, name, content) is not None


def test_packed_objects_are_inflated_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(samples.acting_pdf(b" " * 5000, packed=True))
    assert active.acting(path) == ""
    monkeypatch.setattr(active, "_MOST_INFLATED", 1000)
    assert active.acting(path) == "bomb"


def test_pages_and_pixels_are_counted(tmp_path: Path) -> None:
    assert _inspect(tmp_path, "a.pdf", samples.pdf(7)).pages == 7  # type: ignore[attr-defined]
    found = _inspect(tmp_path, "a.png", samples.picture(size=(30, 20)))
    assert (found.width, found.height) == (30, 20)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("a.exe", b"MZ", "不支持 .exe 文件。可上传：PDF、DOCX、XLSX、JPG、PNG。", id="U04"),
        pytest.param("a.js", b"alert(1)", "不支持 .js 文件", id="U04-js"),
        pytest.param("a", b"text", "不支持没有扩展名的文件", id="U04-none"),
        pytest.param("a.zip", b"PK\x03\x04", "请解压后逐个上传", id="U04-zip"),
        pytest.param("a.pdf", b"<!DOCTYPE html><html></html>", "文件内容不是 PDF，请用原始 PDF", id="U06"),
        pytest.param("a.pdf", b"just words", "文件内容不是 PDF", id="U06-text"),
        pytest.param("a.pdf", b"MZ" + bytes(400), "扩展名与内容不一致（内容为可执行程序）", id="U07-exe"),
        pytest.param("a.docx", samples.pdf(), "扩展名与内容不一致（内容为 PDF）", id="U07-pdf"),
        pytest.param("a.pdf", samples.office(), "扩展名与内容不一致（内容为 DOCX）", id="U07-docx"),
        pytest.param("a.png", samples.picture("JPEG"), "扩展名与内容不一致（内容为 JPG）", id="U07-jpg"),
        pytest.param("a.svg", b"<svg/>", "不支持 SVG/网页文件，请导出为 PDF 或 PNG", id="U08"),
        pytest.param("a.png", b'<svg xmlns="x"/>', "文件内容不是 PNG", id="U08-inside"),
        pytest.param("a.pdf", samples.encrypted_pdf(), "PDF 已加密，无法审阅，请去除密码", id="U09"),
        pytest.param("a.pdf", samples.pdf(9)[:300], "PDF 已损坏，无法打开", id="U10"),
        pytest.param("a.pdf", b"%PDF-1.7\n%%EOF", "PDF 已损坏", id="U10-hollow"),
        pytest.param("a.docm", b"PK", "文档含宏", id="U13-name"),
        pytest.param(
            "a.docx", samples.office("docx", {"word/vbaProject.bin": b"x"}), "文档含宏", id="U13-part"
        ),
        pytest.param("a.docx", samples.office("docx", types=_MACRO_TYPES), "文档含宏", id="U13-type"),
        pytest.param(
            "a.xlsx",
            samples.office("xlsx", {"xl/externalLinks/externalLink1.xml": b"<a/>"}),
            "外部链接",
            id="U13-link",
        ),
        pytest.param(
            "a.docx",
            samples.office("docx", {"word/_rels/document.xml.rels": samples.relationships(_EXTERNAL)}),
            "外部链接",
            id="U13-rel",
        ),
        pytest.param(
            "a.docx",
            samples.office("docx", {"word/embeddings/oleObject1.bin": b"x"}),
            "内嵌其他文件",
            id="U13-ole",
        ),
        pytest.param("a.docx", samples.ole(encrypted=True), "文档已加密，请取消密码", id="U14"),
        pytest.param("a.docx", samples.ole(encrypted=False), "请另存为 DOCX/XLSX", id="U15"),
        pytest.param("a.doc", samples.ole(encrypted=False), "WPS：文件→另存为", id="U15-doc"),
        pytest.param("a.wps", b"x", "请另存为 DOCX/XLSX", id="U15-wps"),
        pytest.param("a.pdf", samples.ole(encrypted=False), "内容为旧版 Office 文档", id="U15-pdf"),
        pytest.param(
            "a.xlsx", samples.office("xlsx", {"xl/styles.xml": _BILLION}), "文件结构异常", id="U18-dtd"
        ),
        pytest.param(
            "a.xlsx",
            samples.office("xlsx", {"xl/styles.xml": _BILLION.decode().encode("utf-16")}),
            "文件结构异常",
            id="U18-utf16",
        ),
        pytest.param(
            "a.xlsx",
            samples.office("xlsx", {"xl/worksheets/sheet1.xml": bytes(60_000_000)}),
            "解压后过大",
            id="R20-ratio",
        ),
        pytest.param(
            "a.xlsx",
            samples.office("xlsx", {f"xl/m{n}.xml": b"" for n in range(3100)}),
            "解压后过大",
            id="R20-members",
        ),
        pytest.param("a.xlsx", samples.office("xlsx", {"../../etc/x": b""}), "文件结构异常", id="R20-path"),
        pytest.param(
            "a.docx", samples.office("docx", {"word/media/in.zip": b"x"}), "内嵌其他文件", id="R20-nested"
        ),
        pytest.param("a.docx", samples.office()[:-30], "文件", id="R20-cut"),
        pytest.param("a.png", samples.huge_png(), "图片 30000×30000 像素，超过 10000×10000", id="U19"),
        pytest.param("a.png", samples.huge_png(9_999, 9_999), "总计 6000 万像素", id="U19-area"),
        pytest.param("a.jpg", samples.picture("JPEG", size=(900, 900))[:700], "图片无法读取", id="U20"),
        pytest.param("a.pdf", samples.eicar(), "检测到病毒，文件已拒绝", id="U21"),
        pytest.param("a.pdf", samples.acting_pdf(_SCRIPT), "含脚本（JavaScript）", id="script"),
        pytest.param("a.pdf", samples.acting_pdf(_SCRIPT, packed=True), "含脚本", id="script-packed"),
        pytest.param(
            "a.pdf", samples.acting_pdf(b"<</S/J#61vaScript/JS(1)>>"), "含脚本", id="script-escaped"
        ),
        pytest.param("a.pdf", samples.acting_pdf(b"% stream\n" + _SCRIPT), "含脚本", id="script-hidden"),
        pytest.param("a.pdf", samples.acting_pdf(b"<</S/Launch/F(cmd.exe)>>"), "启动程序", id="launch"),
        pytest.param("a.pdf", samples.acting_pdf(b"<</XFA[]>>"), "动态表单（XFA）", id="xfa"),
        pytest.param("a.pdf", samples.pdf_with_attachment("工具.exe"), "PDF 内嵌其他文件", id="attachment"),
        pytest.param("a.pdf", samples.pdf() + samples.office(), "同时包含另一种文件", id="pdf-and-zip"),
        pytest.param("a.jpg", samples.picture("JPEG") + samples.office(), "同时包含", id="jpg-and-zip"),
        pytest.param("a.png", samples.picture() + samples.office(), "同时包含", id="png-and-zip"),
        pytest.param(
            "a.pdf", samples.pdf().replace(b"\n", b"\n%<html><script>\n", 1), "同时包含", id="pdf-and-page"
        ),
    ],
)
def test_bad_files_are_refused_with_a_way_out(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(NotTaken) as refused:
        _inspect(tmp_path, name, content)
    assert message in refused.value.message


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotTaken, match="页数 6，超过 5 页上限"):
        _inspect(tmp_path, "a.pdf", samples.pdf(6), most_pages=5)


def test_a_parser_that_dies_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os\nos.abort()\n", encoding="utf-8")
    monkeypatch.setattr("apps.evidence.inspection.probe._CHILD", dying)
    with pytest.raises(NotTaken, match="PDF 已损坏"):
        _inspect(tmp_path, "a.pdf", samples.pdf())


def test_a_parser_that_hangs_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    monkeypatch.setattr("apps.evidence.inspection.probe._CHILD", hanging)
    monkeypatch.setattr("apps.evidence.inspection.probe._SECONDS", 1)
    with pytest.raises(NotTaken, match="图片无法读取"):
        _inspect(tmp_path, "a.png", samples.picture())
