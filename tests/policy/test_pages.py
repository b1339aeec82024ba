"""The hand-written pages agree with the code they speak of."""

from __future__ import annotations

import re

from apps.policy.parameters import SPECS
from apps.policy.rules import RULES
from tests.policy.sources import ROOT

SILENCE = (ROOT / "docs" / "policy" / "decisions-on-silence.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "policy" / "glossary.md").read_text("utf-8")
SYSTEM = (ROOT / "fixtures" / "evaluation_systems" / "szgf-2023r1.yaml").read_text("utf-8")
HALF_WIDTH_BETWEEN_HAN = re.compile(r"[\u4e00-\u9fff][,;:?!()][\u4e00-\u9fff]")


def _rows(text: str) -> list[list[str]]:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"
    ]
    return [row for row in rows if row[0] not in {"中文", "编号", "未写明的事"} and set(row[0]) != {"-"}]


def test_every_parameter_that_shapes_a_rule_is_explained() -> None:
    named = {name for row in _rows(SILENCE) for name in re.findall(r"`(\w+)`", row[2])}
    shaping = {key for key, spec in SPECS.items() if spec.rule and spec.group != "提醒"}
    assert named == shaping | {"calendar_check_on"}


def test_every_decision_names_its_place_and_known_rules() -> None:
    known = {row.id for row in RULES}
    rows = _rows(SILENCE)
    assert len(rows) > 50
    for row in rows:
        assert len(row) == 4
        assert row[2].startswith(("固定", "参数", "批次设置")) or (
            row[2] == "评价体系" and _items_named(row[1])
        )
        assert set(row[3].split("、")) <= known


def _items_named(text: str) -> bool:
    """Return whether the text names items, and all of them stand in the evaluation system."""
    codes = re.findall(r"\b[A-Z]\d+-\d+\b", text)
    return bool(codes) and all(re.search(rf"\b{code}\b", SYSTEM) for code in codes)


def test_a_parameter_stands_beside_its_own_rule() -> None:
    for row in _rows(SILENCE):
        for key in re.findall(r"`(\w+)`", row[2]):
            assert SPECS[key].rule in row[3].split("、"), key


def test_each_term_is_coined_once() -> None:
    terms = [row[0] for row in _rows(GLOSSARY) if not row[0].startswith("F-")]
    assert len(terms) > 120
    assert sorted(terms) == sorted(set(terms))


def test_chinese_punctuation_is_full_width() -> None:
    for page in ("plan.md", "decisions-on-silence.md", "glossary.md", "traceability.md"):
        text = (ROOT / "docs" / "policy" / page).read_text("utf-8")
        assert HALF_WIDTH_BETWEEN_HAN.findall(text) == [], page


def test_the_parameters_use_the_words_of_the_glossary() -> None:
    avoided = ("驳回", "认定", "打回", "摘牌", "确定")
    for spec in SPECS.values():
        assert not [word for word in avoided if word in spec.title + spec.meaning]
