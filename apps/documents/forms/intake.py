"""Forms of the first steps: application form (F-01), third party's report (F-03), form check (F-04), waiver (F-20)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.states import EDITABLE
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import (
    Built,
    address,
    as_reader,
    authority_of,
    batch_of,
    day_of,
    level_label,
    level_text,
    paragraphs,
    scheme_text,
)
from apps.documents.forms.reports import profile_of
from apps.documents.rendering.papers import (
    ApplicationForm,
    CheckedMaterial,
    DimensionTotal,
    FormCheckSheet,
    RequirementAnswer,
    ThirdPartyReport,
    WaiverSheet,
)
from apps.policy.calendar import chinese
from apps.review import selectors as review
from apps.scoring import selectors as scoring
from apps.scoring.states import SELF

_APPLICATION = "applications.application"


def application_form(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the application form (申报书) as filled in.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    file = applications.application_file(actor=actor, public_id=public_id)
    case = file.case
    final = case.submitted_at is not None and case.state not in EDITABLE
    newest = file.versions[0] if file.versions else None
    return Built(
        paper=ApplicationForm(
            issuer=case.enterprise_name,
            dated=day_of(newest.at, on) if final and newest is not None else on,
            application_number=case.number or "提交后生成",
            enterprise=case.enterprise_name,
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            scheme=scheme_text(scoring.scheme(actor=actor, scheme_id=case.scheme_id))
            if case.scheme_id is not None
            else "",
            profile=profile_of(file, complete=True),
            verification=address(f"/receipt/{newest.receipt_no}/", "扫码核对提交内容")
            if final and newest is not None
            else None,
        ),
        subject_type=_APPLICATION,
        subject_id=public_id,
        final=final,
        number=case.number or "",
        enterprise=case.enterprise_id,
        district=case.district,
    )


def third_party_report(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the frame of the third party's report: what the platform knows is filled in, the rest is left to write.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the enterprise evaluates itself, or has not chosen an evaluation scheme.
    """
    file = applications.application_file(actor=actor, public_id=public_id)
    case = file.case
    if not case.third_party_name:
        raise WrongStep("本申报采用自评方式，没有第三方评价报告。")
    sheet = scoring.current_sheet(actor=actor, application_id=case.id, kind=SELF)
    if sheet is None or case.scheme_id is None:
        raise WrongStep("尚未选定评价体系，不能生成第三方评价报告。")
    view = scoring.sheet_view(actor=actor, public_id=sheet.public_id)
    scheme = scoring.scheme(actor=actor, scheme_id=case.scheme_id)
    texts = {part.section.code: part.text for part in file.report}
    said = {row.field.code.removeprefix("tp_"): row.value for row in file.third_party}
    total = Decimal(view.total_text or "0")
    return Built(
        paper=ThirdPartyReport(
            issuer=case.third_party_name,
            dated=on,
            application_number=case.number or "提交后生成",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            applied_level=level_label(case.level),
            scheme=scheme_text(scheme),
            institution=case.third_party_name,
            institution_uscc=case.third_party_uscc,
            overview=paragraphs(said["overview"] or texts["overview"]),
            requirements=tuple(
                RequirementAnswer(
                    code=row.code, rule=row.text, met=bool(row.conforms), explanation=row.explanation
                )
                for row in file.basics
            ),
            dimensions=tuple(
                DimensionTotal(
                    name=part.name, full=Decimal(part.weight_text), score=Decimal(part.points_text or "0")
                )
                for part in view.dimensions
            ),
            total=total,
            level=level_text(total),
            conclusion=paragraphs(said["conclusion"] or texts["conclusion"]),
            address=said["address"],
            legal=said["legal"],
            contact=said["contact"],
            phone=said["phone"],
            author=said["author"],
            reviewer=said["reviewer"],
            organisation=paragraphs(said["organisation"]),
            documents=paragraphs(said["documents"]),
            site=paragraphs(said["site"]),
            writing=paragraphs(said["writing"]),
            aspects=paragraphs(said["aspects"]),
            data=paragraphs(said["data"]),
            advice=paragraphs(said["advice"]),
            highlights=paragraphs(said["highlights"]),
            references=paragraphs(said["references"]),
            qualification=paragraphs(said["qualification"]),
            reconstructed=scheme.is_reconstruction,
        ),
        subject_type=_APPLICATION,
        subject_id=public_id,
        final=False,  # the institution finishes and stamps it
        blank=True,
        number=case.number or "",
        enterprise=case.enterprise_id,
        district=case.district,
    )


def form_check(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the form check sheet of an application: the check that passed, or what was returned.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: no form check has been made.
    """
    file = applications.application_file(actor=actor, public_id=public_id)
    case = file.case
    check = review.form_check_of(actor=actor, public_id=public_id)
    returned = [row for row in file.returned if row.turn == file.returned[0].turn] if file.returned else []
    if check is None and not returned:
        raise WrongStep("尚未进行形式审查。")
    with as_reader(actor) as reader:
        names = accounts.names_of(user_ids=[check.checked_by_id] if check is not None else [])
        said = applications.sub_area_opinions(actor=reader, application_ids=[case.id]).get(case.id)
    if check is not None:
        rows = tuple(
            CheckedMaterial(item=row.item, complete=row.complete, problem=row.problem) for row in check.rows
        )
        turn, complete, by, at = check.turn, check.complete, names[check.checked_by_id], check.checked_at
    else:
        rows = tuple(
            CheckedMaterial(
                item=row.label, complete=False, problem=row.reason, demand=row.wanted, due_on=row.due_on
            )
            for row in returned
        )
        turn, complete = returned[0].turn, False
        by, at = returned[0].returned_by, returned[0].returned_at
    if said is not None:
        # The district's own first step stands first: what its 板块 said before the application was accepted.
        opinion = CheckedMaterial(
            item=f"板块意见（{said.sub_area}，{chinese(said.given_on)}，{said.given_by}：{said.label}）",
            complete=True,
            problem=said.reason,
        )
        rows = (opinion, *rows)
    return Built(
        paper=FormCheckSheet(
            issuer=authority_of(case.district),
            dated=day_of(at, on),
            application_number=case.number or "",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            turn=max(turn, 1),
            rows=rows,
            complete=complete,
            checked_by=by,
            checked_on=day_of(at, on),
        ),
        subject_type=_APPLICATION,
        subject_id=public_id,
        final=True,
        number=case.number or "",
        district=case.district,
    )


def waiver(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the sheet on which a waiver is decided.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = applications.exemption(actor=actor, public_id=public_id)
    with as_reader(actor):
        people = [row.requested_by_id, row.endorsed_by_id, row.decided_by_id]
        names = accounts.names_of(user_ids=[pk for pk in people if pk is not None])
    decided = row.decided_at is not None
    return Built(
        paper=WaiverSheet(
            issuer=authority_of(row.district),
            dated=day_of(row.decided_at, on),
            rule=row.rule,
            rule_title=row.rule_title,
            clause=row.clause,
            enterprise=row.enterprise_name,
            batch=batch_of(row.round_code),
            applied_level=row.level_label,
            reason=row.reason,
            basis=row.basis,
            requested_by=names.get(row.requested_by_id, ""),
            requested_on=day_of(row.requested_at, on),
            opinion=row.opinion,
            endorsed_by=names.get(row.endorsed_by_id or 0, ""),
            endorsed_on=day_of(row.endorsed_at, on) if row.endorsed_at is not None else None,
            decision=row.state_label,
            decision_note=row.decision_note,
            decided_by=names.get(row.decided_by_id or 0, ""),
            decided_on=day_of(row.decided_at, on) if decided else None,
            scope=f"{batch_of(row.round_code)}{row.level_label}级申报",
        ),
        subject_type="applications.exemption",
        subject_id=public_id,
        final=decided,
        enterprise=row.enterprise_id,
        district=row.district,
    )
