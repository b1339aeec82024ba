"""Remarks on items and cases, and the return list that is gathered while scoring (R-14)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.applications.services import ReturnItem
from apps.applications.states import PRELIM
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.review.casework_models import AUDIENCES, INTERNAL, TO_ENTERPRISE, CaseRemark, ReturnMark
from apps.review.services.cases import jurisdiction, locked_case, require_item, words
from apps.review.services.supplementing import return_for_supplement

_TEXT, _CODE, _KEY = 1000, 40, 64
#: Parts of an application that can be returned, as `applications.services.return_items` knows them.
_ITEM = "item"
_PARTS = frozenset({_ITEM, "basic", "profile", "report", "evidence", "scheme"})


@transaction.atomic
def add_remark(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    item_code: str,
    audience: str,
    text: str,
    key: str,
) -> str:
    """Say something about an item (or the case, with an empty code); the same key twice is one remark.

    Args:
        actor: staff of the district or the city, or the enterprise answering (its words are always for both sides).
        clock: the legal clock.
        public_id: of the application.
        item_code: of the scheme; "" for the case as a whole.
        audience: `enterprise` or `internal`.
        text: at most 1,000 characters.
        key: made by the page, so that a repeated sending after a lost answer adds nothing.

    Returns:
        The public id of the remark.

    Raises:
        Invalid: no text, no audience, no such item.
        Forbidden: somebody who only reads.
        NotVisible: gate 2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    official = actor.role in {Role.DISTRICT, Role.MUNICIPAL}
    if not (official and actor.has(Duty.HANDLER, Duty.SIGNER)) and actor.role is not Role.ENTERPRISE:
        raise Forbidden("意见由经办、签批人员和申报企业填写。")
    said = clean_text(text, field="text", label="意见", limit=_TEXT, multiline=True)
    seen_by = audience if official else TO_ENTERPRISE
    errors: dict[str, list[str]] = {}
    if not said:
        errors["text"] = ["请填写意见内容。"]
    if seen_by not in AUDIENCES:
        errors["audience"] = ["请选择企业可见，还是仅内部。"]
    if errors:
        raise Invalid(errors)
    token = clean_text(key, field="key", label="标识", limit=_KEY)
    mine = CaseRemark.objects.visible_to(actor).filter(application_id=case.id, author_id=actor.user_id)
    known = mine.filter(key=token).values_list("public_id", flat=True).first()
    if known is not None:
        return str(known)
    about = clean_text(item_code, field="item_code", label="条目", limit=_CODE)
    if about:
        require_item(actor, case, about)
    moment = clock.now()
    row = CaseRemark.objects.create(
        **jurisdiction(case),
        item_code=about,
        audience=seen_by,
        text=said,
        author_id=actor.account,
        author_name=actor.name,
        author_role=actor.role.value,
        written_at=moment.at,
        key=token,
    )
    record(
        actor=actor,
        event="remark.add",
        subject=row,
        moment=moment,
        rule="R-15",
        after={"item": row.item_code, "audience": seen_by},
        note=said,
    )
    if seen_by != INTERNAL:
        _tell(case, row, moment, by_enterprise=not official)
    return row.public_id


def _tell(case: CaseRow, row: CaseRemark, moment: Moment, *, by_enterprise: bool) -> None:
    """Tell the other side, at most once a day and case: a thread is no flood of messages."""
    context = {**words(case), "item": row.item_code or "整件申报"}
    if by_enterprise:
        enqueue(
            key=f"remark-answered:{case.public_id}:{moment.on}",
            template="remark_answered",
            context=context,
            to_district=case.district,
            moment=moment,
        )
        return
    enqueue(
        key=f"remark-made:{case.public_id}:{moment.on}",
        template="remark_made",
        context=context,
        to_enterprise=case.enterprise_id,
        moment=moment,
    )


@transaction.atomic
def settle_remark(*, actor: Actor, clock: Clock, public_id: str, settled: bool = True) -> None:
    """An official marks a remark as settled, or opens it again; the words themselves are never changed.

    Raises:
        Forbidden: not the staff of a bureau.
        NotVisible: gate 2.
    """
    row: CaseRemark | None = (
        CaseRemark.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("意见由经办、签批人员标为已解决。")
    if settled == (row.settled_at is not None):
        return
    moment = clock.now()
    row.settled_by_id = actor.user_id if settled else None
    row.settled_at = moment.at if settled else None
    row.save(update_fields=["settled_by", "settled_at"])
    record(
        actor=actor,
        event="remark.settle" if settled else "remark.reopen",
        subject=row,
        moment=moment,
        rule="R-15",
    )


@transaction.atomic
def mark_for_return(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    part: str,
    code: str,
    reason: str = "",
    wanted: str = "",
) -> None:
    """Put a part of the application on the return list; again, it takes the new words.

    Raises:
        Invalid: an unknown part or item, or words that are too long.
        Forbidden: not staff of the district.
        NotVisible: gate 2.
    """
    case = _for_the_list(actor, public_id)
    if part not in _PARTS:
        raise Invalid.of("part", "请选择要退回的部分。")
    place = clean_text(code, field="code", label="代码", limit=_CODE)
    if part == _ITEM:
        require_item(actor, case, place)
    why = clean_text(reason, field="reason", label="问题", limit=_TEXT, multiline=True)
    want = clean_text(wanted, field="wanted", label="补正要求", limit=_TEXT, multiline=True)
    moment = clock.now()
    rows = ReturnMark.objects.visible_to(actor).filter(application_id=case.id, part=part, code=place)
    row = rows.first()
    if row is None:
        row = ReturnMark(**jurisdiction(case), part=part, code=place)
        row.added_by_id, row.added_at = actor.account, moment.at
    elif (row.reason, row.wanted) == (why or row.reason, want or row.wanted):
        return
    row.reason, row.wanted = why or row.reason, want or row.wanted
    row.save()
    record(
        actor=actor,
        event="return.mark",
        subject=row,
        moment=moment,
        rule="R-14",
        after={"place": str(row), "reason": row.reason, "wanted": row.wanted},
    )


@transaction.atomic
def unmark_for_return(*, actor: Actor, clock: Clock, public_id: str, part: str, code: str) -> None:
    """Take a part from the return list; one that is not on it is no fault.

    Raises:
        Forbidden: not staff of the district.
        NotVisible: gate 2.
    """
    case = _for_the_list(actor, public_id)
    row = ReturnMark.objects.visible_to(actor).filter(application_id=case.id, part=part, code=code).first()
    if row is None:
        return
    record(
        actor=actor,
        event="return.unmark",
        subject=row,
        moment=clock.now(),
        rule="R-14",
        before={"place": str(row), "reason": row.reason, "wanted": row.wanted},
    )
    row.delete()


@transaction.atomic
def return_items(
    *, actor: Actor, clock: Clock, public_id: str, items: Sequence[ReturnItem]
) -> applications.Returned:
    """Return the named items in one go and empty the list they were gathered on (R-14); all of it or nothing.

    During the form check the whole case waits for the enterprise, during 初评 scoring rests and keeps its scores.

    Args:
        actor: district staff.
        clock: the legal clock.
        public_id: of the application.
        items: part, code, reason and what is wanted of each.

    Raises:
        RuleBroken, Invalid, NotVisible, Forbidden, WrongStep: see `applications.services.return_items` and
            `return_for_supplement`.
    """
    case = locked_case(actor=actor, public_id=public_id)
    act = return_for_supplement if case.state == PRELIM else applications.return_items
    returned = act(actor=actor, clock=clock, public_id=public_id, items=items)
    ReturnMark.objects.visible_to(actor).filter(application_id=case.id).delete()
    return returned


def _for_the_list(actor: Actor, public_id: str) -> CaseRow:
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("退回清单由属地经办人员整理。")
    return case
