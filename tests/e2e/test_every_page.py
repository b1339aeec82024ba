"""Every page of the enterprise portal, in one session: axe in light, dark and large type, nothing sticking out sideways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.applications import selectors
from apps.applications import services as applications
from apps.applications.services import ReturnItem
from apps.evidence import services as evidence
from apps.scoring import selectors as selectors_of_scoring
from apps.scoring import services as scoring
from tests.e2e.people import Arrive
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

_PAGES = (
    "",
    "rounds/?level=3",
    "applications/",
    "file/",
    "file/years/{year}/",
    "library/",
    "files/{file}/about/",
    "titles/",
    "annual/",
    "rectify/",
    "org/",
    "org/members/",
    "org/changes/",
    "org/changes/new/rename/",
    "org/changes/new/move/",
    "selftest/",
)
_CASE = (
    "",
    "scheme/",
    "profile/",
    "third-party/",
    "basics/",
    "report/",
    "evaluate/?item=J1-01",
    "evaluate/?item=K5-01",
    "evaluate/?item=H1-02",
    "measurements/",
    "measurements/from-file/",
    "evidence/section/overview/",
    "evidence/item/J1-01/choose/",
    "improve/",
    "check/",
)
_HANDED_IN = ("", "done/", "evaluate/?item=J1-01", "report/")
_RETURNED = ("", "supplement/", "evaluate/?item=J1-01")
_SHARED = ("/messages/", "/messages/settings/", "/account/", "/jobs/", "/help/", "/help/fill-in/")


def test_every_page_of_the_enterprise_portal(arrive: Arrive) -> None:
    """A draft, a case handed in and a case returned, a file, a certificate, a self-test: every page has something on it."""
    with transaction.atomic():
        scene = scenes.build(prerequisite_required=False)
        found = _furnished(scene)
    clerk = arrive("ent1")
    pages = [f"/e/{page.format(**found)}" for page in _PAGES]
    for name, several in (("draft", _CASE), ("handed_in", _HANDED_IN), ("returned", _RETURNED)):
        pages += [f"/e/applications/{found[name]}/{page}" for page in several]
    pages += [f"/e/selftest/{found['trial']}/", f"/e/selftest/{found['trial']}/improve/", *_SHARED]
    barriers = []
    for page in pages:
        try:
            clerk.open(page).sees_no_barrier_anywhere()
        except AssertionError as barrier:  # one visit tells about every page
            barriers.append(str(barrier))
    assert not barriers, "\n".join(barriers)


def _furnished(scene: scenes.Scene) -> dict[str, str]:
    """Return the public ids of what the pages show."""
    handed_in = scenes.submitted_application(scene, 2)
    returned = scenes.returned_application(
        scene,
        [
            ReturnItem("item", "缺少依据", "请补充", "J1-01"),
            ReturnItem("report", "过简", "请补充", "overview"),
        ],
        1,
    )
    draft = scenes.filled_application(scene, 3)
    actor, clock = scene.be(scene.enterprise), scene.clock
    applications.save_profile(
        actor=actor,
        clock=clock,
        public_id=draft,
        values={"evaluation_mode": "third_party", "third_party_name": "示例评价机构有限公司"},
        version=selectors.application_file(actor=actor, public_id=draft).part_versions.get("profile", 0),
    )
    stored = evidence.store_upload(
        actor=actor, clock=clock, upload=SimpleUploadedFile("检测报告.pdf", pdf(2))
    )
    applications.save_holding(
        actor=actor,
        clock=clock,
        data=applications.HoldingData(
            "energy", "EN-1", valid_until=clock.now().on + timedelta(days=30), file=stored.public_id
        ),
    )
    return {
        "draft": draft,
        "handed_in": handed_in,
        "returned": returned,
        "file": stored.public_id,
        "trial": _trial(scene),
        "year": str(clock.now().on.year - 1),
    }


def _trial(scene: scenes.Scene) -> str:
    actor, on = scene.be(scene.enterprise), scene.clock.now().on
    [scheme, *_] = selectors_of_scoring.suggest_schemes(actor=actor, industry_code="2651", on=on)
    return scoring.open_trial(
        actor=actor, clock=scene.clock, scheme_id=scheme.id, industry_code="2651", title="年中自测"
    )
