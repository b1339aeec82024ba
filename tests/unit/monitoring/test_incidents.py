"""举报线索: told by anybody, never to the enterprise; handled with a reason, or a recheck (R-42)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.monitoring import incidents as reading
from apps.monitoring import services as monitoring
from apps.monitoring.models import IncidentPaper, IncidentReport, Recheck
from apps.monitoring.services import IncidentForm, IncidentReceipt
from tests.portals.district.scenes import PNG
from tests.unit.foundation import rows
from tests.unit.monitoring import scenes
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played

pytestmark = pytest.mark.rule("R-42")
NAMED = IncidentForm("person", "王某", "13800000000", "夜间排放浓烟。")


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


def _tell(scene: scenes.Watch, form: IncidentForm = NAMED, *, papers: int = 0) -> IncidentReceipt:
    return monitoring.file_incident(
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        title_public_id=scene.title,
        form=form,
        papers=[SimpleUploadedFile(f"{n}.png", PNG) for n in range(papers)],
    )


def _report() -> IncidentReport:
    enter(Actor.system())
    return IncidentReport.objects.get()


def _owed() -> str:
    enter(Actor.system())
    return Obligation.objects.get(kind="monitoring.incident").state


def test_the_district_is_told_and_owes_an_answer(scene: scenes.Watch) -> None:
    receipt = _tell(scene, papers=2)
    assert receipt.receipt_no == "JB-2026-0001"
    assert _owed() == "open"
    report = _report()
    assert "王某" not in report.person_sealed
    found = reading.incident(actor=scene.be(scene.district.handler), public_id=report.public_id)
    assert (found.person, found.contact, len(found.papers)) == ("王某", "13800000000", 2)
    told = rows("select to_district_id from notifications_message where key like 'incident-filed:%%'")
    assert told == [(report.district_id,)]


def test_nobody_else_reads_it(scene: scenes.Watch) -> None:
    _tell(scene, papers=1)
    report = _report()
    paper = IncidentPaper.objects.get().public_id
    for stranger in (scene.enterprise, scene.other_district.handler, Actor.public()):
        refused(NotVisible, reading.incident, actor=scene.be(stranger), public_id=report.public_id)
        refused(
            NotVisible,
            monitoring.open_incident_paper,
            actor=scene.be(stranger),
            clock=scene.clock,
            public_id=paper,
        )
        assert reading.incidents(actor=scene.be(stranger)).total == 0
    handler = scene.be(scene.district.handler)
    assert monitoring.open_incident_paper(actor=handler, clock=scene.clock, public_id=paper).name == "0.png"


def test_anonymous_ones_keep_nobody(scene: scenes.Watch) -> None:
    receipt = _tell(scene, IncidentForm("anonymous", "王某", "13800000000", "夜间排放浓烟。"))
    found = reading.incident(actor=scene.be(scene.district.handler), public_id=_report().public_id)
    assert (found.person, found.contact) == ("", "")
    told = reading.incident_status(
        actor=scene.be(Actor.public()),
        receipt_no=receipt.receipt_no.lower(),
        query_code=receipt.query_code,
    )
    assert (told.state_label, told.answer) == ("待办理", "")
    refused(
        NotVisible,
        reading.incident_status,
        actor=scene.be(Actor.public()),
        receipt_no=receipt.receipt_no,
        query_code="WRONG",
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (IncidentForm("person", "", "1", "事实"), "person"),
        (IncidentForm("unit", "某公司", "", "事实"), "contact"),
        (IncidentForm("unit", "某公司", "123", "事实"), "contact"),
        (IncidentForm("anonymous", "", "", " "), "matter"),
        (IncidentForm("nobody", "", "", "事实"), "party"),
    ],
)
def test_what_is_missing_is_named(scene: scenes.Watch, form: IncidentForm, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _tell(scene, form)
    assert field in refusal.value.errors


def test_papers_are_few_and_sound(scene: scenes.Watch) -> None:
    with pytest.raises(Invalid):
        _tell(scene, papers=4)
    with pytest.raises(Invalid) as refusal:
        monitoring.file_incident(
            actor=scene.be(Actor.public()),
            clock=scene.clock,
            title_public_id=scene.title,
            form=NAMED,
            papers=[SimpleUploadedFile("a.png", b"MZ")],
        )
    assert list(refusal.value.errors) == ["papers"]
    enter(Actor.system())
    assert not IncidentReport.objects.exists()


def test_it_can_end_in_a_recheck(scene: scenes.Watch) -> None:
    _tell(scene)
    report = _report()
    arguments = {
        "clock": scene.clock,
        "public_id": report.public_id,
        "planned_on": scene.clock.now().on + timedelta(days=3),
    }
    refused(Forbidden, monitoring.recheck_incident, actor=scene.be(scene.city.leader), **arguments)
    made = monitoring.recheck_incident(actor=scene.be(scene.district.handler), **arguments)
    enter(Actor.system())
    visit = Recheck.objects.get(public_id=made)
    assert (visit.trigger, visit.trigger_note) == ("report", "举报线索 JB-2026-0001")
    assert (_report().state, _owed()) == ("to_recheck", "met")
    refused(WrongStep, monitoring.recheck_incident, actor=scene.be(scene.district.handler), **arguments)


def test_a_visit_under_way_answers_the_report_too(scene: scenes.Watch) -> None:
    scene.plan()
    _tell(scene)
    refusal = refused(
        WrongStep,
        monitoring.recheck_incident,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=_report().public_id,
        planned_on=scene.clock.now().on,
    )
    assert "在该次复核中一并核实" in refusal.message


@pytest.mark.parametrize(("taken", "state"), [(True, "dealt_with"), (False, "not_taken")])
def test_it_is_closed_with_a_reason_the_public_reads(scene: scenes.Watch, *, taken: bool, state: str) -> None:
    receipt = _tell(scene)
    arguments = {"clock": scene.clock, "public_id": _report().public_id, "taken": taken}
    actor = scene.be(scene.district.handler)
    refused(Invalid, monitoring.close_incident, actor=actor, answer=" ", **arguments)
    monitoring.close_incident(actor=actor, answer="已现场核实，设施正常。", **arguments)
    assert (_report().state, _owed()) == (state, "met")
    told = reading.incident_status(
        actor=scene.be(Actor.public()), receipt_no=receipt.receipt_no, query_code=receipt.query_code
    )
    assert told.answer == "已现场核实，设施正常。"
