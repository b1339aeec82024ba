"""Figures of self sheets that are probably wrong, for one sheet or for whole queues."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from apps.core.actor import Actor
from apps.policy.evaluation.answers import Measurements
from apps.policy.evaluation.sanity import SanityWarning, check_measurements
from apps.scoring.models import ScoreSheet
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.states import SELF, SIGNED


def questioned_figures(
    *, actor: Actor, application_ids: Collection[int]
) -> dict[int, tuple[SanityWarning, ...]]:
    """Return application id → what is questioned in the figures of its current self sheet; two queries.

    Applications in whose figures nothing is questioned are left out.
    """
    sheets = list(
        ScoreSheet.objects.visible_to(actor)
        .filter(application_id__in=list(application_ids), kind=SELF, is_current=True)
        .select_related("scheme")
        .defer("scheme__spec", "result", "context")
    )
    previous = previous_figures(actor, sheets)
    found = {
        sheet.application_id: check_measurements(
            spec_of_digest(sheet.scheme.digest).metrics,
            Measurements.from_mapping(sheet.measurements),
            previous.get(sheet.pk),
        )
        for sheet in sheets
    }
    return {application_id: warnings for application_id, warnings in found.items() if warnings}


def previous_figures(actor: Actor, sheets: Iterable[ScoreSheet]) -> dict[int, Measurements]:
    """Return sheet id → the figures of the enterprise's last self sheet handed in before, of another application.

    One query for any number of sheets; sheets without an earlier one, or whose earlier one is about the same year,
    are left out.
    """
    asked = list(sheets)
    if not asked:
        return {}
    earlier: dict[int, list[ScoreSheet]] = {}
    for row in (
        ScoreSheet.objects.visible_to(actor)
        .filter(enterprise_id__in={sheet.enterprise_id for sheet in asked}, kind=SELF, state=SIGNED)
        .only("enterprise_id", "application_id", "signed_at", "measurements")
        .order_by("-signed_at")
    ):
        earlier.setdefault(row.enterprise_id, []).append(row)
    found: dict[int, Measurements] = {}
    for sheet in asked:
        last = next(
            (
                row.measurements
                for row in earlier.get(sheet.enterprise_id, ())
                if row.application_id != sheet.application_id
                and row.signed_at is not None
                and row.signed_at < sheet.opened_at
            ),
            None,
        )
        if last is not None and last.get("period", "") != sheet.measurements.get("period", ""):
            found[sheet.pk] = Measurements.from_mapping(last)
    return found
