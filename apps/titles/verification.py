"""Invariants of the register, for `manage.py verify`; the database enforces most of them, this proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import Count

from apps.policy.standing import ban_until
from apps.titles.models import Ban, CertificateSeries, Title
from apps.titles.states import CANCELLED, LIVE

_NUMBER = re.compile(r"^(SZLC-[123]A-\d{4})-(\d{4,})$")


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant."""
    doubles = (
        Title.objects.filter(state__in=LIVE)
        .values("enterprise_name", "uscc", "level")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in doubles:
        yield f"企业{row['enterprise_name']}（{row['uscc']}）的{row['level']}A级有 {row['n']} 个有效称号。"
    for title in Title.objects.filter(state=CANCELLED, ban=None):
        yield f"称号{title.certificate_no or title.public_id}已取消，但没有禁报记录。"
    for ban in Ban.objects.select_related("title"):
        if ban.until_on != ban_until(ban.from_on):
            yield f"企业{ban.title.enterprise_name}的禁报期止于{ban.until_on}，应为{ban_until(ban.from_on)}。"
    yield from _gaps()


def _gaps() -> Iterator[str]:
    given: dict[str, set[int]] = {}
    for number in Title.objects.exclude(certificate_no=None).values_list("certificate_no", flat=True):
        found = _NUMBER.match(number or "")
        if found is None:
            yield f"证书编号{number}的格式不正确。"
            continue
        given.setdefault(found[1], set()).add(int(found[2]))
    last = dict(CertificateSeries.objects.values_list("key", "last"))
    for key, numbers in given.items():
        if numbers != set(range(1, last.get(key, 0) + 1)):
            yield f"证书编号系列{key}不连续。"
