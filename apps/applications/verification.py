"""Invariants of applications, for `manage.py verify`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.applications.models import Application, ApplicationVersion, NumberSeries
from apps.applications.selectors.files import is_intact
from apps.applications.states import APPLICATION_LIFE, TITLED
from apps.core.actor import Actor
from apps.titles import selectors as titles

_NUMBER = re.compile(r"^(GF[123]A-20\d{2}[A-Z]-[0-9A-Z]+)-(\d{4,})$")


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
    yield from _gaps()


def _gaps() -> Iterator[str]:
    given: dict[str, set[int]] = {}
    for number in Application.objects.exclude(number=None).values_list("number", flat=True):
        found = _NUMBER.match(number or "")
        if found is None:
            yield f"申报编号{number}的格式不正确。"
            continue
        given.setdefault(found[1], set()).add(int(found[2]))
    last = dict(NumberSeries.objects.values_list("key", "last"))
    for key, numbers in given.items():
        if numbers != set(range(1, last.get(key, 0) + 1)):
            yield f"申报编号系列{key}不连续。"
