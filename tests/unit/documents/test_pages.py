"""Papers over HTTP: the button, the download, the spreadsheet, and every refusal as its page."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.documents import kinds, services
from apps.jobs import services as job_services
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles
from tests.unit.documents.conftest import City


def signed_in(city: City, actor: Actor) -> Client:
    """Return a browser in which *actor* has signed in."""
    city.be(Actor.system())
    client = Client()
    client.force_login(
        User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def press(client: Client, kind: str, public_id: str, **more: str) -> Any:
    return client.post(reverse("request_document"), {"kind": kind, "public_id": public_id, **more})


def test_from_the_button_to_the_file(city: City) -> None:
    actor = city.enterprise("rectifying")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 3).public_id
    client = signed_in(city, actor)
    answer = press(client, kinds.CERTIFICATE, title)
    assert answer.status_code == 302
    job = answer["Location"].rstrip("/").rsplit("/", 1)[1]
    assert answer["Location"] == reverse("job", args=[job])
    assert job_services.run_job(clock=city.clock, public_id=job, keep_lease=False)
    assert client.get(reverse("job", args=[job])).status_code == 200
    answer = press(client, kinds.CERTIFICATE, title)
    found = client.get(answer["Location"])
    assert found.status_code == 200
    assert found["Content-Type"] == "application/pdf"
    assert found["Content-Disposition"].startswith("attachment")
    assert b"".join(found.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert signed_in(city, city.enterprise("confirmable")).get(answer["Location"]).status_code == 404
    assert Client().get(answer["Location"]).status_code == 404


def test_proxy_sends_the_file_where_there_is_one(city: City, settings: Any) -> None:
    settings.GF_X_ACCEL_PREFIX = "/protected/"
    notice = publicity.notices_page(actor=city.handler).rows[0].public_id
    job = services.request_document(
        actor=city.handler, clock=city.clock, kind=kinds.NOTICE, public_id=notice
    ).job
    job_services.run_job(clock=city.clock, public_id=job, keep_lease=False)
    document = services.request_document(
        actor=city.handler, clock=city.clock, kind=kinds.NOTICE, public_id=notice
    ).document
    found = Client().get(reverse("document", args=[document]))
    assert found.status_code == 200
    assert found["X-Accel-Redirect"].startswith("/protected/documents/")
    assert found.content == b""


def test_refusals_have_their_pages(city: City) -> None:
    enterprise = signed_in(city, city.enterprise("submitted"))
    case = city.case("submitted").public_id
    assert press(enterprise, kinds.SCORE_SHEET, case).status_code == 403
    assert press(enterprise, kinds.SUPPLEMENT, case).status_code == 409
    assert press(enterprise, "letter", case).status_code == 404
    assert press(enterprise, kinds.RECEIPT, city.case("draft").public_id).status_code == 404
    assert press(Client(), kinds.RECEIPT, case)["Location"].startswith("/accounts/login/")


def test_public_list_is_fetched_again_only_after_a_change(city: City) -> None:
    del city
    address = reverse("export_workbook", args=["directory", "all"])
    found = Client().get(address)
    assert found.status_code == 200
    assert found.content.startswith(b"PK")
    again = Client().get(address, headers={"If-None-Match": found["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert Client().get(reverse("export_workbook", args=["board", "x"])).status_code == 403
    assert Client().get(reverse("export_workbook", args=["nothing", "x"])).status_code == 404
