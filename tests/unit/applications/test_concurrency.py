"""Two clicks, two tabs, two people: real threads, real transactions, the database's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from apps.applications import services as applications
from apps.applications.models import Application, ApplicationVersion, Round
from apps.core.actor import Actor
from apps.core.errors import DomainError, RuleBroken
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from tests.unit.applications import scenes
from tests.unit.foundation import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_double_submission_gives_one_receipt(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = scenes.build(clock)
        public_id = scene.filled()

    def click(_: int) -> applications.Receipt:
        with transaction.atomic():
            enter(scene.enterprise)
            return applications.submit(
                actor=scene.enterprise,
                clock=clock,
                public_id=public_id,
                token="one-page-one-token",
                pledge=True,
                signatory="周敏",
            )

    receipts = at_once(6, click)
    assert len(set(receipts)) == 1
    with transaction.atomic():
        enter(Actor.system())
        assert ApplicationVersion.objects.count() == 1
        assert Application.objects.get().number == "GF3A-2026B-320583-0001"


def test_two_people_start_the_same_application_once(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = scenes.build(clock)

    def start(_: int) -> str:
        try:
            with transaction.atomic():
                enter(scene.enterprise)
                return applications.create_application(
                    actor=scene.enterprise, clock=clock, round_public_id=scene.round_id, level=3
                )
        except DomainError:
            return ""

    made = at_once(6, start)
    assert sum(bool(public_id) for public_id in made) == 1
    with transaction.atomic():
        enter(Actor.system())
        assert Application.objects.count() == 1


def test_the_database_clock_is_asked_after_the_lock(clock: FixedClock) -> None:
    """A submission that waits for the row past the deadline is late, although it was sent in time (SECURITY R13)."""
    with transaction.atomic():
        scene = scenes.build(clock)
        public_id = scene.filled()
        enter(Actor.system())
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
        deadline = now + timedelta(seconds=2)
        Round.objects.update(opens_at=now - timedelta(days=1), closes_at=deadline)

    def work(number: int) -> str:
        with transaction.atomic():
            if number == 0:
                enter(Actor.system())
                list(Application.objects.select_for_update().filter(public_id=public_id))
                with connection.cursor() as cursor:
                    cursor.execute("select pg_sleep(3)")
                return "held"
            with connection.cursor() as cursor:
                cursor.execute("select pg_sleep(0.5)")
            enter(scene.enterprise)
            try:
                applications.submit(
                    actor=scene.enterprise,
                    clock=DatabaseClock(),
                    public_id=public_id,
                    token="sent-in-time",
                    pledge=True,
                    signatory="周敏",
                )
            except RuleBroken as refused:
                return refused.message
            return "taken"

    assert "截止受理" in at_once(2, work)[1]
