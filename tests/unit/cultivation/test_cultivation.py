"""Events and who takes part, building plans and the cultivation list, service bodies and recusal (R-45, R-20)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts import selectors as people
from apps.applications import access
from apps.applications.selectors import case
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.cultivation import selectors
from apps.cultivation import services as cultivation
from apps.evidence import verification
from apps.evidence.services import remove_orphans
from apps.review.conflicts import conflict_of, party_of
from tests import worlds
from tests.portals.scenes import Scene, build, signed_in
from tests.unit.evidence.samples import pdf
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played

stage = built_once(build)
scene = played()


def _data(scene: Scene, **changes: Any) -> cultivation.EventData:
    begins = scene.clock.now().at + timedelta(days=2)
    values: dict[str, Any] = {
        "kind": "training",
        "title": "绿色制造体系建设专题培训",
        "place": "市行政中心",
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=3),
        "sign_up_until": begins - timedelta(hours=1),
        "summary": "评价体系讲解。\n现场答疑。",
        "seats": 3,
        **changes,
    }
    return cultivation.EventData(**values)


def _published(scene: Scene, host: Actor) -> str:
    public_id = cultivation.make_event(actor=scene.be(host), clock=scene.clock, data=_data(scene))
    cultivation.move_event(actor=host, clock=scene.clock, public_id=public_id, event="open")
    return public_id


@pytest.mark.rule("R-45")
def test_an_event_from_draft_to_attendance(scene: Scene) -> None:
    host, firm = scene.district.handler, scene.enterprise
    refused(Forbidden, cultivation.make_event, actor=scene.be(firm), clock=scene.clock, data=_data(scene))
    scene.be(host)
    for changes in ({"kind": "x"}, {"title": " "}, {"seats": 0}, {"ends_at": scene.clock.now().at}):
        refused(Invalid, cultivation.make_event, actor=host, clock=scene.clock, data=_data(scene, **changes))
    public_id = cultivation.make_event(actor=host, clock=scene.clock, data=_data(scene))
    sign_up = {"clock": scene.clock, "public_id": public_id, "person": "周敏", "people": 2}
    refused(NotVisible, cultivation.sign_up, actor=scene.be(firm), **sign_up)
    other = scene.other_district.handler
    refused(
        NotVisible,
        cultivation.move_event,
        actor=scene.be(other),
        clock=scene.clock,
        public_id=public_id,
        event="open",
    )
    cultivation.move_event(actor=scene.be(host), clock=scene.clock, public_id=public_id, event="open")
    scene.be(firm)
    refused(Invalid, cultivation.sign_up, actor=firm, **{**sign_up, "people": 0})
    refused(WrongStep, cultivation.sign_up, actor=firm, **{**sign_up, "people": 4})
    cultivation.sign_up(actor=firm, **sign_up)
    cultivation.sign_up(actor=firm, **{**sign_up, "people": 3})
    second = scene.be(scene.neighbour)
    refused(WrongStep, cultivation.sign_up, actor=second, **{**sign_up, "people": 1})
    assert selectors.participants(actor=second, public_id=public_id) == []
    scene.be(host)
    (part,) = selectors.participants(actor=host, public_id=public_id)
    mark = {"public_id": public_id, "came": [part.public_id]}
    refused(WrongStep, cultivation.mark_attendance, actor=host, clock=scene.clock, **mark)
    later = FixedClock(scene.clock.now().plus(timedelta(days=2, hours=1)))
    assert cultivation.mark_attendance(actor=host, clock=later, **mark) == 1
    assert cultivation.move_event(actor=host, clock=later, public_id=public_id, event="hold") == "held"
    refused(WrongStep, cultivation.withdraw, actor=scene.be(firm), clock=later, public_id=public_id)
    row = selectors.event(actor=scene.be(host), public_id=public_id)
    assert (row.signed_up, row.came) == (3, 1)


def test_a_host_reads_who_comes_from_another_district(scene: Scene) -> None:
    host, guest = scene.other_district.handler, scene.enterprise
    public_id = _published(scene, host)
    sign_up = {"clock": scene.clock, "public_id": public_id, "person": "周敏", "people": 2}
    cultivation.sign_up(actor=scene.be(guest), **sign_up)
    (part,) = selectors.participants(actor=scene.be(host), public_id=public_id)
    assert part.people == 2
    assert part.enterprise_name
    later = FixedClock(scene.clock.now().plus(timedelta(days=2, hours=1)))
    mark = {"public_id": public_id, "came": [part.public_id]}
    assert cultivation.mark_attendance(actor=host, clock=later, **mark) == 1
    # The district of the enterprise is not the host: neither the names nor the number are its to read.
    own = signed_in(scene.district.handler)
    assert selectors.participants(actor=scene.be(scene.district.handler), public_id=public_id) == []
    assert 'data-label="报名人数">—' in own.get(reverse("events")).content.decode()
    assert 'data-label="报名人数">2' in signed_in(host).get(reverse("events")).content.decode()


def test_who_sees_an_event_is_not_called_its_owner(scene: Scene) -> None:
    security = worlds.staff_member(scene.clock, "anquan", "安全甲", role=Role.SECURITY_ADMIN, duties=[])
    public_id = _published(scene, scene.district.handler)
    page = signed_in(scene.district.handler).get(reverse("event", args=[public_id])).content.decode()
    assert "报名的企业列在这里" in page
    assert "发布后企业可以报名" not in page, "it is published"
    found = access.who_can_see(actor=scene.be(security), number=public_id)
    assert {row.why for row in found.seers} == {"已向社会公开，任何人都可以看到"}


@pytest.mark.rule("R-45")
def test_plans_make_the_list_that_is_counted(scene: Scene) -> None:
    firm, year = scene.be(scene.enterprise), scene.clock.now().on.year
    plan = {
        "clock": scene.clock,
        "level": 3,
        "year": year + 1,
        "measures": "屋顶光伏和能源管理系统。\n二、能源管理。",
    }
    for changes in ({"level": 6}, {"year": year - 1}, {"year": year + 6}, {"measures": ""}):
        refused(Invalid, cultivation.send_plan, actor=firm, **{**plan, **changes})
    public_id = cultivation.send_plan(actor=firm, **plan)
    assert cultivation.send_plan(actor=firm, **{**plan, "level": 4}) == public_id
    decide = {"clock": scene.clock, "public_id": public_id}
    refused(
        NotVisible,
        cultivation.decide_plan,
        actor=scene.be(scene.other_district.handler),
        event="list",
        opinion="",
        **decide,
    )
    host = scene.be(scene.district.handler)
    refused(Invalid, cultivation.decide_plan, actor=host, event="leave_out", opinion=" ", **decide)
    assert cultivation.decide_plan(actor=host, event="list", opinion="", **decide) == "listed"
    refused(WrongStep, cultivation.send_plan, actor=scene.be(scene.enterprise), **plan)
    city = scene.be(scene.city.handler)
    (line,) = selectors.pool(actor=city)
    assert (line.year, list(line.by_level), line.total) == (year + 1, [0, 0, 0, 1, 0], 1)
    assert selectors.pool(actor=scene.be(scene.other_district.handler)) == []
    enter(scene.neighbour)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cultivation_buildingplan")
        assert cursor.fetchone() == (0,)


@pytest.mark.rule("R-20")
def test_a_declared_body_keeps_its_people_out_of_the_panel(scene: Scene) -> None:
    city, code = scene.city.handler, worlds.credit_code(901)
    body = {"clock": scene.clock, "name": "苏州示例评价有限公司", "uscc": code, "kinds": ["third_party"]}
    refused(Forbidden, cultivation.register_body, actor=scene.be(scene.district.handler), **body)
    scene.be(city)
    refused(Invalid, cultivation.register_body, actor=city, **{**body, "kinds": []})
    public_id = cultivation.register_body(actor=city, **body)
    refused(Invalid, cultivation.register_body, actor=city, **body)
    expert = worlds.expert(scene.clock, 77, employer_uscc=code, employer="苏州示例评价有限公司")
    submitted = scene.submitted(3)
    on = scene.clock.now().on

    def ok() -> bool:
        scene.be(city)
        (found,) = people.experts(actor=city, ids=[expert.account])
        return conflict_of(expert=found, party=party_of(case(actor=city, public_id=submitted)), on=on).ok

    assert ok()
    firm = scene.be(scene.enterprise)
    refused(
        Invalid,
        cultivation.declare_engagement,
        actor=firm,
        clock=scene.clock,
        body=public_id,
        since=on + timedelta(days=1),
    )
    cultivation.declare_engagement(actor=firm, clock=scene.clock, body=public_id, since=on)
    refused(Invalid, cultivation.declare_engagement, actor=firm, clock=scene.clock, body=public_id, since=on)
    assert not ok()


def test_pages_of_each_audience(scene: Scene) -> None:
    public_id = _published(scene, scene.city.handler)
    firm, host, district = (
        signed_in(scene.enterprise),
        signed_in(scene.city.handler),
        signed_in(scene.district.handler),
    )
    for client, names in (
        (firm, ("events", "my_plan")),
        (host, ("events", "new_event", "cultivation_pool", "service_bodies")),
        (district, ("events", "new_event", "cultivation_pool", "service_bodies")),
        (Client(), ("public_events",)),
    ):
        for name in names:
            assert client.get(reverse(name)).status_code == 200, name
    assert "绿色制造体系建设专题培训" in Client().get(reverse("public_events")).content.decode()
    page = reverse("event", args=[public_id])
    assert "免费参加" in firm.get(page).content.decode()
    assert "不收费" in firm.get(reverse("my_plan")).content.decode()
    assert (
        firm.post(reverse("event_sign_up", args=[public_id]), {"person": "", "people": "1"}).status_code
        == 422
    )
    assert (
        firm.post(reverse("event_sign_up", args=[public_id]), {"person": "周敏", "people": "1"}).status_code
        == 302
    )
    assert district.post(reverse("move_event", args=[public_id]), {"event": "hold"}).status_code == 404
    assert host.post(reverse("move_event", args=[public_id]), {"event": "hold"}).status_code == 409
    assert host.post(reverse("event_attendance", args=[public_id])).status_code == 409
    assert firm.get(reverse("cultivation_pool")).status_code == 403
    assert host.get(reverse("my_plan")).status_code == 403
    year = f"{scene.clock.now().on.year + 1}"
    assert firm.post(reverse("my_plan"), {"level": "", "year": year, "measures": "光伏"}).status_code == 422
    assert firm.post(reverse("my_plan"), {"level": "3", "year": year, "measures": "光伏"}).status_code == 302
    plan = selectors.plans(actor=scene.be(scene.district.handler))[0].public_id
    decide = reverse("decide_plan", args=[plan])
    assert district.post(decide, {"event": "nothing"}).status_code == 422
    assert district.post(decide, {"event": "list", "opinion": ""}).status_code == 302
    assert district.post(decide, {"event": "list", "opinion": ""}).status_code == 409
    assert host.post(decide, {"event": "list"}).status_code == 403
    for missing in ("event", "move_event", "event_attendance", "event_material"):
        url = reverse(missing, args=["nothing"])
        answer = host.get(url) if missing == "event" else host.post(url, {"event": "open"})
        assert answer.status_code == 404
    form = {
        "kind": "training",
        "title": "培训",
        "place": "线上",
        "summary": "讲解",
        "starts_on": "2030-01-05",
        "starts_time": "9点",
    }
    answer = host.post(reverse("new_event"), form).content.decode()
    for told in ("开始时间应为一天中的时刻", "请填写结束日期", "请填写报名截止时间", "9点"):
        assert told in answer, told


@pytest.mark.rule("R-45")
def test_material_as_files_is_read_where_the_event_is(scene: Scene, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    host, city, firm = (
        signed_in(scene.district.handler),
        signed_in(scene.city.handler),
        signed_in(scene.enterprise),
    )
    public_id = cultivation.make_event(
        actor=scene.be(scene.district.handler), clock=scene.clock, data=_data(scene)
    )
    add = reverse("add_event_file", args=[public_id])

    def send(client: Client, content: bytes | None = None) -> int:
        form = {"file": SimpleUploadedFile("讲义.pdf", content or pdf())} if content != b"" else {}
        return client.post(add, form).status_code

    assert send(host, b"") == 422
    assert send(host, b"<html>not a pdf</html>") == 422
    assert send(city) == 404, "another bureau's event"
    assert send(firm) == 403
    assert send(host) == 302
    (row,) = selectors.event_files(actor=scene.be(scene.district.handler), public_id=public_id)
    download = reverse("event_file", args=[public_id, row.public_id])
    assert Client().get(download).status_code == 404, "a draft is not public"
    assert Client().get(reverse("public_event", args=[public_id])).status_code == 404
    own: Any = host.get(download)
    assert b"".join(own.streaming_content)
    assert host.post(reverse("move_event", args=[public_id]), {"event": "open"}).status_code == 302
    handed: Any = Client().get(download)
    assert b"".join(handed.streaming_content).startswith(b"%PDF")
    assert handed.headers["Content-Disposition"].startswith("attachment")
    assert "讲义.pdf" in Client().get(reverse("public_event", args=[public_id])).content.decode()
    enter(Actor.system())
    assert list(verification.problems()) == []
    assert not remove_orphans(clock=FixedClock(scene.clock.now().plus(timedelta(days=3))))
    take_off = reverse("remove_event_file", args=[public_id, row.public_id])
    assert city.post(take_off).status_code == 404
    assert host.post(take_off).status_code == 302
    assert host.post(take_off).status_code == 404
    assert Client().get(download).status_code == 404


@pytest.mark.rule("R-45")
def test_figures_for_the_dashboards(scene: Scene) -> None:
    host, year = scene.district.handler, scene.clock.now().on.year
    begins = scene.clock.now().at - timedelta(hours=2)
    public_id = cultivation.make_event(
        actor=scene.be(host),
        clock=scene.clock,
        data=_data(scene, kind="energy_week", starts_at=begins, ends_at=begins + timedelta(hours=9),
                   sign_up_until=begins + timedelta(hours=5)),
    )  # fmt: skip
    cultivation.move_event(actor=host, clock=scene.clock, public_id=public_id, event="open")
    firm = scene.be(scene.enterprise)
    cultivation.sign_up(actor=firm, clock=scene.clock, public_id=public_id, person="周敏", people=3)
    (part,) = selectors.participants(actor=scene.be(host), public_id=public_id)
    cultivation.mark_attendance(actor=host, clock=scene.clock, public_id=public_id, came=[part.public_id])
    wanted = (1, 1, 3, 0, [("全国节能宣传周", 1)])
    for actor in (host, scene.city.handler):
        found = selectors.figures(actor=scene.be(actor), year=year)
        assert (found.events, found.enterprises, found.people, found.listed, found.by_kind) == wanted
    elsewhere = selectors.figures(actor=scene.be(scene.other_district.handler), year=year)
    assert (elsewhere.events, elsewhere.people) == (0, 0)
    shown = signed_in(scene.city.handler).get(reverse("municipal:dashboard")).content.decode()
    assert "全国节能宣传周 1" in shown
    assert "全国节能宣传周 1" in signed_in(host).get(reverse("district:board")).content.decode()


@pytest.mark.rule("R-20")
def test_a_body_leaves_the_register_and_its_people_still_recuse(scene: Scene) -> None:
    city, code = scene.city.handler, worlds.credit_code(902)
    body = {"clock": scene.clock, "name": "苏州示例咨询有限公司", "uscc": code, "kinds": ["consultant"]}
    public_id = cultivation.register_body(actor=scene.be(city), **body)
    firm = scene.be(scene.enterprise)
    cultivation.declare_engagement(actor=firm, clock=scene.clock, body=public_id, since=scene.clock.now().on)
    address = reverse("remove_service_body", args=[public_id])
    client = signed_in(city)
    assert signed_in(scene.district.handler).post(address, {"reason": "注销"}).status_code == 403
    empty = client.post(address, {"reason": " "})
    assert empty.status_code == 422
    assert f'id="id_reason_{public_id}_error"' in empty.content.decode()
    assert client.post(address, {"reason": "机构注销"}).status_code == 302
    assert client.post(address, {"reason": "机构注销"}).status_code == 404
    scene.be(city)
    assert selectors.bodies() == []
    assert code in selectors.helpers_of(enterprise_id=scene.enterprise.enterprise_id or 0)
    assert cultivation.register_body(actor=city, **{**body, "name": "新名称"}) == public_id
    assert [row.name for row in selectors.bodies()] == ["新名称"]
