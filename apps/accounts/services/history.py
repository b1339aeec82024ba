"""Taking over the register of enterprises a bureau already keeps: many at once, without accounts (一企一档)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from apps.accounts import uscc as credit_code
from apps.accounts.industries import industry_name
from apps.accounts.models import District, Enterprise
from apps.accounts.services.contacts import checked_email, checked_phone
from apps.accounts.services.registration import search_key
from apps.accounts.states import CONFIRMED
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.models import new_public_id
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text

_TEXTS: tuple[tuple[str, str, int, bool], ...] = (
    ("name", "企业名称", 100, True),
    ("sub_area", "板块", 40, False),
    ("site_address", "厂区地址", 200, True),
    ("registered_address", "注册地址", 200, False),
    ("ownership", "单位性质", 20, False),
    ("legal_representative", "法定代表人", 50, True),
    ("contact_name", "联系人", 50, True),
    ("main_products", "主要产品", 200, False),
    ("group_name", "所属集团", 100, False),
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class KnownEnterprise:
    """One enterprise of a bureau's own register; there is no account yet."""

    uscc: str
    name: str
    district: str
    industry_code: str
    site_address: str
    legal_representative: str
    contact_name: str
    contact_phone: str
    sub_area: str = ""
    registered_address: str = ""
    ownership: str = ""
    contact_email: str = ""
    main_products: str = ""
    group_name: str = ""
    founded_on: date | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of the lines, in their order: True for a new enterprise, False for one that was known."""

    created: Sequence[bool]

    @property
    def count(self) -> int:
        """How many are new."""
        return sum(self.created)


@transaction.atomic
def record_known_enterprises(
    *, actor: Actor, clock: Clock, rows: Sequence[KnownEnterprise], source: str
) -> TakenOver:
    """Enter enterprises a bureau already knows as confirmed ones; all of them or none; five statements for any number.

    An enterprise that is registered under the same name is left as it is.

    Args:
        actor: 经办 of the city, or of the district all lines belong to.
        clock: the legal clock.
        rows: the lines.
        source: where they come from (public id of the import), for the audit trail.

    Raises:
        Forbidden: another actor.
        Invalid: every fault, keyed `<place>.<field>` with the place counted from 0.
    """
    if actor.role not in {Role.MUNICIPAL, Role.DISTRICT} or not actor.has(Duty.HANDLER):
        raise Forbidden("企业名录由市局或属地经办人员导入。")
    moment = clock.now()
    districts = set(District.objects.values_list("pk", flat=True))
    errors: dict[str, list[str]] = {}
    checked: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        values, faults = _checked(row, districts, actor, moment)
        checked.append(values)
        errors.update({f"{place}.{name}": texts for name, texts in faults.items()})
    codes = [values["uscc"] for values in checked]
    # A code may be registered in another district: only that it is taken, and under which name, is compared.
    with acting_as(Actor.system(), then=actor):
        known = dict(Enterprise.objects.filter(uscc__in=codes).values_list("uscc", "name"))
    seen: set[str] = set()
    for place, values in enumerate(checked):
        code = values["uscc"]
        if code in seen:
            errors.setdefault(f"{place}.uscc", []).append("统一社会信用代码与前面的行重复。")
        seen.add(code)
        if code in known and known[code] != values["name"]:
            errors.setdefault(f"{place}.name", []).append(
                "该信用代码已登记为另一名称。更名请由企业办理名称变更，或更正本行名称。"
            )
    if errors:
        raise Invalid(errors)
    new = [
        Enterprise(
            public_id=new_public_id(), state=CONFIRMED, registered_at=moment.at, confirmed_at=moment.at, **row
        )
        for row in checked
        if row["uscc"] not in known
    ]
    Enterprise.objects.bulk_create(new, batch_size=_BATCH)
    record(
        actor=actor,
        event="enterprise.take_over",
        subject=None,
        moment=moment,
        rule="R-13",
        after={"source": source, "created": [row.uscc for row in new], "known": len(checked) - len(new)},
    )
    return TakenOver(tuple(code not in known for code in codes))


def _checked(
    row: KnownEnterprise, districts: set[str], actor: Actor, moment: Moment
) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
    """Return the columns of one line and what is wrong with it."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, label, limit, required in _TEXTS:
        try:
            values[name] = clean_text(getattr(row, name), field=name, label=label, limit=limit)
        except Invalid as fault:
            errors.update(fault.errors)
            continue
        if required and not values[name]:
            errors[name] = [f"请填写{label}。"]
    values["uscc"] = row.uscc
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("uscc", partial(credit_code.check, row.uscc)),
        ("contact_phone", partial(checked_phone, row.contact_phone, field="contact_phone")),
        ("contact_email", partial(checked_email, row.contact_email, field="contact_email")),
    )
    for name, check in checks:
        try:
            values[name] = check()
        except Invalid as fault:
            errors.update(fault.errors)
    values["industry_code"] = row.industry_code
    values["industry_name"] = industry_name(row.industry_code)
    if not values["industry_name"]:
        errors["industry_code"] = ["不是制造业四位行业代码（GB/T 4754-2017）。"]
    values["district_id"] = row.district
    if row.district not in districts:
        errors["district"] = ["没有这个属地。"]
    elif actor.role is Role.DISTRICT and row.district != actor.district:
        errors["district"] = ["该企业不属于本区，请由所在属地或市局导入。"]
    values["founded_on"] = row.founded_on
    if row.founded_on is not None and row.founded_on > moment.on:
        errors["founded_on"] = ["成立日期不能晚于今天。"]
    values["name_key"] = search_key(values.get("name", ""))
    return values, errors
