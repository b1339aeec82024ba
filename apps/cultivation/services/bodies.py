"""Service bodies: registered by the city, declared by the enterprises they help (F-03, R-20)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from apps.accounts.uscc import check as check_uscc
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.models import new_public_id
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.cultivation.models import Engagement, ServiceBody
from apps.cultivation.services.common import keep, own_firm, require_staff
from apps.cultivation.states import BODY_KINDS


@transaction.atomic
def register_body(
    *, actor: Actor, clock: Clock, name: str, uscc: str, kinds: Collection[str], qualification: str = ""
) -> str:
    """The city registers a service body; returns its public id. Registration recommends nobody.

    Raises:
        Forbidden: not municipal staff.
        Invalid: no name, a faulty or known credit code, no kind.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("服务机构由市局登记。")
    require_staff(actor)
    code = check_uscc(uscc)
    text = clean_text(name, field="name", label="名称", limit=100)
    errors: dict[str, list[str]] = {} if text else {"name": ["请填写机构名称。"]}
    chosen = [kind for kind in BODY_KINDS if kind in kinds]
    if not chosen:
        errors["kinds"] = ["请选择服务类别。"]
    moment = clock.now()
    row = ServiceBody(
        public_id=new_public_id(),
        name=text,
        uscc=code,
        kinds=chosen,
        qualification=clean_text(qualification, field="qualification", label="资质", limit=200),
        registered_at=moment.at,
        registered_by_id=actor.account,
    )
    if not errors:
        ServiceBody.objects.bulk_create([row], ignore_conflicts=True)
    stored = ServiceBody.objects.select_for_update(of=("self",)).filter(uscc=code).first()
    if stored is not None and stored.public_id != row.public_id and stored.removed_at is None:
        errors["uscc"] = ["这家机构已经登记。"]
    if errors or stored is None:
        raise Invalid(errors)
    if stored.removed_at is not None:  # it comes back as what it is now, its declared relations with it
        stored.name, stored.kinds, stored.qualification = row.name, row.kinds, row.qualification
        stored.registered_at, stored.registered_by_id = row.registered_at, row.registered_by_id
        stored.removed_at, stored.removal_reason = None, ""
        stored.save()
    keep(actor, moment, stored, "body.register", {}, {"uscc": code, "kinds": chosen}, "")
    return str(stored.public_id)


@transaction.atomic
def remove_body(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The city takes a body off the register; declared relations stay, so that its people still recuse (R-20).

    Raises:
        Forbidden: not municipal staff.
        NotVisible: no such body on the register.
        Invalid: no reason.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("服务机构由市局登记。")
    require_staff(actor)
    row = (
        ServiceBody.objects.select_for_update(of=("self",))
        .filter(public_id=public_id, removed_at=None)
        .first()
    )
    if row is None:
        raise NotVisible
    text = clean_text(reason, field="reason", label="移出原因", limit=200)
    if not text:
        raise Invalid.of("reason", "请填写移出原因。")
    moment = clock.now()
    row.removed_at, row.removal_reason = moment.at, text
    row.save(update_fields=["removed_at", "removal_reason"])
    keep(actor, moment, row, "body.remove", {}, {"uscc": row.uscc}, text)


@transaction.atomic
def declare_engagement(*, actor: Actor, clock: Clock, body: str, since: date) -> None:
    """An enterprise says which registered body helps it, so that its people do not judge the enterprise (R-20).

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        Invalid: no such body, a day to come, or declared already.
    """
    firm = own_firm(actor)
    moment = clock.now()
    found = ServiceBody.objects.filter(public_id=body, removed_at=None).first()
    if found is None:
        raise Invalid.of("body", "请选择登记在册的机构。")
    if since > moment.on:
        raise Invalid.of("since", "开始日期不能晚于今天。")
    if Engagement.objects.visible_to(actor).filter(body=found, enterprise_id=firm.id).exists():
        raise Invalid.of("body", "已登记过这家机构。")
    row = Engagement.objects.create(
        enterprise_id=firm.id,
        district_id=firm.district,
        body=found,
        since=since,
        declared_at=moment.at,
        declared_by_id=actor.account,
    )
    keep(actor, moment, row, "body.engage", {}, {"body": found.name, "since": since}, "")
