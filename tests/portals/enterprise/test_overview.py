"""Home, rounds, titles, message settings and the calendar: what an enterprise sees before and after applying."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from apps.applications import selectors as applications
from apps.applications.models import Round
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.notifications.models import MailPreference
from tests.portals import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


@pytest.fixture
def boss(scene: scenes.Scene) -> Client:
    return scenes.signed_in(scene.enterprise)


def test_every_open_round_is_judged_before_anything_is_filled_in(scene: scenes.Scene, boss: Client) -> None:
    page = boss.get("/e/rounds/").content.decode()
    overview = page[page.index('id="overview"') : page.index('id="round"')]
    assert overview.count("<tr>") == 1 + 3  # the head, and 1A, 2A, 3A
    assert overview.count('data-label="判定"') == 3
    assert "另有 2 项填报时核对" in overview
    assert "来源：企业登记" in page
    assert "逾期年表" in page


def test_the_overview_agrees_with_the_single_judgement(scene: scenes.Scene) -> None:
    actor, now = scene.be(scene.enterprise), Moment.of(timezone.now())
    for one in applications.eligibilities(actor=actor, moment=now):
        alone = applications.eligibility(
            actor=actor, round_public_id=one.round.public_id, level=one.level, moment=now
        )
        assert alone.lines == one.lines
        assert alone.application_public_id == one.application_public_id


def test_the_home_page_says_who_has_the_case_in_plain_words(scene: scenes.Scene, boss: Client) -> None:
    scenes.submitted_application(scene)
    text = boss.get("/e/").content.decode()
    assert "昆山市工业和信息化局待受理，最迟" in re.sub(r"<[^>]+>", "", text)


def feed_address(page: str) -> str:
    found = re.search(r'id="calendar-address"[^>]*value="https?://[^/]+([^"]+)"', page)
    assert found
    return found[1]


def test_the_calendar_holds_own_deadlines_only_and_can_be_ended(
    scene: scenes.Scene, boss: Client, client: Client
) -> None:
    scenes.returned_application(
        scene,
        [
            scenes.applications.ReturnItem(
                part="profile", code="", reason="产值与年报不一致", wanted="请核对后修改"
            )
        ],
    )
    address = feed_address(boss.post("/messages/settings/calendar/").content.decode())
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    [owed] = [event for event in events if event["status"] == "CONFIRMED"]
    assert "补正" in str(owed["summary"])
    assert "/e/applications/" in str(owed["url"])
    # the window of the round, met by submitting: the program is told to drop it
    [met] = [event for event in events if event["status"] == "CANCELLED"]
    assert (str(met["summary"])[:5], met["sequence"]) == ("【已完成】", 1)
    neighbour = scenes.signed_in(scene.neighbour)
    theirs = client.get(feed_address(neighbour.post("/messages/settings/calendar/").content.decode()))
    assert not Calendar.from_ical(theirs.content).walk("VEVENT")
    renewed = feed_address(boss.post("/messages/settings/calendar/").content.decode())
    assert client.get(address).status_code == 404
    assert client.get(renewed).status_code == 200
    boss.post("/messages/settings/calendar/close/")
    assert client.get(renewed).status_code == 404
    assert client.get("/calendar/guessed/deadlines.ics").status_code == 404


def test_the_calendar_stops_with_the_account(scene: scenes.Scene, boss: Client, client: Client) -> None:
    address = feed_address(boss.post("/messages/settings/calendar/").content.decode())
    enter(Actor.system())
    scenes.User.objects.filter(pk=scene.enterprise.user_id).update(is_active=False)
    assert client.get(address).status_code == 404


def test_single_progress_messages_can_be_left_out_and_results_cannot(
    scene: scenes.Scene, boss: Client
) -> None:
    page = boss.get("/messages/settings/").content.decode()
    codes = re.findall(r'name="mailed" value="([^"]+)"', page)
    assert "city_accepted" in codes
    assert "not_awarded" not in codes
    kept = [code for code in codes if code != "city_accepted"]
    assert boss.post("/messages/settings/", {"progress_by_mail": "on", "mailed": kept}).status_code == 302
    enter(Actor.system())
    row = MailPreference.objects.get(user_id=scene.enterprise.user_id)
    assert (row.progress_by_mail, row.muted) == (True, ["city_accepted"])


def test_pages_need_the_same_number_of_queries_however_many_deadlines(
    scene: scenes.Scene, boss: Client
) -> None:
    def count(path: str) -> int:
        with scenes.statements() as found:
            assert boss.get(path).status_code == 200
        return len(found)

    boss.get("/e/rounds/")
    few = count("/e/"), count("/e/rounds/")
    enter(Actor.system())
    for number in range(5):
        _another_round(scene, number)
    assert (count("/e/"), count("/e/rounds/")) == few


def _another_round(scene: scenes.Scene, number: int) -> None:
    enter(Actor.system())
    row = Round.objects.get(public_id=scene.round_id)
    row.pk, row.public_id, row.code = None, f"another{number:07d}", f"20{number}9Z"
    row.opens_at = timezone.now() + timedelta(days=2)
    row._state.adding = True
    row.save()
