"""Members and dated changes over HTTP: the same rules as the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Enterprise, User
from apps.core.actor import Actor
from apps.core.scoping import enter
from tests.api.callers import caller
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


def test_inviting_joining_and_handing_over(scene: scenes.Scene) -> None:
    boss = caller(scene.enterprise)
    made = boss.post("enterprises/mine/invitations/", {"name": "吴海燕", "duties": ["clerk"]}, expect=201)
    form = {
        "token": made["token"],
        "username": "haiyan",
        "password": "Tests-Only-2026",
        "person_name": "吴海燕",
        "phone": "13900000000",
        "consent": True,
    }
    public = caller()
    public.post("invitations/accept/", {**form, "phone": "12"}, expect=422)
    public.post("invitations/accept/", form, expect=204)
    public.post("invitations/accept/", {**form, "username": "again"}, expect=404)
    boss.post("enterprises/mine/hand-over/", {"username": "nobody"}, expect=404)
    boss.post("enterprises/mine/hand-over/", {"username": "haiyan"}, expect=204)
    enter(Actor.system())
    assert set(User.objects.get(username="haiyan").duties) == {"clerk", "responsible"}


def test_a_change_over_http(scene: scenes.Scene, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    boss = caller(scene.enterprise)
    form = {"kind": "rename", "effective_on": "2026/1/5", "name": "昆山接口改名有限公司"}
    boss.send("enterprises/mine/changes/", {**form, "effective_on": "2026-02-30"}, expect=422)
    boss.send("enterprises/mine/changes/", form, expect=422)
    paper = SimpleUploadedFile("变更核准通知书.pdf", pdf())
    made = boss.send("enterprises/mine/changes/", {**form, "document": paper}, expect=201)["public_id"]
    assert [row["public_id"] for row in boss.get("enterprises/mine/changes/")["results"]] == [made]
    assert caller(scene.neighbour).get("enterprises/mine/changes/")["total"] == 0
    caller(scene.other_district.handler).post(f"changes/{made}/confirm/", {}, expect=404)
    boss.post(f"changes/{made}/confirm/", {}, expect=403)
    caller(scene.district.handler).post(f"changes/{made}/confirm/", {}, expect=204)
    enter(Actor.system())
    assert Enterprise.objects.get(pk=scene.enterprise.enterprise_id).name == "昆山接口改名有限公司"
