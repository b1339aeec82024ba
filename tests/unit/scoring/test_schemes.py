"""Evaluation systems are versioned data: loaded once, published by another person, never changed again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, RuleBroken, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.scoring import selectors, verification
from apps.scoring import services as scoring
from apps.scoring.models import BenchmarkValue, Scheme
from apps.scoring.states import DRAFT, PUBLISHED, RETIRED
from tests import worlds
from tests.unit.scoring.scenes import SUZHOU

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def city(clock: FixedClock) -> worlds.Staff:
    enter(Actor.system())
    scoring.load_schemes(clock=clock)
    return worlds.municipal_staff(clock)


def _content(**changes: Any) -> dict[str, Any]:
    spec = Scheme.objects.get(code="GBT36132-2025", status=PUBLISHED).spec
    return {**spec, "effective_from": None, **changes}


def test_both_delivered_systems_are_published_and_loading_again_changes_nothing(
    clock: FixedClock, city: worlds.Staff
) -> None:
    rows = {row.code: row for row in selectors.schemes(actor=Actor.system())}
    assert {SUZHOU, "GBT36132-2025"} <= set(rows)
    assert rows[SUZHOU].is_reconstruction
    assert "重构版" in rows[SUZHOU].label
    assert not rows["GBT36132-2025"].is_reconstruction
    assert len(selectors.scheme_spec(actor=Actor.system(), scheme_id=rows[SUZHOU].id).items) == 97
    before = Scheme.objects.count()
    assert scoring.load_schemes(clock=clock) == []
    assert Scheme.objects.count() == before
    assert list(verification.problems()) == []


def test_the_parsed_scheme_is_read_once(city: worlds.Staff) -> None:
    row = selectors.schemes(actor=Actor.system())[0]
    assert selectors.scheme_spec(actor=Actor.system(), scheme_id=row.id) is selectors.scheme_spec(
        actor=Actor.system(), scheme_id=row.id
    )


@pytest.mark.rule("R-07")
def test_any_number_of_schemes_draft_publish_retire(clock: FixedClock, city: worlds.Staff) -> None:
    content = _content(code="GBT-DEMO", name="示例行业绿色工厂评价要求")
    public_id = scoring.import_scheme(actor=city.handler, clock=clock, content=content, industries=["26"])
    assert selectors.scheme(actor=Actor.system(), public_id=public_id).status == DRAFT
    assert public_id not in {row.public_id for row in selectors.schemes(actor=Actor.system())}
    scoring.publish_scheme(actor=city.signer, clock=clock, public_id=public_id)
    suggested = selectors.suggest_schemes(actor=Actor.system(), industry_code="2651", on=TODAY)
    assert (suggested[0].code, suggested[0].suggested) == ("GBT-DEMO", True)
    assert "GBT-DEMO" not in {
        row.code for row in selectors.suggest_schemes(actor=Actor.system(), industry_code="3910", on=TODAY)
    }
    newer = scoring.import_scheme(
        actor=city.handler,
        clock=clock,
        content={**content, "name": "示例行业标准（修订）"},
        industries=["26"],
    )
    scoring.publish_scheme(actor=city.signer, clock=clock, public_id=newer)
    assert selectors.scheme(actor=Actor.system(), public_id=public_id).status == RETIRED
    assert (
        selectors.scheme(actor=Actor.system(), public_id=newer).version,
        selectors.scheme(actor=Actor.system(), public_id=newer).status,
    ) == (
        2,
        PUBLISHED,
    )
    scoring.retire_scheme(actor=city.signer, clock=clock, public_id=newer, reason="标准已废止")
    assert selectors.scheme(actor=Actor.system(), public_id=newer).status == RETIRED


@pytest.mark.rule("R-07")
def test_the_last_system_is_retired_only_by_who_knows_it(clock: FixedClock, city: worlds.Staff) -> None:
    rows = [row for row in selectors.schemes(actor=city.signer) if not row.industries]
    for row in rows[:-1]:
        scoring.retire_scheme(actor=city.signer, clock=clock, public_id=row.public_id, reason="换版")
    last = {"actor": city.signer, "clock": clock, "public_id": rows[-1].public_id}
    with pytest.raises(Invalid) as refused:
        scoring.retire_scheme(**last, reason="")
    assert set(refused.value.errors) == {"reason", "confirmed"}
    scoring.retire_scheme(**last, reason="换版", confirmed=True)
    assert selectors.schemes(actor=city.signer) == []


@pytest.mark.rule("R-07")
def test_a_system_does_not_take_effect_in_the_past(clock: FixedClock, city: worlds.Staff) -> None:
    content = _content(code="LATE", effective_from=(TODAY - timedelta(days=1)).isoformat())
    draft = scoring.import_scheme(actor=city.handler, clock=clock, content=content)
    with pytest.raises(RuleBroken, match="不能追溯生效"):
        scoring.publish_scheme(actor=city.signer, clock=clock, public_id=draft)


def test_the_same_content_is_not_imported_twice_and_a_draft_is_replaced(
    clock: FixedClock, city: worlds.Staff
) -> None:
    with pytest.raises(Invalid, match="已存在"):
        scoring.import_scheme(actor=city.handler, clock=clock, content=_content(effective_from="2025-12-31"))
    first = scoring.import_scheme(actor=city.handler, clock=clock, content=_content(name="草稿一"))
    second = scoring.import_scheme(actor=city.handler, clock=clock, content=_content(name="草稿二"))
    assert not Scheme.objects.filter(public_id=first).exists()
    assert selectors.scheme(actor=Actor.system(), public_id=second).version == 2


@pytest.mark.rule("R-07")
def test_whoever_made_a_draft_does_not_publish_it(clock: FixedClock, city: worlds.Staff) -> None:
    both = worlds.staff_member(
        clock, "city_both", "潘立新", role=Role.MUNICIPAL, duties=[Duty.HANDLER, Duty.SIGNER]
    )
    public_id = scoring.import_scheme(actor=both, clock=clock, content=_content(name="另一版"))
    with pytest.raises(RuleBroken, match="不能签批自己"):
        scoring.publish_scheme(actor=both, clock=clock, public_id=public_id)
    with pytest.raises(DatabaseError, match="scheme_second_person"), transaction.atomic():
        Scheme.objects.filter(public_id=public_id).update(published_by_id=both.user_id)


def test_other_roles_and_steps_are_refused(clock: FixedClock, city: worlds.Staff) -> None:
    district = worlds.district_staff(clock)
    with pytest.raises(Forbidden):
        scoring.import_scheme(actor=district.handler, clock=clock, content=_content(name="区版"))
    with pytest.raises(WrongStep):
        scoring.publish_scheme(
            actor=city.signer, clock=clock, public_id=selectors.schemes(actor=Actor.system())[0].public_id
        )
    draft = scoring.import_scheme(actor=city.handler, clock=clock, content=_content(name="另一版"))
    with pytest.raises(Forbidden):
        scoring.publish_scheme(actor=city.handler, clock=clock, public_id=draft)
    with pytest.raises(Invalid, match="行业代码前缀"):
        scoring.import_scheme(
            actor=city.handler, clock=clock, content=_content(name="三"), industries=["C26"]
        )


def test_an_invalid_scheme_is_refused_with_the_place(clock: FixedClock, city: worlds.Staff) -> None:
    content = _content(code="BAD")
    content["dimensions"] = [{**content["dimensions"][0], "weight": "1"}, *content["dimensions"][1:]]
    with pytest.raises(Invalid) as refused:
        scoring.import_scheme(actor=city.handler, clock=clock, content=content)
    assert any("dimensions" in path for path in refused.value.errors)


@pytest.mark.parametrize(
    "statement",
    [
        "update scoring_scheme set name = '改名' where status = 'published'",
        "update scoring_scheme set spec = '{}'::jsonb where status = 'published'",
        "update scoring_scheme set status = 'draft' where status = 'published'",
        "delete from scoring_scheme where status = 'published'",
    ],
)
def test_published_schemes_are_frozen_against_raw_sql(city: worlds.Staff, statement: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _row(**changes: Any) -> dict[str, Any]:
    spec = selectors.scheme_spec(
        actor=Actor.system(),
        scheme_id=next(row.id for row in selectors.schemes(actor=Actor.system()) if row.code == SUZHOU),
    )
    metric = spec.metrics[0]
    return {
        "metric": metric.code,
        "industry_code": "C2652",
        "kind": "average",
        "value": "0.5",
        "unit": metric.unit or "倍",
        "source": "测试用值",
        "period": "2025",
        "approved_by": "测试",
        "example": True,
        **changes,
    }


def test_a_new_benchmark_value_retires_the_old_one(clock: FixedClock, city: worlds.Staff) -> None:
    record = {"actor": city.handler, "clock": clock}
    assert scoring.record_benchmarks(**record, rows=[_row()]) == 1
    assert scoring.record_benchmarks(**record, rows=[_row()]) == 0
    assert scoring.record_benchmarks(**record, rows=[_row(value="0.6")]) == 1
    values = BenchmarkValue.objects.filter(metric=_row()["metric"], industry_code="2652", kind="average")
    assert [(f"{row.value.normalize():f}", row.retired_on) for row in values.order_by("pk")] == [
        ("0.5", TODAY),
        ("0.6", None),
    ]
    with pytest.raises(DatabaseError, match="only retired"), transaction.atomic():
        values.filter(retired_on=None).update(value=9)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        values.delete()
    with pytest.raises(Forbidden):
        scoring.record_benchmarks(actor=city.signer, clock=clock, rows=[_row(value="0.7")])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "NaN"}, "value"),
        ({"value": "-1"}, "value"),
        ({"metric": "NO_SUCH"}, "metric"),
        ({"source": ""}, "source"),
        ({"kind": "best"}, "kind"),
        ({"industry_code": "26511"}, "industry_code"),
    ],
)
def test_wrong_benchmark_rows_are_refused(
    clock: FixedClock, city: worlds.Staff, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        scoring.record_benchmarks(actor=city.handler, clock=clock, rows=[_row(**changes)])
    assert f"rows[0].{field}" in refused.value.errors


def test_delivered_benchmarks_are_examples_and_load_once(clock: FixedClock, city: worlds.Staff) -> None:
    enter(Actor.system())
    scoring.load_benchmarks(clock=clock)
    assert scoring.load_benchmarks(clock=clock) == 0
    assert BenchmarkValue.objects.exists()
    assert not BenchmarkValue.objects.filter(is_example=False).exists()
