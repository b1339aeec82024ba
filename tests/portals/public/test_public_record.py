"""What a title's public page tells of how it came about, and what it costs to say so."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.scoping import _inside, acting_as, enter
from apps.titles import selectors as titles
from tests.portals.public.test_site import award
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

_MOST_STATEMENTS = 12


def _build() -> scenes.Flow:
    return scenes.build(scenes.morning())


stage = built_once(_build)
scene = played()


def _pages(client: Client, title: titles.TitleRow) -> tuple[str, str]:
    return (
        client.get(f"/verify/{title.verify_token}/").content.decode(),
        client.get(f"/directory/{title.public_id}/").content.decode(),
    )


def test_an_award_stands_on_its_notice(scene: scenes.Flow, client: Client) -> None:
    scene.awarded()
    enter(Actor.system())
    title = titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)[0]
    for shown in _pages(client, title):
        assert "公示期满，无异议" in shown
        assert "公示期 2026 年" in shown
        assert shown.index("评定为3A级") < shown.index("公示期满，无异议")


def test_what_is_not_on_record_is_not_told(scene: scenes.Flow, client: Client) -> None:
    """A title from before the platform has no notice and no filing here."""
    title = award(scene, 3)
    enter(Actor.system())
    row = titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)[0]
    assert row.public_id == title.public_id
    for shown in _pages(client, row):
        assert "评定为3A级" in shown
        assert "公示期满" not in shown
        assert "已备案" not in shown


def test_a_verification_stays_cheap(scene: scenes.Flow, client: Client) -> None:
    scene.awarded()
    enter(Actor.system())
    title = titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)[0]
    path = f"/verify/{title.verify_token}/"
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(path).content.decode()
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= _MOST_STATEMENTS, statements
    assert "第 2 次查验" in shown


def test_a_block_within_a_block_of_the_same_actor_asks_nothing_again(scene: scenes.Flow) -> None:
    system, public = Actor.system(), Actor.public()

    def role() -> str:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('gf.role')")
            return str(cursor.fetchone()[0])

    enter(public)
    with acting_as(system, then=public):
        with CaptureQueriesContext(connection) as asked, acting_as(system, then=public):
            pass
        assert len(asked) == 0
        assert role() == "system"
        # Another actor within: entered, and from then on nothing is taken for granted.
        with acting_as(scene.enterprise, then=system):
            assert role() == "enterprise"
        assert role() == "system"
        with acting_as(system, then=system):
            assert role() == "system"
        enter(public)
        with acting_as(system, then=public):
            assert role() == "system"
        assert role() == "public"
    assert role() == "public"
    assert _inside.get() is None
