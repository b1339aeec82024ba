"""Settings while others are at work: two approvers, a role revoked in the middle, a switch thrown during submissions.

Real browsers in real threads, each with its own connection and transactions.
"""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.applications.models import Application, ApplicationVersion
from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.parameters import services
from apps.parameters.models import ParameterValue
from tests import worlds
from tests.portals import scenes
from tests.portals.scenes import signed_in
from tests.unit.foundation import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DONE, REFUSED, WRONG_STEP, UNFIT = 302, 403, 409, 422


def _proposed(actor: Actor, key: str, value: str, on: date) -> str:
    with transaction.atomic():
        enter(actor)
        return services.propose_value(
            actor=actor, clock=DatabaseClock(), key=key, value=value, effective_from=on, reason="局务会议纪要"
        )


def _approve(client: Client, key: str, public_id: str) -> int:
    return client.post(reverse("municipal:approve_parameter", args=[key, public_id])).status_code


def _in_force(key: str) -> list[object]:
    with transaction.atomic():
        enter(Actor.system())
        return list(ParameterValue.objects.filter(key=key, state="in_force").values_list("value", flat=True))


def test_two_approvers_a_contradiction_and_a_role_revoked_in_the_middle() -> None:
    with transaction.atomic():
        scene = scenes.build()
        security = worlds.staff_member(scene.clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
        city, today = scene.city, scene.clock.now().on
        assert city.leader is not None
        signer, leader, admin = signed_in(city.signer), signed_in(city.leader), signed_in(security)
    # The same proposal, approved by two at once: one wins, the other is told that it is done.
    one = _proposed(city.handler, "filing_workdays", "20", today)
    assert sorted(at_once(2, lambda n: _approve((signer, leader)[n], "filing_workdays", one))) == [
        DONE,
        WRONG_STEP,
    ]
    assert _in_force("filing_workdays") == [20]
    # Two values of one parameter for one day, and two that contradict each other: only one of each pair can hold.
    for first, second in (
        (("objection_workdays", "10"), ("objection_workdays", "12")),
        (("panel_size_min", "5"), ("panel_size_odd", "true")),
        (("idle_minutes", "240"), ("session_hours", "3")),
    ):
        rows = [(key, _proposed(city.handler, key, value, today)) for key, value in (first, second)]
        codes = at_once(2, lambda n, rows=rows: _approve((signer, leader)[n], *rows[n]))  # type: ignore[misc]
        held = len(_in_force(first[0])) + (len(_in_force(second[0])) if second[0] != first[0] else 0)
        assert held == codes.count(DONE), (first, second, codes)
        assert set(codes) <= {DONE, UNFIT}
        assert (codes.count(DONE) == 2) is (first[0] == "panel_size_min")
    # The signer loses the duty while approving: before or after, never half; with the next request it is over.
    last = _proposed(city.handler, "verification_workdays", "20", today)
    form = {"duties": ["handler"], "reason": "转岗"}
    address = reverse("ops:change_duties", args=[city.signer.user_id])

    def act(number: int) -> int:
        return (
            _approve(signer, "verification_workdays", last)
            if number
            else admin.post(address, form).status_code
        )

    revoked, approved = at_once(2, act)
    assert revoked == DONE
    assert approved in {DONE, REFUSED}
    assert _in_force("verification_workdays") == ([20] if approved == DONE else [])
    later = _proposed(city.handler, "statement_workdays", "6", today)
    assert _approve(signer, "statement_workdays", later) == REFUSED
    with transaction.atomic():
        enter(Actor.system())
        approvals = AuditEvent.objects.filter(event="parameter.approve", outcome="done")
        assert approvals.count() == ParameterValue.objects.filter(state="in_force").count()


def test_an_account_disabled_while_its_holder_posts() -> None:
    with transaction.atomic():
        scene = scenes.build()
        security = worlds.staff_member(scene.clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
        handler = signed_in(scene.city.handler)
    form = {"value": "20", "effective_from": scene.clock.now().on.isoformat(), "reason": "局务会议纪要"}

    def act(number: int) -> int:
        if number:
            address = reverse("municipal:propose_parameter", args=["filing_workdays"])
            return handler.post(address, form).status_code
        with transaction.atomic():
            enter(security)
            accounts.set_account_active(
                actor=security, clock=DatabaseClock(), user_id=scene.city.handler.user_id or 0,
                active=False, reason="调离",
            )  # fmt: skip
        return DONE

    assert at_once(2, act)[0] == DONE
    with transaction.atomic():
        enter(Actor.system())
        kept = ParameterValue.objects.count()
        assert AuditEvent.objects.filter(event="parameter.propose", outcome="done").count() == kept
    gone = handler.post(reverse("municipal:propose_parameter", args=["filing_workdays"]), form)
    assert gone.status_code == DONE
    assert gone.headers["Location"].startswith(reverse("account_login"))
    with transaction.atomic():
        enter(Actor.system())
        assert ParameterValue.objects.count() == kept


def test_a_demand_switched_on_while_enterprises_submit() -> None:
    with transaction.atomic():
        scene = scenes.build()
        drafts = [(scene.enterprise, scene.filled()), (scene.neighbour, scene.filled(by=scene.neighbour))]
        clients = [signed_in(who) for who, _ in drafts]
        signer = signed_in(scene.city.signer)
    waiting = _proposed(scene.city.handler, "commitment_scan_required", "true", scene.clock.now().on)

    def submit(number: int) -> int:
        address = reverse("enterprise:submit", args=[drafts[number][1]])
        form = {"token": uuid.uuid4().hex, "pledge": "on", "signatory": "周敏"}
        return clients[number].post(address, form).status_code

    codes = at_once(
        3, lambda n: _approve(signer, "commitment_scan_required", waiting) if n == 2 else submit(n)
    )
    assert codes[2] == DONE
    assert set(codes[:2]) <= {DONE, UNFIT}
    with transaction.atomic():
        enter(Actor.system())
        for (_, public_id), code in zip(drafts, codes, strict=False):
            row = Application.objects.get(public_id=public_id)
            assert (row.state == "draft") is (code == UNFIT), "refused: the draft is kept as it was"
            assert ApplicationVersion.objects.filter(application=row).count() == (code == DONE)
            assert bool(row.receipt_no) is (code == DONE)
