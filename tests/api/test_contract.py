"""What every endpoint keeps: gates, methods, strict bodies, bounded pages, one form for refusals, a fresh schema."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from apps.api import urls
from apps.api.base import Act, Endpoint, Listing
from apps.core.actor import Role
from suzhou_greenfactory.generated import openapi_page
from tests.api.callers import BASE, caller
from tests.unit.review import scenes


def endpoints(
    entries: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> list[tuple[str, type[Endpoint]]]:
    """Return (route, class) of every endpoint."""
    found: list[tuple[str, type[Endpoint]]] = []
    for entry in entries if entries is not None else urls.urlpatterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += endpoints(entry.url_patterns, route)
        else:
            found.append((route, entry.callback.cls))  # type: ignore[union-attr]  # DRF keeps the class there
    return found


ENDPOINTS = endpoints()
IDS = [route for route, _ in ENDPOINTS]


def address(route: str) -> str:
    """Return an address of *route* that names no row."""
    return BASE + re.sub(r"<[^>]+>", "nothing", route)


@pytest.mark.parametrize(("route", "view"), ENDPOINTS, ids=IDS)
def test_every_endpoint_declares_who_reads_and_who_writes(route: str, view: type[Endpoint]) -> None:
    assert view.audience, route
    assert (view.writers or view.audience) <= view.audience
    assert (view.readers or view.audience) <= view.audience
    assert Role.SYSTEM not in view.audience
    assert not {"put", "patch", "delete"} & set(view.http_method_names)
    if issubclass(view, Act):
        assert (view.answer is None) == (view.status == 204), "an act without an answer says 204"


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "view"), ENDPOINTS, ids=IDS)
def test_the_unknown_are_asked_to_sign_in(route: str, view: type[Endpoint]) -> None:
    """Gate 1 over HTTP: the public gets 401 where it is not named, never a page and never a row."""
    client = Client()
    for method, roles in (("get", view.readers), ("post", view.writers)):
        if not hasattr(view, method) or Role.PUBLIC in (roles or view.audience):
            continue
        response = getattr(client, method)(address(route), content_type="application/json")
        assert response.status_code == 401, (method, response.content)
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == "Session"


def test_other_roles_are_refused_before_any_row_is_looked_for(scene: scenes.Flow) -> None:
    people = {
        Role.ENTERPRISE: caller(scene.enterprise),
        Role.DISTRICT: caller(scene.district.handler),
        Role.MUNICIPAL: caller(scene.city.handler),
        Role.EXPERT: caller(scene.experts[0]),
    }
    for route, view in ENDPOINTS:
        for role, person in people.items():
            if role not in (view.writers or view.audience) and hasattr(view, "post"):
                body = person.client.post(address(route), "{}", content_type="application/json")
                assert body.status_code == 403, (route, role, body.content)
                assert body.json()["title"] == "该接口不属于您的职责范围。"


def test_foreign_rows_do_not_exist(scene: scenes.Flow) -> None:
    case = scene.submitted()
    stranger, other_district = caller(scene.neighbour), caller(scene.other_district.handler)
    for person in (stranger, other_district):
        refusal = person.get(f"applications/{case}/", expect=404)
        assert refusal == {
            "type": "urn:gf:NotVisible",
            "title": "没有找到这条记录，或它不在您的管辖范围内。",
            "status": 404,
        }
    other_district.post(f"applications/{case}/accept/", expect=404)
    assert caller(scene.district.handler).get(f"applications/{case}/")["case"]["public_id"] == case


def test_a_wrong_step_is_a_conflict_and_a_broken_rule_names_its_clause(scene: scenes.Flow) -> None:
    case = scene.submitted()
    handler = caller(scene.district.handler)
    handler.post(f"applications/{case}/preliminary/claim/", expect=404)
    assert handler.post(f"applications/{case}/pass-form-check/", {}, expect=409)["type"] == "urn:gf:WrongStep"
    draft = scene.draft(2)
    body = {"token": "another-token", "pledge": True, "signatory": "周敏"}
    refusal = caller(scene.enterprise).post(f"applications/{draft}/submit/", body, expect=422)
    assert refusal["type"] == "urn:gf:RuleBroken"
    assert all(
        line["rule"].startswith("R-") and line["clause"] and line["reason"] for line in refusal["refusals"]
    )


def test_a_stale_version_answers_what_is_stored(scene: scenes.Flow) -> None:
    case = scene.draft()
    enterprise = caller(scene.enterprise)
    item = enterprise.get(f"applications/{case}/sheet/")["items"][0]
    at = f"applications/{case}/answers/{item['code']}/"
    answer = {"not_applicable": False, "reason": "第一次"}
    enterprise.post(at, {"version": item["version"], "answer": answer})
    late = enterprise.post(at, {"version": item["version"], "answer": {"reason": "第二次"}}, expect=409)
    assert late["type"] == "urn:gf:Conflict"
    assert late["current"]["version"] == item["version"] + 1


def test_unknown_fields_are_named_and_nothing_changes(scene: scenes.Flow) -> None:
    case = scene.draft()
    enterprise = caller(scene.enterprise)
    before = enterprise.get(f"applications/{case}/")
    body = {"values": {}, "version": before["case"]["version"], "state": "awarded", "is_staff": True}
    refusal = enterprise.post(f"applications/{case}/profile/", body, expect=400)
    assert (refusal["unknown"], refusal["type"]) == (["is_staff", "state"], "urn:gf:UnknownFields")
    nested = {"answers": {"J1-01": {"met": True, "judged_points": "100"}}}
    assert enterprise.post(f"applications/{case}/answers/", nested, expect=400)["unknown"] == [
        "judged_points"
    ]
    assert enterprise.post(f"applications/{case}/submit/", {"version": 1}, expect=400)["unknown"] == [
        "version"
    ]
    caller(scene.district.handler).post(f"applications/{case}/accept/", {"district": "320506"}, expect=400)
    assert enterprise.get(f"applications/{case}/") == before


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"version": "1", "answer": {}}, "version"),
        ({"version": 1.5, "answer": {}}, "version"),
        ({"version": True, "answer": {}}, "version"),
        ({"version": 1, "answer": {"met": 1}}, "answer"),
        ({"version": 1, "answer": {"reason": 7}}, "answer"),
        ({"version": 1, "answer": []}, "answer"),
        ({"answer": {}}, "version"),
    ],
)
def test_types_are_not_guessed(scene: scenes.Flow, sent: object, field: str) -> None:
    case = scene.draft()
    refusal = caller(scene.enterprise).post(f"applications/{case}/answers/J1-01/", sent, expect=400)
    assert list(refusal["errors"]) == [field]


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', '{"version": NaN}', "[" * 100_000])
def test_bodies_that_are_no_object_are_refused(scene: scenes.Flow, body: str) -> None:
    client = caller(scene.enterprise).client
    case = scene.draft()
    response = client.post(f"{BASE}applications/{case}/profile/", body, content_type="application/json")
    assert response.status_code == 400, response.content[:300]
    assert response["Content-Type"] == "application/problem+json"


def test_only_json_in_and_out_and_only_get_and_post(scene: scenes.Flow) -> None:
    client = caller(scene.enterprise).client
    assert client.get(f"{BASE}rounds/", headers={"accept": "text/html"}).status_code == 406
    assert client.get(f"{BASE}rounds/", {"format": "api"}).status_code == 404
    assert client.get(f"{BASE}rounds.json").status_code == 404
    assert client.post(f"{BASE}applications/", {"round": "x"}).status_code == 415
    for method in (client.put, client.patch, client.delete, client.options, client.trace):
        assert method(f"{BASE}rounds/").status_code == 405
    override = client.post(
        f"{BASE}me/", "{}", content_type="application/json", headers={"x-http-method-override": "GET"}
    )
    assert override.status_code == 405


def test_pages_are_bounded(scene: scenes.Flow) -> None:
    handler = caller(scene.district.handler)
    shown = handler.get("enterprises/", page_size=10**9, page=10**9)
    assert (shown["total"], shown["page"], shown["pages"], len(shown["results"])) == (1, 1, 1, 1)
    for wrong in ({"page": "-1"}, {"page": "0"}, {"page_size": "many"}, {"page": "1.5"}):
        assert "errors" in handler.get("enterprises/", expect=400, **wrong)
    assert all(view.paged for _, view in ENDPOINTS if issubclass(view, Listing))


def test_a_signed_in_post_needs_the_csrf_token(scene: scenes.Flow) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = caller(scene.enterprise).client.cookies
    response = strict.post(
        f"{BASE}applications/", {"round": scene.round_id, "level": 3}, content_type="application/json"
    )
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


def test_audiences_read_different_things(scene: scenes.Flow) -> None:
    case = scene.signed()
    enterprise, handler = caller(scene.enterprise), caller(scene.district.handler)
    assert handler.get(f"applications/{case}/")["case"]["prelim_total"] == "85.00"
    assert "prelim_total" not in enterprise.get(f"applications/{case}/")["case"]
    [own] = enterprise.get("applications/")["results"]
    [official] = handler.get("applications/")["results"]
    assert official["prelim_total"] == "85.00"
    assert set(own) < set(official)
    assert not {"prelim_total", "panel_total", "decided_level"} & set(own)


def test_a_file_is_taken_in_and_attached(scene: scenes.Flow) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.unit.evidence.samples import picture

    case = scene.draft()
    enterprise = caller(scene.enterprise)
    file = SimpleUploadedFile("照片.png", picture("PNG"), content_type="image/png")
    response = enterprise.client.post(f"{BASE}applications/{case}/evidence/", {"file": file})
    assert response.status_code == 201, response.content
    stored = response.json()
    body = {"file": stored["public_id"], "place": "requirement", "code": "V-01"}
    assert enterprise.post(f"applications/{case}/evidence/attach/", body, expect=201)["count"] == 1
    [use] = enterprise.get(f"applications/{case}/evidence/")["results"]
    assert (use["file"], use["place"], use["code"]) == (stored["public_id"], "requirement", "V-01")


def test_pages_and_validity_of_a_file(scene: scenes.Flow) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.unit.evidence.samples import pdf

    case = scene.draft()
    enterprise = caller(scene.enterprise)
    sent = SimpleUploadedFile("证书.pdf", pdf(4), content_type="application/pdf")
    stored = enterprise.client.post(f"{BASE}applications/{case}/evidence/", {"file": sent}).json()
    where = {"place": "requirement", "code": "V-01"}
    body = {"file": stored["public_id"], **where}
    use = enterprise.post(f"applications/{case}/evidence/attach/", body, expect=201)["public_id"]
    pages = f"applications/{case}/evidence/pages/"
    enterprise.post(pages, {"use": use, **where, "page_from": 2, "page_to": 9}, expect=422)
    enterprise.post(pages, {"use": use, **where, "page_from": 2, "page_to": 3}, expect=204)
    [line] = enterprise.get(f"applications/{case}/evidence/")["results"]
    assert (line["page_from"], line["page_to"]) == (2, 3)
    assert enterprise.get("files/expiring/")["results"] == []
    enterprise.post(f"files/{stored['public_id']}/validity/", {"valid_until": "2020-01-01"}, expect=204)
    [expired] = enterprise.get("files/expiring/")["results"]
    assert (expired["public_id"], expired["valid_until"]) == (stored["public_id"], "2020-01-01")
    official = caller(scene.district.handler)
    official.post(f"files/{stored['public_id']}/validity/", {"valid_until": None}, expect=403)


def test_the_schema_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    page = openapi_page()
    assert capsys.readouterr().err == ""
    assert page.count("operationId:") == sum(
        hasattr(view, "get") + hasattr(view, "post") for _, view in ENDPOINTS
    )
    for route, _ in ENDPOINTS:
        printed = re.sub(r"<(?:str:)?([^>]+)>", r"{\1}", route)
        assert f"/api/v1/{printed}:" in page
