"""The blank tables of the help centre: everybody's, made from the scheme that applications are judged by."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

pytestmark = pytest.mark.django_db


def test_the_blank_tables_follow_the_default_scheme() -> None:
    answer = Client().get("/exports/preparation/all.xlsx")
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["年度数据", "佐证材料", "评价报告"]
    items = [
        row
        for row in book.get_sheet_by_name("佐证材料").to_python()
        if str(row[0])[:1] in "JGEPHK" and row[3]
    ]
    assert len(items) == 97
    assert "企业基本情况" in str(book.get_sheet_by_name("评价报告").to_python())
    assert Client().get("/exports/preparation/other.xlsx").status_code == 404


def test_help_offers_examples_and_the_blank_tables() -> None:
    page = Client().get("/help/fill-in/").content.decode()
    assert "/exports/preparation/all.xlsx" in page
    assert "2163.04 ÷ 6400 = 0.338 tce/t" in page
