"""What a report will say, for the page on which it is written: the printed paper's own template, without the PDF."""

from __future__ import annotations

from datetime import date

from django.utils.safestring import SafeString

from apps.core.actor import Actor
from apps.documents.forms.reports import report
from apps.documents.rendering.page import to_fragment


def report_text(*, actor: Actor, public_id: str, on: date) -> SafeString:
    """Return the written sections and the score table of 附件2 as HTML, as they would be printed on the day *on*.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: no evaluation scheme has been chosen yet.
    """
    return to_fragment("_report_text.html", {"paper": report(actor=actor, public_id=public_id, on=on).paper})
