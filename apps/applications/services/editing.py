"""Who may write which part of an application now: everything in a draft, only the returned parts in a supplement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.applications.models import Application, ReturnedItem
from apps.applications.services.advance import locked
from apps.applications.states import APPLICATION_LIFE, EDITABLE, SUPPLEMENTING
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, RuleBroken, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.policy.review import may_resubmit
from apps.policy.verdict import Verdict, refuse


@dataclass(frozen=True, slots=True)
class Saved:
    """The version of the application after a save."""

    version: int


def for_editing(
    *, actor: Actor, clock: Clock, public_id: str, part: str, codes: Sequence[str] = ("",)
) -> tuple[Application, Moment]:
    """Return the locked application and the moment, when the enterprise may write these *codes* of *part* now.

    Raises:
        NotVisible: not this enterprise's application.
        Forbidden: not a member of an enterprise.
        WrongStep: neither a draft nor being supplemented.
        RuleBroken: not among the returned parts, or the supplement is overdue (R-14).
    """
    if actor.role is not Role.ENTERPRISE:
        msg = "申报材料由企业填写。"
        raise Forbidden(msg)
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    if row.state not in EDITABLE:
        msg = f"当前状态为「{APPLICATION_LIFE.label(row.state)}」，不能修改申报材料。"
        raise WrongStep(msg)
    if row.state == SUPPLEMENTING:
        items = list(ReturnedItem.objects.filter(application=row, turn=row.turn))
        require(may_resubmit(due_on=max(i.due_on for i in items), on=moment.on, changed=[], returned=[]))
        if not all(is_returned(items, part, code) for code in codes):
            raise RuleBroken(
                Verdict.refused(
                    refuse(
                        "R-14", "补正期间只能修改退回的内容，这部分没有退回。", "请只修改退回清单中的项目。"
                    )
                )
            )
    return row, moment


def is_returned(items: list[ReturnedItem], part: str, code: str) -> bool:
    """Return whether *part* (*code*) is among the returned ones.

    A part returned without a code is open as a whole. Evidence goes with what it proves: an item or requirement that
    was returned may get other files, and returned evidence may change the item's answer, too.
    """
    opened = {(item.part, item.code) for item in items}
    if any(kind == "scheme" for kind, _ in opened) and part in {"item", "evidence"}:
        return True  # another system asks for other items; a named one was chosen by the district for good
    wanted = {(part, code), (part, "")}
    if part == "evidence":
        wanted |= {(kind, code) for kind in ("item", "basic", "report")}
    if part == "item":
        wanted |= {("evidence", code)}
    return bool(wanted & opened)
