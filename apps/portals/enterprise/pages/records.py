"""The enterprise file (一企一档): yearly figures with the coal calculator, certificates, and their use in a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.energy import energy_factors
from apps.applications.selectors import HoldingRow, YearRow
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Conflict, DomainError
from apps.core.moment import Clock, DatabaseClock
from apps.policy.evaluation.spec import SchemeSpec
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, whole
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise import year_form
from apps.portals.enterprise.figures import UNIT_FIELDS, UNIT_LABELS, placeholders_in, with_units
from apps.portals.enterprise.pages.common import application_crumbs, shown_now
from apps.portals.enterprise.pages.evaluate import read_desk
from apps.scoring import selectors as scoring

#: The figures that tell a year in one line of the list.
_KEY_FIGURES = ("output_value", "energy_tce", "water_intake_m3", "co2_t")
#: How many years back the file reaches.
_OLDEST = 20
_GET_OR_POST = ["GET", "HEAD", "POST"]


@audience(Role.ENTERPRISE)
@require_GET
def enterprise_record(request: HttpRequest) -> HttpResponseBase:
    """Show the file: years, certificates, and what is told about the enterprise."""
    return _file_page(request)


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def record_year(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show and save the figures of one year, with the year before beside them."""
    actor = actor_of(request)
    spec = _spec(actor)
    refusal: DomainError | None = None
    if request.method == "POST":
        data = request.POST
        _, refusal = attempt(
            services.save_year,
            actor=actor,
            clock=DatabaseClock(),
            year=year,
            version=whole(data.get("version")),
            spec=spec,
            entries=year_form.entries(data),
        )
        must_be_visible(refusal)
        if refusal is None:
            say(request, f"{year} 年度数据已存入企业档案。")
            return redirect("enterprise:record_year", year)
    elif not _plausible(year):
        raise Http404
    return page(
        request, "enterprise/record_year.html", _year_context(request, year, spec, refusal), refusal=refusal
    )


@audience(Role.ENTERPRISE)
@require_POST
def add_holding(request: HttpRequest) -> HttpResponseBase:
    """Enter a certificate or permit."""
    return _saved_holding(request)


@audience(Role.ENTERPRISE)
@require_POST
def change_holding(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Change a certificate or permit: a renewal, a new end date, a slip of the pen."""
    return _saved_holding(request, public_id)


@audience(Role.ENTERPRISE)
@require_POST
def remove_holding(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a certificate out of the file."""
    _, refusal = attempt(
        services.remove_holding, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    say(request, "证照已从企业档案移除。")
    return redirect("enterprise:record")


@audience(Role.ENTERPRISE)
@require_http_methods(_GET_OR_POST)
def take_from_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what the file has for a draft, figure by figure, and put the chosen ones in."""
    actor = actor_of(request)
    desk = read_desk(actor, public_id)
    if desk is None:
        return redirect("enterprise:scheme", public_id)
    years = applications.years(actor=actor)
    wanted = whole(request.POST.get("year") or request.GET.get("year"))
    record = next((row for row in years if row.year == wanted), years[0] if years else None)
    refusal: DomainError | None = None
    if request.method == "POST":
        taken, refusal = attempt(
            services.take_from_file,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            year=wanted,
            version=whole(request.POST.get("version")),
            codes=request.POST.getlist("codes"),
        )
        must_be_visible(refusal)
        if taken is not None:
            say(
                request,
                f"已从企业档案带入 {len(taken.codes)} 项 {wanted} 年度数据，相关条目的得分已重新计算。",
            )
            return redirect("enterprise:measurements", public_id)
    rows = [] if record is None else _offered(desk.view.inputs, record, desk.view.units)
    context = {
        "file": desk.file,
        "years": [row.year for row in years],
        "record": record,
        "rows": rows,
        "readonly": not desk.head.editable,
        "version": desk.head.version,
        "crumbs": application_crumbs(desk.file, "从企业档案带入"),
        "theirs": [],
    }
    return page(request, "enterprise/take_from_file.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_POST
def keep_in_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put the figures of an application into the file."""
    year, refusal = attempt(
        services.keep_in_file, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if year is None:
        assert refusal is not None  # noqa: S101  (attempt returns one of the two)
        say(request, refusal.message)
        return redirect("enterprise:measurements", public_id)
    say(request, f"已存入企业档案 {year} 年度，以后的申报和年度报送可以直接带入。")
    return redirect("enterprise:record_year", year)


def _saved_holding(request: HttpRequest, public_id: str | None = None) -> HttpResponseBase:
    _, refusal = attempt(_save_holding, request=request, clock=DatabaseClock(), public_id=public_id)
    must_be_visible(refusal)
    if refusal is not None:
        return _file_page(request, refusal, changing=public_id or "")
    say(request, "证照已存入企业档案。")
    return redirect("enterprise:record")


def _file_page(
    request: HttpRequest, refusal: DomainError | None = None, *, changing: str = ""
) -> HttpResponseBase:
    """Return the file; *changing* (else `?change=`) names the certificate that stands in the form."""
    actor, now = actor_of(request), shown_now()
    holdings = applications.holdings(actor=actor, on=now.on)
    changing = changing or request.GET.get("change", "")
    changed = next((row for row in holdings if row.public_id == changing), None)
    years = applications.years(actor=actor)
    names = {entry.code: entry for entry in _spec(actor).inputs()}
    context = {
        "enterprise": accounts.enterprise_file(actor=actor),
        "key_figures": [names[code] for code in _KEY_FIGURES if code in names],
        "years": [
            {"row": row, "cells": [row.values.get(code, "") for code in _KEY_FIGURES if code in names]}
            for row in years
        ],
        "missing": [
            year
            for year in range(now.on.year - 1, now.on.year - 4, -1)
            if year not in {r.year for r in years}
        ],
        "holdings": holdings,
        "kinds": applications.holding_kinds(),
        "typed": request.POST if refusal is not None or changed is None else _holding_fields(changed),
        "changed": changed,
        "crumbs": [("企业档案", "")],
    }
    return page(request, "enterprise/record.html", context, refusal=refusal)


def _year_context(
    request: HttpRequest, year: int, spec: SchemeSpec, refusal: DomainError | None
) -> dict[str, Any]:
    actor = actor_of(request)
    rows = {row.year: row for row in applications.years(actor=actor)}
    row, before = rows.get(year), rows.get(year - 1)
    typed = request.POST if refusal is not None else None
    conflict = isinstance(refusal, Conflict)
    stored = row.version if row is not None else 0
    return {
        "year": year,
        "row": row,
        "before": before,
        "groups": year_form.groups(spec, row, before, typed),
        "units": [
            (
                UNIT_FIELDS[one],
                UNIT_LABELS[one],
                year_form.shown(typed, UNIT_FIELDS[one], (row.units if row else {}).get(one, "")),
            )
            for one in placeholders_in(metric.unit for metric in spec.metrics)
        ],
        "carriers": year_form.carriers(row, typed),
        "factors": energy_factors(),
        "coal": _coal(row),
        "warnings": () if row is None else applications.year_warnings(spec=spec, now=row, before=before),
        "version": stored if conflict or typed is None else whole(typed.get("version")),
        "theirs": _stored_in_words(spec, row) if conflict else [],
        "adopt": (typed is not None and typed.get("adopt_energy") == "on"),
        "crumbs": [("企业档案", reverse("enterprise:record")), (f"{year} 年度", "")],
    }


def _offered(inputs: Sequence[Any], record: YearRow, units: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the figures the file has for a sheet: as they stand there, in the file, and whether they differ."""
    return [
        {
            "code": entry.code,
            "label": entry.name,
            "unit": with_units(entry.unit, units or record.units),
            "now": entry.value,
            "file": record.values[entry.code],
            "same": entry.value == record.values[entry.code],
            "empty": not entry.value,
        }
        for entry in inputs
        if entry.code in record.values
    ]


def _coal(row: YearRow | None) -> Any:
    return services.coal_of(row.energy) if row is not None and row.energy else None


def _holding_fields(row: HoldingRow) -> dict[str, str]:
    """Return a certificate as its form shows it."""
    return {
        "kind": row.kind,
        "number": row.number,
        "issuer": row.issuer,
        "coverage": row.coverage,
        "valid_from": "" if row.valid_from is None else row.valid_from.isoformat(),
        "valid_until": "" if row.valid_until is None else row.valid_until.isoformat(),
        "file": row.file_public_id,
    }


def _save_holding(*, request: HttpRequest, clock: Clock, public_id: str | None) -> str:
    """Read the form (days in any customary spelling) and save it."""
    data = request.POST
    return services.save_holding(
        actor=actor_of(request),
        clock=clock,
        public_id=public_id,
        data=services.HoldingData(
            kind=data.get("kind", ""),
            number=data.get("number", ""),
            issuer=data.get("issuer", ""),
            coverage=data.get("coverage", ""),
            valid_from=day(request, "valid_from", "起始日期"),
            valid_until=day(request, "valid_until", "截止日期"),
            file=data.get("file", ""),
            upload=request.FILES.get("scan"),
        ),
    )


def _spec(actor: Actor) -> SchemeSpec:
    """Return the scheme whose figures the file asks for: the one suggested for the enterprise's industry."""
    enterprise = accounts.enterprise_file(actor=actor)
    rows = scoring.suggest_schemes(actor=actor, industry_code=enterprise.industry_code, on=shown_now().on)
    if not rows:
        raise Http404
    return scoring.scheme_spec(actor=actor, scheme_id=rows[0].id)


def _plausible(year: int) -> bool:
    return shown_now().on.year - _OLDEST <= year <= shown_now().on.year


def _stored_in_words(spec: SchemeSpec, row: YearRow | None) -> list[tuple[str, str]]:
    names = {entry.code: entry.name for entry in spec.inputs()}
    return [] if row is None else [(names.get(code, code), value) for code, value in row.values.items()]
