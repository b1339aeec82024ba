"""All figures of the year on one page: each counts for every item that uses it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.applications import services as application_services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise import figures
from apps.portals.enterprise.item_form import items_of
from apps.portals.enterprise.pages.common import (
    application_crumbs,
    refused_json,
    saved_json,
    shown_now,
    steps_of,
    wants_json,
)
from apps.portals.enterprise.pages.evaluate import Desk, newer_versions, read_desk
from apps.scoring import selectors as scoring


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def measurements(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show and save the figures of the year."""
    actor = actor_of(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        data = request.POST
        saved, refusal = attempt(
            application_services.save_measurements,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            version=whole(data.get("version")),
            **figures.posted_figures(data),
        )
        must_be_visible(refusal)
        if wants_json(request):
            if refusal is not None:
                return refused_json(request, refusal, fields=_newer(refusal))
            assert saved is not None  # noqa: S101  (attempt returns one of the two)
            replace = {"sheet-total": saved.total_text, "tree-done": f"{saved.answered}/{saved.item_count}"}
            return saved_json(version=saved.version, fields={}, replace=replace)
        if refusal is None:
            say(request, "年度数据已保存，相关条目的得分已重新计算。")
            return redirect("enterprise:measurements", public_id)
    desk = read_desk(actor, public_id)
    if desk is None:
        return redirect("enterprise:scheme", public_id)
    typed = figures.Typed(
        request.POST if refusal is not None else None, refusal.errors if isinstance(refusal, Invalid) else {}
    )
    context = {
        **_forms(desk, typed),
        "file": desk.file,
        "sheet": desk.view,
        "steps": steps_of(desk.file, desk.head, "evaluate"),
        "crumbs": application_crumbs(desk.file, "年度数据"),
        "now": shown_now().at,
        "version": _newer(refusal).get("version", desk.head.version),
        "readonly": "" if desk.head.editable else "1",
    }
    return page(request, "enterprise/measurements.html", context, refusal=refusal)


def _newer(refusal: DomainError | None) -> dict[str, Any]:
    found = newer_versions(refusal)
    return {"version": found["sheet_version"]} if "sheet_version" in found else {}


def _forms(desk: Desk, typed: figures.Typed) -> dict[str, Any]:
    """Return every input once, under the dimension that first needs it, and the tables of rows."""
    view = desk.view
    seen_inputs: set[str] = set()
    tables: dict[str, figures.RowTable] = {}
    groups: list[dict[str, Any]] = []
    for part in view.dimensions:
        inputs = []
        for item in (item for group in part.groups for item in group.items):
            for metric in item.metrics:
                for one in metric.inputs:
                    if one.code not in seen_inputs:
                        seen_inputs.add(one.code)
                        inputs.append(figures.figure_of(one, view.units, typed))
                if metric.by_rows and metric.code not in tables:
                    subjects = scoring.benchmark_subjects(
                        metric=metric.code, industry_code=desk.file.case.industry_code, on=shown_now().on
                    )
                    tables[metric.code] = figures.row_table(metric, view.units, typed, subjects)
        if inputs:
            groups.append({"code": part.code, "name": part.name, "inputs": inputs})
    units = figures.placeholders_in(metric.unit for item in items_of(view) for metric in item.metrics)
    return {
        "groups": groups,
        "tables": list(tables.values()),
        "units": figures.unit_figures(view, [one for one in units if one != "污染物单位"], typed),
        "period": typed.text("period", view.period),
        "filled": sum(bool(one.value) for group in groups for one in group["inputs"]),
        "asked": sum(len(group["inputs"]) for group in groups),
    }
