"""A recheck scored from what is found at the site, entered by a phone that may send everything twice (R-36)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.monitoring import services
from apps.monitoring.checklists import check_summary
from apps.monitoring.models import Recheck, RecheckCheck, RecheckPhoto
from apps.monitoring.services import Entry
from apps.titles import services as titles
from tests.unit.evidence.samples import picture
from tests.unit.monitoring.checklist_scene import Visited, build
from tests.unit.staging import built_once, played

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-36")]


stage = built_once(build)
scene = played()


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_untouched_it_is_the_score_of_the_award(scene: Visited) -> None:
    found = scene.list()
    assert (found.before_total, found.total_text, found.gap, found.passed) == ("85.00", "85.00", "0", True)
    assert found.checked == 0


def test_points_given_at_the_site_count_and_say_what_they_mean(scene: Visited) -> None:
    worst = [line for line in scene.lines().values() if Decimal(line.before) >= 1][:6]
    scene.save(*(Entry(line.code, 0, points="0", note="现场未见。") for line in worst))
    lost = sum(Decimal(line.before) for line in worst)
    found = scene.list()
    assert found.total == Decimal("85.00") - lost
    assert (found.passed, "应责令整改" in found.effect) == (found.total >= 80, found.total < 80)
    assert {scene.lines()[line.code].gap for line in worst} == {f"−{line.before}" for line in worst}


def test_a_figure_found_otherwise_is_scored_by_the_same_function(scene: Visited) -> None:
    line = next(one for one in scene.lines().values() if one.figures)
    figures = {cell.code: cell.filed or "1" for cell in line.figures}
    first = line.figures[0].code
    [kept] = scene.save(Entry(line.code, 0, figures={**figures, first: "0"}))
    assert kept.version == 1
    after = scene.lines()[line.code]
    assert after.after != line.before or after.gap == ""
    assert after.figures[0].found == "0"


def test_the_same_entry_sent_twice_is_one_and_an_older_one_overwrites_nothing(scene: Visited) -> None:
    code = next(iter(scene.lines()))
    first = Entry(code, 0, points="0.5", note="标识不全")
    assert scene.save(first) == scene.save(first)
    [newer] = scene.save(Entry(code, 1, points="0.6"))
    [late] = scene.save(Entry(code, 1, points="0.1"))
    assert (newer.version, late.refused, late.points) == (2, True, "0.60")
    assert RecheckCheck.objects.get().points == Decimal("0.60")
    [gone] = scene.save(Entry(code, 2))
    assert (gone.version, RecheckCheck.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "entry", [Entry("J1-01", 0, points="99"), Entry("J1-01", 0, points="x"), Entry("Z9", 0)]
)
def test_what_cannot_be_is_refused_at_its_item(scene: Visited, entry: Entry) -> None:
    with pytest.raises(Invalid) as refused:
        scene.save(entry)
    assert list(refused.value.errors) == [entry.item_code]


def test_a_phone_whose_clock_is_wrong_is_told_so(scene: Visited) -> None:
    now = scene.flow.clock.now().at
    for at in (now + timedelta(hours=1), now - timedelta(days=31)):
        with pytest.raises(Invalid, match="检查手机时间"):
            scene.save(Entry("J1-01", 0, points="1", noted_at=at))


def test_recording_takes_the_score_of_the_checklist_whatever_was_typed(scene: Visited) -> None:
    worst = [line for line in scene.lines().values() if Decimal(line.before) >= 1][:6]
    scene.save(*(Entry(line.code, 0, points="0") for line in worst))
    total = scene.list().total
    row = scene.record(Decimal("99.00"))
    assert (row.score, row.passed) == (total, total >= 80)
    assert set(row.scored["items"]) >= {line.code for line in worst}
    with pytest.raises(WrongStep):
        scene.save(Entry("J1-01", 0, points="1"))


def test_without_checklist_and_score_nothing_is_recorded(scene: Visited) -> None:
    with pytest.raises(Invalid) as refused:
        scene.record(None)
    assert "score" in refused.value.errors


def test_others_neither_see_nor_write_it(scene: Visited) -> None:
    flow = scene.flow
    with pytest.raises(NotVisible):
        check_summary(
            actor=flow.be(flow.other_district.handler), public_id=scene.recheck, on=date(2026, 11, 23)
        )
    for who in (flow.district.signer, flow.city.handler):
        with pytest.raises(Forbidden):
            services.save_checks(
                actor=flow.be(who), clock=flow.clock, public_id=scene.recheck, entries=[Entry("J1-01", 0)]
            )
    scene.save(Entry("J1-01", 0, points="1"))
    enter(flow.enterprise)
    assert RecheckCheck.objects.count() == 0


def test_a_photo_sent_twice_is_kept_once(scene: Visited) -> None:
    flow = scene.flow

    def send(content: bytes = picture("JPEG")) -> str:
        return services.add_recheck_photo(
            actor=flow.be(flow.district.handler),
            clock=flow.clock,
            public_id=scene.recheck,
            item_code="J1-01",
            upload=SimpleUploadedFile("a.jpg", content, "image/jpeg"),
            shot=services.Shot("key-1", Moment.in_shanghai(date(2026, 11, 23), 9).at, "31.38", "120.95", "8"),
        )

    assert send() == send()
    photo = RecheckPhoto.objects.get()
    assert (photo.item_code, photo.accuracy_m) == ("J1-01", 8)
    [cell] = scene.lines()["J1-01"].photos
    assert cell.public_id == photo.public_id


class Elsewhere(Visited):
    """The same acts by the people of the other district."""

    @property
    def handler(self) -> Actor:
        return self.flow.be(self.flow.other_district.handler)


@pytest.fixture
def imported(scene: Visited) -> Elsewhere:
    """A visit to the holder of a 3A title of before the platform: nothing was filed or judged here."""
    flow = scene.flow
    firm = flow.neighbour
    title = titles.award_title(
        actor=flow.be(flow.city.leader or flow.city.signer),
        moment=flow.clock.now(),
        enterprise_id=firm.enterprise_id or 0,
        district=flow.other_district.handler.district or "",
        level=3,
        awarded_on=flow.clock.now().on - timedelta(days=900),
        document_no="苏工信节能〔2024〕12号",
        source_type="import",
        source_public_id="list-2024-7",
    )
    visit = services.plan_recheck(
        actor=flow.be(flow.other_district.handler),
        clock=flow.clock,
        title_public_id=title.public_id,
        planned_on=flow.clock.now().on,
        trigger="cycle",
    )
    return Elsewhere(flow, visit)


def test_a_title_of_before_the_platform_is_checked_from_an_empty_sheet(imported: Elsewhere) -> None:
    """Nothing stands where nobody looked: every item is to be scored, then the one scoring function adds up."""
    first = imported.list()
    lines = imported.lines()
    assert (first.before_total, first.total_text, first.gap, first.passed) == ("—", "0.00", "—", False)
    assert first.unscored == len(lines)
    assert first.scheme
    assert {line.before for line in lines.values()} == {"—"}
    imported.save(Entry("J1-01", 0, points=lines["J1-01"].maximum))
    assert imported.list().unscored == len(lines) - 1
    with pytest.raises(Invalid, match=f"还有 {len(lines) - 1} 项没有得分"):
        imported.record()
    absent = next(line for line in lines.values() if line.may_be_absent)
    with pytest.raises(Invalid, match="写明理由"):
        imported.save(Entry(absent.code, 0, points="不适用"))
    [kept] = imported.save(Entry(absent.code, 0, points="/", note="没有该工序。"))
    assert kept.points == "不适用"
    must = next(line for line in lines.values() if not line.may_be_absent and line.code != "J1-01")
    with pytest.raises(Invalid, match="不允许本条目不适用"):
        imported.save(Entry(must.code, 0, points="不适用", note="没有。"))
    rest = [line for line in lines.values() if line.code not in {"J1-01", absent.code}]
    imported.save(*(Entry(line.code, 0, points=line.maximum) for line in rest))
    found = imported.list()
    assert (found.unscored, found.total_text, found.passed) == (0, "100.00", True)
    row = imported.record(Decimal("12.00"))
    assert (row.score, row.passed) == (Decimal("100.00"), True)
    assert (row.scored["before"], row.scored["scheme"]) == (None, found.scheme)
    assert row.scored["items"][absent.code]["absent"] is True


def test_a_photo_of_such_a_visit_is_kept(imported: Elsewhere) -> None:
    services.add_recheck_photo(
        actor=imported.handler,
        clock=imported.flow.clock,
        public_id=imported.recheck,
        item_code="J1-01",
        upload=SimpleUploadedFile("a.jpg", picture("JPEG"), "image/jpeg"),
        shot=services.Shot("key-1", imported.flow.clock.now().at),
    )
    assert len(imported.lines()["J1-01"].photos) == 1


def test_a_figure_found_is_scored_from_the_empty_sheet(imported: Elsewhere) -> None:
    """What the formula gives: the same as given points would, or a word on what it still lacks."""
    line = next(one for one in imported.lines().values() if one.figures)
    imported.save(Entry(line.code, 0, figures={cell.code: "1" for cell in line.figures}))
    after = imported.lines()[line.code]
    assert [cell.found for cell in after.figures] == ["1"] * len(line.figures)
    assert (after.before, after.gap) == ("—", "")
    assert 0 <= Decimal(after.after) <= Decimal(line.maximum)


def test_without_a_fitting_system_the_page_says_so(imported: Elsewhere) -> None:
    Recheck.objects.filter(public_id=imported.recheck).update(starting_from={})
    with pytest.raises(NotVisible, match="直接登记复核结果"):
        imported.list()
    with pytest.raises(WrongStep, match="直接登记复核结果"):
        imported.save(Entry("J1-01", 0, points="1"))
    assert imported.record(Decimal("88.00")).score == Decimal("88.00")
