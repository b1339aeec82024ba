"""Every page of administrators and auditors, found from the address tables: axe and nothing sticking out sideways."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.db import transaction
from django.urls import reverse

from apps.core.actor import Actor, Role
from apps.portals.audit import urls as of_auditors
from apps.portals.ops import urls as of_administrators
from tests import worlds
from tests.e2e.people import Arrive
from tests.portals import scenes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

_PEOPLE = {
    "xitong": (Role.SYSTEM_ADMIN, "系统管理员甲"),
    "anquan": (Role.SECURITY_ADMIN, "安全管理员乙"),
    "shenji": (Role.AUDITOR, "审计管理员丙"),
}
#: A page; an act that takes posts only; an address of old messages that leads to a page.
_ANSWERED = (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FOUND)
_SHARED = ("/account/", "/messages/", "/messages/settings/", "/jobs/", "/help/")


def test_every_page_of_administrators_and_auditors(arrive: Arrive) -> None:
    """Each page is visited by the first of the three who may; an address nobody gets an answer from is a fault."""
    with transaction.atomic():
        scene = scenes.build(prerequisite_required=False)
        case = scenes.submitted_application(scene, 1)
        actors = {
            username: worlds.staff_member(scene.clock, username, name, role=role, duties=[])
            for username, (role, name) in _PEOPLE.items()
        }
    unopened = set(_addresses(actors["xitong"], case))
    barriers = []
    for username, actor in actors.items():
        with transaction.atomic():
            client = scenes.signed_in(actor)
        answers = {page: client.get(page).status_code for page in sorted(unopened)}
        pages = [page for page, status in answers.items() if status == HTTPStatus.OK]
        unopened -= {page for page, status in answers.items() if status in _ANSWERED}
        person = arrive(username)
        for page in (*pages, *_SHARED) if username == "shenji" else pages:
            try:
                person.open(page).finds_no_barrier().fits()
            except AssertionError as barrier:  # one visit tells about every page
                barriers.append(str(barrier))
    assert not barriers, "\n".join(barriers)
    assert not unopened, "谁也打不开的页面"


def _addresses(somebody: Actor, case: str) -> list[str]:
    """Return every address of both portals; what takes posts only is told by its answer."""
    told = {"user_id": somebody.user_id, "code": worlds.KUNSHAN, "public_id": case}
    found = []
    for urls in (of_administrators, of_auditors):
        for pattern in urls.urlpatterns:
            names = pattern.pattern.converters
            if set(names) <= set(told):
                arguments = {name: told[name] for name in names}
                found.append(reverse(f"{urls.app_name}:{pattern.name}", kwargs=arguments))
    return found
