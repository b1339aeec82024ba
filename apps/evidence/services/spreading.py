"""One file at many places of an application in one act: a yearly statement proves a dozen items at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Count

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.evidence.models import EvidenceFile, EvidenceUse
from apps.evidence.selectors.files import in_application
from apps.evidence.services.records import Case
from apps.evidence.services.uploading import require_room
from apps.evidence.services.using import CODE_LIMIT, NOTE_LIMIT, file_of, pages_of, require_own_case
from apps.evidence.states import BY_ENTERPRISE, PLACES
from apps.parameters.selectors import in_force


@transaction.atomic
def attach_to_many(  # noqa: PLR0913  (what one use of a file states)
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    case: Case,
    place: str,
    codes: Sequence[str],
    page_from: int | None = None,
    page_to: int | None = None,
    note: str = "",
) -> Mapping[str, int]:
    """Put a file to several items (or requirements, or sections); where it stands already nothing happens.

    Statements: constant, and one audit row for every new use.

    Args:
        actor: whoever may change the case.
        clock: when.
        public_id: the file.
        case: the application.
        place: "item", "requirement" or "section".
        codes: where, at least one.
        page_from: first page that counts, the same everywhere; None: the whole file.
        page_to: last page that counts.
        note: the same at every place.

    Returns:
        Code → number of files there now, for every one of *codes*.

    Raises:
        NotVisible, WrongStep, Invalid: as for `attach`.
    """
    row = file_of(actor, public_id)
    require_own_case(actor, row, case)
    wanted = list(dict.fromkeys(codes))
    if place not in PLACES or not wanted or not all(0 < len(code) <= CODE_LIMIT for code in wanted):
        raise Invalid.of("place", "请选择材料对应的条目、基本要求或章节。")
    first, last = pages_of(row, page_from, page_to)
    text = clean_text(note, field="note", label="说明", limit=NOTE_LIMIT)
    moment = clock.now()
    used = set(
        EvidenceUse.objects.filter(file=row, application_id=case.application_id).values_list("place", "code")
    )
    if row.origin == BY_ENTERPRISE and not used:
        totals = in_application(EvidenceFile.objects.visible_to(actor), case.application_id)
        require_room(totals, row.size, in_force(on=moment.on))
    made = EvidenceUse.objects.bulk_create(
        EvidenceUse(
            file=row,
            application_id=case.application_id,
            enterprise_id=case.enterprise_id,
            district_id=case.district,
            origin=row.origin,
            place=place,
            code=code,
            page_from=first,
            page_to=last,
            note=text,
            added_by_id=actor.user_id,
            added_at=moment.at,
        )
        for code in wanted
        if (place, code) not in used
    )
    for use in made:
        audit.record(
            actor=actor,
            event="evidence.attach",
            subject=use,
            moment=moment,
            rule="R-12",
            after={"file": row.public_id, "digest": row.digest, "place": place, "code": use.code},
        )
    standing = EvidenceUse.objects.filter(application_id=case.application_id, place=place, code__in=wanted)
    return dict(standing.values_list("code").annotate(number=Count("id")).order_by("code"))
