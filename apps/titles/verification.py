"""Invariants of the register, for `manage.py verify`; the database enforces most of them, this proves it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from apps.numbering import selectors as numbering
from apps.numbering.kinds import CERTIFICATE
from apps.policy.standing import ban_until
from apps.titles.models import Ban, Title
from apps.titles.services.awards import OWN_NUMBER
from apps.titles.states import CANCELLED, LIVE


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
    yield from _numbers()


def _numbers() -> Iterator[str]:
    borne = Title.objects.exclude(certificate_no=None).values_list("certificate_no", flat=True)
    # Certificates of the time before the platform may bear numbers of another make: those are no register's.
    yield from numbering.astray(
        kind=CERTIFICATE, borne=[number for number in borne if OWN_NUMBER.match(number)]
    )
