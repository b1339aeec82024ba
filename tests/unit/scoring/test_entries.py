"""Saving one item: versions, the one scoring function, reasons for differences, and refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.scoring import selectors
from apps.scoring import services as scoring
from apps.scoring.models import ScoreEntry
from apps.scoring.states import DISTRICT, EXPERT, REASON_PHRASES
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15


def _save(
    scene: Scene,
    public_id: str,
    item: str,
    sent: dict[str, Any],
    *,
    version: int = 1,
    actor: Actor | None = None,
) -> scoring.SavedEntry:
    who = actor or scene.enterprise
    enter(who)
    return scoring.save_entry(
        actor=who, clock=scene.clock, public_id=public_id, item_code=item, version=version, answer=sent
    )


def test_an_answer_is_scored_summed_and_recorded(scene: Scene) -> None:
    ref = scene.open_self()
    saved = _save(scene, ref.public_id, "J1-01", {"met": True})
    assert (saved.points, saved.points_text, saved.version) == (Decimal("1.60"), "1.60", 2)
    assert (saved.sheet.total_text, saved.sheet.answered, saved.sheet.item_count) == ("1.60", 1, 97)
    graded = _save(scene, ref.public_id, "J1-05", {"option": 1})
    assert (graded.points_text, graded.sheet.total_text) == ("0.48", "2.08")
    cleared = _save(scene, ref.public_id, "J1-05", {}, version=2)
    assert (cleared.points, cleared.state, cleared.sheet.total_text) == (None, "unanswered", "1.60")
    enter(Actor.system())
    event = AuditEvent.objects.filter(event="score.entry.save").latest("id")
    assert event.before["J1-05"]["points"] == "0.48"
    assert event.after["J1-05"]["points"] is None


def test_saving_one_answer_takes_few_statements(scene: Scene) -> None:
    ref = scene.open_self()
    with CaptureQueriesContext(connection) as queries:
        scoring.save_entry(
            actor=scene.enterprise,
            clock=DatabaseClock(),
            public_id=ref.public_id,
            item_code="J1-01",
            version=1,
            answer={"met": True},
        )
    assert len(queries) <= MOST_STATEMENTS
    assert any("audit_auditevent" in query["sql"] for query in queries)


def test_judging_one_item_takes_few_statements(scene: Scene) -> None:
    scene.signed_self()
    ref = scene.open_district()
    with CaptureQueriesContext(connection) as queries:
        scoring.save_entry(
            actor=scene.district.handler,
            clock=DatabaseClock(),
            public_id=ref.public_id,
            item_code="J1-01",
            version=1,
            answer={"judged_points": "1", "reason": REASON_PHRASES[0]},
        )
    assert len(queries) <= MOST_STATEMENTS
    assert any("audit_auditevent" in query["sql"] for query in queries)


def test_a_stale_version_shows_what_is_stored_and_loses_nothing(scene: Scene) -> None:
    ref = scene.open_self()
    _save(scene, ref.public_id, "J1-01", {"met": True})
    with pytest.raises(Conflict) as refused:
        _save(scene, ref.public_id, "J1-01", {"met": False}, version=1)
    current = refused.value.current
    assert (current["version"], current["answer"], current["updated_by"]) == (2, {"met": True}, "沈洁")
    assert current["updated_at"] == scene.clock.now().at
    assert "沈洁于 10:00 已修改条目 J1-01（现为 1.60 分）" in refused.value.message
    again = _save(scene, ref.public_id, "J1-01", {"met": True}, version=1)
    assert again.version == 2  # a retry of what is stored is no conflict


def test_versions_belong_to_rows(scene: Scene) -> None:
    ref = scene.open_self()
    _save(scene, ref.public_id, "J1-01", {"met": True})
    assert _save(scene, ref.public_id, "J1-02", {"met": True}, version=1).version == 2


@pytest.mark.parametrize(
    ("item", "sent", "field"),
    [
        ("J1-01", {"met": "yes"}, "met"),
        ("J1-01", {"option": 0}, "option"),
        ("J1-01", {"judged_points": "1.6"}, "judged_points"),
        ("J1-01", {"confirmed_by_district": True}, "confirmed_by_district"),
        ("J1-01", {"evidence_count": 3}, "evidence_count"),
        ("J1-01", {"not_applicable": True, "reason": "没有"}, "not_applicable"),
        ("J1-02", {"not_applicable": True}, "reason"),
        ("J1-05", {"option": 3}, "option"),
        ("J1-05", {"option": True}, "option"),
        ("J1-05", {"option": -1}, "option"),
        ("J1-01", {"met": True, "reason": "字" * 501}, "reason"),
        ("J1-01", {"met": True, "reason": "文字\u202e反向"}, "reason"),
        ("J1-01", {"met": True, "reason": 5}, "reason"),
        ("J1-01", {"claimed_ratio": "1"}, "claimed_ratio"),
    ],
)
def test_wrong_answers_are_refused_at_their_field(
    scene: Scene, item: str, sent: dict[str, Any], field: str
) -> None:
    ref = scene.open_self()
    with pytest.raises(Invalid) as refused:
        _save(scene, ref.public_id, item, sent)
    assert field in refused.value.errors
    assert ScoreEntry.objects.get(sheet_id=ref.id, item_code=item).version == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"benchmarks": {"industry_avg": {"value": "1"}}}, "benchmarks"),
        ({"benchmarks": {"required_value": {"value": "-1", "source": "出让合同"}}}, "benchmarks"),
        ({"benchmarks": {"required_value": {"value": "many", "source": "出让合同"}}}, "benchmarks"),
        ({"benchmarks": "1.5"}, "benchmarks"),
    ],
)
def test_wrong_required_values_are_refused(scene: Scene, sent: dict[str, Any], field: str) -> None:
    ref = scene.open_self()
    with pytest.raises(Invalid) as refused:
        _save(scene, ref.public_id, "K1-01", sent)
    assert field in refused.value.errors


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ("1.61", "条目 J1-01 最高 1.60 分，填写 1.61 分"),
        ("100.01", "最高 1.60 分"),
        ("-1", "不能为负数"),
        ("NaN", "数字"),
        ("Infinity", "数字"),
        ("1e99", "数值过大"),
        ("1.005", "精确到 0.01"),
        ("一分", "不是数字"),
        (True, "应填写数字"),
    ],
)
def test_impossible_points_never_get_in(scene: Scene, points: Any, message: str) -> None:
    scene.signed_self()
    ref = scene.open_district()
    sent = {"judged_points": points, "reason": "核实"}
    with pytest.raises(Invalid, match=message):
        _save(scene, ref.public_id, "J1-01", sent, actor=scene.district.handler)


@pytest.mark.rule("R-15")
def test_a_difference_from_the_self_score_needs_a_reason(scene: Scene) -> None:
    scene.signed_self()
    ref = scene.open_district()
    actor = scene.district.handler
    same = _save(scene, ref.public_id, "J1-01", {"judged_points": "1.60"}, actor=actor)
    assert (same.points_text, same.state_label) == ("1.60", "已得分")
    with pytest.raises(Invalid, match=r"与自评 1\.60 分不一致，请写明理由") as refused:
        _save(scene, ref.public_id, "J1-01", {"judged_points": "1.59"}, version=2, actor=actor)
    assert "reason" in refused.value.errors
    told = {"judged_points": "1.59", "reason": REASON_PHRASES[0]}
    assert _save(scene, ref.public_id, "J1-01", told, version=2, actor=actor).points_text == "1.59"


@pytest.mark.rule("R-15")
def test_the_district_confirms_or_refuses_not_applicable(scene: Scene) -> None:
    scene.signed_self(absent={"J1-02", "J1-06"})
    ref = scene.open_district()
    actor = scene.district.handler
    confirmed = _save(scene, ref.public_id, "J1-02", {"not_applicable": True}, actor=actor)
    assert (confirmed.state_label, confirmed.points) == ("不适用", None)
    with pytest.raises(Invalid, match="与自评不适用不一致"):
        _save(scene, ref.public_id, "J1-06", {"judged_points": "0"}, actor=actor)
    refused = _save(scene, ref.public_id, "J1-06", {"judged_points": "0", "reason": "工艺允许"}, actor=actor)
    assert refused.points_text == "0.00"
    with pytest.raises(Invalid, match="企业未申请不适用"):
        _save(scene, ref.public_id, "J3-06", {"not_applicable": True}, actor=actor)
    with pytest.raises(Invalid, match="不允许判为不适用"):
        _save(scene, ref.public_id, "J1-01", {"not_applicable": True, "reason": "无"}, actor=actor)
    both = {"not_applicable": True, "judged_points": "1", "reason": "无"}
    with pytest.raises(Invalid, match="不能同时给分"):
        _save(scene, ref.public_id, "J1-02", both, version=2, actor=actor)


def test_adopting_takes_the_starting_scores_and_leaves_what_must_be_judged(scene: Scene) -> None:
    scene.signed_self(absent={"J1-02"}, poor={"J1-01"})
    ref = scene.open_district()
    actor = scene.district.handler
    _save(scene, ref.public_id, "J1-03", {"judged_points": "0", "reason": "核实"}, actor=actor)
    adopt = {"actor": actor, "clock": scene.clock, "public_id": ref.public_id}
    saved = scoring.adopt_scores(**adopt)
    assert selectors.compare_view(actor=actor, public_id=ref.public_id).unanswered == ("J1-02",)
    assert saved.answered == 96
    entry = ScoreEntry.objects.get(sheet_id=ref.id, item_code="J1-03")
    assert entry.judged_points == Decimal("0.00")  # what was judged stays
    assert saved.changed["J1-01"] == "0.00"
    scoring.adopt_scores(**adopt, item_codes=["J1-02"])
    assert selectors.compare_view(actor=actor, public_id=ref.public_id).unanswered == ()


def test_experts_start_from_the_district_and_take_over_confirmed_not_applicable(scene: Scene) -> None:
    scene.signed_self(absent={"J1-02"})
    scene.signed_district()
    actor = scene.experts[0]
    scene.grant(actor)
    ref = scene.open_expert()
    assert ScoreEntry.objects.get(sheet_id=ref.id, item_code="J1-02").item_state == "not_applicable"
    with pytest.raises(Invalid, match=r"与初评 1\.60 分不一致"):
        _save(scene, ref.public_id, "J1-01", {"judged_points": "1.00"}, actor=actor)
    with pytest.raises(Invalid, match="须由属地确认"):
        _save(scene, ref.public_id, "J1-06", {"not_applicable": True, "reason": "无"}, actor=actor)
    saved = scoring.adopt_scores(actor=actor, clock=scene.clock, public_id=ref.public_id)
    assert saved.answered == 97


@pytest.mark.rule("R-15")
def test_more_not_applicable_than_the_setting_needs_the_city(scene: Scene) -> None:
    own = scene.open_self()
    head = selectors.sheet_head(actor=scene.enterprise, public_id=own.public_id)
    spec = selectors.scheme_spec(actor=Actor.system(), scheme_id=head.scheme_id)
    # the dimension of which most raw points may be 不适用
    widest = max(
        spec.dimensions,
        key=lambda part: sum(item.max_points / part.weight for item in part.items if item.na_allowed),
    )
    scene.signed_self(absent={item.code for item in widest.items if item.na_allowed})
    ref = scene.open_district()
    actor = scene.district.handler
    act = {"clock": scene.clock, "public_id": ref.public_id}
    scoring.adopt_scores(actor=actor, **act, item_codes=[item.code for item in spec.items])
    row = next(
        row
        for row in selectors.sheet_result(actor=actor, public_id=ref.public_id).dimensions
        if row.code == widest.code
    )
    assert row.needs_city_confirmation == (row.not_applicable_raw > 40)
    assert row.needs_city_confirmation, (
        "the scheme has a dimension of which more than 40 raw points may be 不适用"
    )
    with pytest.raises(Invalid, match="须由市级确认"):
        scoring.sign_sheet(actor=actor, **act)
    with pytest.raises(Forbidden):
        scoring.confirm_by_city(actor=actor, **act, dimension=widest.code)
    enter(scene.city.handler)
    with pytest.raises(WrongStep):
        scoring.confirm_by_city(actor=scene.city.handler, **act, dimension="NONE")
    scoring.confirm_by_city(actor=scene.city.handler, **act, dimension=widest.code)
    enter(actor)
    assert scoring.sign_sheet(actor=actor, **act).digest


def test_others_cannot_write(scene: Scene) -> None:
    ref = scene.open_self()
    for stranger in (scene.other_enterprise, scene.district.handler, scene.experts[0]):
        with pytest.raises(NotVisible):
            _save(scene, ref.public_id, "J1-01", {"met": True}, actor=stranger)
    scene.signed_self()
    enter(scene.district.signer)
    with pytest.raises(Forbidden):
        scoring.open_sheet(actor=scene.district.signer, clock=scene.clock, case=scene.case, kind=DISTRICT)
    enter(scene.experts[0])
    with pytest.raises(NotVisible):
        scoring.open_sheet(actor=scene.experts[0], clock=scene.clock, case=scene.case, kind=EXPERT)
    district = scene.open_district()
    sent = {"judged_points": "1.60"}
    with pytest.raises(NotVisible):
        _save(scene, district.public_id, "J1-01", sent, actor=scene.other_district.handler)
    with pytest.raises(Forbidden, match="属地经办人员"):
        _save(scene, district.public_id, "J1-01", sent, actor=scene.district.signer)
    with pytest.raises(NotVisible, match="没有这个条目"):
        _save(scene, district.public_id, "X9-99", sent, actor=scene.district.handler)


def test_no_district_sheet_before_the_self_sheet_is_handed_in(scene: Scene) -> None:
    scene.open_self()
    with pytest.raises(NotVisible, match="尚未提交"):
        scene.open_district()


def test_a_claim_counts_its_evidence(scene: Scene) -> None:
    ref = scene.open_self()
    for _ in range(2):
        scoring.set_evidence_counts(
            actor=scene.enterprise,
            clock=scene.clock,
            application_id=scene.application_id,
            counts={"J1-01": 3, "J1-02": 1},
        )
    view = selectors.sheet_view(actor=scene.enterprise, public_id=ref.public_id)
    assert (view.item("J1-01").evidence_count, view.item("J1-02").evidence_count) == (3, 1)
