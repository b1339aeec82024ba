"""The 板块 step: a district chooses it for itself, and writes down what the 板块 says before it accepts (R-14)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications.models import Application, DistrictPractice, SubAreaOpinion
from apps.applications.services.advance import locked
from apps.applications.states import SUBMITTED
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.calendar import chinese
from apps.policy.levels import Level

_LIMIT = 500


@transaction.atomic
def choose_practice(
    *, actor: Actor, clock: Clock, sub_area_opinion: bool, effective_from: date | None, reason: str
) -> None:
    """The district's signer says from which day applications are accepted only with a 板块 opinion, or no longer.

    Args:
        actor: 签批 of the district.
        clock: the legal clock.
        sub_area_opinion: whether the opinion is asked for.
        effective_from: first Shanghai day; today or later, so that no acceptance already made changes.
        reason: why.

    Raises:
        Forbidden: another role or duty.
        Invalid: no day, a past day, a day with a choice already, no reason.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.SIGNER) or actor.district is None:
        raise Forbidden("办理方式由属地签批人员设定。")
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    why = clean_text(reason, field="reason", label="理由", limit=_LIMIT, multiline=True)
    if not why:
        errors["reason"] = ["请填写理由。"]
    if effective_from is None:
        errors["effective_from"] = ["请填写生效日期。"]
    elif effective_from < moment.on:
        errors["effective_from"] = [
            f"生效日期不能早于今天（{chinese(moment.on)}），当前为{chinese(effective_from)}。"
        ]
    elif DistrictPractice.objects.visible_to(actor).filter(effective_from=effective_from).exists():
        errors["effective_from"] = [f"{chinese(effective_from)}已有一次设定，请换一个生效日期。"]
    if errors or effective_from is None:
        raise Invalid(errors)
    row = DistrictPractice.objects.create(
        district_id=actor.district,
        sub_area_opinion=sub_area_opinion,
        effective_from=effective_from,
        reason=why,
        set_by_id=actor.account,
        set_at=moment.at,
    )
    record(
        actor=actor,
        event="practice.choose",
        subject=row,
        moment=moment,
        rule="R-14",
        after={"sub_area_opinion": sub_area_opinion, "effective_from": effective_from},
        note=why,
    )


@transaction.atomic
def ask_sub_area(*, actor: Actor, clock: Clock, public_id: str, sub_area: str) -> None:
    """The district names the 板块 it asks about an application; that one's staff see it from now on and are told.

    Naming another one takes the application out of the sight of the first; an opinion already given stays.

    Args:
        actor: 经办 or 签批 of the district.
        clock: the legal clock.
        public_id: of the application.
        sub_area: one of the district's 板块.

    Raises:
        NotVisible: not in the district's jurisdiction.
        Forbidden: another role or duty.
        WrongStep: accepted already, or not handed in.
        Invalid: not one of the district's.
    """
    row = locked(actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("板块意见由属地经办征求。")
    if row.state != SUBMITTED:
        raise WrongStep(f"当前状态为「{row.get_state_display()}」，板块意见在受理前征求。")
    known = accounts.sub_areas_of(district=row.district_id)
    if sub_area not in known:
        raise Invalid.of(
            "asked", f"请选择本属地的板块：{'、'.join(known)}。" if known else "本属地还没有登记板块。"
        )
    moment = clock.now()
    before = row.sub_area
    row.sub_area = sub_area
    row.version += 1
    row.changed_at = moment.at
    row.save(update_fields=["sub_area", "version", "changed_at"])
    record(
        actor=actor,
        event="application.ask_sub_area",
        subject=row,
        moment=moment,
        rule="R-14",
        before={"sub_area": before},
        after={"sub_area": sub_area},
    )
    tell_sub_area(row, moment)


def tell_sub_area(row: Application, moment: Moment) -> None:
    """Tell the staff of the 板块 of *row* that its opinion is asked for (this room's use-cases)."""
    for person in accounts.sub_area_people(district=row.district_id, sub_area=row.sub_area):
        enqueue(
            key=f"sub_area_asked:{row.public_id}:{row.version}:{person}",
            template="sub_area_asked",
            context={
                "enterprise": row.enterprise.name,
                "level": Level(row.level).label,
                "sub_area": row.sub_area,
                "public_id": row.public_id,
                "number": row.number,
            },
            to_user=person,
            subject=row,
            moment=moment,
        )


@transaction.atomic
def give_sub_area_opinion(
    *, actor: Actor, clock: Clock, public_id: str, recommends: bool | None, reason: str, letter_no: str = ""
) -> None:
    """The 板块 itself says whether it recommends the application, under the person's own name; the district is told.

    Args:
        actor: staff of the 板块 that is asked.
        clock: the legal clock; the opinion is of today.
        public_id: of the application.
        recommends: 推荐 or 不推荐; None when nothing was chosen.
        reason: required for 不推荐.
        letter_no: number of its letter, where there is one.

    Raises:
        NotVisible: another 板块's, or another district's.
        Forbidden: another role.
        WrongStep: accepted already.
        Invalid: what is missing, field by field.
    """
    row = locked(actor, public_id=public_id)
    if actor.role is not Role.SUB_AREA:
        raise Forbidden("板块意见由板块人员出具。")
    moment = clock.now()
    _write(
        row,
        actor,
        moment,
        sub_area=actor.sub_area,
        recommends=recommends,
        reason=reason,
        given_by=actor.name,
        given_on=moment.on,
        letter_no=letter_no,
    )
    enqueue(
        key=f"sub_area_answered:{row.public_id}:{moment.at.isoformat()}",
        template="sub_area_answered",
        context={
            "enterprise": row.enterprise.name,
            "sub_area": actor.sub_area,
            "answer": "推荐" if recommends else "不推荐",
            "public_id": row.public_id,
            "number": row.number,
        },
        to_district=row.district_id,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def record_sub_area_opinion(  # noqa: PLR0913 - one argument for each box of the form
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    sub_area: str,
    recommends: bool | None,
    reason: str,
    given_by: str,
    given_on: date | None = None,
    letter_no: str = "",
) -> None:
    """The district writes down what the 板块 says about an application it has not accepted yet.

    A later opinion stands before an earlier one; both stay.

    Args:
        actor: 经办 or 签批 of the district.
        clock: the legal clock.
        public_id: of the application.
        sub_area: which 镇、街道 or 功能区.
        recommends: 推荐 or 不推荐; None when nothing was chosen.
        reason: required for 不推荐.
        given_by: the person of the 板块 who answers for it.
        given_on: date of the opinion; default today.
        letter_no: number of its letter, where there is one.

    Raises:
        NotVisible: not in the district's jurisdiction.
        Forbidden: another role or duty.
        WrongStep: accepted already, or not handed in.
        Invalid: what is missing, field by field.
    """
    row = locked(actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("板块意见由属地经办登记。")
    moment = clock.now()
    _write(
        row,
        actor,
        moment,
        sub_area=sub_area,
        recommends=recommends,
        reason=reason,
        given_by=given_by,
        given_on=given_on or moment.on,
        letter_no=letter_no,
    )


def _write(  # noqa: PLR0913 - what both ways of saying it have in common
    row: Application,
    actor: Actor,
    moment: Moment,
    *,
    sub_area: str,
    recommends: bool | None,
    reason: str,
    given_by: str,
    given_on: date,
    letter_no: str,
) -> None:
    if row.state != SUBMITTED:
        raise WrongStep(f"当前状态为「{row.get_state_display()}」，板块意见在受理前登记。")
    on = given_on
    where = clean_text(sub_area, field="sub_area", label="板块", limit=40)
    said = clean_text(reason, field="reason", label="意见", limit=_LIMIT, multiline=True)
    who = clean_text(given_by, field="given_by", label="板块经办人", limit=30)
    errors: dict[str, list[str]] = {}
    if not where:
        errors["sub_area"] = ["请填写板块名称，如：玉山镇。"]
    if recommends is None:
        errors["recommends"] = ["请选择推荐或不推荐。"]
    elif not recommends and not said:
        errors["reason"] = ["不推荐的，请写明理由。"]
    if not who:
        errors["given_by"] = ["请填写板块经办人姓名。"]
    if on > moment.on:
        errors["given_on"] = [f"意见日期不能晚于今天（{chinese(moment.on)}）。"]
    if errors or recommends is None:
        raise Invalid(errors)
    opinion = SubAreaOpinion.objects.create(
        application=row,
        enterprise_id=row.enterprise_id,
        district_id=row.district_id,
        sub_area=where,
        recommends=recommends,
        reason=said,
        given_by=who,
        given_on=on,
        letter_no=clean_text(letter_no, field="letter_no", label="来文号", limit=60),
        recorded_by_id=actor.account,
        recorded_at=moment.at,
    )
    record(
        actor=actor,
        event="application.sub_area_opinion",
        subject=row,
        moment=moment,
        rule="R-14",
        after={"sub_area": where, "recommends": recommends, "given_by": who, "given_on": on},
        note=f"{where}{'推荐' if opinion.recommends else '不推荐'}{f'：{said}' if said else '。'}",
    )
