"""The scoring desk over HTTP: saving a row, conflicts, refusals, the form without scripts, and how much it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from apps.core.actor import Actor
from apps.scoring import selectors as sheets
from tests.portals.district import scenes

Browser = Callable[[Actor], Client]
#: The request's own transaction: a savepoint in tests, BEGIN and COMMIT in life.
TRANSACTION = 2
#: Bytes of the desk's page before compression.
_LARGEST_PAGE = 60 * 1024
JSON = {"HTTP_ACCEPT": "application/json"}


def _rows(scene: scenes.Scene, public_id: str) -> list[sheets.RowView]:
    actor = scene.act_as(scene.district.handler)
    view = sheets.compare_view(actor=actor, public_id=scene.sheet(public_id))
    return [row for dimension in view.dimensions for group in dimension.groups for row in group.rows]


def _row(scene: scenes.Scene, public_id: str, code: str) -> sheets.RowView:
    return next(row for row in _rows(scene, public_id) if row.code == code)


def _entry(code: str, points: str, *, version: int = 1, reason: str = "") -> dict[str, Any]:
    return {f"p-{code}": points, f"r-{code}": reason, f"v-{code}": str(version)}


def test_the_desk_shows_every_item_with_its_self_score(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    response = browser(scene.district.handler).get(f"/d/scoring/{public_id}/")
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<tr data-row=") == 97
    assert html.count('class="si" name="p-') == 97
    assert len(response.content) <= _LARGEST_PAGE, (
        "the desk is opened forty times a day, also on a phone on site"
    )
    assert "readonly" not in html


def test_filling_in_offline_leads_back_to_the_desk(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    handler = browser(scene.district.handler)
    html = handler.get(f"/d/scoring/{public_id}/").content.decode()
    offline = next(part for part in html.split('"') if part.startswith("/imports/new/score_sheet/?sheet="))
    assert f'href="/d/scoring/{public_id}/"' in handler.get(offline).content.decode()
    foreign = browser(scene.other_district.handler).get(offline).content.decode()
    assert public_id not in foreign


def test_the_filter_of_doubts_lists_what_wants_a_second_look(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    claimed = {row.code for row in _rows(scene, public_id) if row.cells["self"].points}
    quiet = min(
        row.code
        for row in _rows(scene, public_id)
        if row.code not in claimed and not row.needs_judgement and not row.claims_not_applicable
    )

    def listed() -> set[str]:
        html = client.get(f"/d/scoring/{public_id}/?show=doubt").content.decode()
        return set(re.findall(r'<tr[^>]* data-row="([^"]+)"', html))

    assert claimed <= listed(), "points without any evidence"
    assert quiet not in listed(), "nothing is claimed, nothing is open"
    before = client.get(f"/d/scoring/{public_id}/sums/").json()["live"]["doubt"]
    assert before == str(len(listed()))
    client.post(f"/d/scoring/{public_id}/remarks/", {"item": quiet, "audience": "internal", "text": "待核。"})
    assert quiet in listed()
    after = client.get(f"/d/scoring/{public_id}/sums/").json()["live"]["doubt"]
    assert after == str(len(listed())) == str(int(before) + 1), (
        "the page's script learns the count after each save"
    )


def test_saving_a_row_answers_with_the_servers_figures(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    own = _row(scene, public_id, "J1-01").baseline
    assert own is not None
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/items/J1-01/"
    answer = client.post(url, _entry("J1-01", own.text), **JSON)
    assert answer.status_code == 200
    body = answer.json()
    assert body["version"] == 2
    assert body["live"]["total"] == own.text
    assert body["live"]["answered"] == "1"
    assert body["live"]["remaining"] == "96"
    assert _row(scene, public_id, "J1-01").own.text == own.text
    sums = client.get(f"/d/scoring/{public_id}/sums/").json()["live"]
    assert (sums["total"], sums["own-J"], sums["answered-J"]) == (own.text, own.text, "1")
    assert (sums["open"], sums["differs"]) == ("96", "0")
    assert (
        sums["upper"]
        == sheets.compare_view(
            actor=scene.act_as(scene.district.handler), public_id=scene.sheet(public_id)
        ).upper_text
    )
    again = client.post(url, _entry("J1-01", own.text, version=1), **JSON)
    assert again.status_code == 200, "the same content twice is no conflict"


def test_a_difference_needs_a_reason_and_nothing_is_stored_without(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/items/J1-01/"
    refused = client.post(url, _entry("J1-01", "0.10"), **JSON)
    assert refused.status_code == 422
    assert "理由" in refused.json()["errors"]["reason"][0]
    assert _row(scene, public_id, "J1-01").own.points is None
    saved = client.post(url, _entry("J1-01", "0.10", reason="佐证材料不足。"), **JSON)
    assert saved.status_code == 200
    assert saved.json()["live"]["total"] == "0.10"


def test_points_above_the_maximum_are_refused(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    answer = browser(scene.district.handler).post(
        f"/d/scoring/{public_id}/items/J1-01/", _entry("J1-01", "99"), **JSON
    )
    assert answer.status_code == 422
    assert "1.60" in answer.json()["errors"]["judged_points"][0]


def test_a_stale_row_is_a_conflict_with_both_versions(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/items/J1-01/"
    assert client.post(url, _entry("J1-01", "1.60"), **JSON).status_code == 200
    answer = client.post(url, _entry("J1-01", "0.20", reason="另一处打开的页面。"), **JSON)
    assert answer.status_code == 409
    stored = answer.json()["current"]
    assert (stored["version"], stored["points"], stored["by"]) == (2, "1.60", "顾晓岚")
    assert _row(scene, public_id, "J1-01").own.text == "1.60"


def test_without_scripts_the_whole_table_is_one_form(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    sent = {**_entry("J1-01", "1.60"), **_entry("J1-02", "1.20"), **_entry("J1-03", "")}
    done = client.post(f"/d/scoring/{public_id}/save/", sent)
    assert done.status_code == 302
    assert _row(scene, public_id, "J1-01").own.text == "1.60"
    assert _row(scene, public_id, "J1-03").own.points is None
    # The page carries the versions of all rows in one box; an older one there is a conflict like anywhere else.
    page = client.get(f"/d/scoring/{public_id}/").content.decode()
    assert 'name="versions" value="J1-01:2 J1-02:2 J1-03:1 ' in page
    lowered = {"p-J1-01": "1.50", "r-J1-01": "佐证材料不足。", "versions": "J1-01:1 J1-02:2"}
    assert client.post(f"/d/scoring/{public_id}/save/", lowered).status_code == 409
    assert client.post(f"/d/scoring/{public_id}/save/", {**lowered, "versions": "J1-01:2"}).status_code == 302
    assert _row(scene, public_id, "J1-01").own.text == "1.50"


def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    sent = {**_entry("J1-01", "1.60"), **_entry("J1-02", "0.05")}
    refused = client.post(f"/d/scoring/{public_id}/save/", sent)
    assert refused.status_code == 422
    html = refused.content.decode()
    assert 'value="0.05"' in html
    assert 'name="p-J1-01" value="1.60"' in html
    assert 'href="#id_p-J1-02"' in html
    assert _row(scene, public_id, "J1-01").own.points is None


def test_an_item_has_a_page_of_its_own_that_saves(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/items/J1-01/"
    assert 'name="p-J1-01"' in client.get(url).content.decode()
    refused = client.post(url, _entry("J1-01", "0.10"))
    assert refused.status_code == 422
    assert 'value="0.10"' in refused.content.decode()
    done = client.post(url, _entry("J1-01", "1.60"))
    assert done.status_code == 302
    assert done.headers["Location"].endswith("#row-J1-01")
    assert client.get(f"/d/scoring/{public_id}/items/NO-99/").status_code == 404


def test_adopting_takes_the_self_scores_of_open_items_only(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    client.post(f"/d/scoring/{public_id}/items/J1-01/", _entry("J1-01", "0.10", reason="不足。"), **JSON)
    assert client.post(f"/d/scoring/{public_id}/adopt/").status_code == 302
    assert _row(scene, public_id, "J1-01").own.text == "0.10"
    assert _row(scene, public_id, "J1-02").own.text == "1.20"


def test_only_the_claimant_writes(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    second = browser(scene.second_handler)
    html = second.get(f"/d/scoring/{public_id}/").content.decode()
    assert html.count("readonly") >= 97
    refused = second.post(f"/d/scoring/{public_id}/items/J1-01/", _entry("J1-01", "1.60"), **JSON)
    assert refused.status_code == 403
    assert second.post(f"/d/scoring/{public_id}/save/", _entry("J1-01", "1.60")).status_code == 403
    assert _row(scene, public_id, "J1-01").own.points is None


def test_another_district_finds_no_desk(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    foreign = browser(scene.other_district.handler)
    for path in ("", "items/J1-01/", "submit/"):
        assert foreign.get(f"/d/scoring/{public_id}/{path}").status_code == 404
    for path in ("items/J1-01/", "save/", "adopt/", "claim/", "release/"):
        assert foreign.post(f"/d/scoring/{public_id}/{path}", _entry("J1-01", "1.60")).status_code == 404


def test_the_desk_is_the_districts_alone(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    for actor in (scene.city.handler, scene.enterprises[public_id]):
        assert browser(actor).get(f"/d/scoring/{public_id}/").status_code == 403


def test_after_submission_nothing_can_be_saved(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.to_sign(1)
    client = browser(scene.district.handler)
    version = _row(scene, public_id, "J1-01").version
    answer = client.post(
        f"/d/scoring/{public_id}/items/J1-01/",
        _entry("J1-01", "1.00", version=version, reason="改。"),
        **JSON,
    )
    assert answer.status_code == 409
    assert "message" in answer.json()


def test_files_are_marked_as_checked_and_opened(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.draft(1)
    (file,) = scene.with_evidence(public_id, "J1-01")
    scene.hand_in(public_id, 1)
    scene.to_desk(public_id)
    client = browser(scene.district.handler)
    panel = client.get(f"/d/scoring/{public_id}/items/J1-01/", HTTP_HX_REQUEST="true")
    html = panel.content.decode()
    assert "<html" not in html
    use = html.split("/marks/", 1)[1].split("/", 1)[0]
    marked = client.post(
        f"/d/scoring/{public_id}/marks/{use}/", {"item": "J1-01", "mark": "verified"}, HTTP_HX_REQUEST="true"
    )
    assert marked.status_code == 200
    assert "已核验 1/1 份" in marked.content.decode()
    sent = client.get(f"/d/evidence/{file}/")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert b"".join(sent.streaming_content) == scenes.PNG + b"\x00"  # type: ignore[attr-defined]
    for close in sent._resource_closers:  # type: ignore[attr-defined]  # `close()` would close the database, too
        close()
    assert browser(scene.other_district.handler).get(f"/d/evidence/{file}/").status_code == 404


def test_the_desk_stays_within_its_budget(
    scene: scenes.Scene, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    # session, user, actor 3; case 1; review with remarks, return list, photos and queue 1; titles 1; sheets with
    # entries 2; files 1; top bar and navigation 3
    with django_assert_max_num_queries(12 + TRANSACTION):
        client.get(f"/d/scoring/{public_id}/")
    with django_assert_max_num_queries(15 + TRANSACTION):
        client.post(f"/d/scoring/{public_id}/items/J1-01/", _entry("J1-01", "1.60"), **JSON)


def test_the_queues_do_not_ask_more_for_more_rows(
    scene: scenes.Scene, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    scene.scoring(1)
    scene.to_sign(2)
    scene.submitted(3)
    client = browser(scene.district.handler)
    pages = ("/d/scoring/", "/d/signing/", "/d/intake/")
    for path in pages:
        with django_assert_max_num_queries(12 + TRANSACTION):
            client.get(path)
    for serial in (4, 5):
        scene.scoring(serial)
    scene.to_sign(6)
    scene.submitted(7)
    for path in pages:
        with django_assert_max_num_queries(12 + TRANSACTION):
            client.get(path)
