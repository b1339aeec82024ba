"""评分更正: proposed with a preview, approved by a second person, in new signed turns; below 80 it ends (R-22, R-25)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.policy.award import after_correction
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import MarkCorrection, Notice, NoticeEntry
from apps.publicity.verification import problems
from apps.scoring.models import ScoreEntry, ScoreSheet
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.on_notice()
    flow.objection = flow.object()
    publicity.accept_objection(actor=flow.be(flow.city.handler), clock=flow.clock, public_id=flow.objection)
    return flow


stage = built_once(_build)
scene = played()


@pytest.mark.parametrize(
    ("total", "level", "stays"),
    [("80.00", Level.A3, True), ("79.995", Level.A3, True), ("79.99", Level.A2, False), ("59", None, False)],
)
@pytest.mark.rule("R-22", "R-25")
def test_the_line_is_eighty_as_printed(total: str, level: Level | None, *, stays: bool) -> None:
    found = after_correction(Decimal(total), Parameters())
    assert (found.level, found.stays) == (level, stays)


def items(scene: scenes.Flow) -> list[selectors.MarkedItem]:
    actor = scene.be(scene.city.handler)
    return selectors.correctable_items(actor=actor, objection_public_id=scene.objection)[1]


def zeroed(scene: scenes.Flow, count: int) -> dict[str, Decimal]:
    """Return the items everybody gave most to, at zero."""
    worth = sorted(items(scene), key=lambda item: -sum(value or 0 for value in item.given.values()))
    return {item.code: Decimal(0) for item in worth[:count]}


def propose(scene: scenes.Flow, points: dict[str, Decimal]) -> str:
    return publicity.propose_correction(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        objection_public_id=scene.objection,
        points=points,
        reason="经现场核查，所附材料不能证明达到该档要求。",
    )


def approve(scene: scenes.Flow, correction: str, *, by: Actor | None = None) -> bool:
    return publicity.approve_correction(
        actor=scene.be(by or scene.city.signer),
        clock=scene.clock,
        public_id=correction,
        conclusion="经核查，反映的情况部分属实，已更正评分。",
    )


def small(scene: scenes.Flow) -> dict[str, Decimal]:
    """Return one item, a little lower for everybody."""
    item = next(item for item in items(scene) if all(value and value > 1 for value in item.given.values()))
    return {item.code: min(value for value in item.given.values() if value) - Decimal("0.50")}


def test_what_is_proposed_is_checked(scene: scenes.Flow) -> None:
    code = next(iter(small(scene)))
    for points, field in (
        ({}, "points"),
        ({"nothing": Decimal(1)}, "nothing"),
        ({code: Decimal(101)}, code),
        ({code: Decimal("-0.01")}, code),
        ({code: Decimal("0.001")}, code),
    ):
        error = refused(
            Invalid,
            publicity.propose_correction,
            actor=scene.be(scene.city.handler),
            clock=scene.clock,
            objection_public_id=scene.objection,
            points=points,
            reason="经核查。",
        )
        assert isinstance(error, Invalid)
        assert set(error.errors) == {field}
    for actor, kind in ((scene.city.signer, Forbidden), (scene.district.handler, Forbidden)):
        refused(
            kind,
            publicity.propose_correction,
            actor=scene.be(actor),
            clock=scene.clock,
            objection_public_id=scene.objection,
            points=small(scene),
            reason="经核查。",
        )
    enter(Actor.system())
    assert not MarkCorrection.objects.exists()


def test_nothing_changes_before_the_second_person(scene: scenes.Flow) -> None:
    points = small(scene)
    before = {row.pk: row.digest for row in ScoreSheet.objects.filter(kind="expert")}
    correction = propose(scene, points)
    enter(Actor.system())
    assert {row.pk: row.digest for row in ScoreSheet.objects.filter(kind="expert")} == before
    # one proposal at a time, and the objection cannot be concluded past it
    refused(
        WrongStep,
        publicity.propose_correction,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        objection_public_id=scene.objection,
        points=points,
        reason="再次。",
    )
    refused(
        WrongStep,
        publicity.conclude_objection,
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=scene.objection,
        upheld=False,
        conclusion="不属实。",
    )
    refused(Forbidden, approve, scene=scene, correction=correction, by=scene.city.handler)
    refused(NotVisible, selectors.correction, actor=scene.be(scene.enterprise), public_id=correction)
    publicity.return_correction(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=correction, reason="依据不足。"
    )
    refused(WrongStep, approve, scene=scene, correction=correction)
    propose(scene, points)


@pytest.mark.rule("R-25")
def test_a_small_correction_lets_the_candidate_go_on(scene: scenes.Flow) -> None:
    points = small(scene)
    handler = scene.be(scene.city.handler)
    preview = publicity.preview_of(
        actor=handler, clock=scene.clock, objection_public_id=scene.objection, points=points
    )
    assert preview.stays
    assert preview.after < preview.before
    correction = propose(scene, points)
    assert approve(scene, correction)
    row = selectors.correction(actor=scene.be(scene.city.handler), public_id=correction)
    assert (row.total_before, row.total_after) == (preview.before, preview.after)
    case = applications.case(actor=scene.be(scene.city.handler), public_id=scene.case)
    assert (case.state, case.panel_total) == ("on_notice", preview.after)
    enter(Actor.system())
    assert all(pair["expert"] for pair in row.renewed)
    for pair in row.renewed:
        old = ScoreSheet.objects.get(public_id=pair["old"])
        new = ScoreSheet.objects.get(public_id=pair["new"])
        assert (old.is_current, new.is_current, new.turn) == (False, True, old.turn + 1)
        assert (old.state, new.state, new.released_to_panel) == ("signed", "signed", True)
        assert (old.owner_id, new.signed_by_id) == (new.owner_id, scene.city.signer.user_id)
        for code, value in points.items():
            entry = ScoreEntry.objects.get(sheet=new, item_code=code)
            assert (entry.points, entry.reason) == (value, row.reason)
            assert ScoreEntry.objects.get(sheet=old, item_code=code).points != value
    own = selectors.corrections(actor=scene.be(scene.enterprise), objection_public_id=scene.objection)
    assert [one.proposed_by for one in own] == [""]
    file = selectors.objection_file(actor=scene.be(scene.enterprise), public_id=scene.objection)
    assert file.state_label == "异议成立，已更正评分"
    enter(Actor.system())
    assert list(problems()) == []


@pytest.mark.rule("R-22", "R-24", "R-25")
def test_below_eighty_the_candidate_leaves_by_a_correction_notice(scene: scenes.Flow) -> None:
    correction = propose(scene, zeroed(scene, 12))
    enter(Actor.system())
    assert not MarkCorrection.objects.get().stays
    assert not approve(scene, correction)
    case = applications.case(actor=scene.be(scene.city.handler), public_id=scene.case)
    assert case.state == "refused"
    assert "未达到80分" in case.decision_note
    enter(Actor.system())
    assert NoticeEntry.objects.get(application_id=case.id).state == "withdrawn"
    draft = Notice.objects.get(kind="correction")
    assert (draft.state, draft.drafted_by_id) == ("draft", scene.city.handler.user_id)
    assert [row["企业名称"] for row in draft.removed] == [case.enterprise_name]
    # it goes the usual way of three persons, runs, and closes without anybody on its list
    scene.approve(str(draft.public_id))
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=str(draft.public_id))
    shown = selectors.notice_file(actor=scene.be(Actor.public()), public_id=str(draft.public_id))
    assert [row.name for row in shown.removed] == [case.enterprise_name]
    assert shown.entries == ()
    enter(Actor.system())
    assert list(problems()) == []


def test_the_approver_is_neither_proposer_nor_who_accepted(scene: scenes.Flow) -> None:
    correction = propose(scene, small(scene))
    enter(Actor.system())
    MarkCorrection.objects.update(proposed_by_id=scene.city.signer.user_id)
    assert broken(approve, scene=scene, correction=correction)
    enter(Actor.system())
    with pytest.raises(IntegrityError, match="mark_correction_second_person"), transaction.atomic():
        MarkCorrection.objects.update(decided_by_id=scene.city.signer.user_id)


def test_sheets_that_changed_since_are_not_corrected(scene: scenes.Flow) -> None:
    correction = propose(scene, small(scene))
    enter(Actor.system())
    row = MarkCorrection.objects.get()
    MarkCorrection.objects.update(base={**row.base, next(iter(row.base)): "0" * 64})
    refused(Conflict, approve, scene=scene, correction=correction)


def test_a_decided_correction_is_frozen(scene: scenes.Flow) -> None:
    approve(scene, propose(scene, small(scene)))
    enter(Actor.system())
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update publicity_markcorrection set reason = 'x'")
