"""Every message and every deadline that reaches the city leads to a page of the city."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.urls import resolve

from apps.core.actor import Role
from apps.deadlines.registry import KINDS
from apps.deadlines.states import Party
from apps.notifications.catalogue import CATALOGUE
from apps.portals.base.navigation import TABLE

ROOT = Path(__file__).resolve().parents[3]
#: Paths filled in by whoever sends the message: the deadlines' own, walked below.
DYNAMIC = "{path}"


def _codes(node: ast.expr) -> set[str]:
    """Return the template codes an argument can have (a constant, or one of two)."""
    return {
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and part.value in CATALOGUE
    }


def sent_to(keyword: str) -> set[str]:
    """Return the codes of every message in the sources that is sent with *keyword*."""
    found: set[str] = set()
    for path in (ROOT / "apps").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "enqueue":
                continue
            arguments = {one.arg: one.value for one in node.keywords if one.arg}
            if keyword in arguments:
                found |= _codes(arguments["template"])
    return found


def _leads_to_the_city(address: str) -> None:
    view = resolve(f"/m/{address}").func
    assert Role.MUNICIPAL in view.audience  # type: ignore[attr-defined]


def test_the_sources_were_read() -> None:
    assert {"recommendation_sent", "notice_to_sign", "notice_to_publish", "award_to_sign"} <= sent_to(
        "to_municipal"
    )


@pytest.mark.parametrize("code", sorted(sent_to("to_municipal")))
def test_message_leads_to_a_page(code: str) -> None:
    assert CATALOGUE[code].path != DYNAMIC
    _leads_to_the_city(CATALOGUE[code].path.format(public_id="abcdefgh234567", year=2026))


@pytest.mark.parametrize(
    "code",
    sorted(
        code
        for code, kind in KINDS.items()
        if kind.party is Party.MUNICIPAL or Party.MUNICIPAL in kind.copies
    ),
)
def test_deadline_leads_to_a_page(code: str) -> None:
    _leads_to_the_city(KINDS[code].path.format(public_id="abcdefgh234567"))


def test_navigation_leads_to_pages() -> None:
    from django.urls import reverse

    for role in (Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        for _, entries in TABLE[role]:
            for entry in entries:
                assert role in resolve(reverse(entry.url_name)).func.audience  # type: ignore[attr-defined]
