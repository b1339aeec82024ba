"""A recheck that fails and its rectification, played through the pages of the district, the enterprise and the city."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.portals.district import common as district_common
from apps.portals.enterprise.pages import common as enterprise_common
from apps.portals.municipal import common as municipal_common
from tests.portals.district.scenes import PNG
from tests.portals.scenes import signed_in
from tests.unit.monitoring import scenes
from tests.unit.monitoring.scenes import clock as monday


class Office:
    """Browsers of all sides at the hour of the scene."""

    def __init__(self) -> None:
        self.watch = scenes.build(monday())
        self.browsers: dict[int | None, Client] = {}

    def send(self, actor: Actor, path: str, data: dict[str, Any] | None = None) -> Any:
        """Open a page, or post *data*."""
        if actor.user_id not in self.browsers:
            self.browsers[actor.user_id] = signed_in(actor)
        browser, now = self.browsers[actor.user_id], self.watch.clock.now()
        enter(Actor.system())
        with (
            mock.patch.object(DatabaseClock, "now", return_value=now),
            mock.patch.object(enterprise_common, "shown_at", return_value=now.at),
            mock.patch.object(district_common, "shown_at", return_value=now.at),
            mock.patch.object(municipal_common, "shown_at", return_value=now.at),
        ):
            return browser.get(path) if data is None else browser.post(path, data)


@pytest.fixture
def office(db: None) -> Office:
    return Office()


VISIT = {
    "visited_on": "2026-11-23",
    "place": "昆山厂区",
    "person-0": "顾晓岚",
    "person-1": "陆志远",
    "score": "74.6",
    "conclusion": "不符合。",
    "finding-0-problem": "台账缺失。",
    "finding-0-requirement": "补齐台账。",
}


def test_the_district_plans_records_signs(office: Office) -> None:
    watch = office.watch
    handler, signer = watch.district.handler, watch.district.signer
    listed = office.send(handler, "/d/inspections/")
    assert "2029年11月20日" in listed.content.decode().replace(" ", "")
    arrange = f"/d/inspections/titles/{watch.title}/"
    assert office.send(watch.other_district.handler, arrange).status_code == 404
    assert office.send(watch.enterprise, arrange).status_code == 403
    late = office.send(handler, arrange, {"planned_on": "2026-11-22", "trigger": "cycle"})
    assert late.status_code == 422
    made = office.send(handler, arrange, {"planned_on": "2026-11-23", "trigger": "cycle"})
    assert made.status_code == 302
    path = made.url
    assert office.send(watch.other_district.handler, path).status_code == 404
    alone = office.send(handler, path, {**VISIT, "person-1": ""})
    assert alone.status_code == 422
    assert "台账缺失。" in alone.content.decode()
    assert office.send(handler, path, {**VISIT, "score": "七十"}).status_code == 422
    empty = office.send(handler, path, {"score": "七十", "place": "昆山厂区"})
    assert empty.status_code == 422
    told = empty.content.decode()
    for fault in ("请填写复核日期", "复核人员不少于 2 人", "请填写复核结论", "复核得分：", "昆山厂区"):
        assert fault in told, fault
    assert watch.title_state() == "rechecking"  # nothing was recorded
    assert office.send(handler, path, {**VISIT, "score": "100.5"}).status_code == 422
    assert office.send(handler, path, VISIT).status_code == 302
    assert office.send(handler, path, VISIT).status_code == 409
    assert office.send(handler, f"{path}sign/", {"order_no": "昆工信整〔2026〕9号"}).status_code == 403
    assert office.send(signer, f"{path}return/", {"note": ""}).status_code == 422
    assert office.send(signer, f"{path}return/", {"note": "照片不清。"}).status_code == 302
    assert "照片不清。" in office.send(handler, path).content.decode()
    assert office.send(handler, path, VISIT).status_code == 302
    assert office.send(signer, f"{path}sign/", {"order_no": ""}).status_code == 422
    assert office.send(signer, f"{path}sign/", {"order_no": "昆工信整〔2026〕9号"}).status_code == 302
    assert watch.title_state() == "rectifying"
    # no second visit while the first is being put right: said before anything is typed
    assert "整改中" in office.send(handler, "/d/inspections/").content.decode()
    shut = office.send(handler, arrange).content.decode()
    assert "现在不能安排复核" in shut
    assert 'name="planned_on"' not in shut


def test_the_enterprise_receives_answers_proves_and_hands_in(office: Office) -> None:
    watch = office.watch
    watch.ordered()
    path = f"/e/rectify/{watch.order}/"
    assert office.send(watch.neighbour, path).status_code == 404
    assert office.send(watch.district.handler, path).status_code == 403
    closed = office.send(watch.enterprise, path).content.decode()
    assert scenes.FINDING.problem not in closed  # what is to be put right is read after receipt
    assert office.send(watch.enterprise, path, {"act": "save"}).status_code == 409
    assert office.send(watch.enterprise, path, {"act": "serve"}).status_code == 302
    assert scenes.FINDING.problem in office.send(watch.enterprise, path).content.decode()
    proof = f"{path}items/1/attach/"
    assert office.send(watch.enterprise, proof, {}).status_code == 422
    written = {"answer-1": "已补装。", "answer-2": "写了一半"}
    bad = office.send(watch.enterprise, proof, written | {"file-1": SimpleUploadedFile("a.exe", PNG)})
    assert bad.status_code == 422
    assert "写了一半" in bad.content.decode(), "what was typed is not lost with a file that is refused"
    sent = {"file-1": SimpleUploadedFile("电表.png", PNG)}
    assert office.send(watch.enterprise, proof, written | sent).status_code == 302
    assert "写了一半" in office.send(watch.enterprise, path).content.decode(), "nor with one that is taken"
    ((file, name),) = [
        (one["public_id"], one["name"]) for one in watch.order_row().items.get(position=1).files
    ]
    assert name == "电表.png"
    assert office.send(watch.enterprise, f"{path}items/9/attach/", sent).status_code == 404
    answers = {"act": "submit", "answer-1": "已补装。", "answer-2": ""}
    refused = office.send(watch.enterprise, path, answers)
    assert refused.status_code == 422
    assert "已补装。" in refused.content.decode()
    told = refused.content.decode()
    assert "请填写第 2 项的整改措施与完成情况" in told
    assert "第 2 项要求的证明材料还没有上传" in told, "both faults at once"
    complete = answers | {"answer-2": "已接入。"}
    warned = office.send(watch.enterprise, path, complete)
    assert warned.status_code == 422
    assert "第 2 项要求的证明材料还没有上传" in warned.content.decode()
    meant = complete | {"without_proof": "on", "file-1": SimpleUploadedFile("第二张.png", PNG + b" ")}
    assert office.send(watch.enterprise, path, meant).status_code == 302
    assert len(watch.order_row().items.get(position=1).files) == 2  # chosen with the report, kept with it
    gone = office.send(watch.enterprise, f"{path}items/1/detach/", {"file": file})
    assert gone.status_code == 409
    assert office.send(watch.enterprise, f"/e/files/{file}/remove/", {}).status_code == 409
    shown = office.send(watch.district.signer, f"/d/rectifications/{watch.order}/").content.decode()
    assert "电表.png" in shown
    assert "未附" in shown


def test_the_district_delivers_and_verifies(office: Office) -> None:
    watch = office.watch
    watch.ordered()
    path = f"/d/rectifications/{watch.order}/"
    handler, signer = watch.district.handler, watch.district.signer
    assert office.send(watch.other_district.handler, path).status_code == 404
    assert (
        office.send(handler, f"{path}deliver/", {"served_on": "2026-11-24", "service": "邮寄"}).status_code
        == 422
    )
    assert (
        office.send(handler, f"{path}deliver/", {"served_on": "2026-11-23", "service": "邮寄"}).status_code
        == 302
    )
    watch.hand_in()
    told = office.send(handler, path).content.decode()
    assert "由签批人验收" in told
    assert "整改报告与验收表" in told
    assert "由签批人验收" not in office.send(signer, path).content.decode()
    assert office.send(signer, f"{path}verify/", {"result": "maybe", "note": "好"}).status_code == 404
    assert office.send(handler, f"{path}verify/", {"result": "passed", "note": "好"}).status_code == 403
    assert office.send(signer, f"{path}verify/", {"result": "passed", "note": ""}).status_code == 422
    assert (
        office.send(signer, f"{path}verify/", {"result": "failed", "note": "仍缺一台。"}).status_code == 302
    )
    assert "仍缺一台。" in office.send(watch.enterprise, f"/e/rectify/{watch.order}/").content.decode()
    watch.hand_in()
    assert office.send(signer, f"{path}verify/", {"result": "passed", "note": "合格。"}).status_code == 302
    assert watch.title_state() == "valid"
    assert office.send(handler, "/d/rectifications/").status_code == 200


def test_the_enterprise_states_its_defence_in_time(office: Office) -> None:
    watch = office.watch
    watch.proposed()
    path = f"/e/rectify/{watch.order}/"
    assert office.send(watch.enterprise, path, {"act": "state", "statement": ""}).status_code == 422
    sent = {"act": "state", "statement": "设备交货延迟。"}
    assert office.send(watch.enterprise, path, sent).status_code == 302
    assert (
        "设备交货延迟。"
        in office.send(watch.city.leader, f"/m/revocations/{watch.proposal}/").content.decode()
    )
    watch.move(watch.cancellation_row().statement_due_on + timedelta(days=1))
    assert office.send(watch.enterprise, path, sent).status_code == 409


@pytest.mark.rule("R-37")
def test_an_extension_is_refused_unless_the_bureau_allows_it(office: Office) -> None:
    watch = office.watch
    watch.served()
    path = f"/m/rectifications/{watch.order}/"
    signer = watch.city.signer
    shown = office.send(signer, path).content.decode()
    current = re.search(r'<a[^>]*href="([^"]*)"[^>]*aria-current="page"', shown)
    assert current is not None
    assert current[1] == "/m/monitoring/"
    assert f"{path}extend/" not in shown
    assert "整改期限不能延长" in shown
    given = {"extra_days": "10", "reason": "设备进口周期长。"}
    assert office.send(signer, f"{path}extend/", given).status_code == 422
    assert office.send(watch.city.handler, f"{path}extend/", given).status_code == 403
    assert office.send(watch.district.signer, f"{path}extend/", given).status_code == 403


def test_a_spot_check_that_lacks_everything_is_told_so_at_once(office: Office) -> None:
    refused = office.send(
        office.watch.city.handler, "/m/spot-checks/", {"from_on": "", "until_on": "2026-11-40"}
    )
    assert refused.status_code == 422
    told = refused.content.decode()
    for fault in ("请填写报送时段的起日", "2026-11-40", "请填写公开数值来源和期次", "请填写公布时间"):
        assert fault in told, fault
