"""Two sweepers, two leaders, two acknowledgements: real threads, real commits, one result each."""

from __future__ import annotations

import pytest
from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.publicity import services as publicity
from apps.titles.models import Title
from tests.unit.foundation import at_once, rows
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_one_sweep_closes_and_one_leader_signs() -> None:
    """The whole end of the main flow twice at once: closed once, signed once, one title, an intact chain."""
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        flow.on_notice()
        flow.after_notice()
    clock: FixedClock = flow.clock

    def sweep(number: int) -> int:
        if number % 2:
            return publicity.close_due_notices(clock=clock)
        deadlines.sweep(clock=clock)
        return 0

    at_once(4, sweep)
    with transaction.atomic():
        enter(Actor.system())
        assert _times("application.close_notice") == 1
        assert _times("notice.close") == 1
        assert flow.state() == "confirmable"
        listed = flow.propose()

    def sign(_: int) -> str:
        try:
            with transaction.atomic():
                enter(flow.city.leader or Actor.public())
                return publicity.sign_recognition(
                    actor=flow.city.leader or Actor.public(), clock=clock, public_id=listed
                )[0]
        except DomainError as refusal:
            return type(refusal).__name__

    outcomes = sorted(at_once(4, sign))
    with transaction.atomic():
        enter(Actor.system())
        certificate = Title.objects.get().certificate_no
        assert outcomes == sorted([str(certificate), "WrongStep", "WrongStep", "WrongStep"])
        assert _times("application.award") == 1
        assert _times("recognition.sign") == 1
        from apps.audit.selectors import chain_problems

        assert list(chain_problems()) == []


def _times(event: str) -> int:
    return int(rows("select count(*) from audit_auditevent where event = %s", event)[0][0])
