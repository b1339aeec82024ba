from __future__ import annotations

from dataclasses import replace

import pytest

from apps.policy import traceability
from apps.policy.clauses import PLAN, clause
from apps.policy.rules import RULES, Kind, Rule
from tests.policy.sources import ROOT, project_sources

DOCS = ROOT / "docs" / "policy"
REMEDY = "run: python3 manage.py generate_docs"


def test_every_rule_is_carried_as_its_row_says() -> None:
    assert traceability.problems(project_sources()) == ()


def test_the_traceability_page_is_fresh() -> None:
    assert (DOCS / "traceability.md").read_text("utf-8") == traceability.page(project_sources()), REMEDY


def test_the_plan_page_is_fresh() -> None:
    assert (DOCS / "plan.md").read_text("utf-8") == traceability.plan_page(), REMEDY


def test_every_row_of_the_page_names_rule_and_clause_together() -> None:
    page = traceability.page(project_sources())
    for row in RULES:
        assert page.count(f"\n| {row.id} | {row.clause} | ") == 1


SOURCES = {
    "apps/titles/services.py": "from x import y as given\nLIMIT = 3\ndef award() -> None: ...\nclass Door: ...\n",
    "apps/audit/__init__.py": "",
    "tests/unit/test_a.py": (
        "import pytest\npytestmark = pytest.mark.rule('R-27')\n"
        "@pytest.mark.rule('R-44', 'R-42')\ndef test_x(): ...\n"
        "@pytest.mark.rule('R-40')\ndef helper(): ...\n"
    ),
    "tests/unit/test_b.py": "import pytest\n@pytest.mark.rule('R-44')\nclass TestDoor: ...\n",
    "tests/unit/test_c.py": "text = \"pytest.mark.rule('R-45')\"\n",
}


def test_marks_are_read_from_tests_classes_and_modules_only() -> None:
    assert traceability.marked_tests(SOURCES) == {
        "R-27": ("tests/unit/test_a.py",),
        "R-42": ("tests/unit/test_a.py",),
        "R-44": ("tests/unit/test_a.py", "tests/unit/test_b.py"),
    }


@pytest.mark.parametrize(
    ("dotted", "found"),
    [
        ("apps.titles.services", True),
        ("apps.titles.services.award", True),
        ("apps.titles.services.Door", True),
        ("apps.titles.services.LIMIT", True),
        ("apps.titles.services.given", True),
        ("apps.titles.services.revoke", False),
        ("apps.audit", True),
        ("apps.nowhere.award", False),
    ],
)
def test_dotted_paths(dotted: str, *, found: bool) -> None:
    assert traceability.is_found(dotted, SOURCES) is found


def _row(rule_id: str) -> Rule:
    return next(row for row in RULES if row.id == rule_id)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (replace(_row("R-27"), mechanisms=("apps.titles.services.gone",)), "cannot be found"),
        (replace(_row("R-27"), mechanisms=()), "not carried as mechanism"),
        (replace(_row("R-27"), tests=("tests/unit/test_gone.py",)), "no such test file"),
        (replace(_row("R-27"), tests=("tests/policy/test_levels.py",)), "no test marked for it"),
        (
            replace(_row("R-45"), kind=Kind.OUT_OF_SCOPE, mechanisms=(), tests=(), reason=""),
            "not carried as out_of_scope",
        ),
        (replace(_row("R-02"), kind=Kind.OUT_OF_SCOPE, reason="x"), "not carried as out_of_scope"),
        (replace(_row("R-45"), kind=Kind.FUNCTION), "not carried as function"),
        (replace(_row("R-02"), clause="七"), "the plan has no clause 七"),
        (replace(_row("R-02"), seed="50分（含）"), "not in clause 四: 50分（含）"),
        (replace(_row("R-26"), settings=("gone",)), "no such parameter: gone"),
    ],
)
def test_an_untrue_row_is_told(broken: Rule, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(broken if row.id == broken.id else row for row in RULES)
    monkeypatch.setattr(traceability, "RULES", rows)
    told = [text for text in traceability.problems(project_sources()) if text.startswith(broken.id)]
    assert any(problem in text for text in told), told


def test_a_missing_rule_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traceability, "RULES", RULES[:-1])
    assert "The table is not R-01 to R-45 in order" in traceability.problems(project_sources())


def test_a_mark_of_an_unknown_rule_is_told() -> None:
    sources = {
        **project_sources(),
        "tests/unit/test_x.py": SOURCES["tests/unit/test_a.py"].replace("R-42", "R-77"),
    }
    assert "tests/unit/test_x.py: unknown rule R-77" in traceability.problems(sources)


def test_clauses() -> None:
    assert [item.number for item in PLAN] == [
        "引言", "一", "二", "三", "四", "五（一）", "五（二）", "五（三）", "六（一）", "六（二）", "六（三）", "附件",
    ]  # fmt: skip
    assert clause("六（二）").text.endswith("且三年内不得重新申报。")
    with pytest.raises(KeyError):
        clause("七")
