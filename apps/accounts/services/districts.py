"""The ten 属地, from the fixture."""

from __future__ import annotations

import yaml
from django.conf import settings
from django.db import transaction

from apps.accounts.models import District

_SHORT = {
    "320582": "张家港",
    "320581": "常熟",
    "320585": "太仓",
    "320583": "昆山",
    "320509": "吴江",
    "320506": "吴中",
    "320507": "相城",
    "320508": "姑苏",
    "SIP": "园区",
    "320505": "高新区",
}


@transaction.atomic
def load_districts() -> int:
    """Insert or refresh the ten districts; return how many there are."""
    path = settings.BASE_DIR / "fixtures" / "districts.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["districts"]
    District.objects.bulk_create(
        [
            District(
                code=row["code"],
                name=row["name"],
                short_name=_SHORT[row["code"]],
                kind=row["kind"],
                authority=row["authority"],
                phone=row["phone"],
                uscc_hint=row["uscc_hint"],
                order=order,
            )
            for order, row in enumerate(rows, start=1)
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "kind", "authority", "phone", "uscc_hint", "order"],
    )
    return len(rows)
