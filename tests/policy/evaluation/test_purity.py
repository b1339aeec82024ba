"""The evaluation package stays pure: standard library and policy only, no way to run text, no clock, no floats."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.policy.evaluation.materials import FIXTURES

PACKAGE = FIXTURES.parent / "apps" / "policy" / "evaluation"
MODULES = sorted(PACKAGE.glob("*.py"))
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "open", "input", "float"}
FORBIDDEN_IMPORTS = {"os", "io", "time", "random", "subprocess", "importlib", "builtins", "pathlib", "pickle"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_only_the_standard_library_and_the_policy(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        for name in names:
            root = name.partition(".")[0]
            assert root in sys.stdlib_module_names or name.startswith("apps.policy"), name
            assert root not in FORBIDDEN_IMPORTS, name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_text_is_ever_run(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & FORBIDDEN_CALLS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_float_literal_and_no_clock(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), ast.unparse(node)
        assert not (isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_has_one_noun_and_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert (ast.get_docstring(_tree(path)) or "").startswith("Owns ")


def test_the_scan_sees_the_package() -> None:
    assert {"formula.py", "scoring.py", "spec.py"} <= {path.name for path in MODULES}
