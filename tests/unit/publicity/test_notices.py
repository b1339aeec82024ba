"""征信查询 and 公示: credit, the signing chain, the frozen list, the period, corrections (R-23, R-24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction

from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.deadlines import services as deadlines
from apps.evidence.models import EvidenceFile
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import CreditCheck, Notice, NoticeEntry
from tests.portals.district.scenes import PNG
from tests.unit.foundation import rows
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.other = flow.second()
    return flow


stage = built_once(_build)
scene = played()
RAW_ERRORS = (IntegrityError, InternalError)


def draft_arguments(scene: scenes.Flow, *cases: str) -> dict[str, object]:
    return {
        "clock": scene.clock,
        "round_public_id": scene.round_id,
        "application_public_ids": cases or (scene.case,),
        "text": scenes.TEXT,
    }


def must_not(statement: str) -> None:
    """Expect the database itself to refuse a statement."""
    with pytest.raises(RAW_ERRORS), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# ------------------------------------------------------------------ credit
def test_gates_and_fields_of_a_credit_check(scene: scenes.Flow) -> None:
    good = {
        "clock": scene.clock,
        "public_id": scene.case,
        "platform": "信用中国",
        "checked_on": scene.clock.now().on,
        "report_no": "XY1",
        "result": "normal",
    }
    refused(Forbidden, publicity.record_credit_check, actor=scene.be(scene.city.signer), **good)
    refused(Forbidden, publicity.record_credit_check, actor=scene.be(scene.district.handler), **good)
    error = refused(
        Invalid,
        publicity.record_credit_check,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.case,
        platform="",
        checked_on=scene.clock.now().on + timedelta(days=1),
        report_no="",
        result="adverse",
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"platform", "report_no", "matters", "checked_on"}
    until = publicity.record_credit_check(actor=scene.be(scene.city.handler), **good)
    assert until == date(2026, 12, 23)
    refused(
        NotVisible,
        publicity.record_credit_check,
        actor=scene.be(scene.city.handler),
        **{**good, "public_id": "nothing"},
    )


def test_credit_is_the_citys_alone_and_never_changed(scene: scenes.Flow) -> None:
    scene.credit()
    for stranger in (scene.enterprise, scene.district.handler, scene.experts[0], Actor.public()):
        scene.be(stranger)
        assert rows("select count(*) from publicity_creditcheck") == [(0,)]
        assert list(CreditCheck.objects.visible_to(stranger)) == []
    enter(Actor.system())
    must_not("update publicity_creditcheck set result = 'normal'")
    must_not("delete from publicity_creditcheck")


def test_a_credit_report_is_kept_with_its_files_for_the_city_alone(
    scene: scenes.Flow, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    city = scene.be(scene.city.handler)
    case = {"actor": city, "clock": scene.clock, "public_id": scene.case}
    report = publicity.CreditReport("信用中国", scene.clock.now().on, "XY1", "normal")

    def file(name: str, tail: bytes = b"") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, PNG + tail)

    many = [file(f"{number}.png", bytes([number])) for number in range(6)]
    error = refused(Invalid, publicity.record_credit_report, **case, report=report, attachments=many)
    assert "最多 5 个，当前 6 个" in str(error)
    error = refused(
        Invalid,
        publicity.record_credit_report,
        **case,
        report=report,
        attachments=[SimpleUploadedFile("报告.exe", b"MZ")],
    )
    assert isinstance(error, Invalid)
    assert error.errors["attachments"][0].startswith("报告.exe：不支持")
    assert not CreditCheck.objects.filter(report_no="XY1").exists(), (
        "nothing is recorded when a file is refused"
    )
    publicity.record_credit_report(**case, report=report, attachments=[file("报告.png"), file("再一份.png")])
    (row,) = selectors.credit_history(actor=city, application_id=scene.case_row().pk)
    assert [one.name for one in row.attachments] == ["报告.png"], "the same bytes are one file"
    publicity.attach_to_credit_check(**case, check=row.public_id, upload=file("截图.png", b"x"))
    refused(NotVisible, publicity.attach_to_credit_check, **case, check="nothing", upload=file("a.png"))
    others = {**case, "actor": scene.be(scene.city.signer)}
    refused(Forbidden, publicity.attach_to_credit_check, **others, check=row.public_id, upload=file("a.png"))
    for stranger in (scene.enterprise, scene.district.handler, scene.experts[0], Actor.public()):
        scene.be(stranger)
        assert rows("select count(*) from evidence_evidencefile where origin = 'city'") == [(0,)]
        assert rows("select count(*) from publicity_creditattachment") == [(0,)]
        assert not EvidenceFile.objects.visible_to(stranger).filter(origin="city").exists()


@pytest.mark.rule("R-23")
@pytest.mark.parametrize(
    ("result", "age", "rules"),
    [
        ("normal", 0, []),
        ("normal", 30, []),
        ("normal", 31, ["R-23"]),
        ("adverse", 0, ["R-23"]),
        ("explanation", 0, ["R-23"]),
        ("explained", 0, []),
    ],
)
def test_only_a_clear_and_fresh_check_lets_a_case_on_the_notice(
    scene: scenes.Flow, result: str, age: int, rules: list[str]
) -> None:
    if result == "explained":
        scene.explain()
    scene.credit(
        on=scene.clock.now().on - timedelta(days=age),
        result=result,
        matters="" if result == "normal" else "行政处罚。",
    )
    city = scene.be(scene.city.handler)
    precheck = selectors.notice_prechecks(cases=[_case(scene)], on=scene.clock.now().on)[0]
    assert precheck.ok is not bool(rules)
    scene.be(city)
    if rules:
        assert broken(publicity.draft_notice, actor=city, **draft_arguments(scene)) == rules
    else:
        publicity.draft_notice(actor=city, **draft_arguments(scene))


def _case(scene: scenes.Flow):  # noqa: ANN202  (the row type belongs to applications)
    from apps.applications import selectors as applications_read

    return applications_read.case(actor=scene.be(scene.city.handler), public_id=scene.case)


def test_no_check_at_all_and_the_newest_counts(scene: scenes.Flow) -> None:
    city = scene.be(scene.city.handler)
    assert broken(publicity.draft_notice, actor=city, **draft_arguments(scene)) == ["R-23"]
    scene.credit()
    scene.credit(result="adverse", matters="列入异常名录。")
    assert broken(publicity.draft_notice, actor=scene.be(city), **draft_arguments(scene)) == ["R-23"]
    scene.explain()
    scene.credit(result="explained", matters="已移出异常名录。")
    publicity.draft_notice(actor=scene.be(city), **draft_arguments(scene))


def test_an_adverse_case_is_refused_by_the_signer_and_leaves_its_draft(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.drafted(scene.case, scene.other)
    scene.credit(result="adverse", matters="严重失信。")
    arguments = {"clock": scene.clock, "public_id": scene.case, "reason": "征信异常。"}
    refused(Forbidden, publicity.refuse_for_credit, actor=scene.be(scene.city.handler), **arguments)
    refused(
        Invalid, publicity.refuse_for_credit, actor=scene.be(scene.city.signer), **{**arguments, "reason": ""}
    )
    publicity.refuse_for_credit(actor=scene.be(scene.city.signer), **arguments)
    assert scene.state() == "refused"
    # the notice goes out with the other enterprise alone, renumbered
    scene.approve(notice)
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=notice)
    assert scene.state(scene.other) == "on_notice"
    enter(Actor.system())
    assert [item["序号"] for item in Notice.objects.get().snapshot] == [1]


def test_a_notice_nobody_stands_on_is_not_published(scene: scenes.Flow) -> None:
    scene.credit()
    scene.drafted()
    scene.approve()
    publicity.refuse_for_credit(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=scene.case, reason="征信异常。"
    )
    refused(
        Invalid,
        publicity.publish_notice,
        actor=scene.publisher(),
        clock=scene.clock,
        public_id=scene.notice,
    )


# ------------------------------------------------------------------ the chain
def test_a_case_stands_on_one_notice_whatever_its_step(scene: scenes.Flow) -> None:
    scene.credit()
    scene.drafted()
    city = scene.be(scene.city.handler)
    refused(Invalid, publicity.draft_notice, actor=city, **draft_arguments(scene))
    scene.approve()
    refused(Invalid, publicity.draft_notice, actor=scene.be(city), **draft_arguments(scene))
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=scene.notice)
    refused(WrongStep, publicity.draft_notice, actor=scene.be(city), **draft_arguments(scene))


def test_gates_of_drafting(scene: scenes.Flow) -> None:
    scene.credit()
    refused(Forbidden, publicity.draft_notice, actor=scene.be(scene.city.signer), **draft_arguments(scene))
    refused(
        Forbidden, publicity.draft_notice, actor=scene.be(scene.district.handler), **draft_arguments(scene)
    )
    city = scene.be(scene.city.handler)
    refused(
        Invalid,
        publicity.draft_notice,
        actor=city,
        **{**draft_arguments(scene), "application_public_ids": ()},
    )
    empty = publicity.NoticeText(
        title="", contact_person="", contact_phone="", supervision_phone="", basis=""
    )
    error = refused(Invalid, publicity.draft_notice, actor=city, **{**draft_arguments(scene), "text": empty})
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"title", "basis", "contact_person", "contact_phone", "supervision_phone"}


def test_numbers_people_are_to_dial_are_numbers(scene: scenes.Flow) -> None:
    scene.credit()
    city = scene.be(scene.city.handler)
    arguments = draft_arguments(scene)
    typed = replace(scenes.TEXT, contact_phone="见网站", supervision_phone="--()--", contact_email="无")
    error = refused(Invalid, publicity.draft_notice, actor=city, **{**arguments, "text": typed})
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"contact_phone", "supervision_phone", "contact_email"}
    several = replace(
        scenes.TEXT, contact_phone="0512-65221234转8、12345", supervision_phone="(0512) 65220000"
    )
    assert publicity.draft_notice(actor=city, **{**arguments, "text": several})


def test_a_draft_starts_from_the_contacts_of_the_newest_notice(scene: scenes.Flow) -> None:
    scene.credit()
    city = scene.be(scene.city.handler)
    first = selectors.draft_start(actor=city, round_public_id=scene.round_id)
    assert (first.contacts, first.earlier) == ({}, 0)
    scene.drafted()
    second = selectors.draft_start(actor=city, round_public_id=scene.round_id)
    assert second.earlier == 1
    assert second.contacts["contact_phone"] == "0512-00000000"


def _with(actor: Actor, *duties: Duty) -> Actor:
    return Actor(role=actor.role, user_id=actor.user_id, name=actor.name, duties=frozenset(duties))


def test_three_persons_sign_a_notice(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.drafted()
    arguments = {"clock": scene.clock, "public_id": notice}
    everything = (Duty.HANDLER, Duty.SIGNER, Duty.LEADER, Duty.PUBLISHER)
    handler, signer = _with(scene.city.handler, *everything), _with(scene.city.signer, *everything)
    refused(WrongStep, publicity.sign_notice, actor=scene.be(signer), event="review", **arguments)
    refused(WrongStep, publicity.publish_notice, actor=scene.be(handler), **arguments)
    refused(Forbidden, publicity.sign_notice, actor=scene.be(scene.city.signer), event="submit", **arguments)
    publicity.sign_notice(actor=scene.be(scene.city.handler), event="submit", **arguments)
    refused(Forbidden, publicity.sign_notice, actor=scene.be(scene.city.handler), event="review", **arguments)
    assert broken(publicity.sign_notice, actor=scene.be(handler), event="review", **arguments) == ["R-15"]
    publicity.sign_notice(actor=scene.be(scene.city.signer), event="review", **arguments)
    for same in (handler, signer):
        assert broken(publicity.sign_notice, actor=scene.be(same), event="approve", **arguments) == ["R-15"]
    refused(Forbidden, publicity.sign_notice, actor=scene.be(scene.city.signer), event="approve", **arguments)
    leader = scene.be(scene.city.leader or Actor.public())
    assert publicity.sign_notice(actor=leader, event="approve", **arguments) == "approved"
    refused(Forbidden, publicity.publish_notice, actor=leader, **arguments)
    assert broken(publicity.publish_notice, actor=scene.be(handler), **arguments) == ["R-15"]
    enter(Actor.system())
    must_not("update publicity_notice set reviewed_by_id = drafted_by_id")
    must_not("update publicity_notice set approved_by_id = drafted_by_id")
    must_not("update publicity_notice set approved_by_id = reviewed_by_id")


def test_a_draft_is_returned_with_a_note(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.drafted()
    arguments = {"clock": scene.clock, "public_id": notice}
    publicity.sign_notice(actor=scene.be(scene.city.handler), event="submit", **arguments)
    refused(Invalid, publicity.sign_notice, actor=scene.be(scene.city.signer), event="return", **arguments)
    publicity.sign_notice(actor=scene.city.signer, event="return", note="标题请写全称。", **arguments)
    enter(Actor.system())
    row = Notice.objects.get()
    assert (row.state, row.return_note, row.reviewed_by_id) == ("draft", "标题请写全称。", None)


def test_a_returned_draft_is_revised(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.drafted()
    better = replace(scenes.TEXT, title="关于2026年第二批苏州市3A级绿色工厂拟评定企业名单的公示")
    arguments = {"clock": scene.clock, "public_id": notice, "text": better}
    for stranger, error in (
        (scene.city.signer, Forbidden),
        (scene.district.handler, NotVisible),
        (Actor.public(), NotVisible),
    ):
        refused(error, publicity.revise_notice, actor=scene.be(stranger), **arguments)
    city = scene.be(scene.city.handler)
    none: list[str] = []
    refused(Invalid, publicity.revise_notice, actor=city, application_public_ids=none, **arguments)
    publicity.revise_notice(actor=city, application_public_ids=[scene.other, scene.case], **arguments)
    publicity.revise_notice(actor=city, application_public_ids=[scene.other], **arguments)
    shown = selectors.notice_file(actor=city, public_id=notice)
    assert shown.row.title == better.title
    enter(Actor.system())
    states = dict(NoticeEntry.objects.values_list("application__public_id", "state"))
    assert states == {scene.case: "withdrawn", scene.other: "standing"}
    # the one taken off may stand on a draft again: on this one or on another
    publicity.revise_notice(
        actor=scene.be(city), application_public_ids=[scene.case, scene.other], **arguments
    )
    scene.approve(notice)
    refused(WrongStep, publicity.revise_notice, actor=scene.be(city), **arguments)
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=notice)
    assert (scene.state(), scene.state(scene.other)) == ("on_notice", "on_notice")


def test_an_addition_needs_a_clear_credit_check(scene: scenes.Flow) -> None:
    notice = scene.drafted(scene.other)
    assert broken(
        publicity.revise_notice,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=notice,
        text=scenes.TEXT,
        application_public_ids=[scene.case, scene.other],
    ) == ["R-23"]


def test_drafts_are_not_public(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.drafted()
    for stranger in (Actor.public(), scene.enterprise, scene.district.handler, scene.experts[0]):
        refused(NotVisible, selectors.notice_file, actor=scene.be(stranger), public_id=notice)
        assert rows("select count(*) from publicity_notice") == [(0,)]
        assert rows("select count(*) from publicity_noticeentry") == [(0,)]
    assert selectors.notice_file(actor=scene.be(scene.city.handler), public_id=notice).entries


# ------------------------------------------------------------------ the period
@pytest.mark.rule("R-24")
@pytest.mark.parametrize(
    ("published", "starts_on", "expected"),
    [
        (date(2026, 11, 23), None, (date(2026, 11, 23), date(2026, 11, 27))),
        (date(2026, 11, 25), None, (date(2026, 11, 25), date(2026, 12, 1))),
        (date(2026, 11, 23), date(2026, 11, 28), (date(2026, 11, 30), date(2026, 12, 4))),
        (date(2026, 12, 14), None, (date(2026, 12, 14), date(2026, 12, 18))),
    ],
)
def test_five_working_days_first_day_counted(
    scene: scenes.Flow, published: date, starts_on: date | None, expected: tuple[date, date]
) -> None:
    scene.clock.set(Moment.in_shanghai(published, 10))
    scene.credit()
    scene.publish(starts_on=starts_on)
    row = selectors.notice_file(actor=scene.be(Actor.public()), public_id=scene.notice).row
    assert (row.starts_on, row.ends_on) == expected
    enter(Actor.system())
    due = rows("select due_on from deadlines_obligation where kind = 'publicity.notice'")
    assert due == [(expected[1],)]


def test_new_year_prolongs_the_period(scene: scenes.Flow) -> None:
    """Wed and Thu, then New Year (Fri to Sun), then Mon to Wed; a make-up Saturday would count."""
    deadlines.record_year(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        year=2027,
        holidays={date(2027, 1, 1): "元旦"},
        makeup_days=[],
        source="国务院办公厅关于2027年部分节假日安排的通知（示例）",
    )
    scene.clock.set(Moment.in_shanghai(date(2026, 12, 30), 10))
    scene.credit()
    scene.publish()
    ends = selectors.notice_file(actor=scene.be(Actor.public()), public_id=scene.notice).row.ends_on
    assert ends == date(2027, 1, 6)


def test_a_notice_starts_today_or_later_and_its_credit_is_fresh_on_that_day(scene: scenes.Flow) -> None:
    scene.credit(on=scene.clock.now().on - timedelta(days=29))
    scene.drafted()
    scene.approve()
    arguments = {"clock": scene.clock, "public_id": scene.notice}
    city = scene.publisher()
    yesterday = scene.clock.now().on - timedelta(days=1)
    assert broken(publicity.publish_notice, actor=city, starts_on=yesterday, **arguments) == ["R-24"]
    later = scene.clock.now().on + timedelta(days=2)
    assert broken(publicity.publish_notice, actor=city, starts_on=later, **arguments) == ["R-23"]
    publicity.publish_notice(actor=city, **arguments)


# ------------------------------------------------------------------ frozen
def test_what_is_published_cannot_be_changed(scene: scenes.Flow) -> None:
    """Neither by the product nor by raw SQL of the application role (SECURITY R77)."""
    scene.credit()
    scene.publish()
    enter(Actor.system())
    row = Notice.objects.get()
    assert row.digest == publicity.notice_digest(row)
    assert row.snapshot[0]["企业名称"] == "昆山示例1号材料有限公司"
    for change in (
        "title = 'x'",
        "snapshot = '[]'",
        "ends_on = ends_on - 1",
        "digest = repeat('0', 64)",
        "state = 'draft'",
        "contact_phone = '1'",
    ):
        must_not(f"update publicity_notice set {change}")  # noqa: S608  (a constant of this test)
    must_not("delete from publicity_notice")
    must_not("delete from publicity_noticeentry")
    # a new name of the enterprise leaves the notice as it was published
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_enterprise set name = '改名后的公司' where id = %s",
            [row.entries.get().enterprise_id],
        )
    shown = selectors.notice_file(actor=scene.be(Actor.public()), public_id=scene.notice)
    assert [entry.enterprise_name for entry in shown.entries] == ["昆山示例1号材料有限公司"]
    enter(Actor.system())
    row.refresh_from_db()
    assert row.digest == publicity.notice_digest(row)


def test_names_and_dates_of_published_entries_are_frozen_too(scene: scenes.Flow) -> None:
    scene.credit()
    scene.publish()
    enter(Actor.system())
    for change in (
        "enterprise_name = 'x'",
        "ends_on = ends_on - 1",
        "starts_on = starts_on - 9",
        "uscc = ''",
    ):
        must_not(f"update publicity_noticeentry set {change}")  # noqa: S608  (a constant of this test)


# ------------------------------------------------------------------ corrections
def test_a_correction_restarts_only_the_enterprises_concerned(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.publish(scene.case, scene.other)
    arguments = {
        "clock": scene.clock,
        "public_id": notice,
        "application_public_ids": [scene.case],
        "reason": "企业名称印错。",
    }
    for other in (scene.city.signer, scene.publisher()):
        refused(Forbidden, publicity.correct_notice, actor=scene.be(other), **arguments)
    city = scene.be(scene.city.handler)
    refused(Invalid, publicity.correct_notice, actor=city, **{**arguments, "reason": ""})
    refused(
        Invalid, publicity.correct_notice, actor=city, **{**arguments, "application_public_ids": ["none"]}
    )
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 25), 10))
    correction = publicity.correct_notice(actor=city, **arguments)
    assert (scene.state(), scene.state(scene.other)) == ("credit_check", "on_notice")
    enter(Actor.system())
    assert dict(
        NoticeEntry.objects.filter(notice__public_id=notice).values_list("application__public_id", "state")
    ) == {
        scene.case: "withdrawn",
        scene.other: "standing",
    }
    scene.approve(correction)
    assert broken(
        publicity.publish_notice,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=correction,
    ) == ["R-15"]
    publicity.publish_notice(actor=scene.publisher(), clock=scene.clock, public_id=correction)
    ends = {
        entry.application.public_id: entry.ends_on
        for entry in NoticeEntry.objects.filter(state="standing").select_related("application")
    }
    assert ends == {scene.other: date(2026, 11, 27), scene.case: date(2026, 12, 1)}
    # the first notice ends for the other alone
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 28), 9))
    scene.sweep()
    assert (scene.state(), scene.state(scene.other)) == ("on_notice", "confirmable")
    scene.clock.set(Moment.in_shanghai(date(2026, 12, 2), 9))
    scene.sweep()
    assert scene.state() == "confirmable"


def test_an_open_objection_is_settled_before_the_correction(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.publish()
    scene.object()
    refused(
        Invalid,
        publicity.correct_notice,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=notice,
        application_public_ids=[scene.case],
        reason="企业名称印错。",
    )


# ------------------------------------------------------------------ closing
@pytest.mark.rule("R-24")
def test_a_notice_closes_only_after_its_last_day(scene: scenes.Flow) -> None:
    scene.credit()
    scene.publish()
    enter(Actor.system())
    pk = Notice.objects.get().pk
    system = {"actor": Actor.system(), "clock": scene.clock, "notice_id": pk}
    assert broken(publicity.close_notice, **system) == ["R-24"]
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 27), 23, 59))
    assert broken(publicity.close_notice, **system) == ["R-24"]
    scene.sweep()
    assert scene.state() == "on_notice"
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 28), 0, 0))
    refused(Forbidden, publicity.close_notice, **{**system, "actor": scene.be(scene.city.handler)})
    enter(Actor.system())
    scene.sweep()
    assert scene.state() == "confirmable"
    enter(Actor.system())
    assert publicity.close_notice(**system) == 0
    events = rows("select count(*) from audit_auditevent where event = 'application.close_notice'")
    assert events == [(1,)]


def test_a_notice_emptied_by_a_correction_still_runs_to_its_end(scene: scenes.Flow) -> None:
    scene.credit()
    notice = scene.publish()
    publicity.correct_notice(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=notice,
        application_public_ids=[scene.case],
        reason="企业名称印错。",
    )
    enter(Actor.system())
    pk = Notice.objects.get(public_id=notice).pk
    assert broken(publicity.close_notice, actor=Actor.system(), clock=scene.clock, notice_id=pk) == ["R-24"]
    draft = Notice.objects.get(kind="correction").pk
    refused(WrongStep, publicity.close_notice, actor=Actor.system(), clock=scene.clock, notice_id=draft)
