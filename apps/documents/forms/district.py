"""The paper by which a district publishes its own decision on a 1A or 2A application (F-14)."""

from __future__ import annotations

from datetime import date
from typing import Final

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import CITY, Built, as_reader, authority_of, batch_of, level_label
from apps.documents.rendering.papers import ListedEnterprise, RecognitionDocument, Section
from apps.review import selectors as review
from apps.review.states import DECIDED
from apps.titles import selectors as titles

_SECTIONS: Final = (
    Section(
        heading="报送备案",
        paragraphs=(f"本次评定结果报{CITY}备案，称号可在苏州市绿色工厂评价管理平台公开查验。",),
    ),
    Section(
        heading="持续提升",
        paragraphs=(
            (
                "获评企业应当对照评价体系持续改进，如实保存能源、资源和环境数据；"
                "达到更高等级要求的，可以按申报通知申报。"
            ),
        ),
    ),
)


def district_award(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the paper of a district's decision on one application, *public_id*; unsigned it is a draft.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the district has not proposed a level (yet).
    """
    ruling = review.ruling_of(actor=actor, public_id=public_id)
    if ruling is None or ruling.level is None:
        raise WrongStep("本件没有属地评定的等级，不出具评定文件。")
    with as_reader(actor) as reader:
        case = applications.case(actor=reader, public_id=public_id)
        noticed = review.case_notice(actor=reader, application_id=case.id) is not None
        title = titles.title_by_source(actor=reader, source_type="ruling", source_public_id=ruling.public_id)
    return Built(
        paper=RecognitionDocument(
            issuer=authority_of(case.district),
            dated=ruling.decided_on or on,
            number=ruling.document_no,
            addressees=case.enterprise_name,
            batch=batch_of(case.round_code),
            level=level_label(ruling.level),
            enterprises=(
                ListedEnterprise(
                    name=case.enterprise_name,
                    district=case.district_name,
                    uscc=case.uscc,
                    certificate_number=(title.certificate_no or "") if title is not None else "",
                ),
            ),
            sections=_SECTIONS,
            copies_to=CITY,
            procedure="企业自主申报、属地初评" + ("和公示" if noticed else ""),
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=ruling.state == DECIDED,
        number=ruling.document_no,
        enterprise=case.enterprise_id,
        district=case.district,
    )
