"""Pages as data: everything formatted, and a constant number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.scoring import selectors
from apps.scoring import services as scoring
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


def test_the_self_sheet_page(scene: Scene) -> None:
    ref = scene.open_self()
    scoring.save_entry(
        actor=scene.enterprise,
        clock=scene.clock,
        public_id=ref.public_id,
        item_code="J1-05",
        version=1,
        answer={"option": 1, "reason": "见节能改造文件"},
    )
    with CaptureQueriesContext(connection) as queries:
        view = selectors.sheet_view(actor=scene.enterprise, public_id=ref.public_id)
    assert len(queries) <= 6
    assert view.dimensions[0].name == "基础设施"
    assert (len(view.dimensions), sum(part.count for part in view.dimensions)) == (6, 97)
    assert (view.total_text, view.reachable_text, view.head.scheme_mark) == ("0.48", "99.68", "重构版")
    first = view.dimensions[0]
    assert (first.points_text, first.weight_text, first.answered, first.complete) == ("0.48", "20", 1, False)
    item = view.item("J1-05")
    assert [choice.chosen for choice in item.choices] == [False, True, False]
    assert (item.points_text, item.max_text, item.reason, item.updated_by) == (
        "0.48",
        "0.80",
        "见节能改造文件",
        "沈洁",
    )
    assert item.steps[-1] == ("得分", "0.80 × 0.6 = 0.48 分。")
    assert item.editable
    lamps = view.item("J2-05")
    assert lamps.method_label == "按指标值分档"
    assert all(entry.missing and entry.value == "" for entry in lamps.metrics[0].inputs)
    assert len(view.blockers) == 96
    assert view.inputs
    with pytest.raises(KeyError):
        view.item("X9-99")


def test_the_desk_shows_all_scores_beside_each_other(scene: Scene) -> None:
    own = scene.signed_self(absent={"J1-02"})
    ref = scene.open_district()
    actor = scene.district.handler
    scoring.save_entry(
        actor=actor,
        clock=scene.clock,
        public_id=ref.public_id,
        item_code="J1-01",
        version=1,
        answer={"judged_points": "1.00", "reason": "缺少消防验收意见"},
    )
    with CaptureQueriesContext(connection) as queries:
        desk = selectors.compare_view(actor=actor, public_id=ref.public_id)
    assert len(queries) <= 6
    assert [(column.name, column.total_text) for column in desk.columns] == [("自评", f"{own.total:.2f}")]
    rows = {row.code: row for part in desk.dimensions for group in part.groups for row in group.rows}
    assert (rows["J1-01"].difference_text, rows["J1-01"].differs) == ("-0.60", True)
    assert (rows["J1-01"].cells["self"].text, rows["J1-01"].own_value) == ("1.60", "1.00")
    assert rows["J1-02"].claims_not_applicable
    assert rows["J1-02"].cells["self"].reason == "本厂无此项。"
    assert (desk.total_text, desk.answered, desk.differing, len(desk.unanswered)) == ("1.00", 1, 1, 96)
    assert desk.upper_text < f"{own.total:.2f}"
    assert desk.phrases
    assert rows["J1-03"].editable


def test_the_expert_desk_compares_with_the_district(scene: Scene) -> None:
    scene.signed_self()
    scene.signed_district()
    scene.grant(scene.experts[0])
    ref = scene.open_expert()
    with CaptureQueriesContext(connection) as queries:
        desk = selectors.compare_view(actor=scene.experts[0], public_id=ref.public_id)
    assert len(queries) <= 6
    assert [column.kind for column in desk.columns] == ["self", "district"]
    row = desk.dimensions[0].groups[0].rows[0]
    assert row.baseline == row.cells["district"]
    assert selectors.expert_sheets(actor=scene.experts[0], application_id=scene.application_id)[0].owner_name


def test_last_years_figures_question_this_years(scene: Scene) -> None:
    from tests.unit.scoring import scenes

    scene.signed_self()
    second = scenes.application(scene.clock, scene.enterprise, code="2027T")
    enter(scene.enterprise)
    scene.application_id = second
    scene.case = scoring.Case(second, scene.case.enterprise_id, scene.case.district, "2651")
    from datetime import timedelta

    scene.clock.advance(timedelta(days=365))
    ref = scene.open_self()
    spec = selectors.scheme_spec(
        actor=Actor.system(),
        scheme_id=selectors.sheet_head(actor=scene.enterprise, public_id=ref.public_id).scheme_id,
    )
    code = next(entry.code for entry in spec.inputs() if entry.code == "output_value")
    scoring.save_measurements(
        actor=scene.enterprise,
        clock=scene.clock,
        public_id=ref.public_id,
        version=1,
        values={code: "100000"},
        period="2026",
    )
    view = selectors.sheet_view(actor=scene.enterprise, public_id=ref.public_id)
    assert [warning for warning in view.warnings if "上年" in warning] == [
        "工业总产值与上年相差约 1000 倍（上年 100，本年 100000），请核对单位是否为“万元”。"
    ]
