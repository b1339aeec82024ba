"""The 板块 step: a district chooses it for itself, and writes down what the 板块 says before it accepts (R-14)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.applications.models import DistrictPractice, SubAreaOpinion
from apps.applications.services.advance import locked
from apps.applications.states import SUBMITTED
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.policy.calendar import chinese

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
    if row.state != SUBMITTED:
        raise WrongStep(f"当前状态为「{row.get_state_display()}」，板块意见在受理前登记。")
    moment = clock.now()
    on = given_on or moment.on
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
