"""A long pasted list is imported by a job, a short one at once; an empty form is told of everything it lacks."""

from __future__ import annotations

import pytest

from apps.accounts.models import Enterprise
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.services import listing
from apps.jobs.models import Job
from apps.jobs.services import run_due
from apps.titles import selectors as titles
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played

LIST = {
    "kind": "provincial",
    "title": "2026 年度省级绿色工厂名单",
    "document_no": "苏工信节能〔2026〕100号",
    "published_on": "2026-03-02",
}


def _build() -> Flow:
    return scenes.build(scenes.morning())


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def test_a_long_list_is_imported_by_a_job(desk: Desk, scene: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.portals.municipal.external.AT_ONCE", 3)
    enter(Actor.system())
    name = Enterprise.objects.get(pk=scene.enterprise.enterprise_id).name
    rows = "\n".join([name, *(f"示例第{number}机械有限公司" for number in range(150))])
    sent = desk.post("new_external", **LIST, rows=rows, step="import")
    assert sent.status_code == 302
    assert sent["Location"].startswith("/jobs/")
    assert titles.external_lists(actor=scene.be(scene.city.handler)) == []
    run_due(clock=scene.clock, keep_lease=False)
    enter(Actor.system())
    job = Job.objects.get(kind=listing.LIST_JOB)
    assert (job.state, job.error) == ("done", "")
    assert (job.result["applied"], job.result["unmatched"]) == (1, 150)
    (stored,) = titles.external_lists(actor=scene.be(scene.city.handler))
    assert job.result["link"] == f"/m/external/{stored.public_id}/"
    # Sent a second time it changes nothing.
    again = desk.post("new_external", **LIST, rows=rows, step="import")
    run_due(clock=scene.clock, keep_lease=False)
    enter(Actor.system())
    assert Job.objects.get(public_id=again["Location"].split("/")[2]).result["already"] is True


@pytest.mark.parametrize("step", ["preview", "import"])
def test_an_empty_form_is_told_of_everything_at_once(desk: Desk, step: str) -> None:
    empty = desk.post("new_external", step=step)
    assert empty.status_code == 422
    shown = text_of(empty)
    for fault in ("请选择省级或国家级名单", "请填写名单标题", "名单的文号", "发布日期", "名单中没有企业"):
        assert fault in shown, fault
    half = desk.post("new_external", step=step, title="名单", rows="新增,某某公司,91320583MA0000000X")
    shown = text_of(half)
    assert half.status_code == 422
    for kept in ("某某公司,91320583MA0000000X", "第 1 行", "请填写省级或国家级名单的文号"):
        assert kept in shown, kept
