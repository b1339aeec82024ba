"""Impact of a draft (影响测算): signed sheets of past applications scored again with it, before it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.jobs import services as jobs
from apps.jobs.registry import JobContext, JobResult, job
from apps.parameters.selectors import in_force
from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import load_benchmarks
from apps.policy.evaluation.carrying import SelfScored, carried_answers, unscored_items
from apps.policy.evaluation.comparing import mean_of_sheets
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.spec import SchemeSpec
from apps.policy.levels import level_for_score
from apps.policy.parameters import Averaging, Parameters
from apps.scoring.models import Scheme, SchemeImpact, SchemeImpactRow, ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import answer_of, result_of, rules_of
from apps.scoring.selectors.schemes import benchmark_rows, spec_of_digest
from apps.scoring.states import DISTRICT, DRAFT, EXPERT, SELF, SIGNED

IMPACT_JOB: Final = "scoring.impact"
_AT_A_TIME: Final = 25
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Scored:
    """A sheet as it was scored and as the draft scores it."""

    sheet: ScoreSheet
    before: SheetResult
    after: SheetResult


def register() -> None:
    """Register the handler; called once when the process starts."""
    job(IMPACT_JOB, label="测算评价体系修改的影响")(_run)


@transaction.atomic
def request_impact(*, actor: Actor, clock: Clock, public_id: str, against: str = "") -> str:
    """Have a draft tried on past applications by a background job; asked for twice with the same draft it runs once.

    Args:
        actor: municipal 经办 or 签批.
        clock: when.
        public_id: the draft.
        against: code of the system whose applications are scored again; "" is the draft's own.

    Returns:
        Public id of the job.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such scheme, not a draft.
        Invalid: no system of this code.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("影响测算由市工业和信息化局经办或签批人员发起。")
    draft = _draft(actor, public_id)
    code = against or draft.code
    if not Scheme.objects.filter(code=code).exclude(status=DRAFT).exists():
        raise Invalid.of("against", f"没有发布过编号为“{code[:40]}”的体系，没有可测算的申报。")
    return jobs.start_job(
        actor=actor, clock=clock, kind=IMPACT_JOB, params={"scheme": public_id, "against": code}
    )


def _run(ctx: JobContext) -> JobResult:
    public_id = simulate(
        actor=ctx.actor,
        clock=ctx.clock,
        public_id=str(ctx.params["scheme"]),
        against=str(ctx.params["against"]),
        tell=ctx.progress,
    )
    return JobResult(values={"impact": public_id, "link": f"/m/impacts/{public_id}/"})


@transaction.atomic
def simulate(*, actor: Actor, clock: Clock, public_id: str, against: str, tell: Tell) -> str:
    """Score the signed sheets of every past application of *against* with the draft and keep what would change.

    The total that counts is the mean of the expert sheets, else the district's, else the enterprise's own. Nothing
    of the applications is touched.

    Returns:
        Public id of the simulation.

    Raises:
        NotVisible, WrongStep: no such scheme, not a draft any more.
    """
    enter(actor)
    draft, moment = _draft(actor, public_id), clock.now()
    spec, parameters = spec_of_digest(draft.digest), in_force(on=moment.on)
    impact = SchemeImpact.objects.create(
        scheme=draft,
        digest=draft.digest,
        against=against,
        made_at=moment.at,
        made_by_id=actor.user_id,
        cases=0,
        level_changes=0,
    )
    ids = list(
        _sheets(actor, against)
        .filter(kind=SELF)
        .order_by("application_id")
        .values_list("application_id", flat=True)
    )
    missing: set[str] = set()
    for start in range(0, len(ids), _AT_A_TIME):
        tell(start, len(ids))
        batch = _scored(actor, against, ids[start : start + _AT_A_TIME], spec, moment.on)
        rows = []
        for application_id, sheets in batch.items():
            missing.update(unscored_items(sheets[0].before.scheme, spec))
            rows.append(_row(impact, application_id, sheets, parameters))
        SchemeImpactRow.objects.bulk_create(rows)
        impact.cases += len(rows)
        impact.level_changes += sum(row.level_before != row.level_after for row in rows)
    tell(len(ids), len(ids))
    impact.unscored_items = [item.code for item in spec.items if item.code in missing]
    impact.save(update_fields=["cases", "level_changes", "unscored_items"])
    audit.record(
        actor=actor,
        event="scheme.impact",
        subject=draft,
        moment=moment,
        rule="R-07",
        after={
            "digest": draft.digest,
            "against": against,
            "cases": impact.cases,
            "level_changes": impact.level_changes,
        },
    )
    return impact.public_id


def _row(
    impact: SchemeImpact, application_id: int, sheets: list[_Scored], parameters: Parameters
) -> SchemeImpactRow:
    basis = next(kind for kind in (EXPERT, DISTRICT, SELF) if any(one.sheet.kind == kind for one in sheets))
    counted = [one for one in sheets if one.sheet.kind == basis]
    before = _total([one.before for one in counted], parameters, counted[0].sheet)
    after = _total([one.after for one in counted], parameters, counted[0].sheet)
    levels = [level_for_score(total, parameters.rounding) for total in (before, after)]
    return SchemeImpactRow(
        impact=impact,
        application_id=application_id,
        basis=basis,
        before=before,
        after=after,
        level_before=levels[0],
        level_after=levels[1],
    )


def _total(results: list[SheetResult], parameters: Parameters, sheet: ScoreSheet) -> Decimal:
    trims = parameters.panel_averaging is Averaging.TRIMMED_MEAN
    trim_from = parameters.panel_trim_from if trims else None
    return mean_of_sheets(results, trim_from, rules_of(sheet)).total


def _sheets(actor: Actor, code: str) -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.visible_to(actor).filter(
        scheme__code=code,
        state=SIGNED,
        is_current=True,
        kind__in=[SELF, DISTRICT, EXPERT],
        application__number__isnull=False,
    )


def _scored(
    actor: Actor, code: str, application_ids: list[int], spec: SchemeSpec, on: date
) -> dict[int, list[_Scored]]:
    """Return the sheets of some applications scored both ways, the enterprise's own first; three queries."""
    sheets = list(
        _sheets(actor, code)
        .filter(application_id__in=application_ids)
        .select_related("scheme")
        .defer("scheme__spec", "result")
    )
    entries: dict[int, list[ScoreEntry]] = {sheet.pk: [] for sheet in sheets}
    for entry in ScoreEntry.objects.filter(sheet__in=sheets):
        entries[entry.sheet_id].append(entry)
    sheets.sort(key=lambda sheet: (sheet.application_id, sheet.kind != SELF, sheet.pk))
    found: dict[int, list[_Scored]] = {}
    for sheet in sheets:
        own = found.setdefault(sheet.application_id, [])
        own.append(_both(sheet, entries[sheet.pk], spec, own[0] if own else None, on))
    return {key: rows for key, rows in found.items() if rows[0].sheet.kind == SELF}


def _both(
    sheet: ScoreSheet, entries: list[ScoreEntry], spec: SchemeSpec, own: _Scored | None, on: date
) -> _Scored:
    old = spec_of_digest(sheet.scheme.digest)
    before = result_of(sheet, entries, old)
    compared = own is not None and own.before.scheme == old
    answers = carried_answers(
        {entry.item_code: answer_of(entry) for entry in entries},
        before=old,
        after=spec,
        self_scored=SelfScored(own.before, own.after) if own is not None and compared else None,
    )
    return _Scored(sheet, before, _draft_result(sheet, answers, old, spec, on))


def _draft_result(
    sheet: ScoreSheet, answers: Mapping[str, Answer], old: SchemeSpec, spec: SchemeSpec, on: date
) -> SheetResult:
    industry = str(sheet.context["industry_code"])
    rows = [*sheet.context["benchmarks"], *_new_benchmarks(old, spec, industry, on)]
    return score_sheet(
        spec,
        answers,
        Measurements.from_mapping(sheet.measurements),
        load_benchmarks({"rows": rows}),
        industry,
        rules_of(sheet),
    )


def _new_benchmarks(
    old: SchemeSpec, spec: SchemeSpec, industry: str, on: date
) -> Iterator[Mapping[str, Any]]:
    """Yield today's industry values of metrics the sheet has none pinned for, because its version did not use them."""
    known = {metric.code for metric in old.metrics}
    wanted = [metric.code for metric in spec.metrics if metric.code not in known]
    if wanted:
        yield from benchmark_rows(metrics=wanted, industry_code=industry, on=on)


def _draft(actor: Actor, public_id: str) -> Scheme:
    row: Scheme | None = Scheme.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    if row.status != DRAFT:
        raise WrongStep("只有未发布的草案可以测算影响。")
    return row
