"""The district puts a case on another evaluation system, with a reason; the enterprise supplements it (R-07)."""

from __future__ import annotations

from django.db import transaction

from apps.applications.models import ReturnedItem
from apps.applications.selectors.schemes import offer_of
from apps.applications.services.advance import locked, person, take_step
from apps.applications.services.intake import Returned, tell_enterprise
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor
from apps.core.errors import Invalid, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.parameters.selectors import in_force
from apps.policy.review import supplement_term
from apps.policy.schemes import may_change_scheme
from apps.policy.verdict import Verdict
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services

_LIMIT = 1000
_WANTED = "请按更换后的评价体系补充自评表；两套体系相同条目的填报已保留。"


@transaction.atomic
def change_scheme(*, actor: Actor, clock: Clock, public_id: str, scheme_code: str, reason: str) -> Returned:
    """Put an application under form check on another published system; it goes back for supplement (R-07, R-14).

    The handed-in turn of the self-evaluation stays as it was; the next one starts on the new system with the figures
    and the answers of equal items. The enterprise cannot choose another system in this supplement.

    Args:
        actor: district 经办 or 签批.
        clock: the legal clock.
        public_id: which application.
        scheme_code: the system to use.
        reason: why; shown to the enterprise.

    Returns:
        One returned thing, and the last day for the supplement.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1; also when the case is on this system already.
        RuleBroken: no reason, or a system that this enterprise may not use in this round.
        Invalid: the reason is too long.
    """
    row = locked(actor, public_id=public_id)
    moment = clock.now()
    step = APPLICATION_LIFE.step(row.state, "change_scheme", actor)
    why = clean_text(reason, field="reason", label="更换理由", limit=_LIMIT, multiline=True)
    parameters = in_force(on=moment.on)
    offer = offer_of(actor, row.round)
    industry = row.enterprise.industry_code
    require(
        Verdict.all_of(
            may_change_scheme(reason=why),
            offer.verdict(scheme_code, industry_code=industry, parameters=parameters),
        )
    )
    wanted = offer.published_row(scheme_code)
    if wanted is None:
        raise Invalid.of("scheme_code", "请选择已发布的评价体系。")
    if wanted.id == row.scheme_id:
        raise WrongStep(f"本申报已采用“{wanted.label}”，无需更换。")
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    if sheet is None:
        raise WrongStep("企业尚未提交自评表，不能更换评价体系。")
    before = row.scheme.code if row.scheme else ""
    renewed = scoring_services.renew_sheet(actor=actor, clock=clock, public_id=sheet.public_id)
    scoring_services.change_scheme(actor=actor, clock=clock, public_id=renewed.public_id, scheme_id=wanted.id)
    due_on = supplement_term(moment.on, parameters, work_calendar()).ends_on
    turn = row.turn + 1
    take_step(
        row,
        step,
        actor=actor,
        moment=moment,
        note=f"评价体系由{before}更换为{wanted.code}：{why}",
        changes={"turn": turn, "scheme_id": wanted.id, "scheme_note": why},
        parameters=parameters,
    )
    ReturnedItem.objects.create(
        application=row,
        turn=turn,
        part="scheme",
        code=wanted.code,
        label=f"评价体系“{wanted.label}”",
        reason=why,
        wanted=_WANTED,
        due_on=due_on,
        returned_by_id=person(actor),
        returned_at=moment.at,
    )
    tell_enterprise(
        row,
        "application_returned",
        moment,
        key=f"application_returned:{row.public_id}:{turn}",
        count=1,
        due=due_on,
    )
    return Returned(1, due_on)
