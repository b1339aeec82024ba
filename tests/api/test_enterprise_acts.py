"""What the enterprise portal does, over HTTP: library, licence, commitment, people, messages, calendar, scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.review import services as review
from tests.api.callers import caller
from tests.portals import scenes
from tests.unit.evidence.samples import pdf
from tests.unit.review import scenes as cases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


def paper(name: str = "证书.pdf", pages: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(pages))


def test_the_library_is_its_enterprises_own(scene: scenes.Scene) -> None:
    boss, neighbour = caller(scene.enterprise), caller(scene.neighbour)
    kept = boss.send("files/", {"file": paper()}, expect=201)["public_id"]
    assert [row["public_id"] for row in boss.get("files/")["results"]] == [kept]
    assert neighbour.get("files/")["total"] == 0
    caller(scene.district.handler).get("files/", expect=403)
    boss.send("files/", {"file": SimpleUploadedFile("坏.pdf", b"nothing")}, expect=422)
    neighbour.send(f"files/{kept}/replace/", {"file": paper(pages=2)}, expect=404)
    newer = boss.send(f"files/{kept}/replace/", {"file": paper(pages=2), "valid_until": "2030-01-01"})
    assert (newer["moved"], newer["kept"]) == (0, 0)
    neighbour.post(f"files/{kept}/remove/", expect=404)
    boss.post(f"files/{kept}/remove/", expect=204)
    assert [row["valid_until"] for row in boss.get("files/")["results"]] == ["2030-01-01"]


def test_licence_and_commitment_over_http(scene: scenes.Scene) -> None:
    boss = caller(scene.enterprise)
    boss.send("enterprises/mine/licence/", {"file": paper("营业执照.pdf")}, expect=201)
    caller(scene.city.handler).send("enterprises/mine/licence/", {"file": paper()}, expect=403)
    case = scenes.filled_application(scene)
    path = f"applications/{case}/commitment/"
    digest = boss.get(path)["digest"]
    boss.send(path, {"file": paper(), "digest": "0" * 64}, expect=422)
    assert boss.send(path, {"file": paper(pages=3), "digest": digest}, expect=201)["is_current"]
    caller(scene.neighbour).send(path, {"file": paper(), "digest": digest}, expect=404)
    caller(scene.district.handler).send(path, {"file": paper(), "digest": digest}, expect=403)
    handed_in = scenes.submitted_application(scene, 2)
    boss.send(f"applications/{handed_in}/commitment/", {"file": paper(), "digest": digest}, expect=409)


def test_people_of_the_enterprise_over_http(scene: scenes.Scene) -> None:
    boss = caller(scene.enterprise)
    invited = boss.post("enterprises/mine/invitations/", {"name": "吴海燕", "duties": ["clerk"]}, expect=201)
    assert [row["name"] for row in boss.get("enterprises/mine/invitations/")["results"]] == ["吴海燕"]
    enter(Actor.public())
    accounts.accept_invitation(
        actor=Actor.public(),
        clock=scene.clock,
        token=invited["token"],
        data=accounts.Joining("haiyan", "Tests-Only-2026", "吴海燕", "13900000000", "", consent=True),
    )
    member = "enterprises/mine/members/haiyan/"
    assert {row["username"] for row in boss.get("enterprises/mine/members/")["results"]} == {"ent1", "haiyan"}
    caller(scene.neighbour).post(f"{member}active/", {"active": False}, expect=404)
    caller(scene.district.handler).post(f"{member}duties/", {"duties": ["clerk"]}, expect=403)
    boss.post(f"{member}duties/", {"duties": ["king"]}, expect=422)
    boss.post(f"{member}duties/", {"duties": ["clerk"]}, expect=204)
    boss.post(f"{member}active/", {"active": False}, expect=204)
    enter(Actor.system())
    clerk = User.objects.get(username="haiyan")
    assert not clerk.is_active


def test_messages_their_settings_and_the_calendar_over_http(scene: scenes.Scene) -> None:
    scenes.submitted_application(scene)
    boss = caller(scene.enterprise)
    [newest, *_] = boss.get("messages/", unread_only="true")["results"]
    caller(scene.neighbour).post(f"messages/{newest['public_id']}/read/", expect=404)
    boss.post(f"messages/{newest['public_id']}/read/", expect=204)
    boss.post("messages/read/", expect=204)
    assert boss.get("messages/", unread_only="true")["total"] == 0
    boss.post("messages/settings/", {"progress_by_mail": False, "muted": ["deadline_reminder"]}, expect=422)
    boss.post("messages/settings/", {"progress_by_mail": False}, expect=204)
    assert boss.get("messages/settings/")["progress_by_mail"] is False
    address = boss.post("messages/calendar/open/", expect=201)["address"]
    feed = "/calendar/" + address.split("/calendar/")[1]
    assert Client().get(feed).status_code == 200
    boss.post("messages/calendar/close/", expect=204)
    assert Client().get(feed).status_code == 404
    caller().get("messages/", expect=401)


def test_scores_are_told_only_after_the_decision(clock: FixedClock) -> None:
    """Signed by the district, the score is still its own affair; with the decision both page and interface tell it."""
    flow = cases.build(clock)
    case = flow.signed("75.00", 2)
    boss, page = caller(flow.enterprise), f"/e/applications/{case}/"
    boss.get(f"applications/{case}/scores/", expect=404)
    assert "逐项查看得分和扣分原因" not in boss.client.get(page).content.decode()
    review.propose_ruling(actor=flow.be(flow.district.handler), clock=flow.clock, public_id=case)
    boss.get(f"applications/{case}/scores/", expect=404)
    signer = flow.be(flow.district.signer)
    review.sign_ruling(actor=signer, clock=flow.clock, public_id=case, document_no="昆工信〔2026〕12号")
    found = boss.get(f"applications/{case}/scores/")
    assert found["columns"] == ["自评", "属地初评表"]
    assert found["totals"][1] == "75.00"
    assert len(found["trails"]) == 97
    assert "逐项查看得分和扣分原因" in boss.client.get(page).content.decode()
    caller(flow.district.handler).get(f"applications/{case}/scores/", expect=403)
    caller(flow.neighbour).get(f"applications/{case}/scores/", expect=404)


def test_the_years_figures_go_into_the_file_over_http(scene: scenes.Scene) -> None:
    case = scenes.filled_application(scene)
    path = f"applications/{case}/measurements/keep/"
    caller(scene.neighbour).post(path, expect=404)
    assert caller(scene.enterprise).post(path)["year"] == 2025
