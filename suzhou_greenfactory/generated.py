"""The pages under docs/ that are made from the code; a test keeps each of them fresh."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

import apps
from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Role
from apps.core.lifecycle import Lifecycle
from suzhou_greenfactory.bootstrap.faults import faults_page
from suzhou_greenfactory.data_dictionary import data_dictionary_page


def lifecycles() -> list[tuple[str, Lifecycle]]:
    """Return every lifecycle of the rooms, as (room, lifecycle), in a stable order."""
    found: list[tuple[str, Lifecycle]] = []
    for module in pkgutil.iter_modules(apps.__path__, "apps."):
        try:
            states = importlib.import_module(f"{module.name}.states")
        except ModuleNotFoundError as missing:
            if missing.name != f"{module.name}.states":
                raise
            continue
        found += [
            (module.name.removeprefix("apps."), value)
            for value in vars(states).values()
            if isinstance(value, Lifecycle)
        ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def lifecycles_page() -> str:
    """Return docs/lifecycles.md: a diagram and a table for each life."""
    lines = [
        "# 生命周期",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。每条箭头即一次状态变更，括号内为依据规则。",
        "",
    ]
    for room, life in lifecycles():
        lines += [f"## {life.name}（{room}）", "", "```mermaid", life.mermaid(), "```", ""]
        lines += ["| 事项 | 从 | 到 | 谁 | 职责 | 依据 |", "|---|---|---|---|---|---|"]
        for step in life.transitions:
            sources = "、".join(life.label(source) for source in sorted(step.sources))
            roles = "、".join(ROLE_LABELS[role] for role in sorted(step.roles))
            duties = "、".join(DUTY_LABELS[duty] for duty in sorted(step.duties)) or "—"
            lines.append(
                f"| {step.label} | {sources} | {life.label(step.target)} | {roles} | {duties} | {step.rule} |"
            )
        lines.append("")
    return "\n".join(lines)


def walk_urls(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Callable[..., object]]]:
    """Yield (route, name, view) of every URL of the product."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk_urls(entry.url_patterns, route, inner)
        else:
            yield route, f"{namespace}{entry.name or ''}", entry.callback


def audience_of(view: Callable[..., object]) -> frozenset[Role] | None:
    """Return the declared audience of a view (function or DRF view class), None when there is none."""
    declared = getattr(view, "audience", None)
    if declared is None:
        declared = getattr(getattr(view, "cls", None), "audience", None)
    return declared


def access_matrix_page() -> str:
    """Return docs/access-matrix.md: every URL and the roles that may open it."""
    roles = [role for role in Role if role is not Role.SYSTEM]
    lines = [
        "# 访问矩阵",
        "",
        "由代码生成（`python3 manage.py generate_docs`），请勿手改。",
        "",
        "● 可以打开（仍须通过行、步骤、规则三道门）；· 403；库 = 登录与第二因素，由登录库自行把关。",
        "",
        "| URL | 名称 | " + " | ".join(ROLE_LABELS[role] for role in roles) + " |",
        "|---|---|" + "---|" * len(roles),
    ]
    for route, name, view in sorted(walk_urls(), key=lambda row: row[0]):
        allowed = audience_of(view)
        if allowed is None:
            marks = ["库"] * len(roles) if route.startswith("accounts/") else ["未声明"] * len(roles)
        else:
            marks = ["●" if role in allowed else "·" for role in roles]
        lines.append(f"| `/{route}` | {name} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def openapi_page() -> str:
    """Return docs/api/openapi.yaml."""
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiYamlRenderer

    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # the library's generator is untyped
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # likewise
    return str(OpenApiYamlRenderer().render(schema, renderer_context={}).decode())  # type: ignore[no-untyped-call]


def traceability_page() -> str:
    """Return docs/policy/traceability.md."""
    from apps.policy.traceability import page

    return page(_sources())


def plan_page() -> str:
    """Return docs/policy/plan.md: the plan's text by clause."""
    from apps.policy.traceability import plan_page as page

    return page()


def _sources() -> dict[str, str]:
    """Return the text of every Python file of the product and its tests, by path."""
    root = Path(settings.BASE_DIR)
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("apps", "tests")
        for path in sorted((root / folder).rglob("*.py"))
    }


def forms_page() -> str:
    """Return docs/forms.md."""
    from suzhou_greenfactory.forms_page import forms_page as page

    return page()


#: Page under docs/ → the function that makes it.
PAGES: dict[str, Callable[[], str]] = {
    "lifecycles.md": lifecycles_page,
    "access-matrix.md": access_matrix_page,
    "api/openapi.yaml": openapi_page,
    "policy/plan.md": plan_page,
    "policy/traceability.md": traceability_page,
    "forms.md": forms_page,
    "data-dictionary.md": data_dictionary_page,
    "operations/faults.md": faults_page,
}


def path_of(page: str) -> Path:
    """Return where a generated page lives."""
    return Path(settings.BASE_DIR) / "docs" / page
