"""Owns reading the answers of a finished sheet under another version of its scheme, to see what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.policy.evaluation.answers import UNANSWERED, Answer
from apps.policy.evaluation.decimals import CENT, WORKING
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.spec import Graded, ItemSpec, SchemeSpec


@dataclass(frozen=True, slots=True)
class SelfScored:
    """The enterprise's own sheet of the case, as it was scored and as the other version scores it."""

    before: SheetResult
    after: SheetResult


def carried_answers(
    answers: Mapping[str, Answer],
    *,
    before: SchemeSpec,
    after: SchemeSpec,
    self_scored: SelfScored | None = None,
) -> dict[str, Answer]:
    """Return the answers as *after* can score them, by item code; items it has not are left out.

    Figures stay, so computed items follow the new rules. A grade is found again by its wording. Points a scorer
    gave become: what *after* gives the self-evaluation where the scorer had agreed with it, and else the same
    share of the new full points (rounded to 0.01). An item whose method is another kind starts unanswered.
    """
    found: dict[str, Answer] = {}
    for code, answer in answers.items():
        if not after.has_item(code) or not before.has_item(code):
            continue
        old, new = before.item(code), after.item(code)
        if answer.judged_points is not None:
            found[code] = replace(
                answer, judged_points=_judged(answer.judged_points, code, old, new, self_scored)
            )
        elif old.method == new.method:
            found[code] = answer
        else:
            found[code] = _reworded(answer, old, new)
    return found


def unscored_items(before: SchemeSpec, after: SchemeSpec) -> tuple[str, ...]:
    """Return the items of *after* that past sheets say nothing about: new codes, and methods of another kind."""
    return tuple(
        item.code
        for item in after.items
        if not before.has_item(item.code) or type(before.item(item.code).method) is not type(item.method)
    )


def _judged(
    points: Decimal, code: str, old: ItemSpec, new: ItemSpec, self_scored: SelfScored | None
) -> Decimal:
    if self_scored is not None and self_scored.before.item(code).points == points:
        agreed = self_scored.after.item(code).points
        if agreed is not None:
            return agreed
    if old.max_points == new.max_points:
        return points
    share = WORKING.divide(points, old.max_points)
    return min(WORKING.multiply(share, new.max_points).quantize(CENT), new.max_points)


def _reworded(answer: Answer, old: ItemSpec, new: ItemSpec) -> Answer:
    if type(old.method) is not type(new.method):
        return replace(UNANSWERED, not_applicable=answer.not_applicable, reason=answer.reason)
    if isinstance(old.method, Graded) and isinstance(new.method, Graded) and answer.option is not None:
        labels = [option.label for option in new.method.options]
        chosen = (
            old.method.options[answer.option].label if 0 <= answer.option < len(old.method.options) else ""
        )
        return replace(answer, option=labels.index(chosen) if chosen in labels else None)
    return answer
