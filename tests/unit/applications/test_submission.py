"""Handing in: gates, deadline, idempotency, numbers, what is frozen, supplement."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction

from apps.applications import selectors, verification
from apps.applications import services as applications
from apps.applications.models import ApplicationVersion
from apps.core.actor import Actor, Duty
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.services import sweep
from apps.notifications.models import Message
from apps.scoring.models import ScoreSheet
from tests.unit.applications.scenes import CLOSES, OPENS, Scene, at


def open_kinds(public_id: str, scene: Scene) -> set[str]:
    row = scene.row(public_id)
    found = Obligation.objects.filter(
        subject_type="applications.application", subject_id=row.pk, state__in=["open", "overdue"]
    )
    return set(found.values_list("kind", flat=True))


@pytest.mark.rule("R-12")
def test_submission_freezes_numbers_and_tells(scene: Scene) -> None:
    public_id = scene.filled()
    assert open_kinds(public_id, scene) == {"application.window"}
    receipt = scene.submit(public_id)
    row = scene.row(public_id)
    assert row.state == "submitted"
    assert row.number == receipt.number == "GF3A-2026B-320583-0001"
    assert receipt.receipt_no == f"{row.number}-{receipt.digest[:8].upper()}"
    assert row.self_total is not None
    assert row.self_total > 0
    assert ScoreSheet.objects.get(application=row, kind="self").state == "signed"
    version = ApplicationVersion.objects.get(application=row)
    assert version.snapshot["profile"]["founded_on"] == "2010-05-18"
    assert version.snapshot["sheet"]["total"] == str(row.self_total)
    assert open_kinds(public_id, scene) == {"application.intake"}
    templates = set(Message.objects.filter(subject_id=row.pk).values_list("template", flat=True))
    assert {"application_submitted", "application_received"} <= templates
    check = selectors.verify_receipt(actor=scene.be(scene.enterprise), receipt_no=receipt.receipt_no.lower())
    assert check.intact


def test_what_was_handed_in_lies_sealed_and_keeps_its_digest_under_another_key(
    scene: Scene, settings: Any
) -> None:
    """R49: no telephone or mail address lies in clear in profile, version or trail; the receipt still verifies."""
    public_id = scene.filled()
    receipt = scene.submit(public_id)
    row = scene.row(public_id)
    phone, mail = row.profile["contact_mobile"], row.profile["contact_email"]
    assert phone
    assert mail
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("select profile::text from applications_application")
        texts = [one for (one,) in cursor.fetchall()]
        cursor.execute("select snapshot::text from applications_applicationversion")
        texts += [one for (one,) in cursor.fetchall()]
        cursor.execute("select canonical from audit_auditevent")
        texts += [one for (one,) in cursor.fetchall()]
    assert len(texts) > 3
    assert not [one for one in texts if phone in one or mail in one]
    settings.GF_FIELD_KEYS = {"k2": "a-second-secret-of-more-than-32-characters"}
    call_command("rotate_keys", stdout=StringIO())
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("select snapshot #>> '{profile,contact_mobile}' from applications_applicationversion")
        assert cursor.fetchone()[0].startswith("k2.")
    assert scene.row(public_id).profile["contact_mobile"] == phone
    check = selectors.verify_receipt(actor=scene.be(scene.enterprise), receipt_no=receipt.receipt_no)
    assert check.intact


def test_numbers_are_gapless_by_round_district_and_level(scene: Scene) -> None:
    first = scene.submitted(3)
    broken = scene.draft(2)
    with pytest.raises(RuleBroken), transaction.atomic():
        scene.submit(broken)
    second = scene.submitted(1)
    third = scene.submitted(3, by=scene.neighbour)
    numbers = [scene.row(public_id).number for public_id in (first, second, third)]
    assert numbers == ["GF3A-2026B-320583-0001", "GF1A-2026B-320583-0001", "GF3A-2026B-320506-0001"]


@pytest.mark.rule("R-12")
def test_same_token_gives_the_same_receipt_and_another_body_is_a_conflict(scene: Scene) -> None:
    public_id = scene.filled()
    first = scene.submit(public_id, token="token-of-the-page")
    again = scene.submit(public_id, token="token-of-the-page")
    assert again == first
    handler = scene.be(scene.district.handler)
    applications.accept(actor=handler, clock=scene.clock, public_id=public_id)
    assert scene.submit(public_id, token="token-of-the-page") == first
    scene.be(scene.enterprise)
    with pytest.raises(Conflict) as caught:
        applications.submit(
            actor=scene.enterprise,
            clock=scene.clock,
            public_id=public_id,
            token="token-of-the-page",
            pledge=True,
            signatory="另一人",
        )
    assert caught.value.current["receipt_no"] == first.receipt_no
    with pytest.raises(WrongStep):
        scene.submit(public_id, token="another-token")
    other = scene.filled(2)
    with pytest.raises(Conflict):
        scene.submit(other, token="token-of-the-page")
    assert scene.row(other).state == "draft"


@pytest.mark.rule("R-12")
@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (OPENS - timedelta(seconds=1), False),
        (OPENS, True),
        (CLOSES - timedelta(seconds=1), True),
        (CLOSES, False),
        (CLOSES + timedelta(seconds=1), False),
    ],
)
def test_the_window_is_decided_to_the_second(scene: Scene, moment: datetime, *, allowed: bool) -> None:
    public_id = scene.filled()
    scene.clock.set(Moment.of(moment))
    if allowed:
        assert scene.submit(public_id).at == moment
        return
    with pytest.raises(RuleBroken) as caught:
        scene.submit(public_id)
    message = caught.value.message
    limit = OPENS if moment < OPENS else CLOSES
    assert f"{limit:%-H:%M:%S}" in message
    assert f"{moment:%H:%M:%S}" in message
    assert scene.row(public_id).state == "draft"


def test_a_district_closes_earlier_and_an_extension_opens_again(scene: Scene) -> None:
    public_id = scene.filled()
    signer = scene.be(scene.district.signer)
    earlier = CLOSES - timedelta(days=2)
    applications.set_district_window(
        actor=signer, clock=scene.clock, public_id=scene.round_id, closes_at=earlier
    )
    enter(Actor.system())
    assert Obligation.objects.get(kind="application.window").due_at == earlier
    scene.clock.set(Moment.of(earlier))
    with pytest.raises(RuleBroken):
        scene.submit(public_id)
    scene.be(signer)
    enterprise = scene.row(public_id).enterprise.public_id
    scene.be(signer)
    until = CLOSES + timedelta(days=1)
    with pytest.raises(Invalid):
        applications.extend_window(
            actor=signer,
            clock=scene.clock,
            round_public_id=scene.round_id,
            enterprise_public_id=enterprise,
            until=earlier,
            reason="系统维护",
        )
    applications.extend_window(
        actor=signer,
        clock=scene.clock,
        round_public_id=scene.round_id,
        enterprise_public_id=enterprise,
        until=until,
        reason="厂区停电两日。",
    )
    scene.clock.set(Moment.of(until - timedelta(seconds=1)))
    assert scene.submit(public_id).number.endswith("-0001")


@pytest.mark.rule("R-12")
def test_an_incomplete_draft_is_refused_with_every_reason(scene: Scene) -> None:
    public_id = scene.draft()
    found = selectors.completeness(
        actor=scene.be(scene.enterprise), public_id=public_id, moment=scene.clock.now()
    )
    parts = {blocker.part for blocker in found.blockers}
    assert parts == {"profile", "report", "item", "basic"}
    assert not found.ready
    with pytest.raises(RuleBroken) as caught:
        scene.submit(public_id)
    assert len(caught.value.verdict.refusals) == len(found.blockers)
    filled = scene.filled(2)
    complete = selectors.completeness(
        actor=scene.be(scene.enterprise), public_id=filled, moment=scene.clock.now()
    )
    assert complete.ready
    assert complete.done == complete.total


@pytest.mark.rule("R-10")
def test_a_requirement_not_met_is_a_veto(scene: Scene) -> None:
    public_id = scene.filled()
    version = scene.row(public_id).version
    actor = scene.be(scene.enterprise)
    applications.save_basics(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        answers={"V-07": {"conforms": False}},
        version=version,
    )
    with pytest.raises(RuleBroken) as caught:
        scene.submit(public_id)
    assert caught.value.verdict.rules == {"R-10"}


def test_gates_of_submission(scene: Scene) -> None:
    public_id = scene.filled()
    with pytest.raises(NotVisible):
        scene.submit(public_id, by=scene.neighbour)
    for actor in (scene.district.handler, scene.city.handler):
        with pytest.raises(NotVisible):
            scene.submit(public_id, by=actor)
    clerk = replace(scene.enterprise, duties=frozenset({Duty.CLERK}))
    with pytest.raises(Forbidden):
        scene.submit(public_id, by=clerk)
    actor = scene.be(scene.enterprise)
    with pytest.raises(Invalid) as caught:
        applications.submit(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            token="a-good-token",
            pledge=False,
            signatory=" ",
        )
    assert set(caught.value.errors) == {"pledge", "signatory"}
    scene.submit(public_id)
    with pytest.raises(WrongStep):
        scene.submit(public_id, token="different-token")


def test_withdrawal_only_before_acceptance(scene: Scene) -> None:
    public_id = scene.submitted()
    actor = scene.be(scene.enterprise)
    applications.withdraw(actor=actor, clock=scene.clock, public_id=public_id, reason="数据需要核对")
    row = scene.row(public_id)
    assert row.state == "withdrawn"
    assert open_kinds(public_id, scene) == set()
    again = scene.accepted()
    actor = scene.be(scene.enterprise)
    with pytest.raises(WrongStep):
        applications.withdraw(actor=actor, clock=scene.clock, public_id=again)
    # the withdrawn one keeps its number, the series goes on without a gap
    assert (row.number, scene.row(again).number) == ("GF3A-2026B-320583-0001", "GF3A-2026B-320583-0002")


def test_a_handed_in_version_cannot_be_changed(scene: Scene) -> None:
    public_id = scene.submitted()
    row = scene.row(public_id)
    with pytest.raises(InternalError), transaction.atomic():
        ApplicationVersion.objects.filter(application=row).update(digest="0" * 64)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from applications_application where id = %s", [row.pk])


@pytest.mark.rule("R-14")
def test_supplement_opens_only_what_was_returned(scene: Scene) -> None:
    public_id = scene.accepted()
    handler = scene.be(scene.district.handler)
    back = applications.return_items(
        actor=handler,
        clock=scene.clock,
        public_id=public_id,
        items=[
            applications.ReturnItem("report", "内容过于简略", "补充近三年产能", "overview"),
            applications.ReturnItem("profile", "地址不一致", "改为排污许可证载明的地址", "site_address"),
        ],
    )
    assert (back.count, back.due_on.isoformat()) == (2, "2026-12-04")
    assert open_kinds(public_id, scene) == {"application.supplement"}
    actor = scene.be(scene.enterprise)
    version = selectors.application_file(actor=actor, public_id=public_id).case.version
    applications.save_report_section(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        section="overview",
        text="近三年产能……",
        version=version,
    )
    with pytest.raises(RuleBroken):
        applications.save_report_section(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            section="products",
            text="改",
            version=version,
        )
    with pytest.raises(RuleBroken):
        applications.save_profile(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            values={"site_address": "新址", "factory_name": "新名"},
            version=version,
        )
    with pytest.raises(RuleBroken):
        applications.save_basics(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            answers={"V-01": {"conforms": True}},
            version=version,
        )
    with pytest.raises(RuleBroken) as caught:
        _resubmit(scene, public_id)
    assert caught.value.verdict.rules == {"R-14"}
    for item in selectors.returned_items(actor=scene.be(scene.enterprise), public_id=public_id):
        assert item.returned_by == ""
        applications.answer_item(
            actor=scene.enterprise, clock=scene.clock, item_public_id=item.public_id, answer="已补充。"
        )
    receipt = _resubmit(scene, public_id)
    assert receipt.turn == 1
    assert _resubmit(scene, public_id) == receipt
    assert scene.row(public_id).state == "form_check"
    assert open_kinds(public_id, scene) == {"application.form_check"}
    enter(Actor.system())
    assert list(verification.problems()) == []


@pytest.mark.rule("R-14")
def test_a_supplement_that_does_not_come_is_deemed_withdrawn(scene: Scene) -> None:
    public_id = scene.accepted()
    handler = scene.be(scene.district.handler)
    back = applications.return_items(
        actor=handler,
        clock=scene.clock,
        public_id=public_id,
        items=[applications.ReturnItem("report", "缺少内容", "补充", "overview")],
    )
    last_day = back.due_on
    scene.clock.set(at(last_day.year, last_day.month, last_day.day, 23, 59, 59))
    sweep(clock=scene.clock)
    assert scene.row(public_id).state == "supplementing"
    scene.clock.advance(timedelta(seconds=1))
    with pytest.raises(RuleBroken):
        _resubmit(scene, public_id)
    sweep(clock=scene.clock)
    assert scene.row(public_id).state == "lapsed"
    sweep(clock=scene.clock)
    assert Message.objects.filter(template="application_lapsed").count() == 2


def _resubmit(scene: Scene, public_id: str) -> applications.Receipt:
    actor = scene.be(scene.enterprise)
    return applications.resubmit(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        token="supplement-token",
        pledge=True,
        signatory="周敏",
    )
