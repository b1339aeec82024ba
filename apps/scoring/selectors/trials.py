"""Self-tests (自测): the list of an enterprise's own, and each as a sheet that the one scoring function reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import ScoreEntry, ScoreSheet, TrialSheet
from apps.scoring.selectors.computing import result_of
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.states import OPEN, SELF

#: What stands in the place of an application: a self-test belongs to none.
_NO_APPLICATION = 0


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A self-test in one line."""

    public_id: str
    title: str
    scheme_code: str
    scheme_name: str
    total: Decimal | None
    total_text: str
    answered: int
    item_count: int
    changed_at: datetime


def trials(*, actor: Actor) -> list[TrialRow]:
    """Return the enterprise's self-tests, newest first: one query."""
    rows = (
        TrialSheet.objects.visible_to(actor)
        .select_related("scheme")
        .defer("scheme__spec", "answers", "measurements", "context")
        .order_by("-changed_at", "-pk")
    )
    return [
        TrialRow(
            public_id=row.public_id,
            title=row.title,
            scheme_code=row.scheme.code,
            scheme_name=row.scheme.name,
            total=row.total,
            total_text="" if row.total is None else points_text(row.total),
            answered=row.answered,
            item_count=row.item_count,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def trial_result(*, actor: Actor, public_id: str) -> SheetResult:
    """Return the explained result of a self-test.

    Raises:
        NotVisible: there is no such self-test for this actor.
    """
    trial = find_trial(actor, public_id)
    spec = spec_of_digest(trial.scheme.digest)
    sheet, entries = as_sheet(trial, spec)
    return result_of(sheet, entries.values(), spec)


def find_trial(actor: Actor, public_id: str) -> TrialSheet:
    """Return one visible self-test with its scheme.

    Raises:
        NotVisible: there is none for this actor.
    """
    found: TrialSheet | None = (
        TrialSheet.objects.visible_to(actor)
        .select_related("scheme", "changed_by")
        .defer("scheme__spec")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def answer_version(trial: TrialSheet, item_code: str) -> int:
    """Return the version of the answer to one item: 1 before it was first saved, as an entry of a sheet has."""
    return int(trial.answers.get(item_code, {}).get("version", 1))


def as_sheet(trial: TrialSheet, spec: SchemeSpec) -> tuple[ScoreSheet, dict[str, ScoreEntry]]:
    """Return a self-test as a self sheet in memory: the same page and the same scoring, nothing to be saved."""
    sheet = ScoreSheet(
        pk=trial.pk,
        public_id=trial.public_id,
        application_id=_NO_APPLICATION,
        enterprise_id=trial.enterprise_id,
        scheme=trial.scheme,
        kind=SELF,
        state=OPEN,
        measurements=trial.measurements,
        context=trial.context,
        total=trial.total,
        answered=trial.answered,
        item_count=trial.item_count,
        version=trial.version,
        changed_at=trial.changed_at,
    )
    entries = {
        item.code: ScoreEntry(
            sheet=sheet,
            item_code=item.code,
            answer=trial.answers.get(item.code, {}).get("answer", {}),
            reason=trial.answers.get(item.code, {}).get("reason", ""),
            version=answer_version(trial, item.code),
            later=bool(trial.answers.get(item.code, {}).get("later")),
        )
        for item in spec.items
    }
    return sheet, entries
