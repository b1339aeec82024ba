"""The policy imports nothing but the standard library and itself, and never asks for the time."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.policy.sources import project_sources

MODULES = {path: text for path, text in project_sources().items() if path.startswith("apps/policy/")}
IMPURE = {"os", "io", "time", "random", "secrets", "socket", "subprocess", "pathlib", "threading", "asyncio"}
CLOCKS = {"now", "today", "utcnow"}


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", sorted(MODULES))
def test_imports_and_clocks(path: str) -> None:
    tree = ast.parse(MODULES[path])
    for name in _imported(tree):
        top = name.split(".")[0]
        inside = name in {"apps", "apps.policy"} or name.startswith("apps.policy.")
        assert inside or (top in sys.stdlib_module_names and top not in IMPURE), name
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & CLOCKS


@pytest.mark.parametrize("path", sorted(MODULES))
def test_modules_are_short_and_say_what_they_own(path: str) -> None:
    assert MODULES[path].count("\n") <= 400
    assert ast.get_docstring(ast.parse(MODULES[path]))
