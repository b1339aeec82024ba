"""Reading evaluation systems: lists for choosing, suggestions, and the parsed form (cached for ever by digest)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.parameters.selectors import in_force
from apps.policy.evaluation.benchmarks import industry_ladder, load_benchmarks, normal_code
from apps.policy.evaluation.decimals import plain
from apps.policy.evaluation.loading import read_draft
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.schemes import SchemeChoice, left_without, suggested_scheme
from apps.scoring.models import BenchmarkValue, Scheme
from apps.scoring.states import PUBLISHED, SCHEME_LIFE

#: What must stand beside every figure scored by a reconstructed scheme (RULES.md, head).
RECONSTRUCTION_LABEL = "重构版"
_LIGHT = (
    "id",
    "public_id",
    "code",
    "version",
    "name",
    "status",
    "digest",
    "effective_from",
    "effective_to",
    "industries",
    "reconstruction",
    "made_by_id",
    "published_at",
)


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme in a list. `label` is the name with 重构版 and version as pages print it."""

    id: int
    public_id: str
    code: str
    version: int
    name: str
    label: str
    status: str
    status_label: str
    is_reconstruction: bool
    industries: tuple[str, ...]
    effective_from: date | None
    effective_to: date | None
    digest: str
    suggested: bool = False


def schemes(*, actor: Actor, status: str | None = PUBLISHED) -> list[SchemeRow]:
    """Return the schemes in *status* (None: all), by code, newest version first; drafts are the city's alone."""
    rows = Scheme.objects.visible_to(actor).order_by("code", "-version").only(*_LIGHT)
    return [scheme_row(scheme) for scheme in (rows.filter(status=status) if status else rows)]


def scheme(*, actor: Actor, public_id: str | None = None, scheme_id: int | None = None) -> SchemeRow:
    """Return one scheme by public id or by key.

    Raises:
        NotVisible: there is none, or it is a draft and *actor* is not of the city.
    """
    wanted = {"public_id": public_id} if public_id is not None else {"pk": scheme_id}
    found = Scheme.objects.visible_to(actor).filter(**wanted).only(*_LIGHT).first()
    if found is None:
        raise NotVisible
    return scheme_row(found)


def choices_of(rows: Iterable[SchemeRow]) -> list[SchemeChoice]:
    """Return schemes as the policy reads them (R-07)."""
    return [SchemeChoice(row.code, row.industries) for row in rows]


def suggest_schemes(*, actor: Actor, industry_code: str, on: date) -> list[SchemeRow]:
    """Return the published schemes an enterprise of *industry_code* may use, the suggested one first (R-07)."""
    rows = schemes(actor=actor)
    choices = choices_of(rows)
    best = suggested_scheme(industry_code, choices, in_force(on=on))
    fitting = [
        row
        for row, choice in zip(rows, choices, strict=True)
        if not row.industries or choice.covers(industry_code)
    ]
    fitting.sort(key=lambda row: (row.code != best, not row.industries, row.code))
    return [replace(row, suggested=row.code == best) for row in fitting]


def retirement_warning(*, actor: Actor, scheme_id: int) -> str:
    """Return what retiring a published scheme would leave undone, as a sentence; "" when every industry keeps one."""
    rows = schemes(actor=actor)
    retired = next((row for row in rows if row.id == scheme_id), None)
    if retired is None:
        return ""
    remaining = [row for row in rows if row.id != scheme_id]
    (choice,) = choices_of([retired])
    alone = left_without(choice, choices_of(remaining))
    if not alone:
        return ""
    if alone == ("",):
        own = "没有本行业标准的企业" if remaining else "所有企业"
        return f"这是最后一套各行业通用的评价体系，停用后{own}都没有可选用的评价体系，不能新建申报。"
    return f"停用后行业代码以{'、'.join(alone)}开头的企业没有可选用的评价体系，不能新建申报。"


def scheme_spec(*, actor: Actor, scheme_id: int) -> SchemeSpec:
    """Return the parsed scheme; one light query for its digest, the content is read once per process.

    Raises:
        NotVisible: there is no such scheme for *actor*.
    """
    digest = Scheme.objects.visible_to(actor).filter(pk=scheme_id).values_list("digest", flat=True).first()
    if digest is None:
        raise NotVisible
    return spec_of_digest(digest)


@lru_cache(maxsize=64)
def spec_of_digest(digest: str) -> SchemeSpec:
    """Return the parsed scheme with this digest; equal content has equal digests, so it never goes stale.

    A draft is read as far as it is written; what was published had no problem left and is frozen.
    The digest is the key to it: a caller has it from a row it may see (`scheme_spec`, a sheet's scheme).
    """
    content = Scheme.objects.filter(digest=digest).values_list("spec", flat=True).first()
    if content is None:
        raise NotVisible
    return read_draft(content)[0]


def benchmark_rows(*, metrics: Iterable[str], industry_code: str, on: date) -> list[dict[str, Any]]:
    """Return the benchmark values in force on *on* that could count for an industry, as mappings to pin on a sheet."""
    rows = (
        BenchmarkValue.objects.filter(
            metric__in=list(metrics),
            industry_code__in=[normal_code(code) for code in industry_ladder(industry_code)],
            valid_from__lte=on,
            retired_on=None,
        )
        .order_by("metric", "industry_code", "kind", "subject")
        .all()
    )
    return [
        {
            "metric": row.metric,
            "industry_code": row.industry_code,
            "kind": row.kind,
            "value": plain(row.value),
            "unit": row.unit,
            "source": row.source,
            "period": row.period,
            "approved_by": row.approved_by,
            "subject": row.subject,
            "example": row.is_example,
        }
        for row in rows
    ]


def benchmark_subjects(*, metric: str, industry_code: str, on: date) -> tuple[str, ...]:
    """Return the pollutants that have a value for a metric and an industry, for a form to offer by the same name."""
    rows = benchmark_rows(metrics=[metric], industry_code=industry_code, on=on)
    return load_benchmarks({"rows": rows}).subjects(metric, industry_code)


def scheme_row(found: Scheme) -> SchemeRow:
    """Return a loaded scheme as a row; for rooms above that have joined it to a row of their own."""
    mark = (
        f"（{RECONSTRUCTION_LABEL}）"
        if found.reconstruction and RECONSTRUCTION_LABEL not in found.name
        else ""
    )
    version = f" 第 {found.version} 版" if found.version > 1 else ""
    return SchemeRow(
        id=found.pk,
        public_id=found.public_id,
        code=found.code,
        version=found.version,
        name=found.name,
        label=f"{found.name}{mark}{version}",
        status=found.status,
        status_label=SCHEME_LIFE.label(found.status),
        is_reconstruction=found.reconstruction,
        industries=tuple(found.industries),
        effective_from=found.effective_from,
        effective_to=found.effective_to,
        digest=found.digest,
    )
