"""Every paper can be printed: fonts inside, nothing undrawn, right content, right size, right properties."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2
import pytest

from apps.documents.rendering import fonts
from apps.documents.rendering.engine import RenderedPdf, Renderer, RenderOptions
from apps.documents.rendering.page import to_html
from apps.documents.rendering.paper import content_check, paper_context, render_paper
from apps.documents.rendering.papers import fingerprint
from tests.documents import samples
from tests.documents.measure import squeezed, text_of

NAMES = sorted(samples.everything())
A4 = (210.0, 297.0)
#: name → (fewest pages, most pages), words that must be on paper
EXPECTED: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "public_notice": (2, 4, ("拟评定名单的公示", "公示期：2026年12月14日至2026年12月18日，共5个工作日", "匿名反映原则上不予受理")),
    "recognition": (3, 6, ("苏州市工业和信息化局文件", "苏工信节能〔2026〕58号", "抄送：江苏省工业和信息化厅", "SZLC-3A-2026-0128")),
    "certificate": (1, 1, ("绿色工厂证书", "昆山锦溪高分子材料有限公司", "评定为", "苏州市3A级绿色工厂", "SZLC-3A-2026-0137")),
    "recommendation": (2, 4, ("关于推荐2026年第二批苏州市3A级", "推荐汇总表", "12843.57", "豁免：国家级专精特新企业")),
    "upward": (2, 3, ("关于推荐2027年度省级", "绿色工厂推荐名单", "苏工信节能〔2026〕61号", "豁免：国家级专精特新企业")),
    "filing": (2, 3, ("评定结果备案表", "苏州市工业和信息化局备案意见", "昆工信〔2026〕33号")),
    "score_sheet": (4, 8, ("初评打分表", "（重构版）", "83.50", "不适用（已确认）", "签批人：陆建平", "−0.40")),
    "panel_opinion": (1, 1, ("专家组评估意见", "83.62", "建议评定", "已开展现场核实")),
    "report": (10, 22, ("苏州市绿色工厂评价报告", "真实性承诺", "法定代表人（签字）", "附表2指标评价表", "证明材料目录")),
    "receipt": (1, 1, ("提交回执", "2026年11月6日16:32:09", "97项", "HZ-20261106-000137")),
    "supplement": (1, 2, ("补正通知书", "视为撤回申报", "2026年11月24日（10个工作日）")),
    "rectification": (2, 3, ("整改通知书", "复核得分76.35分，低于3A级绿色工厂80分", "整改期限至2026年12月10日届满", "送达回执")),
    "application_form": (1, 3, ("苏州市绿色工厂申报书", "真实性承诺", "法定代表人（签字）")),
    "third_party_report": (2, 4, ("第三方评价报告", "一、评价机构信息", "机构承诺", "亮点（100字以内）")),
    "form_check": (1, 1, ("形式审查表", "第一次审查", "不齐全", "2026.11.24")),
    "waiver": (1, 1, ("豁免审批单", "R-08", "批准人：沈一鸣")),
    "expert_sheet": (2, 3, ("专家评估表", "ZJ-0017", "回避声明", "建议现场核实")),
    "visit_record": (1, 1, ("现场核查记录", "首次会议", "不一致", "76.35")),
    "credit_record": (1, 1, ("征信查询记录", "信用中国", "需说明", "2027.1.7")),
    "objection_record": (1, 1, ("异议登记与处理表", "YY-20261215-0003", "异议不成立")),
    "external_list": (2, 3, ("省级绿色工厂名单导入记录", "苏工信节能〔2026〕12号", "企业名称")),
    "yearly_table": (2, 3, ("2027年度苏州市绿色工厂动态管理表", "H属地审核意见", "2024年", "二氧化碳排放量")),
    "rectification_report": (1, 2, ("整改报告与验收表", "逐项整改情况", "整改合格")),
    "cancellation": (2, 3, ("称号的决定", "陈述申辩情况", "2030年1月15日起可以重新申报", "行政复议")),
}  # fmt: skip
Rendered = Callable[[str], RenderedPdf]
Pages = Callable[[RenderedPdf], list[pypdfium2.PdfPage]]


def test_every_sample_is_expected() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_prints_its_words_without_a_warning(name: str, rendered: Rendered, pages: Pages) -> None:
    pdf = rendered(name)
    fewest, most, words = EXPECTED[name]
    text = "".join(squeezed(page) for page in pages(pdf))
    assert pdf.warnings == ()
    assert fewest <= pdf.pages <= most
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_character_is_drawn(name: str, rendered: Rendered, pages: Pages) -> None:
    paper = samples.everything()[name]
    reading = fonts.read(to_html(paper.template, paper_context(paper)))
    drawn = set("".join(text_of(page) for page in pages(rendered(name))))
    assert reading.missing == {}
    assert {character for character in reading.places if character not in drawn} == set()


@pytest.mark.parametrize("name", NAMES)
def test_all_fonts_are_inside_and_ours(name: str, rendered: Rendered, pages: Pages) -> None:
    used = set()
    for page in pages(rendered(name)):
        for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            font = item.get_font()
            used.add((font.get_base_name().partition("+")[2], font.is_embedded))
    assert used
    assert {name for name, _inside in used} <= {face.family.replace(" ", "-") for face in fonts.faces()}
    assert all(inside for _name, inside in used)


@pytest.mark.parametrize("name", NAMES)
def test_file_properties_come_from_the_paper(name: str, rendered: Rendered) -> None:
    paper = samples.everything()[name]
    document = pypdfium2.PdfDocument(rendered(name).content)
    try:
        properties = document.get_metadata_dict()
        tagged = document.is_tagged()
    finally:
        document.close()
    assert properties["Title"] == paper.title
    assert properties["Author"] == paper.issuer
    assert properties["CreationDate"] == f"D:{paper.dated:%Y%m%d}000000+08'00"
    assert tagged  # screen readers follow the structure


@pytest.mark.parametrize("name", NAMES)
def test_the_content_check_is_printed(name: str, rendered: Rendered, pages: Pages) -> None:
    check = content_check(samples.everything()[name]).replace(" ", "")
    assert f"内容校验码{check}" in squeezed(pages(rendered(name))[0])


def sheet_size(page: pypdfium2.PdfPage) -> tuple[float, float]:
    width, height = page.get_size()
    return round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1)


def test_sheets_are_a4_upright_or_across(rendered: Rendered, pages: Pages) -> None:
    across = (A4[1], A4[0])
    assert {sheet_size(page) for page in pages(rendered("certificate"))} == {across}
    assert {sheet_size(page) for page in pages(rendered("filing"))} == {across}
    letter = [sheet_size(page) for page in pages(rendered("recommendation"))]
    assert letter[0] == A4
    assert set(letter[1:]) == {across}
    assert {sheet_size(page) for page in pages(rendered("recognition"))} == {A4}


def test_same_data_gives_the_same_bytes(renderer: Renderer, rendered: Rendered) -> None:
    from tests.documents.conftest import OURS

    again = render_paper(samples.certificate(), renderer=renderer)
    elsewhere = render_paper(samples.certificate(), options=OURS)
    assert rendered("certificate").sha256 == again.sha256 == elsewhere.sha256


def test_a_draft_says_so_on_every_page_and_an_issued_copy_does_not(
    renderer: Renderer, rendered: Rendered, pages: Pages
) -> None:
    for name in ("recognition", "certificate", "filing"):
        draft = render_paper(replace(samples.everything()[name], draft=True), renderer=renderer)
        assert all("草稿" in squeezed(page) for page in pages(draft))
        assert not any("草稿" in squeezed(page) for page in pages(rendered(name)))


def test_the_watermark_is_seen_on_a_certificate(renderer: Renderer, rendered: Rendered, pages: Pages) -> None:
    """The ground of the certificate must not cover it."""
    draft = render_paper(replace(samples.certificate(), draft=True), renderer=renderer)
    seen, plain = (
        pages(pdf)[0].render(scale=1).to_pil().convert("L") for pdf in (draft, rendered("certificate"))
    )
    assert sum(seen.histogram()[:240]) > sum(plain.histogram()[:240]) + 5_000


def test_a_variant_for_archives_says_what_it_is() -> None:
    pdf = render_paper(samples.certificate(), options=RenderOptions(variant="pdf/a-2u"))
    assert pdf.warnings == ()
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf.content, re.DOTALL)
    plain = b"".join(zlib.decompressobj().decompress(stream) for stream in packed if stream[:1] == b"x")
    assert b'pdfaid:part="2" pdfaid:conformance="U"' in plain


def test_the_fingerprint_follows_the_content_only() -> None:
    paper = samples.recognition()
    assert fingerprint(paper) == fingerprint(samples.recognition(draft=True))
    assert fingerprint(paper) != fingerprint(replace(paper, number="苏工信节能〔2026〕59号"))
    assert fingerprint(paper) != fingerprint(replace(paper, dated=date(2026, 12, 22)))
    assert fingerprint(paper) != fingerprint(replace(paper, enterprises=paper.enterprises[:-1]))


def test_a_certificate_without_its_verification_address_is_refused() -> None:
    with pytest.raises(ValueError, match="verification"):
        replace(samples.certificate(), verification=None)


@pytest.mark.parametrize(
    "name",
    [
        "苏州大河电子有限公司",
        "太仓" + "娄东" * 8 + "新能源有限公司",
        "昆山" + "阳澄" * 12 + "精密制造股份有限公司",
    ],
)
def test_an_enterprise_name_of_any_length_stays_on_one_line_of_the_certificate(
    name: str, renderer: Renderer, pages: Pages
) -> None:
    pdf = render_paper(samples.certificate(name), renderer=renderer)
    assert pdf.pages == 1
    assert name in text_of(pages(pdf)[0])


def test_the_qr_code_leads_to_the_verification_address(rendered: Rendered, pages: Pages) -> None:
    """The modules printed at the place of the code are those of the address, seen at 300 dpi."""
    import segno

    page = pages(rendered("certificate"))[0]
    image = page.render(scale=300 / 72).to_pil().convert("L")
    code = segno.make(samples.VERIFY.url, error="m", boost_error=False, micro=False)
    modules = [list(row) for row in code.matrix]
    size = len(modules) + 4  # with the quiet zone of two modules on each side
    dot = 300 / 25.4
    side = 29 * dot
    left = 31 * dot + (40 * dot - side) / 2

    def darkness_from(top: float) -> int:
        wrong = 0
        for y, row in enumerate(modules):
            for x, value in enumerate(row):
                at = (int(left + (x + 2.5) * side / size), int(top + (y + 2.5) * side / size))
                wrong += (image.getpixel(at) < 128) != bool(value)
        return wrong

    # Its foot stands a line of 9 pt above 27 mm; find the height to the dot, then every module must agree.
    expected = image.height - 27 * dot - side - 20
    assert min(darkness_from(expected + shift) for shift in range(-90, 60, 3)) == 0


def test_head_of_a_long_table_is_repeated_and_no_row_is_split(rendered: Rendered, pages: Pages) -> None:
    sheets = pages(rendered("recognition"))[2:]
    texts = [squeezed(page) for page in sheets]
    assert len(texts) >= 2
    assert all("序号企业名称统一社会信用代码所在地区证书编号" in text for text in texts)
    for number, row in enumerate(samples.recognition().enterprises, start=101):
        holder = [text for text in texts if f"SZLC-3A-2026-{number:04d}" in text]
        assert len(holder) == 1
        assert row.uscc in holder[0]
        assert row.name in holder[0]


def test_a_batch_uses_one_process(renderer: Renderer) -> None:
    renderer.start()
    before: Any = renderer._child
    for at in range(3):
        render_paper(replace(samples.certificate(), number=f"SZLC-3A-2026-{at:04d}"), renderer=renderer)
    assert renderer._child is before
