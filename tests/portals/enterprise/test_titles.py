"""The title in the enterprise's hands: code and plaque to take away, under the name it bears now."""

from __future__ import annotations

import pypdfium2
import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.states import RENAME
from apps.core.actor import Actor
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.states import MET
from apps.portals.base.templatetags.gf import cn_date
from apps.portals.enterprise.pages import home
from apps.titles import selectors as titles
from apps.titles.models import Title
from tests.portals import scenes
from tests.unit.review import scenes as cases
from tests.unit.titles import scenes as registers

pytestmark = pytest.mark.django_db
_NAME = "昆山新名材料有限公司"


@pytest.fixture
def flow(clock: FixedClock) -> cases.Flow:
    found = cases.build(clock)
    found.ruled("75.00", 2)
    return found


def _title() -> Title:
    enter(Actor.system())
    return Title.objects.get(level=2)


def test_the_plaque_can_be_made_from_every_file(flow: cases.Flow) -> None:
    title, browser = _title(), scenes.signed_in(flow.enterprise)
    page = f"/e/titles/{title.public_id}/"
    assert f"{page}plaque.pdf" in browser.get("/e/titles/").content.decode()
    drawn = browser.get(f"{page}plaque.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert title.enterprise_name in drawn.content.decode()
    assert browser.get(f"{page}plaque.png").content.startswith(b"\x89PNG")
    plate = pypdfium2.PdfDocument(browser.get(f"{page}plaque.pdf").content)
    width, height = plate[0].get_size()
    plate.close()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (600, 400)
    assert browser.get(f"{page}qr.png").content.startswith(b"\x89PNG")
    assert browser.get(f"{page}plaque.exe").status_code == 404
    assert scenes.signed_in(flow.neighbour).get(f"{page}plaque.svg").status_code == 404
    assert scenes.signed_in(flow.district.handler).get(f"{page}plaque.svg").status_code == 403


@pytest.mark.rule("R-43")
def test_title_and_plaque_bear_the_new_name_after_a_confirmed_rename(flow: cases.Flow) -> None:
    old = _title().enterprise_name
    change = accounts.request_change(
        actor=flow.be(flow.enterprise),
        clock=flow.clock,
        data=accounts.Change(kind=RENAME, effective_on=flow.clock.now().on, name=_NAME),
    )
    browser = scenes.signed_in(flow.enterprise)
    plaque = f"/e/titles/{_title().public_id}/plaque.svg"
    assert old in browser.get(plaque).content.decode()
    accounts.confirm_change(actor=flow.be(flow.district.handler), clock=flow.clock, public_id=change)
    assert _NAME in browser.get(plaque).content.decode()
    title = _title()
    assert (title.enterprise_name, old in title.former_names) == (_NAME, True)
    public = Client().get("/directory/", {"q": old}).content.decode()
    assert _NAME in public


@pytest.mark.rule("R-11")
def test_during_a_ban_no_next_level_is_promised(clock: FixedClock) -> None:
    scene = registers.build(clock)
    scene.cancelled(2)
    page = scenes.signed_in(scene.enterprise).get("/e/titles/").content.decode()
    assert "禁报期至" in page
    assert "目前没有有效称号" in page
    assert "禁报期内不能申报" in page
    assert "可评定为" not in page
    assert "查看可申报批次" not in page


@pytest.mark.rule("R-11")
def test_after_a_ban_the_first_page_says_that_one_may_apply_again(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = registers.build(clock)
    scene.cancelled(2)
    enter(Actor.system())
    [ban] = titles.bans_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id or 0)
    assert "禁报期已届满" not in scenes.signed_in(scene.enterprise).get("/e/").content.decode()
    enter(Actor.system())
    # the ban has lifted itself
    Obligation.objects.update(state=MET, closed_at=scene.clock.now().at)
    monkeypatch.setattr(home, "shown_now", lambda: Moment.in_shanghai(ban.until_on, 9))
    page = scenes.signed_in(scene.enterprise).get("/e/").content.decode()
    assert "目前没有有效称号" in page
    assert f"2A 级称号已取消，自 {cn_date(ban.until_on)}起可以重新申报" in page
    assert "尚未获评" not in page
