"""4A by the provincial list: entered, shown, removed again; the 3A title beneath stands (R-03, R-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.scoping import enter
from apps.titles import selectors as titles
from apps.titles import services as title_services
from tests import worlds
from tests.flow import trail
from tests.unit.refusals import refused
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-03"), pytest.mark.rule("R-05")]


def test_a_provincial_list_gives_and_takes_4a() -> None:
    flow = scenes.build(scenes.morning())
    flow.awarded()
    row = worlds.enterprise_row(flow.enterprise)

    def listing(action: str, document: str) -> title_services.ListData:
        return title_services.ListData(
            kind="provincial",
            title=f"省级绿色工厂名单（{document}）",
            document_no=document,
            published_on=flow.clock.now().on,
            rows=[title_services.ListRow(action=action, name=row.name, uscc=row.uscc)],
        )

    first = listing("add", "苏工信节能〔2026〕100号")
    refused(
        Forbidden,
        title_services.import_external_list,
        actor=flow.be(flow.district.handler),
        clock=flow.clock,
        data=first,
    )
    done = title_services.import_external_list(actor=flow.be(flow.city.handler), clock=flow.clock, data=first)
    assert (done.applied, done.already) == (1, False)
    again = title_services.import_external_list(actor=flow.city.handler, clock=flow.clock, data=first)
    assert again.already
    assert _shown(flow) == [4]
    flow.clock.advance(timedelta(days=400))
    title_services.import_external_list(
        actor=flow.be(flow.city.handler), clock=flow.clock, data=listing("remove", "苏工信节能〔2028〕7号")
    )
    assert _shown(flow) == [3]
    enter(Actor.system())
    held = titles.titles_of(actor=Actor.system(), enterprise_id=flow.enterprise.enterprise_id)
    assert sorted((title.level, title.state) for title in held) == [(3, "valid"), (4, "lapsed")]
    assert trail.problems() == []


def _shown(flow: scenes.Flow) -> list[int]:
    """Return the levels the public sees: one line an enterprise, its highest standing level."""
    flow.be(Actor.public())
    return [row.level for row in titles.public_directory().rows]
