"""The catalogue and those who use it agree: no unknown code, no message nobody sends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from apps.notifications.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[3]


def sent_codes() -> Iterator[tuple[str, str]]:
    """Yield (code, place) of every string that names a template in a call."""
    for path in sorted((ROOT / "apps").rglob("*.py")):
        if path.name == "catalogue.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "template":
                choices = (
                    [node.value.body, node.value.orelse]
                    if isinstance(node.value, ast.IfExp)
                    else [node.value]
                )
                for choice in choices:
                    if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                        yield choice.value, f"{path.relative_to(ROOT)}:{choice.lineno}"


def test_every_template_that_is_sent_exists() -> None:
    assert len(list(sent_codes())) > 10, "the scan has lost its way"
    unknown = [
        f"{place} {code}" for code, place in sent_codes() if code not in CATALOGUE and ".html" not in code
    ]
    assert unknown == []
