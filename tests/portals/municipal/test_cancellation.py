"""A leader decides on a cancellation on its page; nobody else, and not before the defence has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.portals.municipal.desk import Desk, text_of
from tests.unit.monitoring import scenes as watching


@pytest.fixture
def watch(db: None) -> watching.Watch:
    return watching.build(watching.clock())


def test_the_whole_course_is_shown_and_decided(watch: watching.Watch) -> None:
    desk = Desk(watch)  # type: ignore[arg-type]  # a desk needs a clock and the city's people
    watch.proposed()
    assert desk.get("recheck", watch.recheck).status_code == 200
    assert "补装并接入平台" in text_of(desk.get("rectification", watch.order))
    assert desk.get("rectify", watch.order).status_code == 302
    assert "逾期未完成" in text_of(desk.get("monitoring"))
    assert desk.get("revocations").status_code == 200
    leader = watch.city.leader
    form = {"decision": "cancel", "document_no": "苏工信节能〔2027〕9号", "note": "整改逾期未完成。"}
    shown = desk.get("revocation", watch.proposal, by=leader).content.decode()
    assert f'action="{reverse("municipal:revocation", args=[watch.proposal])}"' in shown
    # Nothing to press that could only be refused: the date is said instead.
    assert 'value="drop"' in shown
    assert 'value="cancel"' not in shown
    assert "陈述申辩期未满" in shown
    early = desk.post("revocation", watch.proposal, by=leader, **form)
    assert early.status_code == 422
    assert "R-40" in text_of(early)
    assert desk.post("revocation", watch.proposal, **form).status_code == 403
    assert (
        desk.post("revocation", watch.proposal, by=leader, **{**form, "decision": "burn"}).status_code == 404
    )
    watch.move(watch.cancellation_row().statement_due_on + timedelta(days=1))
    assert 'value="cancel"' in desk.get("revocation", watch.proposal, by=leader).content.decode()
    assert desk.post("revocation", watch.proposal, by=leader, **{**form, "note": ""}).status_code == 422
    assert desk.post("revocation", watch.proposal, by=leader, **form).status_code == 302
    assert watch.title_state() == "cancelled"
    assert desk.post("revocation", watch.proposal, by=leader, **form).status_code == 409
    for name in ("recheck", "rectification", "revocation"):
        assert desk.get(name, "nosuchrow0000").status_code == 404
