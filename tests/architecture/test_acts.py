"""What people do on pages, programs do over the interface: the same services stand behind both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
#: Acts of pages that no program does, and why.
PAGES_ONLY: Final = {
    "accounts.services.founding.password_changed": "passwords are changed on their page",
    "accounts.services.sign_ins.note_sign_in": "signing in is done on its page",
    "accounts.services.staffing.change_address": "the administrator has checked who the person is",
    "accounts.services.staffing.correct_name": "the administrator has checked who the person is",
    "accounts.services.staffing.note_recovery": "the administrator has checked who the person is",
    "accounts.services.staffing.note_second_factor_removed": "the administrator has checked who the person is",
    "accounts.services.staffing.renew_one_time_password": "the administrator has checked who the person is",
    "audit.services.record": "what a page shows is written down by the page",
    "audit.services.record_refusal": "the interface writes its refusals down where it answers them",
    "cultivation.services.materials.open_event_file": "files are fetched from the address the interface gives",
    "documents.services.exporting.export_list": "the interface makes every list as a job",
    "documents.services.listing.start_list_import": "the interface imports a list in one call, however long",
    "documents.services.importing.settling.import_template": "a template is filled in by hand",
    "documents.services.importing.settling.marked_copy": "faults come as addresses instead of a marked copy",
    "documents.services.importing.receiving.check_beside": "a hint beside the form",
    "documents.services.opening.open_document": "files are fetched from the address the interface gives",
    "documents.services.workbooks.workbook": "the interface makes every list as a job",
    "evidence.services.bureau.open_bureau_file": "files are fetched from the address the interface gives",
    "evidence.services.registering.register_with_licence": "two calls: the registration, then the licence",
    "evidence.services.using.open_file": "files are fetched from the address the interface gives",
    "evidence.services.viewing.open_page": "pictures of pages are for the viewer",
    "evidence.services.viewing.view_file": "the viewer is a page",
    "monitoring.services.cancellation.lower_titles_missed": "a hint beside the form",
    "monitoring.services.cancellation.may_decide_now": "a hint beside the form: the act itself refuses",
    "monitoring.services.incidents.open_incident_paper": "files are fetched from the address the interface gives",
    "publicity.services.credit.record_credit_report": "two calls: the result, then its attachments",
    "publicity.services.credit_statements.open_statement_file": "files are fetched from the address the interface gives",
    "publicity.services.papers.open_paper": "files are fetched from the address the interface gives",
    "publicity.services.provisional.delete_view": "a saved view is a page's",
    "publicity.services.provisional.save_view": "a saved view is a page's",
    "review.services.handing_over.held_by": "a hint beside the form",
    "titles.services.scans.count_verification": "what is counted is people who look at the page",
    "documents.services.verifying.certificate_of": "a hint beside what the register says",
    "documents.services.verifying.recognise": "a paper in hand is checked on the public page",
    "titles.services.lists.check_external_list": "a hint beside the form: the act itself refuses",
}


@cache
def _tree(module: str) -> ast.Module | None:
    """Return the parsed module or package called *module*; None when there is none."""
    stem = ROOT.joinpath(*module.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return ast.parse(path.read_text(encoding="utf-8"))
    return None


@cache
def _home(name: str) -> str:
    """Return the dotted name under which what *name* calls is defined: packages hand their parts on."""
    module, _, last = name.rpartition(".")
    tree = _tree(module)
    for node in tree.body if tree else ():
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == last:
                    return _home(f"{node.module}.{alias.name}")
    return name


def _used(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything of a room's services that the module at *path* names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules, names = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("apps."):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                (modules if _tree(full) else names)[alias.asname or alias.name] = full
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            full = f"{modules[node.value.id]}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id in names:
            full = names[node.id]
        else:
            continue
        if ".services" in full:
            yield _home(full)


def _is_act(name: str) -> bool:
    """Return whether *name* is a function that somebody does: services take who does it."""
    module, _, last = name.rpartition(".")
    tree = _tree(module)
    found = (
        [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == last]
        if tree
        else []
    )
    return any(
        argument.arg == "actor" for node in found for argument in (*node.args.args, *node.args.kwonlyargs)
    )


@cache
def _acts(folder: str) -> dict[str, str]:
    """Return the acts that modules below apps/*folder* name, each with one of those modules."""
    found = {}
    for path in sorted((ROOT / "apps" / folder).rglob("*.py")):
        for name in _used(path):
            if _is_act(name):
                found.setdefault(name.removeprefix("apps."), str(path.relative_to(ROOT)))
    return found


def test_every_act_of_a_page_is_an_act_of_the_interface() -> None:
    pages, interface = _acts("portals"), _acts("api")
    assert len(pages) > 250, "the acts of pages are not found any more"
    missing = {
        name: where for name, where in pages.items() if name not in interface and name not in PAGES_ONLY
    }
    assert not missing


@pytest.mark.parametrize("name", sorted(PAGES_ONLY))
def test_what_only_pages_do_is_still_so(name: str) -> None:
    assert name in _acts("portals")
    assert name not in _acts("api")
