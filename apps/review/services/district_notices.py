"""属地公示 before a 1A/2A decision, where the bureau's dated setting asks for it (R-24, R-25)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core import crypto
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.selectors import work_calendar
from apps.notifications.services import enqueue
from apps.policy.award import ObjectionState, may_accept_objection, may_start_on, notice_term
from apps.policy.calendar import Term, chinese
from apps.policy.levels import Level
from apps.policy.separation import may_sign
from apps.review.models import DistrictNotice, DistrictNoticeEntry, DistrictObjection, Ruling
from apps.review.services.cases import choices, jurisdiction, locked_case
from apps.review.states import DISTRICT_OBJECTION_LIFE, OPEN, PROPOSED, UPHELD

_MATTER = 1000


@dataclass(frozen=True, slots=True)
class DistrictNoticeText:
    """What a notice says beside its list."""

    title: str
    contact_person: str
    contact_phone: str
    supervision_phone: str
    contact_address: str = ""


_FIELDS = (
    ("title", "标题", 120, True),
    ("contact_person", "联系人", 50, True),
    ("contact_phone", "联系电话", 40, True),
    ("supervision_phone", "监督电话", 40, True),
    ("contact_address", "地址", 200, False),
)


def _checked(text: DistrictNoticeText) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    found = {}
    for name, label, limit, wanted in _FIELDS:
        found[name] = clean_text(getattr(text, name), field=name, label=label, limit=limit)
        if wanted and not found[name]:
            errors[name] = [f"请填写{label}。"]
    if errors:
        raise Invalid(errors)
    return found


@transaction.atomic
def publish_district_notice(
    *,
    actor: Actor,
    clock: Clock,
    public_ids: Sequence[str],
    text: DistrictNoticeText,
    starts_on: date | None = None,
) -> str:
    """The district's signer publishes proposed 1A/2A decisions; list and period are frozen from now on.

    Args:
        actor: 签批 of the district, not the proposer of any of the decisions.
        clock: the legal clock.
        public_ids: of the applications whose proposed level is to be published.
        text: title and contacts.
        starts_on: first day; default today.

    Returns:
        The notice's public id.

    Raises:
        WrongStep: the setting is off, or a case has no proposed level, or stands on a notice already.
        RuleBroken: a start in the past (R-24); the signer's own proposal (R-15).
        Invalid: an empty list, missing words.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.SIGNER) or actor.district is None:
        raise Forbidden("属地公示由签批人员发布。")
    moment = clock.now()
    parameters = choices(moment.on)
    if not parameters.district_publicity:
        raise WrongStep("按现行裁量参数，1A、2A级评定不经属地公示。")
    if not public_ids:
        raise Invalid.of("public_ids", "请至少选择一家企业。")
    words = _checked(text)
    starts = starts_on or moment.on
    require(may_start_on(starts, on=moment.on))
    listed = [_listed(actor, public_id) for public_id in sorted(dict.fromkeys(public_ids))]
    term = notice_term(starts, parameters, work_calendar())
    content = {
        **words,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
        "list": [[case.enterprise_name, case.uscc, level] for case, _, level in listed],
    }
    frozen = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    notice = DistrictNotice.objects.create(
        district_id=actor.district,
        **words,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        period_text=term.explanation,
        digest=hashlib.sha256(frozen.encode()).hexdigest(),
        published_by_id=actor.account,
        published_at=moment.at,
    )
    DistrictNoticeEntry.objects.bulk_create(
        [
            DistrictNoticeEntry(
                notice=notice,
                ruling=ruling,
                position=number,
                enterprise_name=case.enterprise_name,
                uscc=case.uscc,
                industry_name=case.industry_name,
                level=level,
            )
            for number, (case, ruling, level) in enumerate(listed, 1)
        ]
    )
    for case, _, level in listed:
        enqueue(
            key=f"district_notice:{notice.public_id}:{case.public_id}",
            template="district_notice_published",
            context={
                "level": Level(level).label,
                "starts": chinese(term.starts_on),
                "ends": chinese(term.ends_on),
                "public_id": case.public_id,
                "number": case.number,
            },
            to_enterprise=case.enterprise_id,
            subject=notice,
            moment=moment,
        )
    record(
        actor=actor,
        event="district_notice.publish",
        subject=notice,
        moment=moment,
        rule="R-24",
        after={
            "digest": notice.digest,
            "starts_on": notice.starts_on,
            "ends_on": notice.ends_on,
            "enterprises": [case.enterprise_name for case, _, _ in listed],
        },
    )
    return str(notice.public_id)


def _listed(actor: Actor, public_id: str) -> tuple[CaseRow, Ruling, int]:
    """Return a case with its proposed decision, locked, when it may stand on a notice."""
    case = locked_case(actor=actor, public_id=public_id)
    ruling = Ruling.objects.visible_to(actor).filter(application_id=case.id).first()
    if ruling is None or ruling.state != PROPOSED or ruling.level is None:
        raise WrongStep(f"{case.enterprise_name}没有待签发的等级建议，不能公示。")
    require(may_sign(prepared_by={ruling.proposed_by_id}, signer=actor.user_id))
    if DistrictNoticeEntry.objects.filter(ruling=ruling).exists():
        raise WrongStep(f"{case.enterprise_name}已经公示。")
    return case, ruling, ruling.level


def entry_of(ruling: Ruling) -> DistrictNoticeEntry | None:
    """Return where a proposed decision was published, None when it was not (for services of this room)."""
    return DistrictNoticeEntry.objects.select_related("notice").filter(ruling=ruling).first()


def term_of(entry: DistrictNoticeEntry) -> Term:
    """Return the stored period as the policy reads it."""
    notice = entry.notice
    return Term(
        starts_on=notice.starts_on,
        ends_on=notice.ends_on,
        nominal=notice.ends_on,
        provisional=False,
        explanation=notice.period_text,
    )


def objection_states(entry: DistrictNoticeEntry) -> list[ObjectionState]:
    """Return how far the objections to a published proposal have come."""
    return [ObjectionState(state) for state in entry.objections.values_list("state", flat=True)]


def upheld_conclusion(entry: DistrictNoticeEntry | None) -> str:
    """Return what was found when an objection was upheld, "" when none was."""
    if entry is None:
        return ""
    found = entry.objections.filter(state=UPHELD).order_by("id").values_list("conclusion", flat=True)
    return "；".join(found)


@transaction.atomic
def record_district_objection(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    party: str,
    person: str,
    contact: str,
    matter: str,
    received_on: date | None = None,
) -> str:
    """Register an objection the district received in writing about a published proposal.

    Args:
        actor: 经办 or 签批 of the district.
        clock: the legal clock.
        public_id: of the application.
        party: `person` or `unit`; anonymous ones are not accepted in principle.
        person: name of the person or the unit; encrypted.
        contact: how to reach them; encrypted.
        matter: facts and grounds.
        received_on: day of receipt, within the period; default today.

    Returns:
        The objection's public id.

    Raises:
        RuleBroken: outside the period (R-25).
        Invalid: missing fields, a day ahead.
        WrongStep: the case stands on no notice, or is decided.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("属地公示的异议由属地经办登记。")
    case = locked_case(actor=actor, public_id=public_id)
    ruling = Ruling.objects.visible_to(actor).filter(application_id=case.id).first()
    entry = entry_of(ruling) if ruling is not None and ruling.state == PROPOSED else None
    if entry is None:
        raise WrongStep("该申报不在属地公示中。")
    moment = clock.now()
    on = received_on or moment.on
    said = {
        "person": clean_text(person, field="person", label="姓名或单位", limit=100),
        "contact": clean_text(contact, field="contact", label="联系方式", limit=100),
        "matter": clean_text(matter, field="matter", label="异议事项", limit=_MATTER, multiline=True),
    }
    labels = {"person": "提出人姓名或单位名称", "contact": "联系方式", "matter": "异议事项和事实依据"}
    errors = {name: [f"请填写{labels[name]}。"] for name, value in said.items() if not value}
    if party not in dict(DistrictObjection.PARTIES):
        errors["party"] = ["请选择提出人类别。"]
    if on > moment.on:
        errors["received_on"] = ["收到日期不能晚于今天。"]
    if errors:
        raise Invalid(errors)
    require(
        may_accept_objection(
            anonymous=False, written_facts=True, term=term_of(entry), on=on, parameters=choices(moment.on)
        )
    )
    row = DistrictObjection.objects.create(
        **jurisdiction(case),
        entry=entry,
        state=OPEN,
        party=party,
        person_sealed=crypto.encrypt(said["person"]),
        contact_sealed=crypto.encrypt(said["contact"]),
        matter=said["matter"],
        received_on=on,
        recorded_by_id=actor.account,
        recorded_at=moment.at,
    )
    record(
        actor=actor,
        event="district_objection.record",
        subject=row,
        moment=moment,
        rule="R-25",
        after={"party": party, "received_on": on},
        note=said["matter"],
    )
    return str(row.public_id)


@transaction.atomic
def conclude_district_objection(
    *, actor: Actor, clock: Clock, public_id: str, upheld: bool | None, conclusion: str
) -> None:
    """The signer concludes an objection; whoever registered it may not (public id of the objection).

    Raises:
        RuleBroken: the same person registered it (R-15).
        Invalid: no choice, no conclusion.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    found = (
        DistrictObjection.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    applications.lock_application(actor=actor, application_id=found)
    row = DistrictObjection.objects.visible_to(actor).select_for_update(of=("self",)).get(public_id=public_id)
    said = clean_text(conclusion, field="conclusion", label="核查结论", limit=_MATTER, multiline=True)
    errors: dict[str, list[str]] = {}
    if upheld is None:
        errors["upheld"] = ["请选择异议是否成立。"]
    if not said:
        errors["conclusion"] = ["请填写核查结论。"]
    if errors:
        raise Invalid(errors)
    step = DISTRICT_OBJECTION_LIFE.step(row.state, "uphold" if upheld else "dismiss", actor)
    if row.recorded_by_id is not None:
        # One filed on the public site was registered by nobody of the district.
        require(may_sign(prepared_by={row.recorded_by_id}, signer=actor.user_id))
    moment = clock.now()
    row.state, row.conclusion = step.target, said
    row.concluded_by_id, row.concluded_at = actor.account, moment.at
    row.save(update_fields=["state", "conclusion", "concluded_by", "concluded_at"])
    record(
        actor=actor,
        event=f"district_objection.{step.event}",
        subject=row,
        moment=moment,
        rule=step.rule,
        note=said,
    )
