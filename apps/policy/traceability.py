"""From the plan to the code and its tests: the traceability page and what is wrong with it.

Pure: the caller reads the source files and hands their texts over, keyed by their path from the project's
root ("apps/review/services.py"). ``manage.py generate_docs`` writes what these functions return; a test
compares.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from apps import policy
from apps.policy.clauses import PLAN, SOURCE, TITLE, clause
from apps.policy.parameters import SPECS
from apps.policy.rules import RULES, Kind, Rule, implementations

RULE_COUNT = 45
_PLAN_ORIGIN = "方案"


def load_policy() -> None:
    """Import every module of the policy, so that all implementations are registered."""
    for module in pkgutil.walk_packages(policy.__path__, f"{policy.__name__}."):
        importlib.import_module(module.name)


def marked_tests(sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Rule id → the test files that hold a test marked ``@pytest.mark.rule("R-xx")``, in order of path."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, text in sources.items():
        if path.startswith("tests/") and "mark.rule(" in text:
            for rule_id in _marks(text):
                found[rule_id].add(path)
    return {rule_id: tuple(sorted(paths)) for rule_id, paths in sorted(found.items())}


@cache
def _marks(text: str) -> frozenset[str]:
    """The rule ids on test functions, test classes and a module's ``pytestmark``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        marks: list[ast.expr] = []
        if (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")) or (
            isinstance(node, ast.ClassDef) and node.name.startswith("Test")
        ):
            marks = node.decorator_list
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
        for mark in marks:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule":
                found.update(str(arg.value) for arg in mark.args if isinstance(arg, ast.Constant))
    return frozenset(found)


def is_found(dotted: str, sources: Mapping[str, str]) -> bool:
    """Does this dotted path name a module, or something a module defines or imports at its top level?"""
    if _module_text(dotted, sources) is not None:
        return True
    module, _, name = dotted.rpartition(".")
    text = _module_text(module, sources)
    return text is not None and name in _top_level_names(text)


def _module_text(dotted: str, sources: Mapping[str, str]) -> str | None:
    path = dotted.replace(".", "/")
    return sources.get(f"{path}.py", sources.get(f"{path}/__init__.py"))


@cache
def _top_level_names(text: str) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(names)


def problems(sources: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that makes the table untrue; empty when each rule is carried as its row says."""
    load_policy()
    tests = marked_tests(sources)
    expected = [f"R-{number:02d}" for number in range(1, RULE_COUNT + 1)]
    found = [] if [row.id for row in RULES] == expected else ["The table is not R-01 to R-45 in order"]
    known = set(expected)
    found += [f"{path}: unknown rule {i}" for i, paths in tests.items() if i not in known for path in paths]
    for row in RULES:
        found += [f"{row.id}: {text}" for text in _row_problems(row, sources, tests.get(row.id, ()))]
    for key, spec in SPECS.items():
        named = {row.id for row in RULES if key in row.settings}
        if named != ({spec.rule} if spec.rule else set()):
            found.append(f"Parameter {key}: its rule is {spec.rule}, the table names {sorted(named)}")
    return tuple(found)


def _row_problems(row: Rule, sources: Mapping[str, str], tests: tuple[str, ...]) -> Iterator[str]:
    if row.clause not in {item.number for item in PLAN}:
        yield f"the plan has no clause {row.clause}"
    elif row.origin == _PLAN_ORIGIN:
        text = clause(row.clause).text
        yield from (f"not in clause {row.clause}: {part}" for part in row.seed.split("…") if part not in text)
    yield from (f"no such parameter: {key}" for key in row.settings if key not in SPECS)
    yield from (f"cannot be found: {dotted}" for dotted in row.mechanisms if not is_found(dotted, sources))
    for path in row.tests:
        if path not in sources:
            yield f"no such test file: {path}"
        elif path not in tests:
            yield f"no test marked for it in {path}"
    carried = {
        Kind.FUNCTION: bool(implementations().get(row.id)) and bool(tests),
        Kind.SETTING: bool(row.settings) and bool(tests) and bool(row.reason),
        Kind.MECHANISM: bool(row.mechanisms) and bool(row.tests) and bool(row.reason),
        Kind.OUT_OF_SCOPE: bool(row.reason) and not implementations().get(row.id),
    }
    if not carried[row.kind]:
        yield f"not carried as {row.kind.value}: function, test, parameter, mechanism or reason is missing"


def page(sources: Mapping[str, str]) -> str:
    """The text of docs/policy/traceability.md."""
    load_policy()
    tests = marked_tests(sources)
    counts = "，".join(f"{kind.label}{sum(row.kind is kind for row in RULES)}条" for kind in Kind)
    lines = [
        "# 规则对照表",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。",
        "",
        f"《{TITLE}》的条款、平台执行的规则、落实规则的代码和验证规则的测试。共{len(RULES)}条：{counts}。",
        "“条款”为方案条款号，全文见[方案](plan.md)。",
        "方案未写明而由平台选定的做法见[方案未尽事项](decisions-on-silence.md)。",
        "",
        "| 规则 | 条款 | 依据 | 内容 | 类别 | 落实之处 | 参数 | 测试 | 说明 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in RULES:
        seed = row.seed if row.origin == _PLAN_ORIGIN else f"{row.seed}（{row.origin}）"
        places = (*implementations().get(row.id, ()), *row.mechanisms)
        remarks = "原则上，可豁免。" if row.in_principle else ""
        cells = (
            row.id,
            row.clause,
            seed,
            row.title,
            row.kind.label,
            _code(places),
            _code(row.settings),
            _code(tests.get(row.id, ())),
            remarks + row.reason,
        )
        lines.append("| " + " | ".join(cell or "—" for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _code(items: tuple[str, ...]) -> str:
    return "<br>".join(f"`{item}`" for item in items)


def plan_page() -> str:
    """The text of docs/policy/plan.md: the plan clause by clause, each with the rules that rest on it."""
    lines = [
        f"# {TITLE}",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。",
        "",
        SOURCE,
        "",
    ]
    for item in PLAN:
        ids = "、".join(row.id for row in RULES if row.clause == item.number)
        heading = item.heading if item.number == item.heading else f"{item.number} {item.heading}"
        lines += [f"## {heading}", ""]
        lines += [item.text, ""]
        if ids:
            lines += [f"规则：{ids}（见[规则对照表](traceability.md)）", ""]
    return "\n".join(lines).rstrip() + "\n"
