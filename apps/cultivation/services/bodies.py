"""Service bodies: registered by the city, declared by the enterprises they help (F-03, R-20)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from apps.accounts.uscc import check as check_uscc
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.faults import Faults
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
    chosen = [kind for kind in BODY_KINDS if kind in kinds]
    with Faults() as faults:
        code = faults.read(lambda: check_uscc(uscc), "")
        text = faults.read(lambda: clean_text(name, field="name", label="名称", limit=100), "")
        proof = faults.read(
            lambda: clean_text(qualification, field="qualification", label="资质", limit=200), ""
        )
        if not text:
            faults.note("name", "请填写机构名称。")
        if not chosen:
            faults.note("kinds", "请选择服务类别。")
        if code and ServiceBody.objects.filter(uscc=code, removed_at=None).exists():
            faults.note("uscc", "这家机构已经登记。")
    moment = clock.now()
    row = ServiceBody(
        public_id=new_public_id(),
        name=text,
        uscc=code,
        kinds=chosen,
        qualification=proof,
        registered_at=moment.at,
        registered_by_id=actor.account,
    )
    ServiceBody.objects.bulk_create([row], ignore_conflicts=True)
    stored = ServiceBody.objects.select_for_update(of=("self",)).get(uscc=code)
    if stored.public_id != row.public_id and stored.removed_at is None:  # registered meanwhile
        raise Invalid.of("uscc", "这家机构已经登记。")
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
def declare_engagement(*, actor: Actor, clock: Clock, body: str, since: date | None) -> None:
    """An enterprise says which registered body helps it, so that its people do not judge the enterprise (R-20).

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        Invalid: every fault by field: no such body or declared already, no day (None) or one to come.
    """
    firm = own_firm(actor)
    moment = clock.now()
    found = ServiceBody.objects.filter(public_id=body, removed_at=None).first()
    with Faults() as faults:
        if found is None:
            faults.note("body", "请选择登记在册的机构。")
        if since is None:
            faults.note("since", "请填写开始日期。")
        elif since > moment.on:
            faults.note("since", "开始日期不能晚于今天。")
        if found is None or since is None:
            raise faults.refusal()
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
