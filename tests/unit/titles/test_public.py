"""The public side: directory, counts, stamp, verification; and lists that give 4A and 5A."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.titles import selectors
from apps.titles import services as titles
from apps.titles.models import Title, VerificationCount
from apps.titles.selectors.lists import ListRow
from apps.titles.services.lists import ListData
from tests import worlds
from tests.unit.titles.scenes import Scene


def test_the_directory_lists_each_enterprise_once_at_its_highest_level(scene: Scene) -> None:
    scene.award(2, on=date(2025, 11, 20))
    third = scene.award(3)
    scene.award(2, to=scene.neighbour, district=worlds.WUZHONG)
    scene.be(Actor.public())
    with CaptureQueriesContext(connection) as queries:
        found = selectors.public_directory()
    assert len(queries) <= 4
    with CaptureQueriesContext(connection) as again:
        assert selectors.public_directory() == found
    assert len(again) == 2
    assert [(row.level_label, row.district) for row in found.rows] == [("3A", "320583"), ("2A", "320506")]
    assert (found.total, found.by_level[3], found.by_level[2]) == (2, 1, 1)
    assert {code: count for code, _, count in found.by_district}["320583"] == 1
    assert len(found.by_district) == 10
    assert found.years == [2026]

    def total(**filters: object) -> int:
        return selectors.public_directory(**filters).total  # type: ignore[arg-type]

    assert total(levels={3}) == 1
    assert total(levels={2, 3}) == 2
    assert total(district="320506") == 1
    assert total(industry="26") == 1
    assert total(year=2025) == 0
    assert total(q="SZLC-3A-2026-0001") == 1
    assert total(q=worlds.credit_code(1).lower()) == 1
    assert total(q="' or 1=1 --") == 0
    assert selectors.public_directory(page=10**9).page == 1
    fields = set(type(found.rows[0]).__dataclass_fields__)
    assert not fields & {"enterprise_id", "contact_name", "contact_phone", "prelim_total", "panel_total"}
    assert third.verify_token == found.rows[0].verify_token


def test_the_stamp_changes_with_every_change(scene: Scene) -> None:
    empty = selectors.register_stamp()
    title = scene.award(3)
    one = selectors.register_stamp()
    assert selectors.register_stamp() == one
    scene.clock.advance(timedelta(seconds=1))
    scene.step(title.public_id, "start_recheck")
    assert len({empty.etag, one.etag, selectors.register_stamp().etag}) == 3


def test_verification_tells_the_state_and_the_history(scene: Scene) -> None:
    scene.award(2, on=date(2025, 11, 20))
    title = scene.award(3)

    def status() -> str:
        enter(Actor.public())
        return selectors.verify(token=title.verify_token).status

    assert status() == "valid"
    enter(Actor.public())
    shown = selectors.verify(certificate_no=" szlc-3a-2026-0001 ")
    assert shown.row is not None
    assert [line.text for line in shown.history] == ["评定为3A级", "评定为2A级"]
    scene.step(title.public_id, "order_rectification")
    assert status() == "rectifying"
    scene.step(title.public_id, "propose_cancellation")
    assert status() == "cancelling"
    titles.cancel_title(
        actor=scene.be(scene.city.leader),
        moment=scene.clock.now(),
        title_public_id=title.public_id,
        decided_on=date(2026, 11, 22),
        document_no="苏工信节能〔2026〕60号",
        reason="整改逾期未完成。",
    )
    assert status() == "cancelled"
    enter(Actor.public())
    assert selectors.verify(token=title.verify_token).history[0].text == "3A级称号已取消"
    assert selectors.verify(token="no-such-token").status == "none"
    assert selectors.verify().status == "none"
    assert selectors.public_directory().rows[0].level_label == "2A"


def test_a_lower_certificate_stays_valid_and_names_the_higher_level(scene: Scene) -> None:
    lower = scene.award(2, on=date(2025, 11, 20))
    higher = scene.award(3)
    enter(Actor.public())
    found = selectors.verify(token=lower.verify_token)
    assert (found.status, found.higher and found.higher.public_id) == ("superseded", higher.public_id)
    top = selectors.verify(token=higher.verify_token)
    assert (top.status, top.higher) == ("valid", None)


def test_a_number_that_only_looks_right_is_refused_with_the_real_one(scene: Scene) -> None:
    title = scene.award(3)
    enter(Actor.public())
    real = title.certificate_no or ""
    assert real == "SZLC-3A-2026-0001"
    for forged in ("SZLC-3A-2026-OOO1", "szlc-3a-2026-000l", "5ZLC-3A-2026-0001", "ＳＺＬＣ-3A-2026-000I"):
        found = selectors.verify(certificate_no=forged)
        assert (found.status, found.resembles and found.resembles.certificate_no) == ("none", real), forged
    assert selectors.verify(certificate_no="SZLC-3A-2026-0002").resembles is None
    assert selectors.verify(token="forged").resembles is None


def test_every_verification_is_counted_and_only_by_the_service(scene: Scene) -> None:
    title = scene.award(3)
    public = Actor.public()
    enter(public)
    counts = [
        titles.count_verification(actor=public, clock=scene.clock, title_public_id=title.public_id).count
        for _ in range(3)
    ]
    assert counts == [1, 2, 3]
    with pytest.raises(NotVisible):
        titles.count_verification(actor=public, clock=scene.clock, title_public_id="nothing")
    # The public itself neither reads nor writes the table.
    assert not VerificationCount.objects.exists()


def data(*rows: ListRow, kind: str = "provincial", number: str = "苏工信绿色〔2026〕1号") -> ListData:
    return ListData(kind, "2026年度省级绿色工厂名单", number, date(2026, 11, 10), rows)


@pytest.mark.rule("R-03")
@pytest.mark.rule("R-05")
def test_lists_give_and_end_listed_levels(scene: Scene) -> None:
    mine, other = worlds.credit_code(1), worlds.credit_code(2)
    name = selectors_name(scene)
    city = scene.be(scene.city.handler)
    rows = (
        ListRow("add", "名称不同也以代码为准", mine.lower()),
        ListRow("add", name),
        ListRow("add", "外地企业有限公司"),
        ListRow("add", "重复登记", mine),
    )
    preview = selectors.matches(actor=city, rows=[ListRow(r.action, r.name, r.uscc.upper()) for r in rows])
    assert [match.how if match else None for match in preview] == ["uscc", "name", None, "uscc"]
    result = titles.import_external_list(actor=city, clock=scene.clock, data=data(*rows))
    assert (result.applied, result.without_effect, result.unmatched) == (2, 1, 1)
    again = titles.import_external_list(actor=city, clock=scene.clock, data=data(*rows))
    assert (again.public_id, again.already) == (result.public_id, True)
    row = Title.objects.get(uscc=mine, level=4)
    assert (row.awarded_on, row.certificate_no, row.origin) == (date(2026, 11, 10), None, "province")
    enter(Actor.system())
    assert Message.objects.filter(template="title_recognised").count() == 2
    scene.be(city)
    removal = data(
        ListRow("remove", "任意", mine), ListRow("remove", "任意", other), number="苏工信绿色〔2026〕2号"
    )
    ended = titles.import_external_list(actor=city, clock=scene.clock, data=removal)
    assert ended.applied == 2
    assert set(Title.objects.values_list("state", flat=True)) == {"lapsed"}
    national = titles.import_external_list(
        actor=city,
        clock=scene.clock,
        data=data(ListRow("remove", "任意", mine), kind="national", number="工信部〔2026〕9号"),
    )
    assert (national.applied, national.without_effect) == (0, 1)


def test_unmatched_lines_wait_for_a_person(scene: Scene) -> None:
    city = scene.be(scene.city.handler)
    titles.import_external_list(
        actor=city, clock=scene.clock, data=data(ListRow("add", "曾用名一号"), ListRow("add", "曾用名二号"))
    )
    first, second = selectors.unmatched_rows(actor=city)
    enter(Actor.system())
    enterprise = worlds.enterprise_row(scene.enterprise).public_id
    scene.be(city)
    with pytest.raises(NotVisible):
        titles.match_row(
            actor=city, clock=scene.clock, row_public_id="nothing", enterprise_public_id=enterprise
        )
    state = titles.match_row(
        actor=city, clock=scene.clock, row_public_id=first.public_id, enterprise_public_id=enterprise
    )
    assert state == "applied"
    with pytest.raises(WrongStep):
        titles.match_row(
            actor=city, clock=scene.clock, row_public_id=first.public_id, enterprise_public_id=enterprise
        )
    with pytest.raises(Invalid):
        titles.dismiss_row(actor=city, clock=scene.clock, row_public_id=second.public_id, note=" ")
    titles.dismiss_row(actor=city, clock=scene.clock, row_public_id=second.public_id, note="非本市企业。")
    assert selectors.unmatched_rows(actor=city) == []
    listed = selectors.external_lists(actor=city)[0]
    assert (listed.counts["applied"], listed.counts["dismissed"]) == (1, 1)
    lines = selectors.external_list(actor=city, public_id=listed.public_id).lines
    assert [line.match_label for line in lines] == ["人工核对", ""]


def test_a_renaming_in_a_list_renames_the_titles(scene: Scene) -> None:
    scene.award(3)
    name = worlds.enterprise_row(scene.enterprise).name
    city = scene.be(scene.city.handler)
    done = titles.import_external_list(
        actor=city, clock=scene.clock, data=data(ListRow("rename", name, "", "昆山新名材料有限公司"))
    )
    assert done.applied == 1
    row = Title.objects.get()
    assert (row.enterprise_name, row.former_names) == ("昆山新名材料有限公司", [name])
    later = selectors.matches(actor=city, rows=[ListRow("remove", "昆山新名材料有限公司")])
    assert later[0] is not None


def test_lists_are_refused_with_the_line(scene: Scene) -> None:
    for actor in (scene.district.handler, scene.city.signer, scene.enterprise):
        with pytest.raises(Forbidden):
            titles.import_external_list(
                actor=scene.be(actor), clock=scene.clock, data=data(ListRow("add", "甲"))
            )
    city = scene.be(scene.city.handler)
    for rows, text in (
        ([], "没有企业"),
        ([ListRow("add", "甲"), ListRow("buy", "乙")], "第 2 行"),
        ([ListRow("add", " ")], "第 1 行：缺少企业名称"),
        ([ListRow("add", "甲", "91320583MA1N7K3T2X")], "第 1 行"),
        ([ListRow("rename", "甲")], "更名后"),
    ):
        with pytest.raises(Invalid, match=text):
            titles.import_external_list(actor=city, clock=scene.clock, data=data(*rows))
    with pytest.raises(Invalid, match="文号"):
        titles.import_external_list(
            actor=city, clock=scene.clock, data=data(ListRow("add", "甲"), number=" ")
        )
    with pytest.raises(NotVisible):
        selectors.external_lists(actor=scene.be(scene.district.handler))


def selectors_name(scene: Scene) -> str:
    """Return the neighbour's registered name."""
    return worlds.enterprise_row(scene.neighbour).name
