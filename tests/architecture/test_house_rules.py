"""The habits of the house, checked: small modules, one door to each table, settings that import, known variables."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("apps", "suzhou_greenfactory")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
#: Methods that may start a query on a scoped manager inside selectors and services.
DOORS = {"visible_to", "create", "bulk_create"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_is_small_and_says_what_it_owns(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400, "is there a second noun inside?"
    assert not source.strip() or ast.get_docstring(ast.parse(source)), (
        "the first lines say what the module owns"
    )


@pytest.mark.parametrize("module", ["local", "test"])
def test_settings_module_imports(module: str) -> None:
    importlib.import_module(f"suzhou_greenfactory.settings.{module}")


def test_environment_variables_are_listed() -> None:
    from suzhou_greenfactory.settings.env import KNOWN

    listed = set(
        re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    set_up = {
        name
        for path in (ROOT / "suzhou_greenfactory" / "bootstrap").glob("*.py")
        for name in re.findall(r'environ(?:\.get)?[(\[]"(GF_[A-Z_]+)"', path.read_text("utf-8"))
    }
    assert listed == set(KNOWN) | set_up


def test_only_env_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"os\.environ(?!\.setdefault)|os\.getenv", path.read_text("utf-8"))
        and "bootstrap" not in str(path)
    ]
    assert readers == ["suzhou_greenfactory/settings/env.py"]


def test_fullwidth_punctuation_between_chinese_characters() -> None:
    pattern = re.compile(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in SOURCES
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
    assert found == []
