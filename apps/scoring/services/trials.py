"""Self-tests (自测): an enterprise tries a scheme at any time, outside every round; nothing of it is ever handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import Scheme, ScoreEntry, ScoreSheet, TrialSheet
from apps.scoring.selectors.computing import context_for, result_of
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.selectors.trials import answer_version, as_sheet
from apps.scoring.services.answers import self_answer
from apps.scoring.services.figures import merged_figures
from apps.scoring.states import PUBLISHED, SELF

#: How many self-tests an enterprise keeps; older ones are removed by itself.
MOST_TRIALS = 10
_TITLE = 40


@dataclass(frozen=True, slots=True)
class SavedTrial:
    """A self-test after a save: versions and sums as the page shows them, the points of the items ("" for none).

    `version` is that of the figures, `item_version` that of the item just saved (0 after figures).
    """

    version: int
    item_version: int
    total_text: str
    reachable_text: str
    answered: int
    item_count: int
    points: Mapping[str, str]


@transaction.atomic
def open_trial(
    *,
    actor: Actor,
    clock: Clock,
    scheme_id: int,
    industry_code: str,
    title: str = "",
    source_application_id: int | None = None,
) -> str:
    """Start a self-test, empty or with the figures and answers of the enterprise's own self sheet; returns its id.

    Raises:
        Forbidden: not a member of an enterprise.
        NotVisible: no such scheme, or no self sheet to start from.
        WrongStep: the scheme is not published.
        Invalid: too many self-tests are kept, or the title is too long.
    """
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        raise Forbidden("自测由企业办理。")
    scheme = Scheme.objects.defer("spec").filter(pk=scheme_id).first()
    if scheme is None:
        raise NotVisible("没有找到所选的评价体系。")
    if scheme.status != PUBLISHED:
        raise WrongStep("所选评价体系未发布或已停用，请另选。")
    if TrialSheet.objects.visible_to(actor).count() >= MOST_TRIALS:
        raise Invalid.of("", f"最多保留 {MOST_TRIALS} 份自测，请先删除不用的自测。")
    moment = clock.now()
    spec = spec_of_digest(scheme.digest)
    trial = TrialSheet(
        enterprise_id=actor.enterprise_id,
        scheme=scheme,
        title=clean_text(title, field="title", label="名称", limit=_TITLE) or f"{moment.on:%Y-%m-%d} 自测",
        context=context_for(spec=spec, industry_code=industry_code, on=moment.on),
        item_count=len(spec.items),
        opened_at=moment.at,
        opened_by_id=actor.user_id,
        changed_at=moment.at,
        changed_by_id=actor.user_id,
    )
    if source_application_id is not None:
        _take_over(actor, trial, spec, source_application_id)
    _score(trial, spec)
    trial.save(force_insert=True)
    audit.record(
        actor=actor,
        event="score.trial.open",
        subject=trial,
        moment=moment,
        after={"scheme": scheme.code, "title": trial.title, "copied": source_application_id is not None},
    )
    return trial.public_id


@transaction.atomic
def save_trial_answer(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    version: int,
    item_code: str,
    answer: Mapping[str, Any],
) -> SavedTrial:
    """Save the answer to one item of a self-test; "answer" as in `save_entry`.

    `version` is the item's, as in a sheet: several items filled in without a network are saved one after the other
    and none of them stands in another's way.

    Raises:
        NotVisible: no such self-test or item.
        Conflict: somebody saved another answer to this item after *version*.
        Invalid: from `self_answer`.
    """
    trial, spec = _held(actor, public_id)
    if not spec.has_item(item_code):
        raise NotVisible("评价体系中没有这个条目。")
    stored, reason = self_answer(answer, spec.item(item_code), spec)
    held = trial.answers.get(item_code, {})
    before, current = (held.get("answer", {}), held.get("reason", "")), answer_version(trial, item_code)
    changed = before != (stored, reason)
    if changed and version != current:
        msg = f"条目 {item_code} 已被本企业其他人员修改，请核对后再保存。"
        raise Conflict(
            msg,
            current={"item_code": item_code, "version": current, "answer": before[0], "reason": before[1]},
        )
    if changed:
        current += 1
        kept = {**held, "answer": stored, "reason": reason, "version": current}
        trial.answers = {**trial.answers, item_code: kept}
    return _saved(actor, clock.now(), trial, spec, changed=changed, item_version=current)


@transaction.atomic
def put_off_trial_item(*, actor: Actor, public_id: str, item_code: str, later: bool) -> None:
    """Mark an item of a self-test 稍后处理, or take the mark away; its answer and version stay as they are.

    Raises:
        NotVisible: no such self-test or item.
    """
    trial, spec = _held(actor, public_id)
    if not spec.has_item(item_code):
        raise NotVisible("评价体系中没有这个条目。")
    held = trial.answers.get(item_code, {})
    if bool(held.get("later")) != later:
        trial.answers = {**trial.answers, item_code: {**held, "later": later}}
        trial.save(update_fields=["answers"])


@transaction.atomic
def save_trial_figures(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    version: int,
    values: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    units: Mapping[str, str] | None = None,
    period: str | None = None,
) -> SavedTrial:
    """Merge figures into a self-test and score it anew (`version` is the self-test's: that of its figures).

    Raises:
        NotVisible: no such self-test.
        Conflict: somebody saved other figures in it after *version*.
        Invalid: from `merged_figures`.
    """
    trial, spec = _held(actor, public_id)
    merged = merged_figures(trial.measurements, spec, values or {}, rows or {}, units or {}, period)
    # Beside what is stored in the same shape: a new self-test holds no figures in no shape at all.
    changed = merged != merged_figures(trial.measurements, spec, {}, {}, {}, None)
    if changed and version != trial.version:
        raise Conflict(
            "自测的年度数据已被本企业其他人员修改，请核对后再保存。", current={"version": trial.version}
        )
    if changed:
        trial.measurements = merged
        trial.version += 1
    return _saved(actor, clock.now(), trial, spec, changed=changed)


@transaction.atomic
def remove_trial(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Remove a self-test: it has no effect on anything.

    Raises:
        NotVisible: no such self-test.
    """
    trial, _ = _held(actor, public_id)
    audit.record(
        actor=actor,
        event="score.trial.remove",
        subject=trial,
        moment=clock.now(),
        before={"title": trial.title, "total": trial.total},
    )
    trial.delete()


def _held(actor: Actor, public_id: str) -> tuple[TrialSheet, SchemeSpec]:
    trial: TrialSheet | None = (
        TrialSheet.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("scheme")
        .defer("scheme__spec")
        .filter(public_id=public_id)
        .first()
    )
    if trial is None:
        raise NotVisible
    return trial, spec_of_digest(trial.scheme.digest)


def _saved(
    actor: Actor,
    moment: Moment,
    trial: TrialSheet,
    spec: SchemeSpec,
    *,
    changed: bool,
    item_version: int = 0,
) -> SavedTrial:
    """Score the self-test and store it if something *changed*; saving once more what is stored is no conflict."""
    result = _score(trial, spec)
    if changed:
        trial.changed_at, trial.changed_by_id = moment.at, actor.user_id
        trial.save(
            update_fields=[
                "answers",
                "measurements",
                "total",
                "answered",
                "version",
                "changed_at",
                "changed_by",
            ]
        )
    return SavedTrial(
        version=trial.version,
        item_version=item_version,
        total_text=points_text(result.total),
        reachable_text=points_text(result.reachable_max),
        answered=result.answered,
        item_count=trial.item_count,
        points={item.code: "" if item.points is None else points_text(item.points) for item in result.items},
    )


def _score(trial: TrialSheet, spec: SchemeSpec) -> SheetResult:
    sheet, entries = as_sheet(trial, spec)
    result = result_of(sheet, entries.values(), spec)
    trial.total = result.total if result.answered else None
    trial.answered = result.answered
    return result


def _take_over(actor: Actor, trial: TrialSheet, spec: SchemeSpec, application_id: int) -> None:
    """Start from the enterprise's own self sheet: figures the scheme asks for, answers of items it has."""
    source = (
        ScoreSheet.objects.visible_to(actor)
        .select_related("scheme")
        .defer("scheme__spec", "result")
        .filter(application_id=application_id, kind=SELF, is_current=True)
        .first()
    )
    if source is None:
        raise NotVisible("没有可以沿用的自评表。")
    theirs = spec_of_digest(source.scheme.digest)
    known = {entry.code for metric in spec.metrics for entry in metric.inputs}
    metrics = {metric.code for metric in spec.metrics}
    figures = source.measurements
    trial.measurements = {
        **figures,
        "values": {code: value for code, value in figures.get("values", {}).items() if code in known},
        "rows": {code: rows for code, rows in figures.get("rows", {}).items() if code in metrics},
    }
    trial.answers = {
        entry.item_code: {"answer": entry.answer, "reason": entry.reason}
        for entry in ScoreEntry.objects.filter(sheet=source)
        if (entry.answer or entry.reason)
        and spec.has_item(entry.item_code)
        and spec.item(entry.item_code) == theirs.item(entry.item_code)
    }
