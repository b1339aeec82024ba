"""评定: proposed by the 经办 when nothing stands against it, signed by the leader, titles given in the same act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level
from apps.policy.separation import may_sign
from apps.policy.verdict import Verdict
from apps.publicity.models import Recognition, RecognitionEntry
from apps.publicity.selectors.standing import award_verdicts
from apps.publicity.services.cases import words
from apps.publicity.states import PROPOSED, RECOGNITION_LIFE
from apps.scoring import services as scoring
from apps.titles import services as titles

_CONFIRMABLE = "confirmable"


def _verdict(*, actor: Actor, case: CaseRow, on: date) -> Verdict:
    """Return whether *case* may be awarded on a day: notice over, objections settled, credit clear, panel ≥ 80."""
    verdict = award_verdicts(actor=actor, cases=[case], on=on).get(case.id)
    if verdict is None:
        raise WrongStep(f"{case.enterprise_name}没有完成公示或专家评估。")
    return verdict


@transaction.atomic
def propose_recognition(
    *,
    actor: Actor,
    clock: Clock,
    round_public_id: str,
    application_public_ids: Sequence[str],
    document_no: str,
) -> str:
    """Put the cases that may be awarded on a list for the leader's signature.

    Returns:
        The recognition's public id.

    Raises:
        RuleBroken: a case that may not be awarded yet, with its reasons (R-25).
        Invalid: no document number, an empty list, a case on another list.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("评定名单由市局经办提出。")
    number = clean_text(document_no, field="document_no", label="文号", limit=60)
    if not number:
        raise Invalid.of("document_no", "请填写评定文号，如：苏工信节能〔2026〕58号。")
    if Recognition.objects.visible_to(actor).filter(document_no=number).exists():
        raise Invalid.of("document_no", "该文号已使用。")
    batch = applications_read.round_file(actor=actor, public_id=round_public_id)
    moment = clock.now()
    cases = [
        applications.lock_application(actor=actor, public_id=public_id)
        for public_id in sorted(dict.fromkeys(application_public_ids))
    ]
    # Locked by key so that two lists never wait for each other; listed as every other list of the bureau is.
    cases.sort(key=lambda case: (case.district, case.number or ""))
    if not cases:
        raise Invalid.of("applications", "请至少选择一家企业。")
    for case in cases:
        if case.state != _CONFIRMABLE:
            raise WrongStep(f"{case.enterprise_name}当前状态为「{case.state_label}」，不能提请评定。")
        require(_verdict(actor=actor, case=case, on=moment.on))
    listed = RecognitionEntry.objects.filter(application_id__in=[case.id for case in cases])
    if listed.exists():
        raise Invalid.of("applications", "所选企业中有已列入另一份评定名单的。")
    number = settle_number(
        actor=actor, moment=moment, text=number, purpose="公布绿色工厂名单", field="document_no"
    )
    row = Recognition.objects.create(
        round_id=batch.id,
        state=PROPOSED,
        document_no=number,
        proposed_by_id=actor.account,
        proposed_at=moment.at,
    )
    RecognitionEntry.objects.bulk_create(
        [RecognitionEntry(recognition=row, application_id=case.id) for case in cases]
    )
    record(
        actor=actor,
        event="recognition.propose",
        subject=row,
        moment=moment,
        rule="R-27",
        after={"enterprises": [case.enterprise_name for case in cases], "document_no": number},
    )
    enqueue(
        key=f"award-to-sign:{row.public_id}",
        template="award_to_sign",
        context={"count": len(cases)},
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


@transaction.atomic
def sign_recognition(*, actor: Actor, clock: Clock, public_id: str) -> list[str]:
    """The leader signs: cases awarded, titles given, messages written, all in one transaction.

    Returns:
        The certificate numbers in order.

    Raises:
        RuleBroken: the leader proposed it; a case that may not be awarded any more (R-25, R-27).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row: Recognition | None = (
        Recognition.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    step = RECOGNITION_LIFE.step(row.state, "sign", actor)
    require(may_sign(prepared_by={row.proposed_by_id}, signer=actor.user_id))
    moment = clock.now()
    locked: dict[int, tuple[RecognitionEntry, CaseRow]] = {}
    for entry in row.entries.select_for_update().order_by("application_id"):
        case = applications.lock_application(actor=actor, application_id=entry.application_id)
        require(_verdict(actor=actor, case=case, on=moment.on))
        locked[entry.pk] = (entry, case)
    # Certificates are numbered down the list as it was signed.
    numbers = [
        _award(actor=actor, clock=clock, row=row, entry=entry, case=case)
        for _, (entry, case) in sorted(locked.items())
    ]
    row.state, row.signed_by_id, row.signed_at, row.decided_on = (
        step.target,
        actor.user_id,
        moment.at,
        moment.on,
    )
    row.save()
    record(
        actor=actor,
        event="recognition.sign",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"certificates": numbers, "decided_on": moment.on},
    )
    return numbers


def _award(*, actor: Actor, clock: Clock, row: Recognition, entry: RecognitionEntry, case: CaseRow) -> str:
    """Award one case: its state, its title, its certificate number, the messages."""
    moment = clock.now()
    applications.advance(
        application_id=case.id,
        event="award",
        actor=actor,
        moment=moment,
        facts={"decided_level": int(Level.A3), "decided_on": moment.on, "document_no": row.document_no},
    )
    given = titles.award_title(
        actor=actor,
        moment=moment,
        enterprise_id=case.enterprise_id,
        district=case.district,
        level=int(Level.A3),
        awarded_on=moment.on,
        document_no=row.document_no,
        source_type="recognition",
        source_public_id=case.public_id,
    )
    entry.title_public_id, entry.certificate_no = given.public_id, given.certificate_no or ""
    entry.save(update_fields=["title_public_id", "certificate_no"])
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    enqueue(
        key=f"title-awarded:{given.public_id}",
        template="title_awarded",
        context={**words(case), "level": Level.A3.label, "certificate": entry.certificate_no},
        to_enterprise=case.enterprise_id,
        subject=row,
        moment=moment,
    )
    enqueue(
        key=f"title-awarded-district:{given.public_id}",
        template="title_awarded_district",
        context={**words(case), "level": Level.A3.label},
        to_district=case.district,
        subject=row,
        moment=moment,
    )
    return entry.certificate_no
