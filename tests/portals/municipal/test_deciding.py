"""Provisional decisions through the pages: pre-check, job, result with its workbook, and one step to the notice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.services import deciding
from apps.jobs.registry import JobContext
from apps.publicity import services as publicity_services
from tests.documents.reopening import Written, same_in_two_libraries
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.credit()
    flow.other = flow.second()
    flow.credit(case=flow.other, result="adverse", matters="列入失信名单。")
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


class _Work:
    """A job's context without the job."""

    public_id = "work"

    def __init__(self, scene: Flow, folder: Path, params: dict[str, object]) -> None:
        self.actor, self.clock, self.params, self.folder = scene.city.handler, scene.clock, params, folder
        self.told: list[tuple[int, int]] = []

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


def _run(scene: Flow, folder: Path, **params: object) -> tuple[JobContext, object]:
    work = _Work(scene, folder, params)
    return work, deciding.decide(work)


def test_the_precheck_sorts_who_can_be_listed(desk: Desk, scene: Flow) -> None:
    page = text_of(desk.post("decide", ids=[scene.case, scene.other], decision="propose"))
    assert "可以列入 1 家" in page
    assert "不能列入 1 家" in page
    assert "征信查询结果异常" in page
    # Postponing lists nobody: such a decision is noted.
    deferred = text_of(desk.post("decide", ids=[scene.case, scene.other], decision="defer"))
    assert "可以登记 2 家" in deferred
    assert "可以列入" not in deferred
    assert desk.post("decide", ids=["nosuchcase0000"], decision="propose").status_code == 404
    assert desk.post("decide", by=scene.district.handler, ids=[scene.case]).status_code == 403


def test_a_batch_needs_a_reason_and_starts_a_job(desk: Desk, scene: Flow) -> None:
    unreasoned = desk.post("decide", step="carry", ids=[scene.case], decision="defer", reason="")
    assert unreasoned.status_code == 422
    assert "请写明理由" in text_of(unreasoned)
    assert desk.post("decide", step="carry", ids=[], decision="propose").status_code == 422
    by_signer = desk.post("decide", by=scene.city.signer, step="carry", ids=[scene.case], decision="propose")
    assert by_signer.status_code == 403
    started = desk.post("decide", step="carry", ids=[scene.case], decision="defer", reason="待核实。")
    assert started.status_code == 302
    shown = desk.get("decided", started["Location"].rstrip("/").rsplit("/", 1)[1])
    assert shown.status_code == 200
    assert "暂定意见办理结果" in text_of(shown)
    assert desk.get("decided", "nosuchjob00000").status_code == 404


def test_what_is_refused_is_in_the_workbook_and_holds_up_nobody(
    scene: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(Actor.system())
    written = Written()
    monkeypatch.setattr(deciding, "write_table_xlsx", written.write)
    work, result = _run(
        scene,
        tmp_path,
        decision="propose",
        reason="",
        cases=[[scene.case, "甲"], [scene.other, "乙"], ["gone", "丙"]],
    )
    assert (result.values["noted"], result.values["refused"]) == (1, 2)
    assert [row["name"] for row in result.values["failures"]] == ["乙", "丙"]
    assert work.told[-1] == (3, 3)
    # The result page leads on to where the decisions are put into effect.
    assert result.values["round"] == scene.round_id
    line = next(row for row in written.tables[0].rows if "乙" in row)
    assert "未办理" in line
    assert any("征信查询结果异常" in str(cell) for cell in line)
    same_in_two_libraries(result.path.read_bytes(), written.tables)


def test_decisions_feed_the_notice_in_one_step(desk: Desk, scene: Flow, tmp_path: Path) -> None:
    enter(Actor.system())
    _run(scene, tmp_path, decision="propose", reason="", cases=[[scene.case, "甲"]])
    _run(scene, tmp_path, decision="refuse", reason="数据不实。", cases=[[scene.other, "乙"]])
    page = text_of(desk.get("intended", scene.round_id))
    assert "拟公示稿（1 家）" in page
    assert "年第二批绿色工厂申报：暂定意见" in page
    assert "数据不实。" in page
    assert "签批不予评定" not in page
    draft = text_of(desk.get("draft_notice", proposed=scene.round_id))
    assert "可以列入 1 家" in draft
    board = text_of(desk.get("board", stage="credit"))
    assert "不予评定" in board
    assert "拟评定" in board
    assert desk.post("settle_refusals", scene.round_id).status_code == 403
    done = desk.post("settle_refusals", scene.round_id, by=scene.city.signer)
    assert (done.status_code, scene.state(scene.other)) == (302, "refused")
    again = desk.post("settle_refusals", scene.round_id, by=scene.city.signer)
    assert again.status_code == 422
    assert desk.get("intended", "nosuchround000").status_code == 404


def test_a_view_is_saved_shown_and_deleted(desk: Desk, scene: Flow) -> None:
    empty = desk.post("save_view", name="", stage="credit")
    assert empty.status_code == 422
    assert "请填写视图名称" in text_of(empty)
    assert desk.post("save_view", name="昆山", stage="credit", district="320583").status_code == 302
    page = text_of(desk.get("board", stage="credit"))
    assert "昆山</a>" in page
    assert "district=320583" in page
    view = page.split("/delete/", 1)[0].rsplit("/", 1)[1]
    assert desk.post("delete_view", view, by=scene.city.signer).status_code == 404
    assert desk.post("delete_view", view).status_code == 302


def test_the_board_is_narrowed_to_one_provisional_decision_and_the_view_is_saved(
    desk: Desk, scene: Flow
) -> None:
    handler = scene.be(scene.city.handler)
    publicity_services.note_decision(
        actor=handler, clock=scene.clock, public_id=scene.other, decision="defer", reason="失信名单待核实。"
    )

    def listed(decision: str) -> set[str]:
        shown = text_of(desk.get("board", stage="credit", decision=decision))
        return {case for case in (scene.case, scene.other) if f'value="{case}"' in shown or case in shown}

    assert listed("") == {scene.case, scene.other}
    assert listed("defer") == {scene.other}
    assert listed("none") == {scene.case}
    assert listed("propose") == set()
    assert listed("nonsense") == {scene.case, scene.other}
    saved = desk.post("save_view", name="暂缓的", stage="credit", decision="defer")
    assert saved.status_code == 302
    assert "decision=defer" in text_of(desk.get("board", stage="credit"))


def test_a_narrowed_board_counts_no_other_district(desk: Desk, scene: Flow) -> None:
    """The counts beside the list and the notes of the stages tell of the whole round, or not at all."""
    whole = desk.get("board", stage="credit")
    assert [tag["text"] for tag in whole.context["tags"]] == ["1 正常", "1 异常"]
    narrowed = desk.get("board", stage="credit", district="320581")
    assert narrowed.context["tags"] == []
    assert [(one["count"], one["note"]) for one in narrowed.context["stages"]] == [
        (one["count"], one["note"]) for one in whole.context["stages"]
    ]


def test_an_outdated_credit_result_is_said_to_be_outdated(desk: Desk, scene: Flow) -> None:
    day = scene.clock.now().on
    report = {"platform": "信用中国", "report_no": "XY1", "result": "normal", "matters": ""}
    for age, said in ((40, "已过；请重新查询"), (0, "（含）前开始的公示")):
        sent = desk.post(
            "credit_check",
            scene.case,
            by=scene.city.handler,
            checked_on=(day - timedelta(days=age)).isoformat(),
            **report,
        )
        assert sent.status_code == 302
        assert said in text_of(desk.get("credit_check", scene.case))
