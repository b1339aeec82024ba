"""R-44: the trail only grows, in the transaction of the act, and tampering shows (SECURITY R44).

The chain is written by a deferred trigger at commit; here it is fired by `set constraints all immediate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InternalError, ProgrammingError, connection, transaction

from apps.audit import services as audit
from apps.audit.chain import GENESIS, chained
from apps.audit.models import AuditEvent, AuditLink
from apps.audit.selectors import chain_problems
from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from tests.unit.foundation import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-44")]


@contextmanager
def system() -> Iterator[None]:
    """Act as the system in a transaction whose end writes the chain."""
    with transaction.atomic():
        enter(Actor.system())
        yield
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")


def write(clock: FixedClock, *events: str) -> None:
    """Record events, each in a transaction of its own."""
    for event in events:
        with system():
            audit.record(
                actor=Actor.system(),
                event=event,
                subject=None,
                moment=clock.now(),
                before={"分数": "79.99"},
                after={"分数": "80.00"},
                note="改判理由",
            )


def problems() -> list[str]:
    """Return what the verifier finds."""
    with system():
        return list(chain_problems())


def tamper(statement: str) -> None:
    """Run a statement as the owner of the tables would: triggers off, row-level security off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("alter table audit_auditevent disable trigger user")
        cursor.execute("alter table audit_auditevent no force row level security")
        cursor.execute(statement)
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table audit_auditevent force row level security")
        cursor.execute("alter table audit_auditevent enable trigger user")
        cursor.execute("set constraints all deferred")
        cursor.execute("set role gf_app")


def start(clock: FixedClock) -> int:
    """Write three events; return how many links were there before."""
    with system():
        before = AuditLink.objects.count()
    write(clock, "test.one", "test.two", "test.three")
    return before


def test_every_event_is_a_link_of_the_chain(clock: FixedClock) -> None:
    before = start(clock)
    assert problems() == []
    with system():
        links = list(AuditLink.objects.select_related("event").order_by("sequence"))
        assert [link.sequence for link in links] == list(range(1, before + 4))
        previous = GENESIS
        for link in links:
            assert link.digest == chained(previous, link.event.canonical)
            previous = link.digest


def test_a_rolled_back_act_leaves_no_event(clock: FixedClock) -> None:
    start(clock)

    def act() -> None:
        with system():
            audit.record(actor=Actor.system(), event="test.lost", subject=None, moment=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    with system():
        assert not AuditEvent.objects.filter(event="test.lost").exists()
    assert problems() == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_auditevent set note = 'x'",
        "delete from audit_auditevent",
        "truncate audit_auditevent cascade",
        "update audit_auditlink set digest = repeat('0', 64)",
        "delete from audit_auditlink",
        (
            "insert into audit_auditlink (event_id, sequence, previous, digest)"
            " select id, 99999, repeat('0', 64), repeat('0', 64) from audit_auditevent limit 1"
        ),
        "alter table audit_auditevent disable trigger all",
    ],
)
def test_the_application_can_only_append(clock: FixedClock, statement: str) -> None:
    start(clock)
    with (
        pytest.raises((ProgrammingError, InternalError)),
        system(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert problems() == []


def test_a_changed_event_shows(clock: FixedClock) -> None:
    start(clock)
    tamper("update audit_auditevent set after = '{\"分数\": \"85.00\"}' where event = 'test.two'")
    assert len(problems()) == 1
    assert "内容与规范文本不一致" in problems()[0]


def test_a_change_with_its_canonical_text_shows(clock: FixedClock) -> None:
    start(clock)
    tamper(
        "update audit_auditevent set note = '伪造', canonical = replace(canonical, '改判理由', '伪造')"
        " where event = 'test.two'"
    )
    found = problems()
    assert len(found) == 1
    assert "摘要不符" in found[0]


def test_a_removed_event_shows(clock: FixedClock) -> None:
    start(clock)
    tamper(
        "delete from audit_auditlink where event_id = (select id from audit_auditevent where event = 'test.two');"
        " delete from audit_auditevent where event = 'test.two'"
    )
    found = " ".join(problems())
    assert "缺失" in found
    assert "摘要不符" in found


def test_an_event_outside_the_chain_shows(clock: FixedClock) -> None:
    start(clock)
    tamper(
        "delete from audit_auditlink where event_id = (select id from audit_auditevent where event = 'test.three')"
    )
    assert problems() == ["有 1 条审计事件不在链上。"]


def test_verify_names_the_fault_and_fails(
    clock: FixedClock,
    capsys: pytest.CaptureFixture[str],
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    start(clock)
    call_command("verify")
    assert "核对完成" in capsys.readouterr().out
    with monkeypatch.context() as empty:
        empty.setattr(connection.introspection, "table_names", list)
        with pytest.raises(CommandError, match="还没有平台的表"):
            call_command("verify")
    tamper("update audit_auditevent set note = '伪造' where event = 'test.two'")
    with pytest.raises(CommandError):
        call_command("verify")
    assert "内容与规范文本不一致" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain(clock: FixedClock) -> None:
    """Real commits of six connections: one chain without a gap."""

    def work(number: int) -> None:
        for turn in range(5):
            with transaction.atomic():
                enter(Actor.system())
                audit.record(
                    actor=Actor.system(), event=f"test.{number}.{turn}", subject=None, moment=clock.now()
                )

    at_once(6, work)
    assert problems() == []
    with transaction.atomic():
        enter(Actor.system())
        sequences = list(AuditLink.objects.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))
        assert AuditEvent.objects.filter(event__startswith="test.").count() == 30
