"""The ten 属地: loaded from the fixture, their authority, telephone and 板块 kept by the security administrator."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml
from django.conf import settings
from django.db import transaction

from apps.accounts.models import District
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.core.text import clean_text

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
                sub_areas=row.get("sub_areas", []),
                uscc_hint=row["uscc_hint"],
                order=order,
            )
            for order, row in enumerate(rows, start=1)
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "kind", "uscc_hint", "order"],
    )
    return len(rows)


_PHONE = re.compile(r"^[0-9+()（） -]{5,20}$")
_MOST_SUB_AREAS = 60
_SUB_AREA = 40


@transaction.atomic
def change_bureau(
    *,
    actor: Actor,
    clock: Clock,
    code: str,
    authority: str,
    phone: str,
    sub_areas: Sequence[str],
    reason: str,
) -> None:
    """Correct what is printed of a district's authority, and its 板块 (towns and zones enterprises are filed under).

    Args:
        actor: the security administrator.
        clock: the legal clock.
        code: of the district.
        authority: full name of the authority, as papers print it.
        phone: its telephone for enterprises.
        sub_areas: names of 板块, in the order of choice; blank ones are left out.
        reason: why.

    Raises:
        Forbidden: another actor.
        NotVisible: no such district.
        Invalid: every fault by field.
    """
    if actor.role is not Role.SECURITY_ADMIN:
        raise Forbidden("机构资料由安全管理员维护。")
    row = District.objects.select_for_update().filter(pk=code).first()
    if row is None:
        raise NotVisible
    errors: dict[str, list[str]] = {}
    name = clean_text(authority, field="authority", label="主管部门", limit=80)
    if not name:
        errors["authority"] = ["请填写主管部门全称。"]
    number = phone.strip()
    if not _PHONE.match(number):
        errors["phone"] = ["请填写联系电话（5 至 20 位数字，可含区号和分隔符）。"]
    areas = list(dict.fromkeys(area.strip() for area in sub_areas if area.strip()))
    if len(areas) > _MOST_SUB_AREAS or any(len(area) > _SUB_AREA for area in areas):
        errors["sub_areas"] = [f"板块最多 {_MOST_SUB_AREAS} 个，每个不超过 {_SUB_AREA} 个字。"]
    why = clean_text(reason, field="reason", label="原因", limit=200)
    if not why:
        errors["reason"] = ["请填写原因。"]
    if errors:
        raise Invalid(errors)
    before = {"authority": row.authority, "phone": row.phone, "sub_areas": row.sub_areas}
    row.authority, row.phone, row.sub_areas = name, number, areas
    row.save(update_fields=["authority", "phone", "sub_areas"])
    record(
        actor=actor,
        event="account.change_bureau",
        subject=None,
        moment=clock.now(),
        before={"district": code, **before},
        after={"district": code, "authority": name, "phone": number, "sub_areas": areas},
        note=why,
    )
