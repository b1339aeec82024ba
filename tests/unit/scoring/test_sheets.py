"""Figures, signing, renewing, scheme changes: a sheet from empty to frozen, and what verification finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.policy.parameters import Parameters
from apps.scoring import selectors, verification
from apps.scoring import services as scoring
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.states import DISTRICT, EXPERT, SELF
from tests.unit.scoring import scenes
from tests.unit.scoring.scenes import Scene

pytestmark = pytest.mark.django_db


def _figures(scene: Scene, public_id: str, version: int = 1, **parts: Any) -> scoring.SavedSheet:
    enter(scene.enterprise)
    return scoring.save_measurements(
        actor=scene.enterprise, clock=scene.clock, public_id=public_id, version=version, **parts
    )


def _lighting(scene: Scene) -> tuple[str, list[str]]:
    """Return the item scored by the share of efficient lamps, and its inputs (part, whole)."""
    row = next(row for row in selectors.schemes(actor=Actor.system()) if row.code == scenes.SUZHOU)
    spec = selectors.scheme_spec(actor=Actor.system(), scheme_id=row.id)
    return "J2-05", [entry.code for entry in spec.metric("LIGHT_EFF_RATIO").inputs]


# --- figures


def test_changing_a_figure_scores_every_item_that_uses_it(scene: Scene) -> None:
    ref = scene.open_self()
    item, (part, whole) = _lighting(scene)
    saved = _figures(scene, ref.public_id, values={part: "95", whole: "100"})
    assert (saved.version, saved.changed) == (2, {item: "0.80"})
    assert ScoreEntry.objects.get(sheet_id=ref.id, item_code=item).points == Decimal("0.80")
    lower = _figures(scene, ref.public_id, version=2, values={part: "60"})
    assert (lower.changed, lower.total_text) == ({item: "0.40"}, "0.40")
    gone = _figures(scene, ref.public_id, version=3, values={part: ""})
    assert (gone.changed, gone.total) == ({item: ""}, None)


def test_stale_figures_are_a_conflict_and_equal_ones_are_not(scene: Scene) -> None:
    ref = scene.open_self()
    _, (part, whole) = _lighting(scene)
    _figures(scene, ref.public_id, values={part: "95", whole: "100"})
    assert _figures(scene, ref.public_id, version=1, values={part: "95.0"}).version == 2
    with pytest.raises(Conflict) as refused:
        _figures(scene, ref.public_id, version=1, values={part: "10"})
    assert refused.value.current["measurements"]["values"][part] == "95"


@pytest.mark.parametrize("typed", ["abc", "NaN", "Infinity", "-1", "1e30", "0.0000000000001"])
def test_impossible_figures_are_refused_at_their_field(scene: Scene, typed: str) -> None:
    ref = scene.open_self()
    _, (part, _) = _lighting(scene)
    with pytest.raises(Invalid) as refused:
        _figures(scene, ref.public_id, values={part: typed})
    assert list(refused.value.errors) == [part]


def test_unknown_figures_rows_and_units_are_refused_together(scene: Scene) -> None:
    ref = scene.open_self()
    with pytest.raises(Invalid) as refused:
        _figures(scene, ref.public_id, values={"no_such": "1"}, rows={"NO_METRIC": []}, units={"什么": "t"})
    assert set(refused.value.errors) == {"no_such", "NO_METRIC", "什么"}


def test_rows_are_kept_per_metric_and_the_worst_counts(scene: Scene) -> None:
    ref = scene.open_self()
    rows = [
        {"label": "化学需氧量", "unit": "kg", "values": {"pollutant_gen": "20"}},
        {"label": "", "unit": "", "values": {}},
    ]
    _figures(scene, ref.public_id, rows={"POLLUTANT_GEN": rows}, units={"产品单位": "t"})
    stored = ScoreSheet.objects.get(pk=ref.id).measurements
    assert [row["label"] for row in stored["rows"]["POLLUTANT_GEN"]] == ["化学需氧量"]
    with pytest.raises(Invalid, match="请填写"):
        _figures(
            scene,
            ref.public_id,
            version=2,
            rows={"POLLUTANT_GEN": [{"label": "", "values": {"pollutant_gen": "1"}}]},
        )
    with pytest.raises(Invalid, match="最多填写 50 行"):
        _figures(scene, ref.public_id, version=2, rows={"POLLUTANT_GEN": [rows[0]] * 51})


# --- signing


def test_an_incomplete_sheet_says_what_is_open(scene: Scene) -> None:
    ref = scene.open_self()
    enter(scene.enterprise)
    with pytest.raises(Invalid) as refused:
        scoring.sign_sheet(actor=scene.enterprise, clock=scene.clock, public_id=ref.public_id)
    assert refused.value.errors[""][0].startswith("还有 97 项未填写：J1-01、J1-02、")
    assert "J1-01" in refused.value.errors
    assert ScoreSheet.objects.get(pk=ref.id).state == "open"


def test_signing_freezes_total_result_and_digest(scene: Scene) -> None:
    signed = scene.signed_self()
    sheet = ScoreSheet.objects.get(pk=signed.id)
    assert sheet.total == signed.total == Decimal(sheet.result["total"])
    assert (len(signed.digest), sheet.signed_by_id) == (64, scene.enterprise.user_id)
    assert signed.scorers == {scene.enterprise.user_id}
    with pytest.raises(WrongStep, match="已提交"):
        scoring.sign_sheet(actor=scene.enterprise, clock=scene.clock, public_id=signed.public_id)
    with pytest.raises(WrongStep, match="已提交"):
        scoring.save_entry(
            actor=scene.enterprise,
            clock=scene.clock,
            public_id=signed.public_id,
            item_code="J1-01",
            version=2,
            answer={"met": False},
        )
    with pytest.raises(WrongStep):
        _figures(scene, signed.public_id, values={})


@pytest.mark.parametrize(
    "statement",
    [
        "update scoring_scoresheet set total = 99.99 where id = %s",
        "update scoring_scoresheet set state = 'open' where id = %s",
        "update scoring_scoresheet set measurements = '{}' where id = %s",
        "delete from scoring_scoresheet where id = %s",
        "update scoring_scoreentry set points = 0 where sheet_id = %s",
        "delete from scoring_scoreentry where sheet_id = %s",
        (
            "insert into scoring_scoreentry (sheet_id, item_code, answer, reason, item_state, version) "
            "values (%s, 'Z', '{}', '', 'unanswered', 1)"
        ),
    ],
)
def test_a_signed_sheet_is_frozen_against_raw_sql(scene: Scene, statement: str) -> None:
    signed = scene.signed_self()
    enter(Actor.system())
    with (
        pytest.raises(DatabaseError, match="signed score sheet"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [signed.id])


def test_the_district_sheet_ends_with_the_district_total(scene: Scene) -> None:
    own = scene.signed_self()
    district = scene.signed_district()
    assert district.total == own.total
    assert scene.district.handler.user_id in district.scorers
    head = selectors.current_sheet(
        actor=scene.district.signer, application_id=scene.application_id, kind=DISTRICT
    )
    assert head is not None
    assert (head.total, head.state_label, head.scheme_mark) == (own.total, "已签定", "重构版")
    assert selectors.scorers_of(actor=scene.district.signer, public_id=head.public_id) == district.scorers
    totals = selectors.totals_of(
        actor=scene.district.signer, application_ids=[scene.application_id], kind=SELF
    )
    assert totals == {scene.application_id: own.total}


# --- renewing, closing, moving


@pytest.mark.rule("R-14")
def test_a_returned_self_sheet_opens_only_what_was_returned(scene: Scene) -> None:
    signed = scene.signed_self()
    enter(scene.district.handler)
    new = scoring.renew_sheet(
        actor=scene.district.handler,
        clock=scene.clock,
        public_id=signed.public_id,
        item_codes=["J1-01", "J2-05"],
    )
    assert new.turn == 2
    enter(scene.enterprise)
    view = selectors.sheet_view(actor=scene.enterprise, public_id=new.public_id)
    assert (view.item("J1-01").editable, view.item("J1-02").editable) == (True, False)
    save = {"actor": scene.enterprise, "clock": scene.clock, "public_id": new.public_id}
    changed = scoring.save_entry(
        **save, item_code="J1-01", version=view.item("J1-01").version, answer={"met": False}
    )
    assert changed.points_text == "0.00"
    with pytest.raises(WrongStep, match="未退回补正"):
        scoring.save_entry(**save, item_code="J1-02", version=1, answer={"met": False})
    _, (part, _) = _lighting(scene)
    assert scoring.save_measurements(**save, version=new.version, values={part: "60"}).changed
    with pytest.raises(WrongStep, match="不属于退回补正"):
        scoring.save_measurements(**save, version=new.version + 1, values={"land_area_m2": "1"})
    again = scoring.sign_sheet(**save)
    assert again.total < signed.total
    old = ScoreSheet.objects.get(pk=signed.id)
    assert (old.total, old.is_current, old.state) == (signed.total, False, "signed")
    with pytest.raises(WrongStep):
        scoring.renew_sheet(actor=scene.district.handler, clock=scene.clock, public_id=signed.public_id)


def test_renewing_names_items_of_the_scheme(scene: Scene) -> None:
    signed = scene.signed_self()
    enter(scene.district.handler)
    with pytest.raises(Invalid, match="没有这些条目"):
        scoring.renew_sheet(
            actor=scene.district.handler, clock=scene.clock, public_id=signed.public_id, item_codes=["X"]
        )


def test_opening_twice_gives_the_same_sheet(scene: Scene) -> None:
    first = scene.open_self()
    assert scene.open_self() == first
    assert ScoreSheet.objects.filter(application_id=scene.application_id).count() == 1


@pytest.mark.rule("R-07")
def test_another_scheme_keeps_the_figures(scene: Scene) -> None:
    ref = scene.open_self()
    _, (part, whole) = _lighting(scene)
    _figures(scene, ref.public_id, values={part: "95", whole: "100"})
    other = next(row for row in selectors.schemes(actor=Actor.system()) if row.code == "GBT36132-2025")
    change = {"actor": scene.enterprise, "clock": scene.clock, "public_id": ref.public_id}
    moved = scoring.change_scheme(**change, scheme_id=other.id)
    view = selectors.sheet_view(actor=scene.enterprise, public_id=moved.public_id)
    assert (view.head.scheme_code, view.head.item_count) == ("GBT36132-2025", 14)
    assert ScoreSheet.objects.get(pk=ref.id).measurements["values"][part] == "95"
    assert ScoreEntry.objects.filter(sheet_id=ref.id).count() == 14
    with pytest.raises(NotVisible):
        scoring.change_scheme(**change, scheme_id=0)
    enter(scene.city.signer)
    scoring.retire_scheme(
        actor=scene.city.signer, clock=scene.clock, public_id=_suzhou().public_id, reason="测试停用"
    )
    enter(scene.enterprise)
    with pytest.raises(WrongStep, match="未发布或已停用"):
        scoring.change_scheme(**change, scheme_id=_suzhou().id)


def _suzhou() -> selectors.SchemeRow:
    return next(
        row for row in selectors.schemes(actor=Actor.system(), status=None) if row.code == scenes.SUZHOU
    )


def test_a_closed_sheet_takes_no_more_scores(scene: Scene) -> None:
    scene.signed_self()
    scene.signed_district()
    scene.grant(scene.experts[0])
    ref = scene.open_expert()
    enter(scene.city.handler)
    scoring.close_sheet(actor=scene.city.handler, clock=scene.clock, public_id=ref.public_id, reason="已回避")
    enter(scene.experts[0])
    with pytest.raises(WrongStep, match="评审已结束"):
        scoring.save_entry(
            actor=scene.experts[0],
            clock=scene.clock,
            public_id=ref.public_id,
            item_code="J1-01",
            version=1,
            answer={"judged_points": "1.60"},
        )
    with pytest.raises(WrongStep):
        scoring.close_sheet(actor=scene.city.handler, clock=scene.clock, public_id=ref.public_id, reason="")


def test_sheets_follow_a_transferred_application(scene: Scene) -> None:
    signed = scene.signed_self()
    enter(scene.district.handler)
    scoring.follow_application(
        actor=scene.district.handler,
        clock=scene.clock,
        application_id=scene.application_id,
        district=scene.other_district.handler.district or "",
    )
    with pytest.raises(NotVisible):
        selectors.sheet_head(actor=scene.district.handler, public_id=signed.public_id)
    enter(scene.other_district.handler)
    assert (
        selectors.sheet_head(actor=scene.other_district.handler, public_id=signed.public_id).total
        == signed.total
    )


@pytest.mark.rule("R-19")
def test_the_mean_counts_every_signed_expert_sheet(scene: Scene) -> None:
    own = scene.signed_self()
    scene.signed_district()
    for number, expert in enumerate(scene.experts):
        scene.grant(expert)
        ref = scene.open_expert(number)
        save = {"actor": expert, "clock": scene.clock, "public_id": ref.public_id}
        if number == 0:
            scoring.save_entry(
                **save, item_code="J1-01", version=1, answer={"judged_points": "0.60", "reason": "现场核实"}
            )
        scoring.adopt_scores(**save)
        scoring.sign_sheet(**save)
    enter(scene.city.handler)
    mean = selectors.panel_mean(
        actor=scene.city.handler, application_id=scene.application_id, parameters=Parameters()
    )
    assert mean is not None
    assert sorted(mean.totals) == [own.total - 1, own.total]
    assert mean.total == own.total - Decimal("0.5")


def test_a_means_needs_a_signed_sheet(scene: Scene) -> None:
    enter(scene.city.handler)
    assert (
        selectors.panel_mean(
            actor=scene.city.handler, application_id=scene.application_id, parameters=Parameters()
        )
        is None
    )


def test_only_official_sheets_adopt_scores(scene: Scene) -> None:
    ref = scene.open_self()
    with pytest.raises(Forbidden):
        scoring.adopt_scores(actor=scene.enterprise, clock=scene.clock, public_id=ref.public_id)


# --- verification


@contextmanager
def _as_owner_without_triggers() -> Iterator[None]:
    """What somebody with the keys of the database could do, and verification must find."""
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("reset role")
        for table in ("scoring_scoresheet", "scoring_scoreentry", "scoring_scheme"):
            cursor.execute(f"alter table {table} disable trigger user")
        try:
            yield
        finally:
            for table in ("scoring_scoresheet", "scoring_scoreentry", "scoring_scheme"):
                cursor.execute(f"alter table {table} enable trigger user")
            cursor.execute("set role gf_app")


def test_verification_is_silent_on_honest_data(scene: Scene) -> None:
    scene.signed_self()
    scene.signed_district()
    enter(Actor.system())
    assert list(verification.problems()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"total": Decimal("99.99")}, "重新计算"),
        ({"measurements": {"values": {}, "rows": {}, "units": {}, "period": ""}}, "摘要不符"),
        ({"digest": "0" * 64}, "摘要不符"),
    ],
)
def test_verification_finds_a_changed_sheet(scene: Scene, change: dict[str, Any], words: str) -> None:
    signed = scene.signed_self()
    with _as_owner_without_triggers():
        ScoreSheet.objects.filter(pk=signed.id).update(**change)
    assert any(words in problem for problem in verification.problems())


def test_verification_finds_a_changed_entry(scene: Scene) -> None:
    signed = scene.signed_self()
    with _as_owner_without_triggers():
        ScoreEntry.objects.filter(sheet_id=signed.id, item_code="J1-01").update(points=Decimal("0.10"))
    assert any("条目 J1-01" in problem for problem in verification.problems())


def test_an_expert_sheet_is_named_as_such(scene: Scene) -> None:
    scene.signed_self()
    scene.signed_district()
    scene.grant(scene.experts[0])
    ref = scene.open_expert()
    head = selectors.sheet_head(actor=scene.experts[0], public_id=ref.public_id)
    assert (head.kind, head.kind_label, head.editable, head.remaining) == (EXPERT, "专家评分表", True, 97)
