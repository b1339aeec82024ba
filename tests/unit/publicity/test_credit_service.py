"""Credit queries by file drop: one task a candidate, answers recorded once, bad lines named; explanations (R-23)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.deadlines.selectors import most_urgent, obligations_for
from apps.deadlines.timeline import timeline
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.credit_service import ResultFile, ServiceProblem, read_answers
from apps.publicity.models import CreditCheck, CreditTask
from tests.portals.municipal.desk import Desk, text_of
from tests.portals.scenes import signed_in
from tests.unit.evidence.samples import pdf
from tests.unit.foundation import rows
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

_HEAD = "查询编号,统一社会信用代码,查询平台,查询日期,报告编号,查询结果,异常事项\n"


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def drop(tmp_path: Path, settings: object) -> Path:
    settings.GF_CREDIT_SERVICE = "apps.publicity.credit_service.file_drop.FileDrop"  # type: ignore[attr-defined]
    settings.GF_CREDIT_FOLDER = str(tmp_path)  # type: ignore[attr-defined]
    (tmp_path / "incoming").mkdir()
    return tmp_path


def put(drop: Path, name: str, text: str, encoding: str = "utf-8") -> None:
    (drop / "incoming" / name).write_bytes(text.encode(encoding))


def officer(scene: scenes.Flow) -> Actor:
    return scene.be(scene.city.handler)


def ask(scene: scenes.Flow) -> publicity.SentQueries:
    return publicity.send_credit_queries(actor=officer(scene), clock=scene.clock)


def read(scene: scenes.Flow) -> list[publicity.ReadFile]:
    return publicity.read_credit_results(actor=officer(scene), clock=scene.clock)


# ------------------------------------------------------------------ files, without a database
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ZX-1,9132,信用中国,2026-11-22,R1,正常,", ""),
        ("ZX-1,9132,信用中国,2026年11月22日,R1,无异常,", ""),
        (",9132,信用中国,2026-11-22,R1,正常,", "缺少查询编号"),
        ("ZX-1,9132,信用中国,2026-02-30,R1,正常,", "不存在"),
        ("ZX-1,9132,信用中国,2026-11-22,R1,还行,", "「还行」"),
        ("ZX-1,9132,信用中国", "缺少查询日期"),
    ],
)
def test_each_line_is_read_or_named(line: str, words: str) -> None:
    answers, faults = read_answers(ResultFile("a.csv", (_HEAD + line).encode()))
    assert (len(answers), len(faults)) == ((0, 1) if words else (1, 0))
    assert [fault.line for fault in faults] == ([2] if words else [])
    assert words in "".join(fault.message for fault in faults)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00\x81", "编码"),
        (b"", "表头缺少"),
        ("查询编号,结果\nZX-1,正常".encode(), "表头缺少"),
        ((_HEAD + '"ZX-1,未闭合').encode(), "CSV"),
        ((_HEAD + "x\n" * 5001).encode(), "5000 行"),
    ],
)
def test_a_file_that_is_none_is_one_faulty_line(content: bytes, words: str) -> None:
    answers, faults = read_answers(ResultFile("a.csv", content))
    assert answers == []
    assert words in faults[0].message


# ------------------------------------------------------------------ asking and reading
@pytest.mark.rule("R-23")
def test_questions_go_out_once_and_answers_come_in_once(scene: scenes.Flow, drop: Path) -> None:
    sent = ask(scene)
    assert sent.count == 1
    written = (drop / "outgoing" / sent.file_name).read_text(encoding="utf-8-sig")
    enter(Actor.system())
    task = CreditTask.objects.get()
    assert f"{task.query_no}," in written
    assert task.uscc in written
    assert ask(scene).count == 0
    good = f"{task.query_no},{task.uscc},信用中国,2026-11-22,XY-1,正常,\n"
    put(drop, "a.csv", _HEAD + "ZX-2026-99999,9132,信用中国,2026-11-22,XY-2,正常,\n" + good, "gb18030")
    (found,) = read(scene)
    assert (found.taken, [(fault.line, fault.query_no) for fault in found.problems]) == (
        1,
        [(2, "ZX-2026-99999")],
    )
    assert list((drop / "incoming").iterdir()) == []
    assert ask(scene).count == 0
    # the same file again, and the same answer in another file
    put(drop, "again.csv", _HEAD + "ZX-2026-99999,9132,信用中国,2026-11-22,XY-2,正常,\n" + good, "gb18030")
    put(drop, "other.csv", _HEAD + good)
    again, other = read(scene)
    assert (again.again, again.taken, other.taken) == (True, 0, 0)
    assert "不重复登记" in other.problems[0].message
    enter(Actor.system())
    assert CreditCheck.objects.count() == 1
    shown = selectors.credit_deliveries(actor=officer(scene))
    assert [(row.file_name, row.taken, len(row.problems)) for row in shown] == [
        ("other.csv", 0, 1),
        ("a.csv", 1, 1),
    ]


def test_an_answer_about_another_enterprise_or_day_is_not_recorded(scene: scenes.Flow, drop: Path) -> None:
    ask(scene)
    enter(Actor.system())
    task = CreditTask.objects.get()
    put(drop, "a.csv", f"{_HEAD}{task.query_no},91320500000000000X,信用中国,2026-11-22,XY-1,正常,\n")
    put(drop, "b.csv", f"{_HEAD}{task.query_no},{task.uscc},信用中国,2099-01-01,XY-1,正常,\n")
    put(drop, "c.csv", f"{_HEAD}{task.query_no},{task.uscc},信用中国,2026-11-22,XY-1,异常,\n")
    words = [file.problems[0].message for file in read(scene)]
    assert ["不一致" in words[0], "晚于今天" in words[1], "写明" in words[2]] == [True, True, True]
    enter(Actor.system())
    assert not CreditCheck.objects.exists()
    assert CreditTask.objects.get().check_made_id is None


def test_a_result_by_hand_answers_the_question_too(scene: scenes.Flow, drop: Path) -> None:
    ask(scene)
    scene.credit()
    enter(Actor.system())
    assert CreditTask.objects.get().check_made is not None


def test_only_the_credit_officer_and_only_with_a_service(scene: scenes.Flow, settings: object) -> None:
    settings.GF_CREDIT_SERVICE = ""  # type: ignore[attr-defined]
    refused(ServiceProblem, ask, scene=scene)
    for actor in (scene.district.handler, scene.enterprise):
        refused(Forbidden, publicity.send_credit_queries, actor=scene.be(actor), clock=scene.clock)


def test_a_folder_that_cannot_be_written_notes_no_question(
    scene: scenes.Flow, drop: Path, settings: object
) -> None:
    (drop / "file").write_text("")
    settings.GF_CREDIT_FOLDER = str(drop / "file")  # type: ignore[attr-defined]
    refused(ServiceProblem, ask, scene=scene)
    enter(Actor.system())
    assert not CreditTask.objects.exists()


# ------------------------------------------------------------------ the enterprise explains
@pytest.mark.rule("R-23")
def test_the_enterprise_explains_an_adverse_result(scene: scenes.Flow) -> None:
    scene.credit(result="explanation", matters="2025 年有一条行政处罚，已整改。")
    case = applications.case(actor=scene.be(scene.enterprise), public_id=scene.case)
    (row,) = selectors.credit_inquiries(actor=scene.be(scene.enterprise), application_id=case.id)
    assert (row.is_open, row.matters) == (True, "2025 年有一条行政处罚，已整改。")
    for stranger in (scene.neighbour, scene.district.handler, scene.experts[0], Actor.public()):
        refused(NotVisible, selectors.credit_inquiry, actor=scene.be(stranger), public_id=row.public_id)
    browser = signed_in(scene.be(scene.enterprise))
    address = f"/e/credit/{row.public_id}/"
    assert "行政处罚" in text_of(browser.get(address))
    # 采信 needs something to believe
    with pytest.raises(Invalid) as unheard:
        scene.credit(result="explained", matters="说明已采信。")
    assert "企业还没有提交说明" in unheard.value.errors["result"][0]
    both = browser.post(address, {"statement": " ", "files": [SimpleUploadedFile("说明.pdf", b"no pdf")]})
    assert both.status_code == 422
    assert ("请填写说明" in text_of(both), "说明.pdf" in text_of(both)) == (True, True)
    letter = SimpleUploadedFile("信用修复决定书.pdf", pdf())
    sent = browser.post(address, {"statement": "已完成信用修复，附文号。", "files": [letter]})
    assert sent.status_code == 302
    desk = Desk(scene)
    assert "企业已说明" in text_of(desk.get("credit"))
    assert scene.case in text_of(desk.get("credit", explained="1"))
    shown = text_of(desk.get("credit_check", scene.case))
    assert ("已完成信用修复" in shown, "信用修复决定书.pdf" in shown) == (True, True)
    (row,) = selectors.credit_inquiries(actor=scene.be(scene.enterprise), application_id=case.id)
    (file,) = row.files
    for door in (desk.get("credit_file", file.public_id), browser.get(f"/e/credit/files/{file.public_id}/")):
        assert (door.status_code, b"".join(door.streaming_content)) == (200, pdf())  # type: ignore[arg-type]  # a stream of bytes
    for stranger in (scene.neighbour, scene.district.handler, scene.experts[0], Actor.public()):
        refused(
            NotVisible,
            publicity.open_statement_file,
            actor=scene.be(stranger),
            clock=scene.clock,
            public_id=file.public_id,
        )
    enter(Actor.system())
    assert rows("select count(*) from audit_auditevent where event = 'credit.file_read'") == [(1,)]
    # the same file again is kept once, and no more than five in all
    again = [SimpleUploadedFile("再来一份.pdf", pdf())]
    assert browser.post(address, {"statement": "已完成信用修复。", "files": again}).status_code == 302
    many = [SimpleUploadedFile(f"{number}.pdf", pdf(number)) for number in range(2, 7)]
    crowded = browser.post(address, {"statement": "已完成信用修复。", "files": many})
    assert (crowded.status_code, "附件最多 5 个" in text_of(crowded)) == (422, True)
    (row,) = selectors.credit_inquiries(actor=scene.be(scene.enterprise), application_id=case.id)
    assert len(row.files) == 1
    # a newer result closes it
    scene.credit(result="explained", matters="说明已采信。")
    assert "没有符合条件的企业" in text_of(desk.get("credit", explained="1"))
    refused(
        WrongStep,
        publicity.explain_credit,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=row.public_id,
        statement="再补充。",
    )


def owed(scene: scenes.Flow, *states: str) -> list[tuple[str, object]]:
    found = obligations_for(
        actor=scene.be(scene.enterprise), kinds=[publicity.CREDIT_STATEMENT], states=states or ("open",)
    )
    return [(row.state, row.due_on) for row in found.rows]


@pytest.mark.rule("R-23")
def test_an_explanation_is_on_the_list_of_the_enterprise_until_it_is_given(scene: scenes.Flow) -> None:
    until = scene.credit(result="explanation", matters="有一条行政处罚，已整改。")
    assert owed(scene) == [("open", until)]
    browser = signed_in(scene.be(scene.enterprise))
    home = text_of(browser.get("/e/"))
    case = applications.case(actor=scene.be(scene.enterprise), public_id=scene.case)
    (row,) = selectors.credit_inquiries(actor=scene.be(scene.enterprise), application_id=case.id)
    assert f'href="/e/credit/{row.public_id}/"' in home
    assert f"征信查询结果有效期至{until.year}年{until.month}月{until.day}日，请在此之前说明" in home
    # what was found is between the city and the enterprise: no district and no other enterprise watches over it
    for stranger in (scene.district.handler, scene.other_district.handler, scene.neighbour):
        kinds = {one.kind for one in most_urgent(actor=scene.be(stranger))}
        assert publicity.CREDIT_STATEMENT not in kinds
    today = scene.clock.now().on
    enter(Actor.system())
    told = timeline(actor=Actor.system(), start=today, end=until, on=today)
    assert any(one.kind == publicity.CREDIT_STATEMENT and one.on == until for one in told)

    def explain(words: str) -> None:
        publicity.explain_credit(
            actor=scene.be(scene.enterprise), clock=scene.clock, public_id=row.public_id, statement=words
        )

    explain("已完成信用修复。")
    assert (owed(scene), owed(scene, "met")) == ([], [("met", until)])
    # better words later open nothing again
    explain("已完成信用修复，附文号。")
    assert owed(scene) == []
    assert row.public_id not in text_of(browser.get("/e/"))


@pytest.mark.rule("R-23")
def test_a_newer_result_or_the_end_of_the_case_asks_for_no_explanation(scene: scenes.Flow) -> None:
    first = scene.credit(result="explanation", matters="有一条行政处罚。")
    second = scene.credit(
        result="adverse", matters="列入失信名单。", on=scene.clock.now().on - timedelta(days=1)
    )
    assert owed(scene) == [("open", second)]
    assert owed(scene, "cancelled") == [("cancelled", first)]
    publicity.refuse_for_credit(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=scene.case, reason="列入失信名单。"
    )
    assert owed(scene) == []
    assert len(owed(scene, "cancelled")) == 2


def test_a_result_that_may_not_be_used_any_more_asks_for_nothing(scene: scenes.Flow) -> None:
    scene.credit(
        result="explanation", matters="有一条行政处罚。", on=scene.clock.now().on - timedelta(days=90)
    )
    assert owed(scene) == []


def test_pages_of_the_credit_service(scene: scenes.Flow, drop: Path) -> None:
    desk = Desk(scene)
    assert "发出查询" in text_of(desk.get("credit"))
    assert desk.post("ask_credit").status_code == 302
    put(drop, "坏.csv", _HEAD + "ZX-X,9132,信用中国,2026-11-22,XY-2,正常,\n")
    assert desk.post("collect_credit").status_code == 302
    shown = text_of(desk.get("credit"))
    assert "已发出 ZX-2026-00001" in shown
    assert "第 2 行（ZX-X）" in shown
