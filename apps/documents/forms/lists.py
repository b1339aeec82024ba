"""Lists by which a district reports to the city: recommendation (F-07) and filing (F-06)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.documents.forms.common import (
    CITY,
    READER,
    Built,
    as_reader,
    authority_of,
    batch_of_round,
    day_of,
    district_named,
    phone_of,
)
from apps.documents.rendering.papers import (
    Contact,
    FiledTitle,
    FilingTable,
    RecommendationLetter,
    RecommendedEnterprise,
)
from apps.policy.levels import Level
from apps.policy.standing import Standing
from apps.review import selectors as review
from apps.review.selectors import RulingRow
from apps.review.states import ACKNOWLEDGED, DRAFT, RETURNED
from apps.scoring import selectors as scoring
from apps.scoring.states import SELF
from apps.titles import selectors as titles

_APPROVED = "approved"
_NAME_AND_PHONE = re.compile(r"(.*?\D)([\d-]{7,})")
_PREREQUISITE = "R-08"
#: The figures of the self sheet that the list quotes.
_ENERGY, _OUTPUT = "energy_tce", "output_value"


def recommendation(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the letter of recommendation with its 推荐汇总表: the enterprises that were ticked.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = review.recommendation_file(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        cases = [item.case for item in row.items if item.ticked]
        standings = titles.standings_of(actor=reader, enterprise_ids=[case.enterprise_id for case in cases])
        names = accounts.names_of(user_ids=[row.prepared_by_id])
        paper = RecommendationLetter(
            issuer=authority_of(row.district),
            dated=day_of(row.sent_at, on),
            number=row.letter_no,
            addressee=CITY,
            batch=batch_of_round(row.round_public_id),
            level=Level.A3.label,
            district=row.district_name,
            enterprises=tuple(_recommended(case, standings[case.enterprise_id]) for case in cases),
            contact=Contact(person=names.get(row.prepared_by_id, ""), phone=phone_of(row.district)),
        )
    return Built(
        paper=paper,
        subject_type="review.recommendation",
        subject_id=public_id,
        final=row.state != DRAFT,
        number=row.letter_no,
        district=row.district,
    )


def _recommended(case: CaseRow, standing: Standing) -> RecommendedEnterprise:
    figures = _figures(case)
    return RecommendedEnterprise(
        name=case.enterprise_name,
        uscc=case.uscc,
        district=case.district_name,
        industry=f"{case.industry_name}（{case.industry_code}）",
        products=case.main_products,
        prior_title=_prior_title(case, standing),
        scheme=scoring.scheme(actor=READER, scheme_id=case.scheme_id).label,
        self_score=case.self_total or Decimal(0),
        preliminary_score=case.prelim_total or Decimal(0),
        energy_tce=figures.get(_ENERGY),
        output_wan=figures.get(_OUTPUT),
        contact=case.contact_name,
        phone=case.contact_phone,
    )


def _figures(case: CaseRow) -> dict[str, Decimal]:
    """Return the reported figures of the enterprise's current self sheet by code."""
    sheet = scoring.current_sheet(actor=READER, application_id=case.id, kind=SELF)
    if sheet is None:
        return {}
    found: dict[str, Decimal] = {}
    for entry in scoring.sheet_view(actor=READER, public_id=sheet.public_id).inputs:
        try:
            found[entry.code] = Decimal(entry.value)
        except InvalidOperation:
            continue
    return found


def _prior_title(case: CaseRow, standing: Standing) -> str:
    """Return when 2A was awarded, or the approved exemption, or that this batch did not ask for it (R-08)."""
    held = [title.awarded_on for title in standing.titles if title.level >= Level.A2 and title.valid]
    if held:
        first = min(held)
        return f"{first.year}年{first.month}月"
    for row in applications.application_file(actor=READER, public_id=case.public_id).exemptions:
        if row.rule == _PREREQUISITE and row.state == _APPROVED:
            return f"豁免：{row.reason}"
    return "本批次不作要求"


def filing(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the 备案表 of a filing; the city's part is blank until it has acknowledged.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    review.filing_file(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        row, rulings = review.filing_file(actor=reader, public_id=public_id)
        batch = batch_of_round(row.round_public_id)
    district = district_named(row.district_name)
    done = row.state == ACKNOWLEDGED
    reporter, phone = _reporter(row.contact)
    return Built(
        paper=FilingTable(
            issuer=authority_of(district),
            dated=day_of(row.sent_at, on),
            district=row.district_name,
            batch=batch,
            titles=tuple(filed for ruling in rulings if (filed := _filed(ruling)) is not None),
            reporter=reporter,
            reporter_phone=phone or phone_of(district),
            city_opinion=(f"同意备案。关注事项：{row.concern}" if row.concern else "同意备案。")
            if done
            else "",
            acknowledged_on=day_of(row.answered_at, on) if done else None,
            filing_number=row.number,
        ),
        subject_type="review.filing",
        subject_id=public_id,
        final=row.state not in {DRAFT, RETURNED},
        number=row.number,
        district=district,
    )


def _reporter(contact: str) -> tuple[str, str]:
    """Return name and telephone of what was written as the filing's contact."""
    found = _NAME_AND_PHONE.fullmatch(contact)
    return (found[1].strip(" ，,"), found[2]) if found else (contact, "")


def _filed(ruling: RulingRow) -> FiledTitle | None:
    if ruling.level is None or ruling.decided_on is None:
        return None
    case = ruling.case
    return FiledTitle(
        name=case.enterprise_name,
        uscc=case.uscc,
        industry=f"{case.industry_name}（{case.industry_code}）",
        score=ruling.total,
        level=Level(ruling.level).label,
        decided_on=ruling.decided_on,
        document_number=ruling.document_no,
        contact=case.contact_name,
        phone=case.contact_phone,
        note="由3A级申报转为本级评定" if ruling.converted else "",
    )
