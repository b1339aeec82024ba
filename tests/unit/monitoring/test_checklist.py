"""A recheck scored from what is found at the site, entered by a phone that may send everything twice (R-36)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.monitoring import services
from apps.monitoring.checklists import check_summary
from apps.monitoring.models import RecheckCheck, RecheckPhoto
from apps.monitoring.services import Entry
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
