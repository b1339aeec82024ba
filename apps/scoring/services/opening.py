"""Opening, renewing, closing and moving sheets: everything about a sheet but what is written in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.parameters.selectors import in_force
from apps.policy.evaluation.results import ItemState
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import Scheme, ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import context_for
from apps.scoring.selectors.schemes import spec_of_digest
from apps.scoring.services.records import Case, SheetRef
from apps.scoring.services.writing import (
    apply_result,
    audited,
    entries_of,
    hold,
    require_open,
    require_writer,
    store_sums,
    take_turn,
    write_entries,
)
from apps.scoring.states import CLOSED, DISTRICT, DRAFT, EXPERT, OPEN, PUBLISHED, SELF, SHEET_LIFE, SIGNED

_LONGEST_REASON = 200
#: What a renewed sheet takes over from each entry of the turn before.
_COPIED = (
    "item_code",
    "answer",
    "judged_points",
    "reason",
    "points",
    "item_state",
    "evidence_count",
    "version",
    "updated_at",
    "updated_by_id",
)


@transaction.atomic
def open_sheet(
    *,
    actor: Actor,
    clock: Clock,
    case: Case,
    kind: str,
    scheme_id: int | None = None,
    scores_shown: bool | None = None,
) -> SheetRef:
    """Open the sheet of *kind* for an application, or return the one that is there; twice changes nothing.

    A self sheet needs a published *scheme_id* and starts empty. An official sheet takes scheme, benchmark values and
    settings from the self sheet handed in; an expert's takes over 不适用 and shows earlier scores if `scores_shown`.

    Raises:
        Forbidden: this actor does not write this kind of sheet.
        NotVisible: no self sheet is handed in, or the scheme does not exist.
        WrongStep: the scheme is not published.
    """
    take_turn(case.application_id)
    found = _current(actor, case, kind)
    if found is not None:
        return _ref(found)
    moment, source = clock.now(), None if kind == SELF else _handed_in(actor, case.application_id, SELF)
    if source is None:
        scheme = _published(scheme_id)
        spec = spec_of_digest(scheme.digest)
        context = context_for(spec=spec, industry_code=case.industry_code, on=moment.on)
    else:
        scheme, context = source.scheme, source.context
        spec = spec_of_digest(scheme.digest)
    if kind == EXPERT:  # pinned: changing the setting during a review must not show or hide scores half-way
        shown = in_force(on=moment.on).expert_sees_district_score if scores_shown is None else scores_shown
        context = {**context, "scores_shown": shown}
    sheet = ScoreSheet(
        application_id=case.application_id,
        enterprise_id=case.enterprise_id,
        district_id=case.district,
        scheme=scheme,
        kind=kind,
        owner_id=actor.user_id,
        context=context,
        item_count=len(spec.items),
        opened_at=moment.at,
        opened_by_id=actor.user_id,
        changed_at=moment.at,
    )
    require_writer(sheet, actor)
    sheet.save(force_insert=True)
    _fill(sheet, spec, {})
    if kind == EXPERT:
        _take_over_not_applicable(actor, sheet, moment)
    audit.record(
        actor=actor,
        event="score.sheet.open",
        subject=audited(sheet),
        moment=moment,
        rule="R-07" if kind == SELF else "R-15",
        after={"kind": kind, "scheme": scheme.code, "scheme_version": scheme.version},
    )
    return _ref(sheet)


def _current(actor: Actor, case: Case, kind: str) -> ScoreSheet | None:
    rows = ScoreSheet.objects.visible_to(actor).filter(
        application_id=case.application_id, kind=kind, is_current=True
    )
    if kind == EXPERT:
        rows = rows.filter(owner_id=actor.user_id)
    elif kind not in {SELF, DISTRICT}:
        rows = rows.filter(state=OPEN)
    return rows.first()


def _handed_in(actor: Actor, application_id: int, kind: str) -> ScoreSheet:
    found = _signed(actor, application_id, kind)
    if found is None:
        raise NotVisible("企业自评表尚未提交，不能评分。")
    return found


def _signed(actor: Actor, application_id: int, kind: str) -> ScoreSheet | None:
    return (
        ScoreSheet.objects.visible_to(actor)
        .select_related("scheme")
        .defer("scheme__spec", "result")
        .filter(application_id=application_id, kind=kind, is_current=True, state=SIGNED)
        .first()
    )


def _published(scheme_id: int | None) -> Scheme:
    published = Scheme.objects.defer("spec").exclude(status=DRAFT)
    scheme: Scheme | None = None if scheme_id is None else published.filter(pk=scheme_id).first()
    if scheme is None:
        raise NotVisible("没有找到所选的评价体系。")
    if scheme.status != PUBLISHED:
        raise WrongStep("所选评价体系未发布或已停用，请另选。")
    return scheme


def _fill(sheet: ScoreSheet, spec: SchemeSpec, contents: dict[str, dict[str, Any]]) -> None:
    """Make one entry for every item of the scheme, with the given contents."""
    ScoreEntry.objects.bulk_create(
        [ScoreEntry(sheet=sheet, item_code=item.code, **contents.get(item.code, {})) for item in spec.items]
    )


def _take_over_not_applicable(actor: Actor, sheet: ScoreSheet, moment: Moment) -> None:
    """An expert does not ask again what the district has confirmed: 不适用 items come filled in."""
    district = _signed(actor, sheet.application_id, DISTRICT)
    if district is None:
        return
    confirmed = ScoreEntry.objects.filter(sheet=district, item_state=ItemState.NOT_APPLICABLE.value)
    told = {entry.item_code: entry for entry in confirmed}
    if not told:
        return
    held = hold(actor, sheet.public_id)
    for code, entry in told.items():
        own = held.entries[code]
        own.answer, own.reason = dict(entry.answer), entry.reason
    write_entries([held.entries[code] for code in told], ["answer", "reason"])
    apply_result(held, moment)
    store_sums(held)


@transaction.atomic
def change_scheme(*, actor: Actor, clock: Clock, public_id: str, scheme_id: int) -> SheetRef:
    """Put an open self sheet on another published scheme (R-07); figures stay, and answers of items that are equal.

    Raises:
        NotVisible, Forbidden, WrongStep: no such sheet, not its writer, handed in, or the scheme is not published.
    """
    held = hold(actor, public_id)
    sheet = held.sheet
    require_open(sheet)
    if sheet.kind != SELF:
        raise Forbidden("评价体系在自评表上选择。")
    if (
        actor.role is not Role.DISTRICT
    ):  # the district may change the enterprise's choice while it supplements
        require_writer(sheet, actor)
    if sheet.scheme_id == scheme_id:
        return _ref(sheet)
    moment = clock.now()
    scheme = _published(scheme_id)
    spec = spec_of_digest(scheme.digest)
    equal = {item.code: item for item in held.spec.items if spec.has_item(item.code)}
    kept = {
        code: {"answer": held.entries[code].answer, "reason": held.entries[code].reason}
        for code, item in equal.items()
        if spec.item(code) == item
    }
    before = {"scheme": sheet.scheme.code, "scheme_version": sheet.scheme.version}
    ScoreEntry.objects.filter(sheet=sheet).delete()
    sheet.scheme, sheet.item_count = scheme, len(spec.items)
    sheet.context = context_for(spec=spec, industry_code=sheet.context["industry_code"], on=moment.on)
    sheet.open_items = None
    sheet.version += 1
    _fill(sheet, spec, kept)
    held.entries, held.spec = entries_of(sheet), spec
    apply_result(held, moment)
    store_sums(held, "scheme", "item_count", "context", "open_items", "version")
    audit.record(
        actor=actor,
        event="score.sheet.scheme",
        subject=sheet,
        moment=moment,
        rule="R-07",
        before=before,
        after={"scheme": scheme.code, "scheme_version": scheme.version, "kept_answers": len(kept)},
    )
    return _ref(sheet)


@transaction.atomic
def renew_sheet(
    *, actor: Actor, clock: Clock, public_id: str, item_codes: Collection[str] | None = None
) -> SheetRef:
    """Make the next turn of a signed sheet: an open copy, in which only *item_codes* (None: all) may be changed.

    For rooms above: a self sheet when the district returns items, a district sheet when the signer returns it, an
    expert sheet for 复议. The signed turn stays as it was, for ever.

    Raises:
        NotVisible: no such sheet.
        WrongStep: it is not signed, or not the newest turn.
        Invalid: an item that the scheme does not have.
    """
    with acting_as(Actor.system(), then=actor):  # the one who returns a sheet need not be its writer
        old = (
            ScoreSheet.objects.visible_to(Actor.system())
            .select_for_update(of=("self",))
            .select_related("scheme")
            .defer("scheme__spec", "result")
            .filter(public_id=public_id)
            .first()
        )
        if old is None:
            raise NotVisible
        if old.state != SIGNED or not old.is_current:
            raise WrongStep("只有已签定的现行评分表可以退回重填。")
        spec = spec_of_digest(old.scheme.digest)
        unknown = sorted(code for code in item_codes or () if not spec.has_item(code))
        if unknown:
            raise Invalid.of("item_codes", f"评价体系中没有这些条目：{'、'.join(unknown)}。")
        moment = clock.now()
        entries = entries_of(old)
        old.is_current = False
        old.save(update_fields=["is_current"])
        new = ScoreSheet.objects.create(
            application_id=old.application_id,
            enterprise_id=old.enterprise_id,
            district_id=old.district_id,
            scheme_id=old.scheme_id,
            kind=old.kind,
            owner_id=old.owner_id,
            turn=old.turn + 1,
            measurements=old.measurements,
            context=old.context,
            open_items=None if item_codes is None else sorted(set(item_codes)),
            total=old.total,
            answered=old.answered,
            item_count=old.item_count,
            version=old.version,
            opened_at=moment.at,
            opened_by_id=actor.user_id,
            changed_at=moment.at,
        )
        ScoreEntry.objects.bulk_create(
            [
                ScoreEntry(sheet=new, **{name: getattr(entry, name) for name in _COPIED})
                for entry in entries.values()
            ]
        )
    audit.record(
        actor=actor,
        event="score.sheet.renew",
        subject=audited(new),
        moment=moment,
        rule="R-14" if old.kind == SELF else "R-15",
        before={"turn": old.turn, "public_id": old.public_id},
        after={"turn": new.turn, "open_items": new.open_items},
    )
    return _ref(new)


@transaction.atomic
def close_sheet(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """Close an unsigned sheet for good: the assignment was revoked, the expert stepped back, the panel concluded.

    For rooms above. Raises NotVisible, or WrongStep when the sheet is signed or closed already.
    """
    note = clean_text(reason, field="reason", label="理由", limit=_LONGEST_REASON, multiline=True)
    with acting_as(Actor.system(), then=actor):  # an expert's sheet is closed by the city or the district
        sheet = (
            ScoreSheet.objects.visible_to(Actor.system())
            .select_for_update(of=("self",))
            .filter(public_id=public_id)
            .first()
        )
        if sheet is None:
            raise NotVisible
        sheet.state = SHEET_LIFE.step(sheet.state, "close", Actor.system()).target
        sheet.is_current = False
        moment = clock.now()
        sheet.changed_at = moment.at
        sheet.save(update_fields=["state", "is_current", "changed_at"])
    audit.record(
        actor=actor,
        event="score.sheet.close",
        subject=audited(sheet),
        moment=moment,
        rule="R-20",
        before={"state": OPEN},
        after={"state": CLOSED},
        note=note,
    )


@transaction.atomic
def release_sheets(
    *, actor: Actor, clock: Clock, application_id: int, kinds: Collection[str], to: str = "enterprise"
) -> int:
    """Let the enterprise (or, once it has concluded, the panel and the district) read the signed current sheets.

    For rooms above, which decide when. Returns how many sheets became readable.
    """
    column = {"enterprise": "released_to_enterprise", "panel": "released_to_panel"}[to]
    with acting_as(
        Actor.system(), then=actor
    ):  # an expert who concludes the panel does not see the others' sheets yet
        rows = list(
            ScoreSheet.objects.visible_to(Actor.system())
            .select_for_update(of=("self",))
            .filter(
                application_id=application_id,
                kind__in=list(kinds),
                is_current=True,
                state=SIGNED,
                **{column: False},
            )
            .order_by("pk")
        )
        ScoreSheet.objects.visible_to(Actor.system()).filter(pk__in=[row.pk for row in rows]).update(
            **{column: True}
        )
    moment = clock.now()
    for row in rows:
        audit.record(
            actor=actor,
            event=f"score.sheet.release.{to}",
            subject=row,
            moment=moment,
            rule="R-22" if to == "panel" else "R-15",
            before={column: False},
            after={column: True},
        )
    return len(rows)


@transaction.atomic
def follow_application(*, actor: Actor, clock: Clock, application_id: int, district: str) -> None:
    """Move the sheets of a transferred application to its new 属地 (R-13). For rooms above."""
    with acting_as(Actor.system(), then=actor):  # the old district loses sight of them in this very statement
        rows = list(
            ScoreSheet.objects.visible_to(Actor.system())
            .select_for_update(of=("self",))
            .filter(application_id=application_id)
            .exclude(district_id=district)
            .order_by("pk")
        )
        for row in rows:
            before, row.district_id = row.district_id, district
            row.save(update_fields=["district"])
            audit.record(
                actor=actor,
                event="score.sheet.transfer",
                subject=audited(row),
                moment=clock.now(),
                rule="R-13",
                before={"district": before},
                after={"district": district},
            )


def _ref(sheet: ScoreSheet) -> SheetRef:
    return SheetRef(sheet.pk, sheet.public_id, sheet.turn, sheet.version)
