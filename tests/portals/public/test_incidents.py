"""反映问题 through the pages: told on the public site, handled in the district, asked for with the receipt."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.portals.test_rectify_pages import Office


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture(autouse=True)
def _nobody_has_written_yet() -> None:
    """What other tests of this process have sent from this address counts within the hour."""
    cache.clear()


def test_from_the_public_form_to_the_answer(office: Office) -> None:
    watch, public = office.watch, Client()
    asked = {"title": watch.title, "party": "anonymous", "matter": "厂区夜间排放浓烟。"}
    new = reverse("public:incident_new")
    assert "反映该企业的问题" in public.get(reverse("public:title", args=[watch.title])).content.decode()
    assert "先在名录中找到" in public.get(new).content.decode()
    assert public.get(new, {"title": watch.title}).status_code == 200
    wrong = public.post(new, asked | {"matter": ""})
    assert wrong.status_code == 422
    assert public.post(new, asked | {"title": "nothing"}).status_code == 404
    assert public.get(reverse("public:incident_done")).status_code == 302
    assert public.post(new, asked).status_code == 302
    kept = re.findall(
        r"<dd class=\"num strong\">(.+?)</dd>", public.get(reverse("public:incident_done")).content.decode()
    )
    listing = office.send(watch.district.handler, "/d/incidents/").content.decode()
    path = re.search(r"/d/incidents/(\w+)/", listing)
    assert path is not None
    assert office.send(watch.other_district.handler, path.group()).status_code == 404
    assert office.send(watch.city.leader, path.group()).status_code == 403
    assert office.send(watch.enterprise, path.group()).status_code == 403
    assert office.send(watch.city.leader, f"/m/incidents/{path.group(1)}/").status_code == 200
    handle = f"{path.group()}handle/"
    handler = watch.district.handler
    assert office.send(handler, handle, {"deed": "decline", "answer": ""}).status_code == 422
    assert office.send(handler, handle, {"deed": "recheck", "planned_on": "x"}).status_code == 422
    assert office.send(handler, handle, {"deed": "deal", "answer": "已核实，设施正常。"}).status_code == 302
    assert office.send(handler, handle, {"deed": "deal", "answer": "又。"}).status_code == 409
    status = reverse("public:incident_status")
    asked_for = public.post(status, {"receipt_no": kept[0], "query_code": kept[1]}).content.decode()
    assert "已核实，设施正常。" in asked_for
    assert public.post(status, {"receipt_no": kept[0], "query_code": "x"}).status_code == 404
