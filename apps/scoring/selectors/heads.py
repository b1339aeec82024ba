"""Reading sheets as wholes: heads for lists, totals, results, means. Blindness is `visible_to` plus one setting."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, NotVisible
from apps.core.scoping import acting_as
from apps.policy.evaluation.comparing import MeanOfSheets, mean_of_sheets
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.results import SheetResult
from apps.policy.parameters import Averaging, Parameters
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of, rules_of
from apps.scoring.selectors.schemes import RECONSTRUCTION_LABEL, spec_of_digest
from apps.scoring.states import DISTRICT, EXPERT, OPEN, RECHECK, SELF, SHEET_KINDS, SHEET_LIFE, SIGNED


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A sheet in one line. Names of scorers are empty for enterprises and, before the panel concluded, for experts."""

    id: int
    public_id: str
    application_id: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    turn: int
    is_current: bool
    version: int
    scheme_id: int
    scheme_code: str
    scheme_digest: str
    scheme_name: str
    is_reconstruction: bool
    scheme_mark: str
    total: Decimal | None
    total_text: str
    answered: int
    item_count: int
    owner_id: int | None
    owner_name: str
    signed_at: datetime | None
    signed_by_id: int | None
    changed_at: datetime
    digest: str
    open_items: tuple[str, ...] | None
    released_to_enterprise: bool
    editable: bool

    @property
    def remaining(self) -> int:
        """Items still to be filled in or scored."""
        return self.item_count - self.answered


def rows_for(actor: Actor) -> QuerySet[ScoreSheet]:
    """Return the queryset every reading in this room starts from: visible rows, light columns, scheme and owner."""
    return (
        ScoreSheet.objects.visible_to(actor)
        .select_related("scheme", "owner")
        .defer("scheme__spec", "result")
        .order_by("kind", "turn", "pk")
    )


def head_of(sheet: ScoreSheet, actor: Actor, *, hidden: bool = False) -> SheetHead:
    """Return the head of a loaded sheet as *actor* may read it; *hidden* withholds the figures of others."""
    withheld = hidden and not (sheet.kind == EXPERT and sheet.owner_id == actor.user_id)
    named = actor.role not in {Role.ENTERPRISE, Role.PUBLIC} and (
        actor.role is not Role.EXPERT or sheet.owner_id == actor.user_id or sheet.released_to_panel
    )
    return SheetHead(
        id=sheet.pk,
        public_id=sheet.public_id,
        application_id=sheet.application_id,
        kind=sheet.kind,
        kind_label=SHEET_KINDS[sheet.kind],
        state=sheet.state,
        state_label=SHEET_LIFE.label(sheet.state),
        turn=sheet.turn,
        is_current=sheet.is_current,
        version=sheet.version,
        scheme_id=sheet.scheme_id,
        scheme_code=sheet.scheme.code,
        scheme_digest=sheet.scheme.digest,
        scheme_name=sheet.scheme.name,
        is_reconstruction=sheet.scheme.reconstruction,
        scheme_mark=RECONSTRUCTION_LABEL if sheet.scheme.reconstruction else "",
        total=None if withheld else sheet.total,
        total_text="" if withheld or sheet.total is None else points_text(sheet.total),
        answered=sheet.answered,
        item_count=sheet.item_count,
        owner_id=sheet.owner_id if named else None,
        owner_name=sheet.owner.name if named and sheet.owner is not None else "",
        signed_at=sheet.signed_at,
        signed_by_id=sheet.signed_by_id if named else None,
        changed_at=sheet.changed_at,
        digest=sheet.digest,
        open_items=None if sheet.open_items is None else tuple(sheet.open_items),
        released_to_enterprise=sheet.released_to_enterprise,
        editable=sheet.state == OPEN and _writes(actor, sheet),
    )


def _writes(actor: Actor, sheet: ScoreSheet) -> bool:
    match actor.role:
        case Role.ENTERPRISE:
            return sheet.kind == SELF
        case Role.EXPERT:
            return sheet.kind == EXPERT and sheet.owner_id == actor.user_id
        case Role.DISTRICT:
            return sheet.kind in {DISTRICT, RECHECK} and actor.has(Duty.HANDLER)
        case Role.MUNICIPAL:
            return sheet.kind == RECHECK and actor.has(Duty.HANDLER)
    return False


def find(actor: Actor, public_id: str) -> ScoreSheet:
    """Return one visible sheet with scheme and owner, for the selectors of this room.

    Raises:
        NotVisible: there is none for this actor.
    """
    sheet = rows_for(actor).filter(public_id=public_id).first()
    if sheet is None:
        raise NotVisible
    return sheet


def sheet_head(*, actor: Actor, public_id: str) -> SheetHead:
    """Return the head of one sheet.

    Raises:
        NotVisible: there is none for this actor.
    """
    sheet = find(actor, public_id)
    return head_of(sheet, actor, hidden=scores_hidden_from(actor, sheet.application_id))


def current_rows(actor: Actor, application_id: int, kind: str) -> QuerySet[ScoreSheet]:
    """Return the current sheets of one kind of an application, the newest first."""
    return rows_for(actor).filter(application_id=application_id, kind=kind, is_current=True).order_by("-pk")


def current_public_id(*, actor: Actor, application_id: int, kind: str) -> str | None:
    """Return which sheet `current_sheet` would find, without its figures: for a save that locks it next."""
    rows = current_rows(actor, application_id, kind)
    return rows.values_list("public_id", flat=True).first()


def current_sheet(
    *, actor: Actor, application_id: int, kind: str, owner_id: int | None = None
) -> SheetHead | None:
    """Return the newest turn of a kind of sheet (of one expert: *owner_id*), or None."""
    rows = current_rows(actor, application_id, kind)
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    sheet = rows.first()
    return None if sheet is None else head_of(sheet, actor, hidden=scores_hidden_from(actor, application_id))


def sheets_of(*, actor: Actor, application_id: int, current_only: bool = True) -> list[SheetHead]:
    """Return the sheets of an application that *actor* may see."""
    rows = rows_for(actor).filter(application_id=application_id)
    hidden = scores_hidden_from(actor, application_id)
    chosen = rows.filter(is_current=True) if current_only else rows
    return [head_of(sheet, actor, hidden=hidden) for sheet in chosen]


def expert_sheets(*, actor: Actor, application_id: int) -> list[SheetHead]:
    """Return the current expert sheets *actor* may see: an expert sees only its own until the panel has concluded."""
    rows = rows_for(actor).filter(application_id=application_id, kind=EXPERT, is_current=True)
    return [head_of(sheet, actor) for sheet in rows]


def totals_of(*, actor: Actor, application_ids: Collection[int], kind: str) -> dict[int, Decimal]:
    """Return application → signed total of the current sheet of one kind (not for experts' sheets), one query."""
    rows = ScoreSheet.objects.visible_to(actor).filter(
        application_id__in=list(application_ids), kind=kind, is_current=True, state=SIGNED
    )
    return dict(rows.values_list("application_id", "total"))


def scored_items(*, actor: Actor, application_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return application → codes of the items its current self-evaluation claims points for; one query."""
    rows = ScoreEntry.objects.filter(
        sheet__in=ScoreSheet.objects.visible_to(actor).filter(
            application_id__in=list(application_ids), kind=SELF, is_current=True
        ),
        points__gt=0,
    )
    found: dict[int, set[str]] = {}
    for application_id, code in rows.values_list("sheet__application_id", "item_code"):
        found.setdefault(application_id, set()).add(code)
    return {application_id: frozenset(codes) for application_id, codes in found.items()}


def sheet_result(*, actor: Actor, public_id: str) -> SheetResult:
    """Return the full explained result of a sheet, computed by the one scoring function.

    Raises:
        NotVisible: there is no such sheet for this actor.
        Forbidden: its scores are withheld from this expert.
    """
    sheet = find(actor, public_id)
    if sheet.kind != EXPERT and scores_hidden_from(actor, sheet.application_id):
        raise Forbidden("本批次专家独立评分，签定本人评分表后方可查看自评分和初评分。")
    return computed(sheet)


def computed(sheet: ScoreSheet) -> SheetResult:
    """Score a loaded sheet."""
    return result_of(sheet, ScoreEntry.objects.filter(sheet=sheet), spec_of_digest(sheet.scheme.digest))


def scorers_of(*, actor: Actor, public_id: str) -> frozenset[int]:
    """Return the accounts that wrote in a sheet, for the rule that nobody signs their own work (R-15)."""
    sheet = find(actor, public_id)
    writers = ScoreEntry.objects.filter(sheet=sheet, updated_by__isnull=False)
    return frozenset(writers.values_list("updated_by_id", flat=True).distinct())


def panel_mean(*, actor: Actor, application_id: int, parameters: Parameters) -> MeanOfSheets | None:
    """Return the mean of the signed expert sheets by the setting in force (R-19), None while there is none.

    For the room that concludes the panel: it counts every sheet, also where *actor* may not read them singly.
    """
    with acting_as(Actor.system(), then=actor):  # the panel's leader does not see the others' sheets yet
        sheets = list(
            rows_for(Actor.system()).filter(
                application_id=application_id, kind=EXPERT, is_current=True, state=SIGNED
            )
        )
        entries: dict[int, list[ScoreEntry]] = {sheet.pk: [] for sheet in sheets}
        for entry in ScoreEntry.objects.filter(sheet__in=sheets):
            entries[entry.sheet_id].append(entry)
    if not sheets:
        return None
    results = [result_of(sheet, entries[sheet.pk], spec_of_digest(sheet.scheme.digest)) for sheet in sheets]
    trims = parameters.panel_averaging is Averaging.TRIMMED_MEAN
    return mean_of_sheets(results, parameters.panel_trim_from if trims else None, rules_of(sheets[0]))


def scores_hidden_from(actor: Actor, application_id: int) -> bool:
    """Return whether self and district scores are withheld from this expert until its own sheet is signed.

    The setting was pinned when the expert's sheet was opened; before that nothing is shown.
    """
    if actor.role is not Role.EXPERT:
        return False
    own = (
        ScoreSheet.objects.visible_to(actor)
        .filter(application_id=application_id, kind=EXPERT, owner_id=actor.user_id, is_current=True)
        .values_list("state", "context__scores_shown")
        .first()
    )
    return own is None or not (own[0] == SIGNED or own[1])
