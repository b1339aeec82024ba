"""Changing what stands in the register: recheck, rectification, suspension, cancellation with its ban, renaming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, NotVisible, RuleBroken, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.policy.levels import Level, Tier, may_decide_level
from apps.policy.standing import ban_until
from apps.policy.verdict import Verdict, refuse, when
from apps.titles.models import Ban, Title
from apps.titles.services.bans import await_end
from apps.titles.states import CANCELLED, ENDED, LAPSED, LIVE, TITLE_LIFE

_CANCELLING_EVENTS = frozenset({"cancel", "cancel_by_district"})


@dataclass(frozen=True, slots=True)
class TitleState:
    """A title after a step."""

    public_id: str
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled title and the first day on which its enterprise may apply again."""

    title_public_id: str
    ban_until: date


@transaction.atomic
def change_title_state(
    *, actor: Actor, moment: Moment, title_public_id: str, event: str, note: str = "", document_no: str = ""
) -> TitleState:
    """Take one step in the life of a title; for monitoring, inside the transaction of its decision.

    Args:
        actor: who acts.
        moment: when.
        title_public_id: which title.
        event: event of `TITLE_LIFE`, except a cancellation (see `cancel_title`).
        note: reason, kept in the audit trail and, when the title ends, on it.
        document_no: 文号 of the document that ends the title.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: a listed level is to be rectified away, or a scored one suspended (R-40).
    """
    if event in _CANCELLING_EVENTS:
        msg = "a title is cancelled by cancel_title, which writes the ban as well"
        raise ValueError(msg)
    title = _locked(actor, title_public_id)
    step = TITLE_LIFE.step(title.state, event, actor)
    listed = Level(title.level) >= Level.A4
    require(
        Verdict.all_of(
            when(
                event == "suspend" and not listed,
                "R-40",
                "暂停只适用于4A、5A级称号；3A级及以下由有权部门决定取消。",
            ),
            when(event == "lapse" and not listed, "R-05", "移出名单只适用于4A、5A级称号。"),
        )
    )
    _write(
        title,
        step.target,
        actor=actor,
        moment=moment,
        event=event,
        rule=step.rule,
        note=note,
        document_no=document_no,
    )
    return TitleState(title.public_id, title.state, title.version)


@transaction.atomic
def cancel_title(
    *, actor: Actor, moment: Moment, title_public_id: str, decided_on: date, document_no: str, reason: str
) -> Cancelled:
    """Cancel a title and ban its enterprise for three years (方案六（二）, R-40, R-41).

    The leader of the competent bureau decides; statement and defence are monitoring's to check beforehand.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        RuleBroken: 4A/5A, which the city cannot cancel, or not the competent tier (R-06).
        Invalid: document number or reason missing, or a date in the future.
    """
    title = _locked(actor, title_public_id)
    level = Level(title.level)
    event = "cancel_by_district" if actor.role is Role.DISTRICT else "cancel"
    step = TITLE_LIFE.step(title.state, event, actor)
    if level >= Level.A4:
        raise RuleBroken(
            Verdict.refused(
                refuse("R-40", f"{level.label}级称号不能由本市取消。", "请标记暂停并报告上级主管部门。")
            )
        )
    require(
        may_decide_level(
            level=level,
            tier=Tier.DISTRICT if actor.role is Role.DISTRICT else Tier.MUNICIPAL,
            own_district=actor.district,
            case_district=title.district_id,
        )
    )
    document = clean_text(document_no, field="document_no", label="取消文号", limit=60)
    why = clean_text(reason, field="reason", label="取消原因", limit=2000, multiline=True)
    errors: dict[str, list[str]] = {}
    if not document:
        errors["document_no"] = ["请填写取消决定书文号。"]
    if not why:
        errors["reason"] = ["请填写取消原因。"]
    if decided_on > moment.on or decided_on < title.valid_from:
        errors["decided_on"] = ["决定日期不能晚于今天，也不能早于称号生效日期。"]
    if errors:
        raise Invalid(errors)
    until = ban_until(decided_on)
    _write(
        title,
        CANCELLED,
        actor=actor,
        moment=moment,
        event="cancel",
        rule=step.rule,
        note=why,
        document_no=document,
        ended_on=decided_on,
    )
    ban = Ban.objects.create(
        enterprise_id=title.enterprise_id,
        district_id=title.district_id,
        title=title,
        cancelled_level=title.level,
        from_on=decided_on,
        until_on=until,
        document_no=document,
        recorded_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="title.ban",
        subject=ban,
        moment=moment,
        rule="R-41",
        after={"from_on": decided_on, "until_on": until, "cancelled_level": title.level},
    )
    await_end(ban, moment)
    return Cancelled(title.public_id, until)


@transaction.atomic
def surrender_title(
    *, actor: Actor, clock: Clock, title_public_id: str, document_no: str, reason: str
) -> TitleState:
    """End a title because the enterprise gave it up or ceased to exist (R-43).

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no reason.
    """
    title = _locked(actor, title_public_id)
    moment = clock.now()
    step = TITLE_LIFE.step(title.state, "surrender", actor)
    why = clean_text(reason, field="reason", label="注销原因", limit=2000, multiline=True)
    if not why:
        raise Invalid.of("reason", "请填写注销原因。")
    _write(
        title,
        step.target,
        actor=actor,
        moment=moment,
        event="surrender",
        rule=step.rule,
        note=why,
        document_no=document_no,
    )
    return TitleState(title.public_id, title.state, title.version)


@transaction.atomic
def lapse_title(
    *, actor: Actor, moment: Moment, title_id: int, on: date, document_no: str, note: str
) -> None:
    """End a listed title on the date of the notice that removed it (R-05); used by the list import."""
    title = Title.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=title_id)
    step = TITLE_LIFE.step(title.state, "lapse", actor)
    _write(
        title,
        LAPSED,
        actor=actor,
        moment=moment,
        event="lapse",
        rule=step.rule,
        note=note,
        document_no=document_no,
        ended_on=max(on, title.valid_from),
    )


@transaction.atomic
def rename_titles(*, actor: Actor, moment: Moment, enterprise_id: int, new_name: str, note: str) -> int:
    """Carry a confirmed change of name into the live titles; the old name stays beside it (R-43).

    Returns:
        How many titles now bear the new name.
    """
    name = clean_text(new_name, field="new_name", label="企业名称", limit=100)
    if not name:
        raise Invalid.of("new_name", "请填写更名后的企业名称。")
    changed = 0
    titles = (
        Title.objects.visible_to(actor)
        .filter(enterprise_id=enterprise_id, state__in=LIVE)
        .exclude(enterprise_name=name)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for title in titles:
        old = title.enterprise_name
        title.former_names = [*title.former_names, old]
        title.enterprise_name = name
        title.version += 1
        title.changed_at = moment.at
        title.save(update_fields=["former_names", "enterprise_name", "version", "changed_at"])
        audit.record(
            actor=actor,
            event="title.rename",
            subject=title,
            moment=moment,
            rule="R-43",
            before={"enterprise_name": old},
            after={"enterprise_name": name},
            note=note,
        )
        changed += 1
    return changed


def _locked(actor: Actor, public_id: str) -> Title:
    # Everybody may read the register, so visibility for acting is the jurisdiction, not the public clause.
    title: Title | None = (
        Title.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    )
    if title is None:
        raise NotVisible
    return title


def _write(  # noqa: PLR0913  (one place writes a title's state, with everything it leaves behind)
    title: Title,
    target: str,
    *,
    actor: Actor,
    moment: Moment,
    event: str,
    rule: str,
    note: str,
    document_no: str = "",
    ended_on: date | None = None,
) -> None:
    before = title.state
    title.state = target
    title.version += 1
    title.changed_at = moment.at
    fields = ["state", "version", "changed_at"]
    if target in ENDED:
        title.ended_on = ended_on or max(moment.on, title.valid_from)
        title.end_document_no = document_no
        title.end_reason = note
        fields += ["ended_on", "end_document_no", "end_reason"]
    title.save(update_fields=fields)
    audit.record(
        actor=actor,
        event=f"title.{event}",
        subject=title,
        moment=moment,
        rule=rule,
        before={"state": before},
        after={"state": target, "document_no": document_no, "ended_on": title.ended_on},
        note=note,
    )
