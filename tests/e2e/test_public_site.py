"""Every public page in a browser: no barrier at any display, nothing refused by the content policy, footer and help."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from tests.e2e.people import Arrive
from tests.portals.public.test_site import STATIC_PAGES, award
from tests.unit.review import scenes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
#: Pages that need no row, beside those the tests of content name.
OTHERS = (
    "/help/",
    "/directory/data/",
    "/draws/",
    "/spot-checks/",
    "/verify/none-such-token/",
    "/district-notices/",
)


def test_no_public_page_has_a_barrier(arrive: Arrive) -> None:
    with transaction.atomic():
        scene = scenes.build(scenes.morning(), experts=3)
        scene.on_notice()
        title = award(scene, 3, to=scene.neighbour)
        enter(Actor.system())
        entry = scene.entry()
    visitor = arrive("")
    pages = [
        *STATIC_PAGES,
        *OTHERS,
        f"/calls/{scene.round_id}/",
        f"/notices/{scene.notice}/",
        f"/directory/{title.public_id}/",
        f"/verify/{title.verify_token}/",
        f"/objection/new/?entry={entry}",
    ]
    for path in pages:
        visitor.open(path).finds_no_barrier()
        visitor.sees("footer", "主办：", "网站标识码", "无障碍声明")
    visitor.open("/policy/").page.locator("a[href^='/policy/systems/']").first.click()
    visitor.finds_no_barrier()
    visitor.open("/directory/").sees_no_barrier_anywhere()
    visitor.faults = [fault for fault in visitor.faults if not re.search(r"/verify/none-such-token/", fault)]
