"""Reference data beside the schemes: districts and industries."""

from __future__ import annotations

import csv
from collections import Counter

import yaml

from tests.policy.evaluation.materials import FIXTURES, demo_table


def test_ten_districts_with_codes_and_bureaus() -> None:
    data = yaml.safe_load((FIXTURES / "districts.yaml").read_text(encoding="utf-8"))
    codes = [row["code"] for row in data["districts"]]
    assert codes == [
        "320582",
        "320581",
        "320585",
        "320583",
        "320509",
        "320506",
        "320507",
        "320508",
        "SIP",
        "320505",
    ]
    assert data["city"]["authority"] == "苏州市工业和信息化局"
    assert all(row["name"] and row["authority"] and row["uscc_hint"] for row in data["districts"])
    assert all(
        set(row) <= {"code", "name", "kind", "authority", "phone", "uscc_hint", "stat_codes", "note"}
        for row in data["districts"]
    )


def test_industries_are_complete_and_none_is_an_orphan() -> None:
    with (FIXTURES / "gbt4754_2017_manufacturing.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["level"] for row in rows) == {"门类": 1, "大类": 31, "中类": 179, "小类": 609}
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert all(row["parent"] in codes for row in rows if row["level"] != "门类")
    assert {row.industry_code.removeprefix("C") or "C" for row in demo_table().rows} <= codes
