"""A round from its call to a valid 3A title, every step clicked in the page of whoever takes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Enterprise
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, DatabaseClock, FixedClock, Moment, put_demo_clock_forward
from apps.core.scoping import enter
from apps.deadlines.services import sweep
from tests import worlds
from tests.e2e.people import Arrive, Person
from tests.unit.applications.scenes import Scene, people
from tests.unit.publicity.letters import LETTER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-27"),
    pytest.mark.django_db(transaction=True),
]

_LOWERED = "J1-05"
_REASON = "佐证材料仅覆盖部分厂房。"
_EXPERTS = ("expert1", "expert2", "expert3")


@dataclass
class Journey:
    """The case that travels, and the people it meets."""

    arrive: Arrive
    scene: Scene
    name: str
    case: str = ""
    code: str = ""

    def who(self, username: str) -> Person:
        """Return the person, who signs in at the first call."""
        return self.arrive(username)

    @property
    def company(self) -> Person:
        """The enterprise's responsible person."""
        return self.who("ent1")

    @property
    def handler(self) -> Person:
        """District 经办."""
        return self.who("d320583h")

    @property
    def signer(self) -> Person:
        """District 签批."""
        return self.who("d320583s")

    @property
    def city(self) -> Person:
        """Municipal 经办 (credit and publishing, too)."""
        return self.who("city_handler")


@pytest.fixture
def journey(arrive: Arrive) -> Journey:
    """Make the people; there is no round yet."""
    with transaction.atomic():
        scene = people(FixedClock(Moment.of(timezone.now().replace(microsecond=0))))
        for number in range(1, 4):
            worlds.expert(scene.clock, number)
        enter(Actor.system())
        name = Enterprise.objects.get(pk=scene.enterprise.enterprise_id).name
    return Journey(arrive, scene, name)


def test_from_the_call_to_the_title(journey: Journey) -> None:
    """Call, submission, 初评, recommendation, expert panel, credit, notice, objection, recognition, directory."""
    _city_calls(journey)
    _fills_in(journey)
    _hands_in(journey)
    _district_scores(journey)
    _district_recommends(journey)
    _city_forms_the_panel(journey)
    _experts_assess(journey)
    _city_checks_credit(journey)
    _city_publishes(journey)
    _a_unit_objects(journey)
    _notice_runs_out(journey)
    number = _city_recognises(journey)
    _public_verifies(journey, number)


# ---------------------------------------------------------------------- steps
def _city_calls(journey: Journey) -> None:
    """The round is drafted by the handler, announced by another officer; the call is public and no draft was."""
    city, public = journey.city, journey.who("")
    now = journey.scene.clock.now()
    journey.code = f"{now.on.year}B"
    name = f"{now.on.year} 年第二批绿色工厂申报"
    at = now.at.astimezone(SHANGHAI)
    city.open("/m/rounds/").follow("新建批次")
    for label, value in (
        ("批次号", journey.code),
        ("批次名称", name),
        ("开始受理", f"{at - timedelta(hours=2):%Y-%m-%dT%H:%M}"),
        ("截止受理", f"{at - timedelta(hours=3):%Y-%m-%dT%H:%M}"),
        ("通知正文", "自愿申报，不收取任何费用。"),
    ):
        city.write(label, value)
    city.page.get_by_label("3A 级").check()
    city.page.get_by_label("申报 3A 的前置条件").select_option("no")
    city.press("拟定批次").was_refused(422).sees("main", "截止时间须晚于开始时间")
    city.write("截止受理", f"{at + timedelta(days=12):%Y-%m-%dT%H:%M}").press("拟定批次")
    city.sees("main", "待发布", "日程").finds_no_barrier().picture("00a-round")
    public.open("/calls/").sees("main", "还没有发布申报通知")
    signer = journey.who("city_signer")
    signer.open("/m/rounds/").follow(name).press("发布批次").sees("main", "截止批次")
    public.page.reload()
    public.follow(name).sees("main", "自愿申报，不收取任何费用。", "昆山市", journey.code)
    public.finds_no_barrier().picture("00b-call").on_a_phone("00b-call")
    journey.scene.round_id = public.page.url.rstrip("/").rsplit("/", 1)[1]


def _fills_in(journey: Journey) -> None:
    """The enterprise's 97 answers and its report: typed in another test, here through the services."""
    with transaction.atomic():
        journey.case = journey.scene.filled(3)


def _hands_in(journey: Journey) -> None:
    """The enterprise adds a document, reads the check page and submits; the receipt names the case."""
    company = journey.company
    company.open(f"/e/applications/{journey.case}/evaluate/?item={_LOWERED}")
    company.sees("main", "评分规则", "佐证材料", _LOWERED)
    sample = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "energy-statistics-sample.pdf"
    company.page.locator("#id_files").set_input_files(sample)
    company.sees("#uses", "energy-statistics-sample.pdf")
    company.sees("#live-panel", "97")
    company.finds_no_barrier().picture("01-evaluate", whole=False).on_a_phone("01-evaluate")
    company.follow("核对并提交")
    company.sees("main", "可以提交", journey.name).picture("02-check")
    company.page.get_by_label("我已阅读并代表本单位作出以上承诺").check()
    company.write("法定代表人姓名", "周敏").press("提交申报")
    company.sees("main", "申报已提交", "回执号", "内容校验码").picture("03-receipt")


def _district_scores(journey: Journey) -> None:
    """受理, form check, claim, keyboard scoring with a reason, and the second person's signature."""
    handler = journey.handler
    handler.open("/d/intake/").sees("main", journey.name).follow(journey.name)
    handler.picture("04-district-case").press("受理")
    handler.sees("main", "形式审查").open(f"/d/applications/{journey.case}/check/")
    for each in handler.page.get_by_label("齐全", exact=True).all():
        each.check()
    handler.picture("05-form-check").press("通过形式审查")
    handler.open("/d/scoring/").picture("06-scoring").press("认领")
    handler.open(f"/d/scoring/{journey.case}/").press("未评项采用自评")
    handler.sees(".gf-head", "企业自评", "97/97 项")
    cell = handler.page.locator(f"#id_p-{_LOWERED}")
    cell.focus()
    handler.page.keyboard.press("Control+a")
    handler.page.keyboard.type("0.4")
    handler.page.keyboard.press("Enter")
    handler.sees(f"tr[data-row='{_LOWERED}']", "理由")
    cell.focus()
    handler.page.keyboard.press("c")
    expect(handler.page.locator("#panel_reason")).to_be_focused()
    expect(handler.page.locator("[data-judge-code]")).to_have_text(_LOWERED)
    handler.page.keyboard.type(_REASON)
    handler.page.keyboard.press("Tab")
    expect(handler.page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    handler.was_refused(422).page.reload()
    expect(handler.page.locator(f"#id_r-{_LOWERED}")).to_have_value(_REASON)
    reasons = handler.page.locator("textarea[name^='r-']").evaluate_all(
        "boxes => boxes.filter(b => b.value).map(b => b.name)"
    )
    assert reasons == [f"r-{_LOWERED}"], "理由记到了别的条目"
    handler.finds_no_barrier().picture("07-district-desk", whole=False).on_a_phone("07-district-desk")
    handler.follow("提交初评")
    handler.sees(".diffs", _LOWERED, _REASON).picture("08-submit")
    handler.write("初评意见", "逐项核对自评和佐证，得分如表。").press("提交初评，交签批人")
    signer = journey.signer
    signer.open("/d/signing/").follow(journey.name).sees("main", _REASON).picture("09-sign")
    signer.press("同意，签批初评").sees("main", "已签批", "评分表已锁定")


def _district_recommends(journey: Journey) -> None:
    """The list is drawn up by one person and sent by another."""
    journey.handler.open("/d/recommend/").sees("main", journey.name, "可以推荐").press("编制推荐汇总表")
    signer = journey.signer
    signer.open("/d/recommend/").page.locator("main table a").last.click()
    signer.sees("main", "推荐名单", journey.name).write("推荐函文号", "昆工信函〔2026〕8号")
    signer.picture("10-recommendation").press("推荐上报").sees("main", "昆工信函〔2026〕8号", "上报时间")


def _city_forms_the_panel(journey: Journey) -> None:
    """The city accepts and invites three experts without a conflict."""
    city = journey.city
    city.open("/m/recommendations/").follow("昆山市").sees("main", journey.name)
    city.page.get_by_label(f"选择{journey.name}").check()
    city.press("受理所选")
    city.open(f"/m/applications/{journey.case}/").follow("组建专家组")
    for number in (1, 2, 3):
        city.page.get_by_label(f"选择专家{number}", exact=True).check()
    city.page.get_by_label("专家1任组长").check()
    city.picture("11-panel-form").press("组建并邀请").sees("main", "专家组", "专家1", "专家2", "专家3")


def _experts_assess(journey: Journey) -> None:
    """Each expert declares, takes over the scores and hands in; the leader drafts, members sign, the leader concludes."""
    for username in _EXPERTS:
        expert = journey.who(username)
        expert.open("/x/").follow("签署声明").sees("main", "无利益冲突声明")
        expert.page.get_by_label("我已核对以上内容，声明属实").check()
        expert.press("签署声明，开始评审").press("未评项采用初评").sees(".gf-head", "其他专家", "提交后可见")
        if username == "expert1":
            expert.picture("12-expert-desk", whole=False).on_a_phone("12-expert-desk")
        expert.follow("提交评审意见").write("优点", "计量完善，管理基础好。").press("提交评审意见")
    leader, *members = (journey.who(username) for username in _EXPERTS)
    leader.open("/x/").follow("查看与签署").sees("main", "各专家评分", "专家2", "专家3")
    leader.page.locator("input[name=opinion][value=recommend]").check()
    leader.write("理由", "材料完整，指标真实，符合评价要求。")
    leader.page.get_by_label("未进行").check()
    leader.write("现场核实说明", "评分一致，材料充分。")
    leader.picture("13-opinion").press("起草意见，提请成员签署")
    for member in members:
        member.open("/x/").follow("查看与签署").press("签署评估意见")
    leader.page.reload()
    leader.press("出具评估意见，报市工业和信息化局").sees("main", "出具时间", "已签署 3/3")


def _city_checks_credit(journey: Journey) -> None:
    """The city takes the opinion and records what the credit platform says."""
    city = journey.city
    city.open(f"/m/panels/{journey.case}/").sees("main", "评估意见", "组评得分").picture("14-panel")
    city.press("采纳意见，进入征信查询")
    city.open("/m/board/?stage=credit").sees("main", journey.name, "待查")
    city.open(f"/m/credit/{journey.case}/").write("报告编号", "XY2026112201")
    city.page.locator("input[name=result][value=normal]").check()
    city.press("登记结果").open("/m/board/?stage=credit").sees("main", journey.name, "正常")
    city.finds_no_barrier().picture("15-board")


def _city_publishes(journey: Journey) -> None:
    """The notice is drafted, reviewed, approved and published, each by another hand; everybody can read it."""
    city = journey.city
    city.page.get_by_label(f"选择{journey.name}").check()
    city.press("纳入公示稿")
    for label, text in (("联系人", "沈先生"), ("联系电话", "0512-00000000"), ("监督电话", "0512-00000001")):
        city.write(label, text)
    city.picture("16-notice-draft").press("拟定公示稿").press("送处室审核")
    for username, act in (("city_signer", "审核通过"), ("city_leader", "签批")):
        journey.who(username).open("/m/notices/").follow("拟评定名单").press(act)
    city.page.reload()
    city.sees("main", "请另一位公示发布人员发布")
    publisher = journey.who("city_publisher").open("/m/notices/").follow("拟评定名单")
    publisher.press("发布公示").sees("main", "公示期", "个工作日").picture("17-notice")
    public = journey.who("")
    public.open("/notices/").follow("拟评定名单")
    public.sees("main", journey.name, "3A", "监督电话").finds_no_barrier().picture("18-public-notice")


def _a_unit_objects(journey: Journey) -> None:
    """A unit objects with its stamped letter; a mark is corrected by two persons, and the case goes on."""
    public, city, signer = journey.who(""), journey.city, journey.who("city_signer")
    public.follow("提出异议").finds_no_barrier()
    public.page.locator("input[name=party][value=unit]").check()
    for label, text in (
        ("单位名称", "示例环保志愿者协会"),
        ("联系电话", "0512-00000009"),
        ("异议事项和事实依据", "J1 有一项佐证材料与现场不符。"),
    ):
        public.write(label, text)
    public.page.locator("input[name=papers]").set_input_files(
        files=[{"name": "盖章函.pdf", "mimeType": "application/pdf", "buffer": LETTER}]
    )
    public.picture("17a-objection").press("提交异议").sees("main", "已收到您的异议", "查询码")
    receipt, code = public.page.locator("dd.num").all_inner_texts()
    city.open("/m/objections/").follow(receipt).sees("main", "盖章函.pdf", "示例环保志愿者协会")
    city.press("受理异议").follow("提出评分更正")
    row = city.page.locator("#items tbody tr", has=city.page.locator(f"[name=points-{_LOWERED}]"))
    given = Decimal(row.locator("td.num").nth(1).inner_text())
    row.locator("input").fill(str(given - Decimal("0.10")))
    city.write("更正理由", "现场核查，佐证只覆盖部分厂房。").press("查看影响")
    city.sees("#preview", "仍达到 80 分").finds_no_barrier().picture("17b-correction")
    city.press("提出更正").sees("main", "待批准")
    signer.open("/m/objections/").follow(receipt).follow("更正为")
    signer.write("核查结论", "反映的情况部分属实，已更正评分。").press("批准更正")
    signer.sees("main", "评分表新旧版本", "已批准").finds_no_barrier().picture("17c-corrected")
    public.open("/objection/status/")
    for field, value in (("receipt_no", receipt), ("query_code", code)):
        public.page.locator(f"#query [name={field}]").fill(value)
    public.press("查询办理结果")
    public.sees("main", "异议成立，已更正评分", "反映的情况部分属实").picture("17d-status")


def _notice_runs_out(journey: Journey) -> None:
    """While the notice runs nothing can be proposed; the clock passes its last day and no objection is open."""
    city = journey.city
    city.open("/m/confirm/").sees("main", "没有可以评定的企业")
    started = DatabaseClock().now().on
    put_demo_clock_forward(12)
    sweep(clock=DatabaseClock())
    assert DatabaseClock().now().on == started + timedelta(days=12)
    connections.close_all()


def _city_recognises(journey: Journey) -> str:
    """Proposed by the handler, signed by the leader; return the certificate's number."""
    city = journey.city
    city.open("/m/confirm/").sees("main", journey.name, "1 家可提请评定")
    city.page.get_by_label(f"选择{journey.name}").check()
    city.press("提请评定").write("评定文号", "苏工信节能〔2026〕58号").press("提请局领导签发")
    leader = journey.who("city_leader")
    leader.open("/m/confirm/").follow("苏工信节能〔2026〕58号").picture("19-recognition")
    leader.write("请输入批次号末", journey.code[-4:]).press("评定并签发")
    leader.open("/m/confirm/").follow("苏工信节能〔2026〕58号").picture("20-signed")
    found = re.search(r"SZLC-3A-\d{4}-\d{4}", leader.page.locator("main").inner_text())
    assert found, leader.page.locator("main").inner_text()
    return found[0]


def _public_verifies(journey: Journey, number: str) -> None:
    """The directory lists the enterprise, the certificate is valid, and the enterprise sees its title."""
    public = journey.who("")
    public.open("/directory/").sees(".dir", journey.name, "苏工信节能〔2026〕58号").picture("21-directory")
    public.open("/verify/").write("证书编号", number).press("查验证书")
    public.sees("main", "有效", journey.name, number, "苏州市 3A 级绿色工厂")
    public.finds_no_barrier().picture("22-verify")
    journey.company.open("/e/titles/").sees("main", "3A", number).picture("23-title")
