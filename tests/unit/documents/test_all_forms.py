"""The forms that records of work become: from the played city, as the rooms have them, for those who may."""

from __future__ import annotations

import re
from datetime import date, time

import pytest

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.moment import FixedClock, Moment
from apps.documents import forms, kinds
from apps.documents.forms import Built
from apps.documents.rendering.papers import (
    ApplicationForm,
    CreditRecord,
    ExpertSheet,
    ExternalListRecord,
    FormCheckSheet,
    ObjectionRecord,
    RectificationReport,
    VisitRecord,
    WaiverSheet,
    YearlyTable,
)
from apps.monitoring import annual_forms
from apps.monitoring import selectors as monitoring
from apps.monitoring import services as monitoring_services
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.titles import selectors as titles
from tests.unit.documents.conftest import City
from tests.unit.monitoring.annual_scenes import typed


def build(city: City, actor: Actor, kind: str, public_id: str) -> Built:
    return forms.build(actor=city.be(actor), kind=kind, public_id=public_id, on=city.clock.now().on)


def test_application_form_has_every_field(city: City) -> None:
    case = city.case("submitted")
    actor = city.enterprise("submitted")
    built = build(city, actor, kinds.APPLICATION_FORM, case.public_id)
    paper = built.paper
    assert isinstance(paper, ApplicationForm)
    file = applications.application_file(actor=actor, public_id=case.public_id)
    shown = {entry.label: entry.value for entry in paper.profile}
    written = {row.field.label: row.display for row in file.profile if row.field.code != "founded_on"}
    assert written.items() <= shown.items()
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", shown["成立日期"])
    assert shown["统一社会信用代码"] == case.uscc
    assert built.final
    assert paper.verification is not None


def test_a_draft_application_form_is_a_draft(city: City) -> None:
    case = city.case("draft")
    assert not build(city, city.enterprise("draft"), kinds.APPLICATION_FORM, case.public_id).final


def test_no_third_party_no_report(city: City) -> None:
    case = city.case("submitted")
    with pytest.raises(WrongStep, match="自评"):
        build(city, city.enterprise("submitted"), kinds.THIRD_PARTY_REPORT, case.public_id)


def test_form_check_says_what_was_checked(city: City) -> None:
    case = city.case("objection", 3)
    paper = build(city, city.bureau("objection"), kinds.FORM_CHECK, case.public_id).paper
    assert isinstance(paper, FormCheckSheet)
    found = review.form_check_of(actor=city.bureau("objection"), public_id=case.public_id)
    assert found is not None
    assert [row.item for row in paper.rows] == [row.item for row in found.rows]
    assert paper.complete
    assert paper.checked_by


def test_form_check_of_a_return_says_what_is_wanted(city: City) -> None:
    case = city.case("supplementing")
    actor = city.bureau("supplementing")
    paper = build(city, actor, kinds.FORM_CHECK, case.public_id).paper
    assert isinstance(paper, FormCheckSheet)
    file = applications.application_file(actor=actor, public_id=case.public_id)
    assert [row.problem for row in paper.rows] == [row.reason for row in file.returned]
    assert {row.due_on for row in paper.rows} == {row.due_on for row in file.returned}
    assert not paper.complete


def test_form_check_is_not_for_the_enterprise(city: City) -> None:
    with pytest.raises(Forbidden):
        build(city, city.enterprise("objection"), kinds.FORM_CHECK, city.case("objection", 3).public_id)


def test_expert_sheet_names_the_expert_by_number(city: City) -> None:
    case = city.case("objection", 3)
    panel = review.panel_of(actor=city.handler, public_id=case.public_id)
    member = panel.members[0]
    paper = build(city, city.handler, kinds.EXPERT_SHEET, member.public_id).paper
    assert isinstance(paper, ExpertSheet)
    assert paper.expert_number == member.expert_number
    assert paper.total == member.total
    assert member.expert_name not in str(paper)
    assert sum(len(part.items) for part in paper.dimensions) == 97


def test_expert_sheet_is_not_for_the_district(city: City) -> None:
    case = city.case("objection", 3)
    panel = review.panel_of(actor=city.handler, public_id=case.public_id)
    with pytest.raises(Forbidden):
        build(city, city.bureau("objection"), kinds.EXPERT_SHEET, panel.members[0].public_id)


def test_recheck_record_says_what_was_found(city: City) -> None:
    actor = city.bureau("rectifying")
    row = next(row for row in monitoring.rechecks(actor=actor) if row.visited_on is not None)
    paper = build(city, actor, kinds.RECHECK, row.public_id).paper
    assert isinstance(paper, VisitRecord)
    assert (paper.score, paper.people, paper.visited_on) == (row.score, row.people, row.visited_on)
    assert paper.findings
    assert len(paper.people) >= 2
    assert (paper.accompanied_by, paper.opening_at, paper.closing_at) == (
        "安环部负责人",
        time(9, 30),
        time(15, 30),
    )
    with pytest.raises(NotVisible):
        build(city, city.other_bureau("rectifying"), kinds.RECHECK, row.public_id)


def test_credit_record_is_for_the_city_only(city: City) -> None:
    case = city.case("objection", 3)
    paper = build(city, city.handler, kinds.CREDIT_RECORD, case.public_id).paper
    assert isinstance(paper, CreditRecord)
    found = publicity.credit_history(actor=city.handler, application_id=case.id)
    assert [row.report_number for row in paper.checks] == [row.report_no for row in found]
    assert paper.checks[0].attachments == ("信用报告.pdf",)
    for actor in (city.bureau("objection"), city.enterprise("objection")):
        with pytest.raises(Forbidden):
            build(city, actor, kinds.CREDIT_RECORD, case.public_id)


def test_objection_record_says_who_filed_it_to_the_city_only(city: City) -> None:
    row = publicity.objections(actor=city.handler)[0]
    paper = build(city, city.handler, kinds.OBJECTION_RECORD, row.public_id).paper
    assert isinstance(paper, ObjectionRecord)
    file = publicity.objection_file(actor=city.handler, public_id=row.public_id)
    assert (paper.number, paper.person, paper.contact) == (row.receipt_no, file.person, file.contact)
    assert paper.person
    with pytest.raises(Forbidden):
        build(city, city.enterprise("objection"), kinds.OBJECTION_RECORD, row.public_id)


def test_a_yearly_table_no_form_was_opened_for_is_a_blank(city: City) -> None:
    actor = city.enterprise("rectifying")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 3)
    built = build(city, actor, kinds.YEARLY_TABLE, title.public_id)
    paper = built.paper
    assert isinstance(paper, YearlyTable)
    assert (paper.uscc, paper.level, paper.year, paper.years) == (title.uscc, "3A", 2026, (2023, 2024, 2025))
    assert len(paper.figures) == 12
    assert (built.blank, built.final) == (True, False)
    ended = next(row for row in titles.titles_of(actor=city.enterprise("cancelled")) if row.level == 3)
    with pytest.raises(WrongStep):
        build(city, city.enterprise("cancelled"), kinds.YEARLY_TABLE, ended.public_id)


def test_a_yearly_table_says_what_the_enterprise_filled_in(city: City) -> None:
    """Before it is handed in it is a sheet to finish by hand; after that it is the paper of the year."""
    actor = city.enterprise("rectifying")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 3)
    clock = FixedClock(Moment.in_shanghai(date(2027, 2, 1), 10))

    def made(reader: Actor, public_id: str) -> Built:
        return forms.build(
            actor=city.be(reader), kind=kinds.YEARLY_TABLE, public_id=public_id, on=clock.now().on
        )

    city.be(Actor.system())
    monitoring_services.open_annual_forms(clock=clock)
    form = annual_forms.newest_of(actor=city.be(actor), enterprise_id=title.enterprise_id)
    sent = typed(
        2027, **{"answer-address": "yes", "explain-address": "搬至新厂区", "reason-co2_t": "新增产线"}
    )
    monitoring_services.save_annual_form(actor=actor, clock=clock, public_id=form, typed=sent, version=1)
    by_title = made(actor, title.public_id)
    assert (by_title.subject_id, by_title.blank, by_title.final) == (form, True, False)
    monitoring_services.file_annual_form(actor=actor, clock=clock, public_id=form, committed=True)
    built = made(actor, form)
    paper = built.paper
    assert isinstance(paper, YearlyTable)
    assert (built.final, paper.state, paper.filed_on) == (True, "待属地审核", clock.now().on)
    changes = {row.label: (row.answer, row.explanation) for row in paper.changes}
    assert (changes["生产地址"], changes["经营状态"]) == (("是", "搬至新厂区"), ("否", ""))
    assert {row.answer for row in paper.compliance} == {"无"}
    output = next(row for row in paper.figures if row.label == "工业总产值")
    assert output.values == ("", sent["figure-output_value-2025"], sent["figure-output_value-2026"])
    assert next(row for row in paper.figures if row.label == "二氧化碳排放量").reason == "新增产线"
    assert [row.name for row in paper.projects] == ["屋顶光伏二期"]
    assert (paper.summary, paper.plan) == ((sent["summary"],), (sent["plan"],))
    for reader in (city.bureau("rectifying"), city.handler):
        assert made(reader, form).paper == paper
    for stranger in (city.other_bureau("rectifying"), city.enterprise("submitted")):
        with pytest.raises(NotVisible):
            made(stranger, form)


def test_rectification_report_has_each_point(city: City) -> None:
    actor = city.enterprise("rectifying")
    row = monitoring.rectifications(actor=actor)[0]
    paper = build(city, actor, kinds.RECTIFICATION_REPORT, row.public_id).paper
    assert isinstance(paper, RectificationReport)
    assert [part.problem for part in paper.items] == [item.problem for item in row.items]
    assert paper.due_on == row.deadline
    # what was asked for stands on the paper only until something is handed in: then what was given, or 未附
    wanted = tuple(item.evidence_wanted for item in row.items)
    shown = tuple(part.evidence for part in paper.items)
    given = tuple("、".join(name for _, name in item.files) or "未附" for item in row.items)
    assert shown == (given if row.attempts else wanted)


def test_external_list_and_waiver(city: City) -> None:
    for listed in titles.external_lists(actor=city.handler):
        paper = build(city, city.handler, kinds.EXTERNAL_LIST, listed.public_id).paper
        assert isinstance(paper, ExternalListRecord)
        assert len(paper.rows) == sum(listed.counts.values())
    for row in applications.exemptions(actor=city.handler):
        paper = build(city, city.handler, kinds.WAIVER, row.public_id).paper
        assert isinstance(paper, WaiverSheet)
        assert paper.reason == row.reason


def test_every_form_of_the_plan_is_there() -> None:
    codes = {kind.form for kind in kinds.KINDS.values()}
    assert {f"F-{number:02d}" for number in range(1, 21)} <= codes
    assert set(forms.BUILDERS) == set(kinds.KINDS)
