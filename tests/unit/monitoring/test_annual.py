"""年度动态管理表: opened once, filed in time or late, returned by name, approved; what it does to standing (R-29 … R-32)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.core.actor import Actor, Duty
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.monitoring import annual_forms
from apps.monitoring import services as monitoring
from apps.monitoring.models import AnnualForm
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.standing import no_overdue_form
from apps.titles import selectors as titles
from tests.unit.foundation import rows
from tests.unit.monitoring import annual_scenes as scenes
from tests.unit.monitoring.scenes import clock
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Forms:
    return scenes.build(clock())


stage = built_once(_build)
scene = played()


def _blocked(scene: scenes.Forms) -> bool:
    standing = titles.standing_of(
        actor=scene.be(Actor.system()), enterprise_id=scene.enterprise.enterprise_id or 0
    )
    verdict = no_overdue_form(standing, level=Level.A4, on=scene.clock.now().on, parameters=Parameters())
    return not verdict.ok


def _messages(template: str) -> int:
    enter(Actor.system())
    return int(rows("select count(*) from notifications_message where template = %s", template)[0][0])


# ------------------------------------------------------------------ opening
@pytest.mark.rule("R-29")
@pytest.mark.parametrize(
    ("on", "made"),
    [
        (date(2026, 12, 31), 0),
        (date(2027, 1, 1), 1),
        (date(2027, 4, 15), 1),
        (date(2027, 4, 16), 0),  # nobody is called late by a system that begins its work in summer
    ],
)
def test_forms_open_between_the_task_day_and_the_due_day(scene: scenes.Forms, on: date, made: int) -> None:
    scene.move(on)
    assert monitoring.open_annual_forms(clock=scene.clock) == made
    assert monitoring.open_annual_forms(clock=scene.clock) == 0
    enter(Actor.system())
    assert AnnualForm.objects.count() == made
    assert _messages("annual_form_due") == made


@pytest.mark.rule("R-30")
def test_one_form_at_the_highest_level(scene: scenes.Forms) -> None:
    scene.award(2, on=date(2026, 11, 1))
    scene.opened()
    row = scene.row()
    assert (row.level, row.year, row.due_on) == (3, 2027, scenes.DUE)
    assert rows("select due_on, party from deadlines_obligation where kind = 'monitoring.annual'") == [
        (scenes.DUE, "enterprise")
    ]


# ------------------------------------------------------------------ filling in
def test_only_the_enterprise_fills_it_in(scene: scenes.Forms) -> None:
    scene.opened()
    arguments = {"clock": scene.clock, "public_id": scene.form, "typed": scenes.typed(), "version": 1}
    refused(NotVisible, monitoring.save_annual_form, actor=scene.be(scene.neighbour), **arguments)
    refused(Forbidden, monitoring.save_annual_form, actor=scene.be(scene.district.handler), **arguments)
    assert scene.save() == 2
    refused(Conflict, monitoring.save_annual_form, actor=scene.be(scene.enterprise), **arguments)


def test_faulty_fields_are_named_and_nothing_is_kept(scene: scenes.Forms) -> None:
    scene.opened()
    error = refused(
        Invalid,
        scene.save,
        figure__co2_t__2026="三千",
        figure__renewable_share__2026="120",
        summary="长" * 2001,
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"figure-co2_t-2026", "figure-renewable_share-2026", "summary"}
    assert scene.row().version == 1


def test_full_width_figures_and_separators_are_read(scene: scenes.Forms) -> None:
    scene.opened()
    scene.save(figure__output_value__2026="１２，０００")
    assert scene.row().content["figures"]["output_value"]["2026"] == "12000"


def test_last_years_values_are_there_again(scene: scenes.Forms) -> None:
    scene.filed()
    scene.move(date(2028, 1, 1))
    scene.sweep()
    row = scene.row()
    assert row.year == 2028
    assert row.content["figures"]["co2_t"] == {"2025": "4200", "2026": "4200"}
    file = annual_forms.annual_file(actor=scene.be(scene.enterprise), on=date(2028, 1, 2), year=2028)
    assert file.last_plan == "实施余热回收。"
    assert file.typed["figure-co2_t-2026"] == "4200"


def test_a_late_form_fills_what_is_empty_in_the_next_one_that_is_open_already(scene: scenes.Forms) -> None:
    scene.opened()
    scene.move(date(2028, 1, 1))
    scene.sweep()
    following = scene.row()
    assert (following.year, following.content["figures"]) == (2028, {})
    late = AnnualForm.objects.get(public_id=scene.form)
    AnnualForm.objects.filter(pk=following.pk).update(content={"figures": {"co2_t": {"2026": "4100"}}})
    monitoring.save_annual_form(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=scene.form,
        typed=scenes.typed(2027),
        version=late.version,
    )
    assert scene.file() is False
    figures = scene.row().content["figures"]
    assert figures["water_intake_m3"] == {"2025": "26000", "2026": "26000"}
    assert figures["co2_t"] == {"2025": "4200", "2026": "4100"}  # what was typed stays
    assert scene.row().version == following.version + 1


# ------------------------------------------------------------------ filing
@pytest.mark.rule("R-30", "R-31")
@pytest.mark.parametrize(("on", "in_time"), [(scenes.DUE, True), (scenes.DUE + timedelta(days=1), False)])
def test_the_due_day_is_in_time_and_the_next_is_late(scene: scenes.Forms, on: date, *, in_time: bool) -> None:
    scene.opened()
    scene.move(on, 23)
    scene.sweep()
    scene.save()
    assert scene.file() is in_time
    assert _blocked(scene) is not in_time
    assert _messages("annual_form_overdue") == (0 if in_time else 1)


@pytest.mark.rule("R-30")
def test_an_incomplete_form_is_not_filed(scene: scenes.Forms) -> None:
    scene.opened()
    scene.save(plan="", figure__co2_t__2026="42000")
    arguments = {"clock": scene.clock, "public_id": scene.form, "committed": True}
    assert broken(monitoring.file_annual_form, actor=scene.be(scene.enterprise), **arguments) == [
        "R-30",
        "R-30",
    ]
    scene.save(figure__co2_t__2026="42000", reason__co2_t="外购热力核算边界调整。")
    assert broken(
        monitoring.file_annual_form, actor=scene.be(scene.enterprise), **{**arguments, "committed": False}
    ) == ["R-30"]
    clerk = Actor(
        role=scene.enterprise.role,
        user_id=scene.enterprise.user_id,
        name="经办",
        enterprise_id=scene.enterprise.enterprise_id,
        duties=frozenset({Duty.CLERK}),
    )
    refused(Forbidden, monitoring.file_annual_form, actor=scene.be(clerk), **arguments)
    assert scene.file()
    refused(WrongStep, monitoring.file_annual_form, actor=scene.be(scene.enterprise), **arguments)
    refused(WrongStep, scene.save)


# ------------------------------------------------------------------ review
@pytest.mark.rule("R-32")
def test_named_parts_come_back_and_the_first_day_stands(scene: scenes.Forms) -> None:
    scene.filed(scenes.DUE)
    arguments = {"clock": scene.clock, "public_id": scene.form}
    handler = scene.district.handler
    for wrong, key in (({}, "parts"), ({"co2_t": " "}, "return-co2_t"), ({"nothing": "不对"}, "")):
        error = refused(
            Invalid, monitoring.return_annual_form, actor=scene.be(handler), parts=wrong, **arguments
        )
        assert isinstance(error, Invalid)
        assert set(error.errors) == {key}
    refused(
        NotVisible,
        monitoring.return_annual_form,
        actor=scene.be(scene.other_district.handler),
        parts={"co2_t": "与台账不符。"},
        **arguments,
    )
    monitoring.return_annual_form(actor=scene.be(handler), parts={"co2_t": "与台账不符。"}, **arguments)
    row = scene.row()
    assert (row.state, row.returned) == ("sent_back", {"co2_t": "与台账不符。"})
    enter(Actor.system())
    ((due_on,),) = rows(
        "select due_on from deadlines_obligation where kind = 'monitoring.annual' and state = 'open'"
    )
    assert due_on > scenes.DUE
    scene.move(date(2027, 4, 20))
    scene.save()
    assert scene.file()
    assert scene.row().filed_on == scenes.DUE


@pytest.mark.rule("R-31")
def test_approval_ends_what_stands_against_a_higher_level_at_the_end_of_the_year(scene: scenes.Forms) -> None:
    scene.filed(date(2027, 5, 3))
    arguments = {"clock": scene.clock, "public_id": scene.form}
    refused(Forbidden, monitoring.approve_annual_form, actor=scene.be(scene.city.handler), **arguments)
    monitoring.approve_annual_form(actor=scene.be(scene.district.signer), **arguments)
    assert scene.row().state == "approved"
    assert _blocked(scene)
    scene.move(date(2027, 12, 31))
    assert _blocked(scene)
    scene.move(date(2028, 1, 1))
    assert not _blocked(scene)
    refused(WrongStep, monitoring.approve_annual_form, actor=scene.be(scene.district.signer), **arguments)


def test_urging_reaches_those_who_have_not_filed_once_a_day(scene: scenes.Forms) -> None:
    scene.opened()
    for by, number in (
        (scene.district.handler, 1),
        (scene.city.handler, 1),
        (scene.other_district.handler, 0),
    ):
        assert monitoring.urge_annual_forms(actor=scene.be(by), clock=scene.clock, year=2027) == number
    assert _messages("annual_form_urged") == 1
    refused(
        Forbidden,
        monitoring.urge_annual_forms,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        year=2027,
    )
    scene.move(date(2027, 1, 2))
    monitoring.urge_annual_forms(actor=scene.be(scene.district.handler), clock=scene.clock, year=2027)
    assert _messages("annual_form_urged") == 2


# ------------------------------------------------------------------ reading
def test_the_overview_counts_by_district(scene: scenes.Forms) -> None:
    scene.filed(date(2027, 5, 3))
    on = date(2027, 5, 3)
    (line,) = annual_forms.annual_standing(actor=scene.be(scene.city.handler), on=on, year=2027)
    assert (line.owed, line.filed, line.late, line.approved, line.unfiled, line.rate) == (1, 1, 1, 0, 0, 100)
    assert annual_forms.annual_standing(actor=scene.be(scene.other_district.handler), on=on, year=2027) == []
    for state, number in (("", 1), ("late", 1), ("unfiled", 0), ("filed", 1), ("nonsense", 1)):
        page = annual_forms.annual_page(actor=scene.be(scene.city.handler), on=on, year=2027, state=state)
        assert page.total == number, state
