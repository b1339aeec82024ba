"""Drafts: who may start one, what is prefilled, validation, two tabs; exemptions by three persons; lists."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.applications import profile_fields, selectors
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.moment import FixedClock
from tests import worlds
from tests.unit.applications import scenes
from tests.unit.applications.scenes import PROFILE, Scene


def test_a_draft_starts_with_what_is_known(scene: Scene) -> None:
    public_id = scene.draft()
    actor = scene.be(scene.enterprise)
    file = selectors.application_file(actor=actor, public_id=public_id)
    values = {one.field.code: one.value for one in file.profile}
    assert values["legal_representative"] == "周敏"
    assert values["contact_mobile"] == "13800000000"
    assert file.scheme_code == "SZGF-2023R1"
    assert file.is_reconstruction
    assert file.editable
    with pytest.raises(RuleBroken):
        scene.draft()
    with pytest.raises(RuleBroken):
        applications.create_application(
            actor=actor, clock=scene.clock, round_public_id=scene.round_id, level=4
        )
    with pytest.raises(Forbidden):
        scene.draft(2, by=scene.district.handler)


def test_an_unconfirmed_enterprise_does_not_apply(scene: Scene) -> None:
    newcomer = worlds.enterprise(scene.clock, 3)
    with pytest.raises(WrongStep):
        scene.draft(by=newcomer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("founded_on", "2026-02-30"),
        ("founded_on", "昨天"),
        ("contact_mobile", "12345"),
        ("legal_phone", "57000000x"),
        ("contact_email", "contact.example"),
        ("registered_capital_wan", "五千"),
        ("registered_capital_wan", "-1"),
        ("registered_capital_wan", "NaN"),
        ("ownership", "其他"),
        ("process_intro", "长" * 201),
        ("factory_name", "名称\u200b"),
        ("third_party_uscc", "91320583MA1N7K3T2X"),
    ],
)
def test_entries_that_cannot_be_taken_name_their_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        profile_fields.checked({field: value})
    assert set(caught.value.errors) == {field}
    assert all(message.endswith("。") or "）。" in message for message in caught.value.errors[field])


def test_dates_are_taken_as_people_write_them() -> None:
    for text in ("2010-05-18", "2010/5/18", "2010.5.18", "20100518", "2010年5月18日"):
        assert profile_fields.checked({"founded_on": text}) == {"founded_on": "2010-05-18"}
    assert profile_fields.checked({"registered_capital_wan": "5,000.50"}) == {
        "registered_capital_wan": "5000.5"
    }


def test_unknown_fields_are_refused_and_nothing_changes(scene: Scene) -> None:
    public_id = scene.draft()
    before = scene.row(public_id)
    actor = scene.be(scene.enterprise)
    for values in ({"state": "awarded"}, {"level": "3", "factory_name": "x"}):
        with pytest.raises(Invalid):
            applications.save_profile(
                actor=actor, clock=scene.clock, public_id=public_id, values=values, version=before.version
            )
    with pytest.raises(Invalid):
        applications.save_basics(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            answers={"V-09": {"conforms": True}, "V-01": {"conforms": "yes"}},
            version=before.version,
        )
    after = scene.row(public_id)
    assert (after.state, after.profile, after.version) == (before.state, before.profile, before.version)


def test_two_tabs_on_one_part_conflict_and_on_two_parts_do_not(scene: Scene) -> None:
    public_id = scene.draft()
    version = scene.row(public_id).version
    actor = scene.be(scene.enterprise)

    def save(values: dict[str, str], seen: int) -> int:
        return applications.save_profile(
            actor=actor, clock=scene.clock, public_id=public_id, values=values, version=seen
        ).version

    newer = save({"factory_name": "一号厂"}, version)
    assert newer == version + 1
    assert save({"factory_name": "一号厂"}, newer) == newer
    with pytest.raises(Conflict) as caught:
        save({"factory_name": "二号厂"}, version)
    assert caught.value.current["version"] == newer
    applications.save_report_section(
        actor=actor, clock=scene.clock, public_id=public_id, section="overview", text="概况", version=version
    )
    assert scene.row(public_id).profile["factory_name"] == "一号厂"


def test_the_next_application_takes_over_the_profile(scene: Scene) -> None:
    scene.submitted()
    second = scene.draft(2)
    file = selectors.application_file(actor=scene.be(scene.enterprise), public_id=second)
    values = {one.field.code: one.value for one in file.profile}
    assert values["process_intro"] == PROFILE["process_intro"]


@pytest.mark.rule("R-08")
def test_an_exemption_takes_three_persons(clock: FixedClock, db: None) -> None:
    scene = scenes.build(clock, round_changes={"prerequisite_required": True})
    public_id = scene.filled()
    with pytest.raises(RuleBroken) as caught:
        scene.submit(public_id)
    assert caught.value.verdict.waivable
    actor = scene.be(scene.enterprise)
    with pytest.raises(RuleBroken):
        _request(scene, public_id, "R-11")
    asked = _request(scene, public_id, "R-08")
    assert _request(scene, public_id, "R-08") == asked
    with pytest.raises(RuleBroken):
        scene.submit(public_id)
    handler, signer = scene.district.handler, scene.district.signer
    with pytest.raises(NotVisible):
        applications.endorse_exemption(
            actor=scene.be(scene.other_district.handler),
            clock=clock,
            exemption_public_id=asked,
            opinion="同意",
        )
    with pytest.raises(WrongStep):
        applications.approve_exemption(actor=scene.be(signer), clock=clock, exemption_public_id=asked)
    with pytest.raises(Forbidden):
        applications.endorse_exemption(actor=signer, clock=clock, exemption_public_id=asked, opinion="同意")
    shown = selectors.exemptions(actor=scene.be(handler))
    assert [(one.public_id, one.round_code, one.level_label) for one in shown] == [(asked, "2026B", "3A")]
    applications.endorse_exemption(
        actor=handler, clock=clock, exemption_public_id=asked, opinion="企业为国家重点项目，情况属实。"
    )
    from dataclasses import replace

    same_person = replace(handler, duties=handler.duties | signer.duties)
    with pytest.raises(RuleBroken):
        applications.approve_exemption(actor=scene.be(same_person), clock=clock, exemption_public_id=asked)
    applications.approve_exemption(
        actor=scene.be(signer), clock=clock, exemption_public_id=asked, note="同意"
    )
    assert scene.submit(public_id).number
    assert actor.enterprise_id
    assert (
        selectors.application_file(actor=scene.be(handler), public_id=public_id).exemptions[0].state
        == "approved"
    )


def _request(scene: Scene, public_id: str, rule: str) -> str:
    return applications.request_exemption(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=public_id,
        rule=rule,
        reason="企业为新建国家重点项目，尚未参加2A级评定。",
    )


def test_the_list_costs_the_same_for_many_rows(scene: Scene) -> None:
    handler = scene.district.handler
    first = scene.submitted(3)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = selectors.applications_page(actor=scene.be(handler))
    scene.submitted(2)
    scene.submitted(1)
    with CaptureQueriesContext(connection) as many:
        page = selectors.applications_page(actor=scene.be(handler), sort="self_total")
    assert len(few) == len(many) <= 4
    assert (page.total, page.by_state["submitted"], len(page.rows)) == (3, 3, 3)
    row = scene.row(first)

    def found(actor: Actor, **filters: object) -> int:
        return selectors.applications_page(actor=scene.be(actor), **filters).total  # type: ignore[arg-type]

    assert found(handler, q=row.number or "") == 1
    assert found(handler, q=row.enterprise.uscc) == 3
    assert found(handler, q="没有这家") == 0
    assert found(handler, level=2) == 1
    assert found(handler, round_code="2026B") == 3
    assert found(handler, state="prelim") == 0
    assert found(scene.city.handler, district="320583") == 3
    assert found(scene.other_district.handler) == 0
    # a foreign district in the filter shows nothing, and an absurd page is the last one
    assert found(handler, district="320506") == 0
    assert selectors.applications_page(actor=scene.be(handler), page=10**9, per_page=2).page == 2
    mine = selectors.my_applications(actor=scene.be(scene.enterprise))
    assert [one.level for one in mine] == [1, 2, 3]


def test_progress_speaks_plainly(scene: Scene) -> None:
    public_id = scene.submitted()
    told = selectors.progress(actor=scene.be(scene.enterprise), public_id=public_id)
    assert told.sentence == "已提交，等待属地受理。"
    assert [step.state for step in told.steps][:3] == ["done", "current", "coming"]
    assert not told.ended
