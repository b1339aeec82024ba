"""Blind scoring, twice: `visible_to` and row-level security agree for every role, whatever a query forgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible
from apps.core.scoping import enter
from apps.policy.parameters import DEFAULTS
from apps.scoring import selectors
from apps.scoring import services as scoring
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.services import opening
from apps.scoring.states import DISTRICT, EXPERT, SELF
from tests.unit.scoring import scenes
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


def _behind_the_wall(actor: Actor) -> set[str]:
    """What a query that forgot `visible_to` would see."""
    enter(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "select case kind when 'expert' then kind || owner_id else kind end from scoring_scoresheet"
        )
        return {row[0] for row in cursor.fetchall()}


def _visible(actor: Actor) -> set[str]:
    enter(actor)
    return {
        f"{sheet.kind}{sheet.owner_id}" if sheet.kind == EXPERT else sheet.kind
        for sheet in ScoreSheet.objects.visible_to(actor)
    }


def _reviewed(scene: Scene) -> list[scoring.SheetRef]:
    """Self and district sheets are signed; both experts have begun."""
    scene.signed_self()
    scene.signed_district()
    refs = []
    for number, expert in enumerate(scene.experts):
        scene.grant(expert)
        refs.append(scene.open_expert(number))
    return refs


@pytest.mark.rule("R-19")
def test_who_sees_what_while_the_experts_score(scene: Scene) -> None:
    _reviewed(scene)
    first, second = (f"expert{expert.user_id}" for expert in scene.experts)
    expected = [
        (scene.enterprise, {SELF}),
        (scene.other_enterprise, set()),
        (scene.district.handler, {SELF, DISTRICT}),
        (scene.other_district.handler, set()),
        (scene.city.handler, {SELF, DISTRICT, first, second}),
        (scene.experts[0], {SELF, DISTRICT, first}),
        (scene.experts[1], {SELF, DISTRICT, second}),
        (Actor.public(), set()),
        (Actor(Role.SYSTEM_ADMIN, user_id=1), set()),
        (Actor(Role.SECURITY_ADMIN, user_id=1), set()),
    ]
    for actor, kinds in expected:
        assert _behind_the_wall(actor) == kinds, actor.label
        assert _visible(actor) == kinds, actor.label


def test_entries_are_as_visible_as_their_sheet(scene: Scene) -> None:
    refs = _reviewed(scene)
    enter(scene.experts[1])
    assert ScoreEntry.objects.filter(sheet_id=refs[0].id).count() == 0
    assert ScoreEntry.objects.filter(sheet_id=refs[1].id).count() == 97
    enter(scene.other_enterprise)
    assert ScoreEntry.objects.count() == 0


def test_after_the_panel_concluded_its_members_and_the_district_see_all(scene: Scene) -> None:
    refs = _reviewed(scene)
    for expert, ref in zip(scene.experts, refs, strict=True):
        enter(expert)
        scoring.adopt_scores(actor=expert, clock=scene.clock, public_id=ref.public_id)
        scoring.sign_sheet(actor=expert, clock=scene.clock, public_id=ref.public_id)
    enter(scene.experts[0])
    release = {"actor": scene.experts[0], "clock": scene.clock, "application_id": scene.application_id}
    assert scoring.release_sheets(**release, kinds=[EXPERT], to="panel") == 2
    assert scoring.release_sheets(**release, kinds=[EXPERT], to="panel") == 0
    both = {f"expert{expert.user_id}" for expert in scene.experts}
    for actor in (scene.experts[1], scene.district.handler):
        assert both <= _behind_the_wall(actor) == _visible(actor)
    assert _visible(scene.enterprise) == {SELF}


def test_the_enterprise_sees_released_scores_without_names(scene: Scene) -> None:
    scene.signed_self()
    scene.signed_district()
    enter(scene.district.signer)
    release = {"actor": scene.district.signer, "clock": scene.clock, "application_id": scene.application_id}
    assert scoring.release_sheets(**release, kinds=[DISTRICT]) == 1
    assert _behind_the_wall(scene.enterprise) == _visible(scene.enterprise) == {SELF, DISTRICT}
    head = selectors.current_sheet(actor=scene.enterprise, application_id=scene.application_id, kind=DISTRICT)
    assert head is not None
    assert (head.owner_name, head.owner_id, head.signed_by_id) == ("", None, None)
    view = selectors.sheet_view(actor=scene.enterprise, public_id=head.public_id)
    assert {item.updated_by for part in view.dimensions for group in part.groups for item in group.items} == {
        ""
    }


def test_bureaus_do_not_see_an_unfinished_self_sheet(scene: Scene) -> None:
    ref = scene.open_self()
    for actor in (scene.district.handler, scene.city.handler):
        assert _behind_the_wall(actor) == _visible(actor) == set()
        with pytest.raises(NotVisible):
            selectors.sheet_head(actor=actor, public_id=ref.public_id)


@pytest.mark.rule("R-20")
def test_a_revoked_expert_sees_nothing(scene: Scene) -> None:
    refs = _reviewed(scene)
    scenes.revoke_application(scene.experts[0], scene.application_id)
    assert _behind_the_wall(scene.experts[0]) == _visible(scene.experts[0]) == set()
    with pytest.raises(NotVisible):
        scoring.save_entry(
            actor=scene.experts[0],
            clock=scene.clock,
            public_id=refs[0].public_id,
            item_code="J1-01",
            version=1,
            answer={"judged_points": "1.60"},
        )


def test_what_an_expert_scores_is_not_in_the_districts_audit_trail(scene: Scene) -> None:
    refs = _reviewed(scene)
    enter(scene.experts[0])
    scoring.save_entry(
        actor=scene.experts[0],
        clock=scene.clock,
        public_id=refs[0].public_id,
        item_code="J1-01",
        version=1,
        answer={"judged_points": "0.10", "reason": "现场核实"},
    )
    about = AuditEvent.objects.filter(subject_type="scoring.scoresheet", subject_id=refs[0].id)
    enter(scene.district.handler)
    assert list(about) == []
    assert list(about.visible_to(scene.district.handler)) == []
    enter(scene.city.handler)
    assert about.filter(event="score.entry.save").count() == 1


@pytest.mark.parametrize("writer", ["enterprise", "expert"])
def test_the_wall_lets_nobody_write_another_kind_of_sheet(scene: Scene, writer: str) -> None:
    refs = _reviewed(scene)
    actor = scene.enterprise if writer == "enterprise" else scene.experts[0]
    enter(actor)
    with connection.cursor() as cursor:
        cursor.execute("update scoring_scoresheet set released_to_panel = true where kind = 'district'")
        assert cursor.rowcount == 0
        cursor.execute("update scoring_scoreentry set points = 0 where sheet_id = %s", [refs[1].id])
        assert cursor.rowcount == 0
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into scoring_scoresheet (public_id, application_id, enterprise_id, district_id, scheme_id,"
            " kind, owner_id, turn, is_current, state, measurements, context, answered, item_count, result, digest,"
            " version, opened_at, changed_at, released_to_enterprise, released_to_panel)"
            " select 'x', application_id, enterprise_id, district_id, scheme_id, 'district', %s, 9, false, 'open',"
            " '{}', '{}', 0, 1, '{}', '', 1, now(), now(), true, true from scoring_scoresheet limit 1",
            [actor.user_id],
        )


def test_experts_who_work_unseeing_get_no_scores_before_they_sign(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    unseeing = replace(DEFAULTS, expert_sees_district_score=False)
    monkeypatch.setattr(opening, "in_force", lambda **_: unseeing)
    scene.signed_self(absent={"J1-02"})
    district = scene.signed_district()
    scene.grant(scene.experts[0])
    ref = scene.open_expert()
    expert = scene.experts[0]
    desk = selectors.compare_view(actor=expert, public_id=ref.public_id)
    row = desk.dimensions[0].groups[0].rows[0]
    assert desk.scores_hidden
    assert (desk.columns, row.baseline, row.difference) == ((), None, None)
    assert all((cell.points, cell.text, cell.steps) == (None, "", ()) for cell in row.cells.values())
    heads = selectors.sheets_of(actor=expert, application_id=scene.application_id)
    assert {head.kind: head.total_text for head in heads if head.kind != EXPERT} == {SELF: "", DISTRICT: ""}
    view = selectors.sheet_view(actor=expert, public_id=district.public_id)
    assert (view.total_text, view.item("J1-01").points_text, view.item("J1-01").steps) == ("", "", ())
    with pytest.raises(Forbidden):
        selectors.sheet_result(actor=expert, public_id=district.public_id)
    with pytest.raises(Forbidden):
        scoring.adopt_scores(actor=expert, clock=scene.clock, public_id=ref.public_id)
    saved = scoring.save_entry(
        actor=expert,
        clock=scene.clock,
        public_id=ref.public_id,
        item_code="J1-01",
        version=1,
        answer={"judged_points": "0.10"},  # asking for a reason would tell that it differs
    )
    assert saved.points_text == "0.10"
