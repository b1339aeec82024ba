"""Invariants of applications, for `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator

from apps.applications.models import Application, ApplicationVersion, ReturnedItem
from apps.applications.selectors.files import is_intact
from apps.applications.states import APPLICATION_LIFE, TITLED
from apps.core.actor import Actor
from apps.numbering import selectors as numbering
from apps.numbering.kinds import APPLICATION, SUPPLEMENT
from apps.titles import selectors as titles


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant; run as the system."""
    system = Actor.system()
    decided = Application.objects.filter(state__in=TITLED).select_related("enterprise").order_by("pk")
    enterprises = sorted({row.enterprise_id for row in decided})
    standings = titles.standings_of(actor=system, enterprise_ids=enterprises)
    for row in decided:
        given = [
            title
            for title in standings[row.enterprise_id].titles
            if title.level == row.decided_level and title.awarded_on == row.decided_on
        ]
        if not given:
            yield f"申报{row.number}的状态为「{APPLICATION_LIFE.label(row.state)}」，但名录中没有相应的称号。"
    for version in (
        ApplicationVersion.objects.select_related("application").order_by("pk").iterator(chunk_size=200)
    ):
        if not is_intact(version):
            yield f"申报{version.application.number}的回执{version.receipt_no}与提交内容不一致。"
    newest = dict(
        ApplicationVersion.objects.order_by("application_id", "turn").values_list("application_id", "digest")
    )
    for row in Application.objects.filter(submitted_at__isnull=False).only("pk", "number", "content_digest"):
        if newest.get(row.pk) != row.content_digest:
            yield f"申报{row.number}的内容摘要与最后一次提交不一致。"
    yield from _numbers()


def _numbers() -> Iterator[str]:
    borne = Application.objects.exclude(number=None).values_list("number", flat=True)
    yield from numbering.astray(kind=APPLICATION, borne=[number for number in borne if number])
    notices = ReturnedItem.objects.values_list("notice_no", flat=True).distinct()
    yield from numbering.astray(kind=SUPPLEMENT, borne=list(notices))
