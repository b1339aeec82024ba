"""Evaluation systems through the pages: copy, edit, compare, simulate, publish by another person; and the benchmarks."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.scoping import enter
from apps.documents.services import workbooks
from apps.policy.evaluation.editing import Edit, Part, place_of
from apps.portals.municipal.scheme_fields import shown_fields
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.models import Scheme
from apps.scoring.services import impact as impact_service
from apps.scoring.states import PUBLISHED
from tests.documents.reopening import Written, same_in_two_libraries
from tests.portals.municipal.desk import Desk, text_of
from tests.portals.scenes import signed_in
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.scoring.scenes import SUZHOU
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.concluded()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def _published(scene: Flow) -> str:
    enter(scene.city.handler)
    return Scheme.objects.get(code=SUZHOU, status=PUBLISHED).public_id


def _copied(desk: Desk, scene: Flow) -> str:
    answer = desk.post("copy_scheme", _published(scene))
    assert answer.status_code == 302
    return str(answer.url.rstrip("/").rsplit("/", 1)[1])


def _view(scene: Flow, draft: str) -> scoring.DraftView:
    enter(scene.city.handler)
    return scoring.draft(actor=scene.city.handler, public_id=draft)


def _item_form(scene: Flow, draft: str, code: str, **changes: str) -> dict[str, str]:
    view = _view(scene, draft)
    place = place_of(view.content, code)
    return {
        **shown_fields(Part.ITEM, view.entry(Part.ITEM, code)),
        "place": f"{place.dimension}/{place.group}",
        "seen": view.row.digest,
        "code_was": code,
        **changes,
    }


def test_a_draft_is_copied_edited_compared_and_published_by_another(desk: Desk, scene: Flow) -> None:
    published = _published(scene)
    assert "复制为草案" in text_of(desk.get("scheme", published))
    assert desk.post("copy_scheme", published, by=scene.city.signer).status_code == 403
    draft = _copied(desk, scene)
    assert desk.post("copy_scheme", published).status_code == 409
    shown = text_of(desk.get("scheme", draft))
    assert "内容自洽，可以发布" in shown
    code = _view(scene, draft).spec.items[0].code
    form = text_of(desk.get("edit_scheme", draft, "item", code=code))
    assert 'name="detail"' in form

    refused = desk.post(
        "edit_scheme", draft, "item", **_item_form(scene, draft, code, max_points="甲", name="改后名称")
    )
    assert refused.status_code == 422
    assert 'value="改后名称"' in text_of(refused), "what was typed is kept"
    assert 'id="id_max_points_error"' in text_of(refused)
    unread = desk.post("edit_scheme", draft, "item", **_item_form(scene, draft, code, detail="没有箭头"))
    assert "一行一条" in text_of(unread)

    stale = _item_form(scene, draft, code, name="甲案")
    assert desk.post("edit_scheme", draft, "item", **stale).status_code == 302
    assert desk.post("edit_scheme", draft, "item", **{**stale, "name": "乙案"}).status_code == 409
    compared = text_of(desk.get("compare_schemes", draft))
    assert "甲案" in compared
    assert "1 处不同" in compared

    assert "请由另一位有签批权限的人员发布" not in text_of(desk.get("scheme", draft, by=scene.city.leader))
    assert desk.post("publish_scheme", draft).status_code == 403
    unsimulated = desk.post("publish_scheme", draft, by=scene.city.leader, reason="试行稿")
    assert "草案尚未做影响测算" in text_of(unsimulated)
    handler = scene.be(scene.city.handler)
    scores.simulate(
        actor=handler,
        clock=scene.clock,
        public_id=draft,
        against=scoring.scheme(actor=handler, public_id=draft).code,
        tell=lambda *_: None,
    )
    past = desk.post("publish_scheme", draft, by=scene.city.leader, reason="试行稿")
    assert "生效日期2023年10月9日已过，不能追溯生效" in text_of(past)
    assert "生效日期已过" in text_of(desk.get("scheme", draft))
    view = _view(scene, draft)
    head = {
        **shown_fields(Part.HEAD, view.entry(Part.HEAD, "")),
        "seen": view.row.digest,
        "effective_from": "",
    }
    assert desk.post("edit_scheme", draft, "head", **head).status_code == 302
    scores.simulate(
        actor=scene.be(handler),
        clock=scene.clock,
        public_id=draft,
        against=scoring.scheme(actor=handler, public_id=draft).code,
        tell=lambda *_: None,
    )
    assert desk.post("publish_scheme", draft, by=scene.city.leader, reason="试行稿").status_code == 302
    assert desk.post("publish_scheme", draft, by=scene.city.leader).status_code == 409
    retired = text_of(desk.get("scheme", published))
    assert "已停用" in retired
    assert "甲案" not in retired
    assert desk.get("edit_scheme", draft, "item", code=code).status_code == 404


def test_every_part_has_a_form_that_adds_changes_and_removes(desk: Desk, scene: Flow) -> None:
    draft = _copied(desk, scene)
    view = _view(scene, draft)
    for part, code in (
        ("head", ""),
        ("dimension", view.spec.dimensions[0].code),
        ("group", view.spec.dimensions[0].secondaries[0].code),
        ("metric", view.spec.metrics[0].code),
    ):
        assert desk.get("edit_scheme", draft, part, code=code).status_code == 200, part
        if part not in {"head", "group"}:
            assert desk.get("edit_scheme", draft, part).status_code == 200
    assert desk.get("edit_scheme", draft, "nothing").status_code == 404
    assert desk.get("edit_scheme", draft, "item", code="none").status_code == 404

    def send(part: str, **fields: str) -> int:
        seen = _view(scene, draft).row.digest
        answer = desk.post("edit_scheme", draft, part, seen=seen, code_was="", **fields)
        return int(answer.status_code)

    head = {"name": "改名", "status": "standard", "effective_from": "2027-01-01", "industries": "17、18"}
    assert send("head", **head) == 302
    assert _view(scene, draft).row.industries == ("17", "18")
    assert send("head", **{**head, "effective_from": "2027-13-01"}) == 422
    assert send("dimension", code="Z", name="新维度", weight="5") == 302
    metric = {"code": "new_metric", "name": "新指标", "direction": "lower", "formula": "a_in / b_in"}
    assert send("metric", **metric, inputs="只有编码") == 422
    assert send("metric", **metric, inputs="a_in｜甲｜吨\nb_in｜乙｜万元") == 302
    assert "new_metric" in {row.code for row in _view(scene, draft).spec.metrics}
    first = view.spec.items[0].code
    for way in ("down", "up"):
        seen = _view(scene, draft).row.digest
        assert desk.post("move_item", draft, seen=seen, code_was=first, way=way).status_code == 302
    for part, code, status in (
        ("metric", "new_metric", 302),
        ("dimension", view.spec.dimensions[0].code, 422),
    ):
        seen = _view(scene, draft).row.digest
        assert desk.post("remove_part", draft, part, seen=seen, code_was=code).status_code == status
    assert desk.post("discard_scheme", draft).status_code == 302
    assert desk.get("scheme", draft).status_code == 404


class _Work:
    """A job's context without the job."""

    public_id = "work"

    def __init__(self, scene: Flow, folder: Path, params: dict[str, object]) -> None:
        self.actor, self.clock, self.params, self.folder = scene.city.handler, scene.clock, params, folder
        self.told: list[tuple[int, int]] = []

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


@pytest.mark.parametrize("part", ["dimension", "group", "item", "metric"])
def test_a_part_posted_empty_is_told_its_fields(desk: Desk, scene: Flow, part: str) -> None:
    draft = _copied(desk, scene)
    seen = _view(scene, draft).row.digest
    first = _view(scene, draft).spec.dimensions[0]
    where = {"place": f"{first.code}/{first.secondaries[0].code}", "dimension": first.code}
    empty = {"code_was": "", "code": "", "name": "", "seen": seen, **where}
    refused = desk.post("edit_scheme", draft, part, **empty)
    assert refused.status_code == 422
    assert "必须填写" in text_of(refused)


def test_a_code_taken_away_from_an_item_is_asked_for_again(desk: Desk, scene: Flow) -> None:
    draft = _copied(desk, scene)
    code = _view(scene, draft).spec.items[0].code
    emptied = {**_item_form(scene, draft, code), "code": "", "name": "改名后"}
    refused = desk.post("edit_scheme", draft, "item", **emptied)
    assert refused.status_code == 422
    assert "必须填写" in text_of(refused)
    assert "改名后" in text_of(refused)


@pytest.mark.rule("R-07")
def test_the_impact_on_past_applications_is_computed_and_listed(
    desk: Desk, scene: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item by item the full points are halved and given to one new item: the experts' shares halve with them."""
    draft = _copied(desk, scene)
    assert desk.get("impacts", draft).status_code == 200
    assert desk.post("impacts", draft, against="NONE").status_code == 422
    assert desk.post("impacts", draft).status_code == 302
    before = _simulated(scene, draft, tmp_path)
    assert (before.cases, before.level_changes) == (1, 0)

    view = _view(scene, draft)
    for item in view.spec.items:
        entry = dict(view.entry(Part.ITEM, item.code))
        entry["max_points"] = str((item.max_points / 2).quantize(Decimal("0.01")))
        place = place_of(view.content, item.code)
        scores.revise_draft(
            actor=scene.city.handler,
            clock=scene.clock,
            public_id=draft,
            seen=_view(scene, draft).row.digest,
            change=Edit(Part.ITEM, item.code, entry, place),
        )
    head = _simulated(scene, draft, tmp_path)
    assert head.level_changes == 1
    _, (row,) = scoring.impact_rows(impact_id=head.id, changed_only=True)
    assert row.basis == "专家评分"
    assert abs(row.after - row.before / 2) < Decimal("0.6"), "each of 97 shares is rounded to 0.01"
    page = text_of(desk.get("impact", head.public_id))
    assert row.enterprise_name in page
    assert row.level_before in page
    assert row.enterprise_name in text_of(desk.get("impact", head.public_id, all="1"))
    written = Written()
    monkeypatch.setattr(workbooks, "write_table_xlsx", written.write)
    book = signed_in(scene.city.handler).get(reverse("export_workbook", args=["impact", head.public_id]))
    assert row.enterprise_name in [cell for line in written.tables[0].rows for cell in line]
    same_in_two_libraries(book.content, written.tables)
    enter(scene.district.handler)
    with pytest.raises(NotVisible):
        scoring.impact(actor=scene.district.handler, public_id=head.public_id)
    assert desk.get("impact", "nosuch00000000").status_code == 404


def _simulated(scene: Flow, draft: str, folder: Path) -> scoring.ImpactHead:
    enter(Actor.system())
    work = _Work(scene, folder, {"scheme": draft, "against": SUZHOU})
    result = impact_service._run(work)
    assert work.told[-1] == (1, 1)
    return scoring.impact(actor=scene.city.handler, public_id=str(result.values["impact"]))


def test_a_benchmark_is_entered_and_replaced_with_addressed_errors(desk: Desk, scene: Flow) -> None:
    shown = desk.get("benchmarks")
    assert "示例" in text_of(shown)
    metric = next(iter(scoring.known_metrics(actor=scene.city.handler).values()))
    row = {
        "metric": metric.code,
        "industry_code": "1713",
        "kind": "average",
        "value": "0.8",
        "unit": metric.unit,
        "source": "行业统计年鉴",
        "period": "2025 年",
        "approved_by": "局长办公会",
    }
    refused = desk.post("benchmarks", **{**row, "value": "很多"})
    assert refused.status_code == 422
    assert 'id="id_value_error"' in text_of(refused)
    assert desk.post("benchmarks", by=scene.city.signer, **row).status_code == 403
    assert desk.post("benchmarks", **row).status_code == 302
    assert "局长办公会" in text_of(desk.get("benchmarks", metric=metric.code, industry="1713"))


def test_a_round_names_the_versions_in_use_and_no_draft(desk: Desk, scene: Flow) -> None:
    _copied(desk, scene)
    city = scene.be(scene.city.handler)
    code = next(one.code for one in scoring.schemes(actor=city, status=None) if one.status == "draft")
    moment = scene.clock.now()
    batch = applications.rounds(actor=city, moment=moment)[0].public_id
    held = applications.round_file(actor=city, public_id=batch, moment=moment)
    assert code in held.schemes
    page = desk.get("round", batch).content.decode()
    listed = {
        one.public_id: one.status for one in scoring.schemes(actor=city, status=None) if one.code == code
    }
    assert sorted(listed.values()) == ["draft", "published"]
    shown = [status for public_id, status in listed.items() if f"/m/schemes/{public_id}/" in page]
    assert shown == ["published"]
