"""House rules of the templates: escaped, complete, in the right words, every class defined."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apps.documents.rendering import filters
from apps.documents.rendering.page import TEMPLATES, UndefinedVariable, to_html
from apps.documents.rendering.paper import paper_context
from tests.documents import samples

FILES = sorted(TEMPLATES.glob("*.html"))
STYLES = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((Path(filters.__file__).parents[1] / "assets" / "css").glob("*.css"))
)


#: No paper of the plan: the print of an evidence package has no number, no stamp and no Word edition.
PRINTS = {"audit_package.html"}


def test_there_is_a_template_for_every_paper() -> None:
    names = {paper.template for paper in samples.everything().values()} | PRINTS
    assert names == {path.name for path in FILES if not path.name.startswith("_")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_escapes_escaping_and_words_are_right(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|<script|https?:|file:|style=", text)
    assert not re.search("驳回|认定|通过/不通过|摘牌", text)
    assert not re.search(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]", text)


def test_every_class_has_a_style() -> None:
    used = set()
    for path in FILES:
        plain = re.sub(r"{[{%].*?[%}]}", " ", path.read_text(encoding="utf-8"))
        for names in re.findall(r'class="([^"]*)"', plain):
            used.update(names.split())
    unstyled = {name for name in used if not re.search(rf"\.{re.escape(name)}\b", STYLES)}
    assert unstyled == set()


def test_a_name_that_does_not_exist_is_an_error_not_an_empty_place() -> None:
    context = paper_context(samples.certificate())
    context["qr"] = context.pop("check")
    with pytest.raises(UndefinedVariable, match="check"):
        to_html("certificate.html", context)


def test_user_text_is_escaped() -> None:
    html = to_html("certificate.html", paper_context(samples.certificate("<b>甲</b>&乙")))
    assert "&lt;b&gt;甲&lt;/b&gt;&amp;乙" in html


def test_titles_keep_their_breaks_and_nothing_else() -> None:
    assert filters.lines("甲<i>\n乙") == "甲&lt;i&gt;<br>乙"
    assert filters.breakable("<b>") == "&lt;b&gt;"


def test_codes_break_at_their_parts_and_never_near_their_ends() -> None:
    assert filters.breakable("SZLC-3A-2026-0137") == "SZLC-<wbr>3A-<wbr>2026-<wbr>0137"
    parts = filters.breakable("91320581MA01EAYC6P").split("<wbr>")
    assert "".join(parts) == "91320581MA01EAYC6P"
    assert min(len(parts[0]), len(parts[-1])) >= 4


def test_a_name_is_printed_in_one_weight() -> None:
    assert filters.in_title_font("常熟虞麓昇堃喆 精密机械有限公司")
    assert not filters.in_title_font("常熟虞麓䶮精密机械有限公司")
    assert "even" in to_html("certificate.html", paper_context(samples.certificate("苏州𠮷野有限公司")))
    assert "even" not in to_html("certificate.html", paper_context(samples.certificate()))


def test_dates_and_numbers_are_written_as_documents_write_them() -> None:
    assert filters.cn_date(date(2026, 1, 5)) == "2026年1月5日"
    assert filters.cn_date(None).strip("　") == "年　月　日"
    assert filters.cn_time(datetime(2026, 11, 6, 16, 0, tzinfo=UTC)) == "2026年11月7日 00:00:00"
    assert filters.score(Decimal("79.9")) == "79.90"
    assert filters.score(None) == "—"
    assert filters.signed(Decimal("-0.4")) == "−0.40"
    assert filters.signed(Decimal("1.25")) == "+1.25"
    assert filters.signed(Decimal("0.00")) == "—"
    assert filters.amount(Decimal(156230)) == "156230"
    assert filters.amount(Decimal("1E+3")) == "1000"
    assert filters.amount(Decimal("12843.570")) == "12843.57"
    assert filters.amount(Decimal("0.00")) == "0"


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (97, "九十七")]
)
def test_section_numbers(number: int, text: str) -> None:
    assert filters.cn_number(number) == text


def test_a_section_number_out_of_range_is_an_error() -> None:
    for number in (0, 100):
        with pytest.raises(ValueError, match=str(number)):
            filters.cn_number(number)
