"""Papers that publish titles: the certificate, the public notice (F-12), the recognition document (F-14)."""

from __future__ import annotations

from datetime import date

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep
from apps.documents.forms.common import (
    CITY,
    READER,
    Built,
    address,
    as_reader,
    authority_of,
    batch_of,
    batch_of_round,
    day_of,
    paragraphs,
)
from apps.documents.rendering.papers import (
    Certificate,
    Contact,
    ListedEnterprise,
    PublicNotice,
    RecognitionDocument,
)
from apps.parameters.selectors import in_force
from apps.policy.levels import Level
from apps.publicity import selectors as publicity
from apps.publicity.selectors import NoticeFile
from apps.publicity.states import PUBLIC_NOTICES, SIGNED
from apps.titles import selectors as titles
from apps.titles.selectors import TitleFile

_LEVEL_OF_NOTICES = Level.A3.label


def certificate(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the certificate of a title.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: the title has ended, or it stands on a list of the province or the nation.
    """
    del on
    file = titles.title_file(actor=actor, public_id=public_id)
    row = file.row
    if row.certificate_no is None:
        raise WrongStep(f"{row.level_label}级称号由上级主管部门公布，本平台不出具证书。")
    if row.ended_on is not None:
        raise WrongStep(f"称号{row.state_label}，不再出具证书。")
    with as_reader(actor):
        batch = _batch(file)
    by_city = row.level == Level.A3
    return Built(
        paper=Certificate(
            issuer=CITY if by_city else authority_of(row.district),
            dated=row.awarded_on,
            number=row.certificate_no,
            enterprise=row.enterprise_name,
            uscc=row.uscc,
            level=row.level_label,
            batch=batch,
            document_number=row.document_no,
            procedure="评价和公示" if by_city else "评价",
            verification=address(f"/verify/{row.verify_token}/", "扫码查验"),
        ),
        subject_type="titles.title",
        subject_id=public_id,
        final=True,
        number=row.certificate_no,
        enterprise=row.enterprise_id,
        district=row.district,
    )


def _batch(file: TitleFile) -> str:
    """Return the batch of a recognised case; a district's own awards are named by their year."""
    if file.source_type == "recognition":
        return batch_of(applications.case(actor=READER, public_id=file.source_public_id).round_code)
    return f"{file.row.awarded_on.year}年"


def notice(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build a public notice: the words that were signed, the list that was frozen.

    Raises:
        NotVisible: a draft, for everybody but the city.
    """
    file = publicity.notice_file(actor=actor, public_id=public_id)
    final = file.row.state in PUBLIC_NOTICES
    dated = day_of(file.row.published_at, on)
    with as_reader(actor):
        batch = batch_of_round(file.row.round_public_id)
        parameters = in_force(on=dated)
    return Built(
        paper=PublicNotice(
            issuer=CITY,
            dated=dated,
            batch=batch,
            level=_LEVEL_OF_NOTICES,
            own_title=file.row.title,
            text=paragraphs(file.basis),
            reason=_reason(file),
            enterprises=tuple(
                ListedEnterprise(name=entry.enterprise_name, district=entry.district_name, uscc=entry.uscc)
                for entry in file.entries
            ),
            starts_on=file.row.starts_on,
            ends_on=file.row.ends_on,
            working_days=file.days or parameters.publicity_days,
            day_kind=parameters.publicity_kind.label,
            contact=Contact(
                person=file.contact_person,
                phone=file.contact_phone,
                email=file.contact_email,
                address=file.contact_address,
            ),
            supervision_phone=file.supervision_phone,
            verification=address(f"/notices/{public_id}/", "扫码查看公示"),
        ),
        subject_type="publicity.notice",
        subject_id=public_id,
        final=final,
        public=final,
    )


def _reason(file: NoticeFile) -> str:
    """Return why an earlier notice is corrected, with those it takes off the list by name."""
    if not file.removed:
        return file.reason
    names = "；".join(f"{one.name}（{one.district_name}，{one.uscc}）" for one in file.removed)
    return f"{file.reason}移出名单的企业：{names}。"


def recognition(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the document that publishes a recognition, with the list of names and certificates.

    Raises:
        NotVisible: not signed yet, for everybody but the city.
    """
    publicity.recognition_file(actor=actor, public_id=public_id)
    with as_reader(actor) as reader:
        row = publicity.recognition_file(actor=reader, public_id=public_id)
        batch = batch_of_round(row.round_public_id)
    if not row.cases:
        raise NotVisible
    final = row.state == SIGNED
    numbers = row.certificates if final else ("",) * len(row.cases)
    return Built(
        paper=RecognitionDocument(
            issuer=CITY,
            dated=row.decided_on or on,
            number=row.document_no,
            addressees="、".join(district.authority for district in accounts.districts()),
            batch=batch,
            level=_LEVEL_OF_NOTICES,
            enterprises=tuple(
                ListedEnterprise(
                    name=case.enterprise_name,
                    district=case.district_name,
                    uscc=case.uscc,
                    certificate_number=number,
                )
                for case, number in zip(row.cases, numbers, strict=True)
            ),
            copies_to="各有关企业",
        ),
        subject_type="publicity.recognition",
        subject_id=public_id,
        final=final,
        number=row.document_no,
        public=final,
    )
