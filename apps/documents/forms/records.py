"""Records: expert's sheet (F-08), visit (F-10), credit (F-11), objection (F-13), external list (F-19)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import (
    CITY,
    Built,
    as_reader,
    authority_of,
    batch_of,
    day_of,
    level_label,
    level_text,
    paragraphs,
    scheme_text,
)
from apps.documents.rendering.papers import (
    CreditLine,
    CreditRecord,
    ExpertDimension,
    ExpertItem,
    ExpertSheet,
    ExternalListRecord,
    ListedChange,
    ObjectionRecord,
    VisitFinding,
    VisitRecord,
    VisitSignature,
)
from apps.monitoring import selectors as monitoring
from apps.monitoring.records import visit_of_recheck
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.review.selectors import SignatureRow
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles


def expert_sheet(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the sheet of one expert (public id of the assignment); the expert is named by number.

    Raises:
        NotVisible: another expert's.
        WrongStep: nothing has been scored yet.
    """
    task = review.my_task(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        task = review.my_task(actor=reader, public_id=public_id)
        words = review.assessment(actor=reader, public_id=public_id)
        if task.sheet_public_id is None:
            raise WrongStep("专家尚未开始评分，没有评估表。")
        view = scoring.sheet_view(actor=reader, public_id=task.sheet_public_id)
        case = applications.case(actor=reader, application_id=task.case.id)
        scheme = scoring.scheme(actor=reader, scheme_id=case.scheme_id)
    total = Decimal(view.total_text or "0")
    return Built(
        paper=ExpertSheet(
            issuer=CITY,
            dated=day_of(task.submitted_at, on),
            application_number=case.number or "",
            enterprise=case.enterprise_name,
            district=case.district_name,
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            scheme=scheme_text(scheme),
            expert_number=words.expert_number,
            declared_on=day_of(words.declared_at, on) if words.declared_at is not None else None,
            dimensions=tuple(
                ExpertDimension(
                    name=part.name,
                    full=Decimal(part.weight_text),
                    score=Decimal(part.points_text or "0"),
                    items=tuple(
                        ExpertItem(
                            code=item.code,
                            requirement=item.name,
                            full=item.max_points,
                            score=item.points,
                            reason=item.reason,
                            not_applicable=item.not_applicable,
                        )
                        for group in part.groups
                        for item in group.items
                    ),
                )
                for part in view.dimensions
            ),
            total=total,
            level=level_text(total),
            strengths=words.strengths,
            problems=words.problems,
            advice=words.advice,
            wants_site_visit=task.wants_site_visit,
            submitted_on=day_of(task.submitted_at, on) if task.submitted_at is not None else None,
            reconstructed=scheme.is_reconstruction,
        ),
        subject_type="review.assignment",
        subject_id=public_id,
        final=task.submitted_at is not None,
        number=case.number or "",
    )


def visit(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the record of the newest visit of a panel (public id of the application).

    Raises:
        NotVisible: no panel in the actor's sight.
        WrongStep: nobody has been on site.
    """
    del on
    review.panel_of(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        panel = review.panel_of(actor=reader, public_id=public_id)
        case = applications.case(actor=reader, public_id=public_id)
        if not panel.visits:
            raise WrongStep("尚未登记现场核实，没有核查记录。")
        scheme = scoring.scheme(actor=reader, scheme_id=case.scheme_id)
    row = panel.visits[-1]
    return Built(
        paper=VisitRecord(
            issuer=CITY,
            dated=row.visited_on,
            kind="评估核实",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            level=level_label(case.level),
            visited_on=row.visited_on,
            place=row.place,
            people=row.people,
            accompanied_by=row.accompanied_by,
            opening_at=row.opening_at,
            closing_at=row.closing_at,
            findings=tuple(
                VisitFinding(
                    item=str(part.get("item", "")),
                    stated=str(part.get("filed", "")),
                    found=str(part.get("found", "")),
                    consistent=part.get("agrees"),
                )
                for part in row.findings
            ),
            problems=paragraphs(row.problems),
            conclusion=paragraphs(row.conclusion),
            score=None,
            signatures=tuple(
                VisitSignature(
                    side=one.side_label,
                    name=one.name,
                    position=one.position,
                    how=_how(one),
                    signed_on=day_of(one.signed_at, row.visited_on),
                )
                for one in row.signatures
            ),
            photos=tuple(photo.name for photo in row.photos),
            reconstructed=scheme.is_reconstruction,
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=True,
        number=case.number or "",
    )


def _how(one: SignatureRow) -> str:
    """Say how a side signed."""
    if one.refused:
        return f"拒绝签名：{one.note}"
    return "签名扫描件" if one.scan_public_id else "手写签名"


def recheck(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the record of a recheck.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: nobody has been on site.
    """
    row = monitoring.recheck(actor=actor, public_id=public_id)
    if row.visited_on is None:
        raise WrongStep("复核尚未开展，没有核查记录。")
    with as_reader(actor) as reader:
        visited = visit_of_recheck(actor=reader, public_id=public_id)
        title = titles.title_file(actor=reader, public_id=row.title_public_id).row
    del on
    return Built(
        paper=VisitRecord(
            issuer=authority_of(title.district),
            dated=row.visited_on,
            kind=f"现场复核（{row.trigger_label}）",
            enterprise=title.enterprise_name,
            uscc=title.uscc,
            district=title.district_name,
            level=title.level_label,
            visited_on=row.visited_on,
            place=visited.place,
            people=row.people,
            accompanied_by=visited.accompanied_by,
            opening_at=visited.opening_at,
            closing_at=visited.closing_at,
            findings=tuple(
                VisitFinding(item=part.code, stated=part.requirement, found=part.problem, consistent=False)
                for part in visited.findings
            ),
            problems=tuple(part.problem for part in visited.findings) or ("未发现问题。",),
            conclusion=paragraphs(row.conclusion),
            score=row.score,
        ),
        subject_type="monitoring.recheck",
        subject_id=public_id,
        final=visited.reported,
        district=title.district,
    )


def credit_record(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the record of all credit queries about an application.

    Raises:
        NotVisible: not in the actor's sight.
        WrongStep: nothing has been queried.
    """
    case = applications.case(actor=actor, public_id=public_id)
    found = publicity.credit_history(actor=actor, application_id=case.id)
    if not found:
        raise WrongStep("尚未登记征信查询，没有查询记录。")
    names = accounts.names_of(user_ids=[row.recorded_by_id for row in found])
    return Built(
        paper=CreditRecord(
            issuer=CITY,
            dated=day_of(found[0].recorded_at, on),
            application_number=case.number or "",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            batch=batch_of(case.round_code),
            applied_level=level_label(case.level),
            checks=tuple(
                CreditLine(
                    platform=row.platform,
                    checked_on=row.checked_on,
                    report_number=row.report_no,
                    result=row.result_label,
                    matters=row.matters,
                    valid_until=row.valid_until,
                    recorded_by=names.get(row.recorded_by_id, ""),
                    attachments=tuple(one.name for one in row.attachments),
                )
                for row in found
            ),
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=True,
        number=case.number or "",
    )


def objection_record(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the sheet of an objection, with who filed it: for the city's own files only.

    Raises:
        NotVisible: not in the actor's sight.
    """
    row = publicity.objection_file(actor=actor, public_id=public_id)
    names = accounts.names_of(user_ids=[row.handled_by_id] if row.handled_by_id is not None else [])
    return Built(
        paper=ObjectionRecord(
            issuer=CITY,
            dated=day_of(row.concluded_at, on),
            number=row.receipt_no,
            enterprise=row.case.enterprise_name,
            notice_title=row.notice_title,
            party=row.party_label,
            unit=row.unit,
            person=row.person,
            contact=row.contact,
            matter=paragraphs(row.matter),
            filed_on=day_of(row.filed_at, on),
            state=row.state_label,
            handled_by=names.get(row.handled_by_id or 0, ""),
            handling_note=row.handling_note,
            statement=row.statement,
            stated_on=day_of(row.stated_at, on) if row.stated_at is not None else None,
            conclusion=row.conclusion,
            concluded_on=day_of(row.concluded_at, on) if row.concluded_at is not None else None,
        ),
        subject_type="publicity.objection",
        subject_id=public_id,
        final=row.concluded_at is not None,
        number=row.receipt_no,
    )


def external_list(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the record of an imported list of the province or the nation.

    Raises:
        NotVisible: none such for the actor.
    """
    file = titles.external_list(actor=actor, public_id=public_id)
    head = file.summary
    return Built(
        paper=ExternalListRecord(
            issuer=CITY,
            dated=day_of(head.imported_at, on),
            kind=head.kind_label,
            list_title=head.title,
            document_number=head.document_no,
            published_on=head.published_on,
            imported_on=day_of(head.imported_at, on),
            rows=tuple(
                ListedChange(
                    position=line.position,
                    name=line.printed_name,
                    uscc=line.printed_uscc,
                    action=line.action_label + (f"为{line.new_name}" if line.new_name else ""),
                    match=line.match_label,
                    state=line.state_label,
                    note=line.note,
                )
                for line in file.lines
            ),
        ),
        subject_type="titles.externallist",
        subject_id=public_id,
        final=True,
        number=head.document_no,
    )
