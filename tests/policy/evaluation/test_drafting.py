"""Writing a scheme part by part, what differs between two versions, and old answers under a new one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.carrying import SelfScored, carried_answers, unscored_items
from apps.policy.evaluation.differing import ChangeKind, FieldChange, scheme_changes
from apps.policy.evaluation.editing import (
    Edit,
    EditRefused,
    Part,
    Place,
    Removal,
    Shift,
    changed,
    entry_of,
    part_at,
    parts_of,
    path_of,
    place_of,
)
from apps.policy.evaluation.loading import load_scheme, read_draft, scheme_problems
from apps.policy.evaluation.method_text import MethodTextError, method_from_text, method_lines
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.serialising import scheme_to_mapping


def _item(code: str, points: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"条目{code}",
        "requirement": "必选",
        "max_points": points,
        "scoring": {
            "method": "graded",
            "options": [{"label": "完全满足", "ratio": "1"}, {"label": "部分满足", "ratio": "0.5"}],
        },
        **changes,
    }


def _scheme() -> dict[str, Any]:
    return scheme_to_mapping(
        load_scheme(
            {
                "code": "T1",
                "name": "试验体系",
                "status": "standard",
                "total_points": "100",
                "item_count": 4,
                "dimensions": [
                    {
                        "code": "1",
                        "name": "甲",
                        "weight": "60",
                        "secondary": [
                            {
                                "code": "1.1",
                                "name": "甲一",
                                "items": [_item("1.1.1", "20"), _item("1.1.2", "20")],
                            },
                            {"code": "1.2", "name": "甲二", "items": [_item("1.2.1", "20")]},
                        ],
                    },
                    {"code": "2", "name": "乙", "weight": "40", "items": [_item("2.1", "40")]},
                ],
            }
        )
    )


def test_a_changed_item_stays_in_its_place_and_the_original_is_untouched() -> None:
    before = _scheme()
    after = changed(before, Edit(Part.ITEM, "1.1.2", _item("1.1.2", "25"), Place("1", "1.1")))
    assert entry_of(after, Part.ITEM, "1.1.2")["max_points"] == "25"
    assert entry_of(before, Part.ITEM, "1.1.2")["max_points"] == "20"
    assert [entry["code"] for part, _, entry in parts_of(after) if part is Part.ITEM] == [
        "1.1.1",
        "1.1.2",
        "1.2.1",
        "2.1",
    ]
    spec, problems = read_draft(after)
    assert spec.item("1.1.2").max_points == 25
    assert [problem.path for problem in problems] == ["dimensions[0]"], "60 不等于 65"


def test_an_item_is_added_moved_to_another_group_shifted_and_removed_and_counts_follow() -> None:
    content = changed(_scheme(), Edit(Part.ITEM, "", _item("1.2.2", "1"), Place("1", "1.2")))
    assert content["item_count"] == 5
    content = changed(content, Edit(Part.ITEM, "1.2.2", _item("1.2.9", "1"), Place("1", "1.1")))
    assert place_of(content, "1.2.9") == Place("1", "1.1")
    assert place_of(content, "1.2.2") == Place()
    content = changed(content, Shift("1.2.9", up=True))
    group = entry_of(content, Part.GROUP, "1.1")
    assert [item["code"] for item in group["items"]] == ["1.1.1", "1.2.9", "1.1.2"]
    content = changed(content, Removal(Part.ITEM, "1.2.9"))
    assert content["item_count"] == 4
    assert scheme_problems(content) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Edit(Part.ITEM, "", _item("2.1", "1"), Place("1", "1.1")), "code"),
        (Edit(Part.ITEM, "2.1", _item("1.1.1", "1"), Place("2", "")), "code"),
        (Edit(Part.ITEM, "", _item("9", "1"), Place("1", "")), "place"),
        (Edit(Part.ITEM, "", _item("9", "1"), Place("7", "")), "place"),
        (Edit(Part.GROUP, "", {"code": "2.9", "name": "丙"}, Place("2")), "dimension"),
        (Edit(Part.DIMENSION, "", {"code": "2", "name": "丙", "weight": "1"}), "code"),
        (Edit(Part.METRIC, "none", {"code": "none"}), ""),
        (Removal(Part.GROUP, "1.1"), ""),
        (Removal(Part.HEAD, ""), ""),
        (Shift("none", up=True), ""),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_at_its_field(change: Any, field: str) -> None:
    with pytest.raises(EditRefused) as refused:
        changed(_scheme(), change)
    assert refused.value.field == field


def test_a_dimension_and_a_group_keep_what_stands_in_them() -> None:
    content = changed(_scheme(), Edit(Part.DIMENSION, "1", {"code": "A", "name": "甲改", "weight": "60"}))
    content = changed(content, Edit(Part.GROUP, "1.2", {"code": "1.5", "name": "甲五"}, Place("A")))
    assert place_of(content, "1.2.1") == Place("A", "1.5")
    assert scheme_problems(content) == []
    assert changed(content, Edit(Part.HEAD, "", {"name": "新名", "status": "standard"}))["dimensions"]


def test_paths_of_the_loader_lead_back_to_the_part() -> None:
    content = _scheme()
    for part, path, entry in parts_of(content):
        assert path_of(content, part, entry["code"]) == path
        assert part_at(content, f"{path}.name") == (part, entry["code"])
    assert part_at(content, "total_points") == (Part.HEAD, "")


def test_an_empty_dimension_is_readable_and_reported() -> None:
    content = changed(_scheme(), Edit(Part.DIMENSION, "", {"code": "3", "name": "丙", "weight": "5"}))
    spec, problems = read_draft(content)
    assert spec.dimensions[2].items == ()
    assert {"dimensions", "dimensions[2]", "dimensions[2].secondary"} == {one.path for one in problems}
    assert read_draft(scheme_to_mapping(spec))[0] == spec, "what is stored reads back to the same draft"


def test_changes_name_the_part_the_field_and_both_values() -> None:
    before = load_scheme(_scheme())
    content = changed(
        _scheme(), Edit(Part.ITEM, "1.1.1", _item("1.1.1", "15", guidance="新说明"), Place("1", "1.1"))
    )
    content = changed(content, Removal(Part.ITEM, "1.1.2"))
    content = changed(content, Edit(Part.ITEM, "", _item("1.1.3", "25"), Place("1", "1.1")))
    found = scheme_changes(before, read_draft(content)[0])
    assert [(one.kind, one.part, one.code) for one in found] == [
        (ChangeKind.CHANGED, "条目", "1.1.1"),
        (ChangeKind.ADDED, "条目", "1.1.3"),
        (ChangeKind.REMOVED, "条目", "1.1.2"),
    ]
    assert [(field.label, field.before, field.after) for field in found[0].fields] == [
        ("满分", "20", "15"),
        ("评分说明", "", "新说明"),
    ]
    assert scheme_changes(before, before) == []
    # a system made from another under its own code is still one system on each side
    [head] = scheme_changes(before, replace(before, code="NEW-1"))
    assert (head.kind, head.part, head.code) == (ChangeKind.CHANGED, "体系", "NEW-1")
    assert [(field.label, field.after) for field in head.fields] == [("体系编号", "NEW-1")]
    assert [field.lines for field in found[0].fields] == [(), ()]
    rule = FieldChange("计分规则", ">= 90 → 1\n>= 60 → 0.6\n其余 → 0", ">= 90 → 1\n>= 70 → 0.6\n其余 → 0")
    assert rule.lines == (
        ("same", ">= 90 → 1"),
        ("gone", ">= 60 → 0.6"),
        ("new", ">= 70 → 0.6"),
        ("same", "其余 → 0"),
    )


def _scored(content: dict[str, Any], answers: dict[str, Answer]) -> Any:
    return score_sheet(
        read_draft(content)[0], answers, Measurements.from_mapping({}), BenchmarkTable(), "3031"
    )


def test_answers_are_carried_by_wording_by_agreement_and_by_share() -> None:
    old = _scheme()
    options = [{"label": "部分满足", "ratio": "1"}, {"label": "完全满足", "ratio": "0.9"}]
    new = changed(
        old,
        Edit(
            Part.ITEM,
            "1.1.1",
            _item("1.1.1", "10", scoring={"method": "graded", "options": options}),
            Place("1", "1.1"),
        ),
    )
    new = changed(new, Edit(Part.ITEM, "2.1", _item("2.1", "50", scoring={"method": "binary"}), Place("2")))
    before, after = read_draft(old)[0], read_draft(new)[0]
    own = {"1.1.1": Answer(option=0), "1.1.2": Answer(option=1), "2.1": Answer(option=0)}
    carried = carried_answers(own, before=before, after=after)
    assert carried["1.1.1"].option == 1, "完全满足 is the second grade now"
    assert carried["1.1.2"].option == 1
    assert carried["2.1"].option is None, "another kind of method starts unanswered"
    assert unscored_items(before, after) == ("2.1",)

    scored = SelfScored(_scored(old, own), _scored(new, carried))
    judged = {"1.1.1": Answer.judged(20), "1.1.2": Answer.judged("7.35"), "2.1": Answer.judged(10)}
    given = carried_answers(judged, before=before, after=after, self_scored=scored)
    assert given["1.1.1"].judged_points == Decimal("9.00"), "agreed with: as the new rule gives"
    assert given["1.1.2"].judged_points == Decimal("7.35"), "the full points did not change"
    assert given["2.1"].judged_points == Decimal("12.50"), "the same share of the new full points"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("graded", "完全满足 → 1\n部分满足 → 0.5"),
        ("tiered", ">= 90 → 1\n>= 75 → 0.6\n其余 → 0"),
        ("count", "满分项数 → 8\n选项数 → 12"),
        ("benchmark", "industry_top20 → 1\nindustry_avg，缺省用 limit_value → 0.6\n方向 → 越低越好"),
        ("benchmark_multiple", ">= 1.2 倍 → 1\n其余 → 0\n方向 → 越高越好"),
        ("linear_benchmark", "方向 → 越低越好\n引领值 → 0.5\n基准值 → 1.2"),
    ],
)
def test_a_method_is_written_and_read_back(name: str, text: str) -> None:
    assert "\n".join(method_lines(method_from_text(name, "m", text))) == text


@pytest.mark.parametrize("line", ["完全满足", "→ 1", "完全满足 →"])
def test_a_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(MethodTextError, match="一行一条"):
        method_from_text("graded", "", line)
