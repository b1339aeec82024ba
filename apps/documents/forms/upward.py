"""The city's recommendation to the province or the nation, as signed (R-09)."""

from __future__ import annotations

from datetime import date

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.core.moment import DatabaseClock
from apps.documents.forms.common import CITY, Built, day_of
from apps.documents.rendering.papers import Contact, UpwardEnterprise, UpwardLetter
from apps.titles import selectors as titles
from apps.titles.states import UPWARD_SIGNED

_ADDRESSEES = {4: "江苏省工业和信息化厅", 5: "江苏省工业和信息化厅并转报工业和信息化部"}
_TARGETS = {4: "省级", 5: "国家级"}


def upward(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the letter with its list; a draft of it before the leader has signed.

    Raises:
        NotVisible: no such list for the actor.
        WrongStep: nobody is on the list yet.
    """
    row, names = titles.upward_list(actor=actor, public_id=public_id, moment=DatabaseClock().now())
    if not names:
        raise WrongStep("名单上还没有企业。")
    person = accounts.names_of(user_ids=[row.prepared_by_id]).get(row.prepared_by_id, "")
    paper = UpwardLetter(
        issuer=CITY,
        dated=day_of(row.signed_at, on),
        number=row.document_no,
        addressee=_ADDRESSEES[row.level],
        year=row.year,
        target=_TARGETS[row.level],
        contact=Contact(person=person, phone=""),
        enterprises=tuple(
            UpwardEnterprise(
                name=one.name,
                uscc=one.uscc,
                district=one.district,
                industry=one.industry_code,
                held=one.held,
                awarded_on=one.awarded_on,
                document_number=one.document_no,
                note=f"豁免：{one.exemption_reason}" if one.exemption_reason else "",
            )
            for one in names
        ),
    )
    return Built(
        paper=paper,
        subject_type="titles.upwardlist",
        subject_id=public_id,
        final=row.state == UPWARD_SIGNED,
        number=row.document_no,
    )
