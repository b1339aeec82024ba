"""The layout of official documents, measured on the printed page (GB/T 9704—2012)."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

from apps.documents.rendering.engine import RenderedPdf, Renderer
from apps.documents.rendering.page import TEMPLATES
from tests.documents import samples
from tests.documents.measure import MM, distances, lines, marks, squeezed

HEAD = '<!doctype html><html lang="zh-CN"><link rel="stylesheet" href="asset:css/base.css"><link rel="stylesheet" href="asset:css/gongwen.css"><body>'
MIXED = (
    "2026年第二批苏州市3A级绿色工厂评定工作，按照《苏州市绿色工厂建设实施方案（试行）》的规定开展，"
    "经企业自主申报、属地初评推荐、专家评估论证、征信查询和网站公示等程序，共评定28家企业。"
)
Pages = Callable[[RenderedPdf], list[pypdfium2.PdfPage]]


@pytest.fixture(scope="module")
def full(renderer: Renderer) -> RenderedPdf:
    """Two and a half pages of nothing but characters."""
    return renderer.render_html(f"{HEAD}<p class='to'>{'国' * 28 * 55}</p>")


def test_a_page_has_22_lines_of_28_characters(full: RenderedPdf, pages: Pages) -> None:
    for page in pages(full)[:2]:
        rows = lines(page)
        assert len(rows) == 22
        assert {len(row.marks) for row in rows} == {28}
    assert full.pages == 3
    assert len(lines(pages(full)[2])) == 11


def test_the_type_area_is_156_by_225_mm_at_its_place(full: RenderedPdf, pages: Pages) -> None:
    page = pages(full)[0]
    rows = lines(page)
    left = min(mark.left for row in rows for mark in row.marks)
    right = max(mark.right for row in rows for mark in row.marks)
    assert left == pytest.approx(28.0, abs=0.3)  # 订口 28 mm ± 1 mm
    assert right == pytest.approx(28.0 + 156.0, abs=0.8)
    assert rows[0].middle == pytest.approx(37.0 + 10.227 / 2, abs=0.7)  # 天头 37 mm ± 1 mm
    assert all(distance == pytest.approx(10.227, abs=0.06) for distance in distances(rows))


def test_digits_do_not_disturb_the_grid(renderer: Renderer, pages: Pages) -> None:
    """Digits come from another font than the characters; the lines must keep their distance all the same."""
    pdf = renderer.render_html(f"{HEAD}<p>{MIXED * 12}</p>")
    page = pages(pdf)[0]
    rows = lines(page)
    assert len(rows) == 22
    assert all(distance == pytest.approx(10.227, abs=0.5) for distance in distances(rows))
    assert rows[-1].middle - rows[0].middle == pytest.approx(21 * 10.227, abs=0.5)


def test_both_edges_are_even(renderer: Renderer, pages: Pages) -> None:
    """Punctuation may not begin a line, so lines differ in length; they are spread to the same right edge."""
    pdf = renderer.render_html(f"{HEAD}<p class='to'>{MIXED * 4}</p>")
    rows = lines(pages(pdf)[0])[:-1]
    assert len(rows) >= 8
    assert {row.marks[0].text for row in rows} & set("，。、；：》）") == set()
    edges = [row.marks[-1].right for row in rows]
    assert max(edges) - min(edges) < 0.6
    assert len({len(row.marks) for row in rows}) > 1


def test_page_numbers_stand_outside_on_both_sides(full: RenderedPdf, pages: Pages) -> None:
    first, second, third = pages(full)
    numbers = [
        [mark for mark in marks(page) if mark.top > 265 and mark.text in "—123"]
        for page in (first, second, third)
    ]
    assert ["".join(mark.text for mark in sorted(n, key=lambda m: m.left)) for n in numbers] == [
        "—1—",
        "—2—",
        "—3—",
    ]
    one_character = 14 * 25.4 / 72
    assert max(mark.right for mark in numbers[0]) == pytest.approx(184 - one_character, abs=0.7)
    assert min(mark.left for mark in numbers[1]) == pytest.approx(28 + one_character, abs=0.7)
    assert max(mark.right for mark in numbers[2]) == pytest.approx(184 - one_character, abs=0.7)
    assert min(mark.top for mark in numbers[0]) > 262  # below the type area


def test_the_date_is_four_characters_from_the_right(
    rendered: Callable[[str], RenderedPdf], pages: Pages
) -> None:
    rows = [line for page in pages(rendered("public_notice")) for line in lines(page)]
    at = next(number for number, line in enumerate(rows) if line.text == "2026年12月14日")
    date_line, issuer = rows[at], rows[at - 1]
    assert issuer.text == "苏州市工业和信息化局"
    em = 15.75 * 25.4 / 72
    widest = max(date_line.marks[-1].right, issuer.marks[-1].right)
    assert 184 - widest == pytest.approx(4 * em, abs=1.0)
    middle = [(line.marks[0].left + line.marks[-1].right) / 2 for line in (date_line, issuer)]
    assert middle[0] == pytest.approx(middle[1], abs=0.6)


def test_the_colophon_stands_at_the_foot_of_the_last_page(
    rendered: Callable[[str], RenderedPdf], pages: Pages
) -> None:
    sheets = pages(rendered("recognition"))
    assert [("抄送：" in squeezed(page)) for page in sheets] == [False] * (len(sheets) - 1) + [True]
    last = lines(sheets[-1])[-1]
    assert last.text.endswith("2026年12月21日印发")
    assert last.marks[-1].bottom == pytest.approx(262, abs=3)


OFFICIAL = sorted(
    name
    for name, paper in samples.everything().items()
    if '"_gongwen.html"' in (TEMPLATES / paper.template).read_text(encoding="utf-8")
)
_UPRIGHT_MM = 211
_BODY_EM = 15.75 * MM


def test_these_are_the_official_papers() -> None:
    assert OFFICIAL == [
        "cancellation", "public_notice", "recognition", "recommendation", "rectification", "supplement", "upward",
    ]  # fmt: skip


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_official_paper_stands_on_the_grid(
    name: str, rendered: Callable[[str], RenderedPdf], pages: Pages
) -> None:
    """Type area, lines a page, characters a line and their distances, on every upright page of the sample."""
    upright = [page for page in pages(rendered(name)) if page.get_width() * MM < _UPRIGHT_MM]
    letter = "letterhead" in (TEMPLATES / samples.everything()[name].template).read_text(encoding="utf-8")
    beside: list[float] = []
    full: list[int] = []
    for number, page in enumerate(upright):
        rows = lines(page)
        every = [mark for row in rows for mark in row.marks]
        assert min(mark.left for mark in every) > 28 - 0.3
        assert max(mark.right for mark in every) < 184 + 0.3
        # The head of a letter stands 30 mm below the edge (GB/T 9704—2012, 10.1).
        assert min(mark.top for mark in every) > (30 - 0.5 if letter and number == 0 else 37 - 0.3)
        assert max(mark.bottom for mark in every) < 262 + 0.3
        body = [
            row for row in rows if row.marks[0].right - row.marks[0].left == pytest.approx(_BODY_EM, abs=0.1)
        ]
        assert len(body) <= 22
        beside += [distance for distance in distances(body) if distance < 10.227 * 1.3]
        reaching = [row for row in body if row.marks[-1].right > 184 - 1]
        full += [
            sum(2 if ord(mark.text) > 0x2000 else 1 for mark in row.marks)
            for row in reaching
            if row.marks[0].left < 28 + 0.3
        ]
    assert len(beside) >= 5
    assert {round(distance, 1) for distance in beside} <= {10.2, 10.3}
    assert len(full) >= 2
    assert max(full) <= 28 * 2
    assert min(full) >= 24 * 2, "lines are filled; fewer only where a code is kept whole"


def test_titles_of_sections_never_end_a_page(renderer: Renderer, pages: Pages) -> None:
    pdf = renderer.render_html(
        f"{HEAD}<p class='to'>{'国' * 28 * 21}</p><h2>一、总体要求</h2><p>{'家' * 70}</p>"
    )
    first, second = pages(pdf)
    assert "总体要求" not in squeezed(first)
    assert squeezed(second).startswith("一、总体要求")
