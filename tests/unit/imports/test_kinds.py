"""What each kind of import does, and refuses: titles, lists, experts, credit results, score sheets, systems."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
import yaml
from django.conf import settings as django_settings

from apps.accounts import selectors as accounts
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.deadlines import selectors as deadlines
from apps.documents import services
from apps.documents.imports.importer import IMPORTERS
from apps.documents.imports.kinds import scheme_book
from apps.documents.imports.mapping import map_book
from apps.documents.imports.reading import Bounds, read_book
from apps.documents.imports.template import write_template
from apps.documents.selectors import ImportFile
from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.serialising import bundle, digest, scheme_to_mapping
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.titles import selectors as titles
from tests import worlds
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import row
from tests.unit.scoring import scenes
from tests.worlds import credit_code

FOLDER = django_settings.BASE_DIR / "fixtures" / "evaluation_systems"


def faults(found: ImportFile) -> list[str]:
    return [one["reason"] for one in found.findings if one["error"]]


def title(serial: int, level: str, day: object, **more: object) -> list[object]:
    values = {"certificate": "", "ended_as": "", "ended_on": None, "end_doc": "", "why": "", **more}
    return [credit_code(500 + serial), "", level, day, "苏工信〔2024〕1号", *values.values()]


class TestTitles:
    @pytest.fixture(autouse=True)
    def _known(self, city: Desk) -> None:
        city.imported(books.filled("enterprises", [row(0), row(1)]))

    def test_titles_of_the_past_are_in_the_register(self, city: Desk) -> None:
        lines = [
            title(0, "2A", "2024年6月30日"),
            title(0, "3A", "2025.3.1", certificate="旧证001"),
            title(1, "4A", "2025-01-05"),
            title(
                1,
                "1A",
                20230201,
                ended_as="取消",
                ended_on="2024-12-01",
                end_doc="昆工信〔2024〕9号",
                why="造假",
            ),
        ]
        found = city.imported(books.filled("titles", lines), kind="titles")
        assert found.row.summary == "登记称号 4 项，已在名录中未变更 0 项。"
        enter(city.actor)
        held = {
            (one.enterprise_name, one.level_label): one for one in titles.titles_page(actor=city.actor).rows
        }
        assert held["昆山测试0号有限公司", "2A"].certificate_no == "SZLC-2A-2024-0001"
        assert held["昆山测试0号有限公司", "3A"].certificate_no == "旧证001"
        assert held["昆山测试1号有限公司", "4A"].certificate_no is None
        ended = held["昆山测试1号有限公司", "1A"]
        assert (ended.state, str(ended.ended_on)) == ("cancelled", "2024-12-01")
        bans = titles.bans_of(actor=city.actor, enterprise_id=ended.enterprise_id)
        assert [str(ban.until_on) for ban in bans] == ["2027-12-01"]
        again = city.imported(books.filled("titles", [*lines, title(1, "2A", "2026-01-01")]), kind="titles")
        assert again.row.summary == "登记称号 1 项，已在名录中未变更 4 项。"

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (title(9, "2A", "2024-01-01"), "企业尚未登记，请先导入企业名录。"),
            (title(0, "2A", "2027-01-01"), "评定日期不能晚于今天。"),
            (title(0, "6A", "2024-01-01"), "等级“6A”不在允许的填法之内。"),
            (title(0, "4A", "2024-01-01", certificate="X"), "4A、5A级以名单文号为准，不填证书编号。"),
            (title(0, "2A", "2024-01-01", ended_as="取消"), "称号已终止的，请填写终止日期。"),
            (title(0, "2A", "2024-01-01", ended_on="2023-01-01"), "填写了终止日期的，请选择终止方式。"),
            (
                title(0, "2A", "2024-01-01", ended_as="失效", ended_on="2023-01-01"),
                "终止日期不能早于评定日期，也不能晚于今天。",
            ),
            (title(0, "2A", "2024-02-30"), "评定日期不是有效日期。"),
            (title(0, "2A", "1900-01-01"), "评定日期超出范围（1900-01-01）。"),
        ],
    )
    def test_what_cannot_be(self, city: Desk, line: list[object], message: str) -> None:
        found = city.checked(books.filled("titles", [line]), kind="titles")
        assert message in faults(found), faults(found)

    def test_lines_that_can_be_read_are_tried_beside_those_that_cannot(self, city: Desk) -> None:
        lines = [title(0, "6A", "2024-01-01"), title(9, "2A", "2024-01-01"), title(0, "2A", "2027-01-01")]
        found = city.checked(books.filled("titles", lines), kind="titles")
        assert [one["cell"] for one in found.findings] == ["C3", "A4", "D5"]

    def test_a_level_is_held_once_at_a_time(self, city: Desk) -> None:
        city.imported(books.filled("titles", [title(0, "2A", "2024-06-30")]), kind="titles")
        found = city.checked(books.filled("titles", [title(0, "2A", "2025-06-30")]), kind="titles")
        assert faults(found) == ["与该企业同一等级的另一称号（自2024年6月30日起）时间重叠。"]


LIST = {
    "kind": "provincial",
    "title": "2026年省级绿色工厂名单",
    "document_no": "苏工信〔2026〕8号",
    "published_on": "2026-03-05",
}


def test_a_list_gives_titles_and_a_queue(city: Desk) -> None:
    city.imported(books.filled("enterprises", [row(0), row(1)]))
    lines = [
        ["", "昆山测试0号有限公司", "", ""],
        ["入选", "无所谓", credit_code(501), ""],
        ["", "昆山测试7号有限公司", "", ""],
    ]
    found = city.checked(books.filled("lists", lines), kind="lists", params=LIST)
    effects = [line["effect"] for line in found.preview]
    assert effects[0].startswith("已生效（按企业名称匹配）")
    assert effects[1].startswith("已生效（按信用代码匹配）")
    assert effects[2].startswith("待人工匹配，可能是：昆山测试")
    assert titles.titles_page(actor=city.actor).total == 0, "a preview gives no titles"
    done = city.confirm(found.row.public_id)
    assert done.row.summary == "生效 2 行，无变化 0 行，待人工匹配 1 行。"
    assert titles.titles_page(actor=city.actor, level=4).total == 2
    assert [line.printed_name for line in titles.unmatched_rows(actor=city.actor)] == ["昆山测试7号有限公司"]


def test_a_list_needs_its_document(city: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        city.send(books.filled("lists", [["", "甲公司", "", ""]]), kind="lists")
    assert set(refusal.value.errors) == {"kind", "title", "document_no", "published_on"}
    found = city.checked(books.filled("lists", [["更名", "甲公司", "", ""]]), kind="lists", params=LIST)
    assert faults(found) == ["更名须填写更名后的名称。"]


def expert(number: int, **changes: str) -> list[object]:
    values = {
        "number": f"ZJ{number}",
        "name": "秦文远",
        "title": "高工",
        "employer": "研究院",
        "uscc": "",
        "fields": "能源，环保",
        "industries": "26、39",
        "username": f"zj{number}",
        "email": f"zj{number}@example.invalid",
        "phone": "",
        **changes,
    }
    return list(values.values())


def test_experts_come_with_accounts_nobody_knows_the_password_of(city: Desk) -> None:
    city.imported(books.filled("experts", [expert(1), expert(2)]), kind="experts")
    enter(city.actor)
    pool = accounts.experts(actor=city.actor)
    assert [(one.number, one.fields, one.industries) for one in pool] == [
        ("ZJ1", ("能源", "环保"), ("26", "39")),
        ("ZJ2", ("能源", "环保"), ("26", "39")),
    ]
    enter(Actor.system())
    assert not User.objects.get(username="zj1").has_usable_password()
    found = city.checked(
        books.filled("experts", [expert(1, username="neu"), expert(3, username="zj2"), expert(4, email="x")]),
        kind="experts",
    )
    assert faults(found) == [
        "专家编号 ZJ1 已被使用。",
        "该用户名已被使用，请换一个。",
        "邮箱格式不正确，请填写一个邮箱地址。",
    ]


def test_credit_results_only_of_cases_that_wait(city: Desk, clock: FixedClock) -> None:
    line = ["SZLC-1", "", "", "信用中国", "2026-11-20", "R1", "正常", ""]
    found = city.checked(books.filled("credit", [line]), kind="credit")
    assert faults(found) == ["没有处于征信查询阶段的这一申报编号。"]
    left_blank = ["SZLC-1", "甲", "", "信用中国", None, "", "", ""]
    found = city.checked(books.filled("credit", [left_blank]), kind="credit")
    assert faults(found) == ["表中没有数据。"], "what the template wrote in is no answer"
    signer = worlds.staff_member(clock, "sig", "甲", role=city.actor.role, duties=[])
    with pytest.raises(Forbidden):
        services.import_template(actor=signer, kind="credit")


@pytest.mark.django_db
class TestScoreSheet:
    @pytest.fixture
    def scene(self, clock: FixedClock) -> scenes.Scene:
        made = scenes.build(clock)
        made.signed_self()
        return made

    @pytest.fixture
    def sheet(self, scene: scenes.Scene) -> str:
        return scene.open_district().public_id

    @pytest.fixture
    def desk(self, scene: scenes.Scene, clock: FixedClock) -> Desk:
        return Desk(scene.district.handler, clock)

    def offline(self, desk: Desk, sheet: str) -> bytes:
        enter(desk.actor)
        return services.import_template(actor=desk.actor, kind="score_sheet", params={"sheet": sheet}).content

    def written(self, content: bytes, changes: Mapping[int, tuple[object, str]]) -> bytes:
        def edit(book: Any) -> None:
            for line, (points, reason) in changes.items():
                book["评分表"][f"F{line}"], book["评分表"][f"H{line}"] = points, reason

        return books.edited(content, edit)

    def test_down_and_up_again(self, desk: Desk, sheet: str) -> None:
        content = self.offline(desk, sheet)
        lines = openpyxl.load_workbook(io.BytesIO(content))["评分表"]
        first, full = lines["A3"].value, lines["D3"].value
        assert {lines[f"{column}3"].number_format for column in "DEF"} == {"0.00"}
        written = self.written(content, {3: (full, ""), 4: (0, "现场未见实施")})
        shown = desk.checked(written, kind="score_sheet").preview
        assert [line["cells"][1] for line in shown] == [f"{full:.2f}", "0.00"], "scores have two decimals"
        found = desk.imported(written, kind="score_sheet", name="评分表.xlsx")
        assert found.changes == 2
        enter(desk.actor)
        view = scoring.compare_view(actor=desk.actor, public_id=sheet)
        cells = {one.code: one.own for part in view.dimensions for group in part.groups for one in group.rows}
        assert float(cells[first].points or 0) == float(full)
        assert view.answered == 2, "lines left blank are left alone"

    def test_what_a_colleague_changed_meanwhile_is_not_overwritten(self, desk: Desk, sheet: str) -> None:
        content = self.offline(desk, sheet)
        lines = openpyxl.load_workbook(io.BytesIO(content))["评分表"]
        code, full = lines["A3"].value, lines["D3"].value
        scores.save_entry(
            actor=desk.actor,
            clock=desk.clock,
            public_id=sheet,
            item_code=code,
            version=next(
                one.version
                for part in scoring.compare_view(actor=desk.actor, public_id=sheet).dimensions
                for group in part.groups
                for one in group.rows
                if one.code == code
            ),
            answer={"judged_points": "0", "reason": "现场未见"},
        )
        found = desk.checked(self.written(content, {3: (full, "")}), kind="score_sheet")
        assert found.row.state == "faulty"
        assert "已修改条目" in faults(found)[0]

    def test_points_above_the_maximum_and_too_fine(self, desk: Desk, sheet: str) -> None:
        content = self.offline(desk, sheet)
        found = desk.checked(
            self.written(content, {3: (99, "x"), 4: (0.001, "x"), 5: ("很好", "")}), kind="score_sheet"
        )
        said = faults(found)
        assert any("最高" in one for one in said)
        assert any("精确到 0.01" in one for one in said)
        assert "评分不是数字。" in said

    def test_only_the_sheet_itself_comes_back(self, desk: Desk) -> None:
        found = desk.checked(books.plain([["条目编号", "评分"], ["J1-01", 1]]), kind="score_sheet")
        assert (found.row.state, found.refusal) == ("unreadable", "X01")

    def test_not_for_those_who_do_not_score_it(self, scene: scenes.Scene, sheet: str) -> None:
        enter(scene.district.signer)
        with pytest.raises(WrongStep):
            services.import_template(actor=scene.district.signer, kind="score_sheet", params={"sheet": sheet})


def _stored(name: str) -> dict[str, Any]:
    parts = [
        yaml.safe_load((FOLDER / one).read_text(encoding="utf-8"))
        for one in (name, "metrics.yaml", "ecm_functions.yaml")
    ]
    return scheme_to_mapping(load_scheme(bundle(*parts)))


@pytest.mark.parametrize("name", ["szgf-2023r1.yaml", "gbt36132-2025.yaml"])
def test_an_evaluation_system_survives_the_workbook(name: str, tmp_path: Any) -> None:
    """Through XLSX and back the digest is the same: nothing is lost, nothing is rounded."""
    stored = _stored(name)
    importer = IMPORTERS["schemes"]
    path = tmp_path / "scheme.xlsx"
    with path.open("w+b") as stream:
        write_template(stream, importer, rows=scheme_book.to_lines(stored, ["26", "39"]))
    mapped = map_book(read_book(path, Bounds(rows=500)), importer, most_rows=500)
    assert [finding for finding in mapped.findings if finding.error] == []
    content, industries, _ = scheme_book.from_rows(mapped.rows)
    assert industries == ["26", "39"]
    assert digest(scheme_to_mapping(load_scheme(content))) == digest(stored)


def _put(book: Any, sheet: str, cell: str, value: object) -> None:
    book[sheet][cell] = value


def test_a_system_becomes_a_draft_and_faults_stand_on_their_item(city: Desk) -> None:
    stored = _stored("gbt36132-2025.yaml")
    stored |= {"code": "TEST-2026", "name": "测试体系"}
    importer = IMPORTERS["schemes"]

    def content(edit: Any = None) -> bytes:
        stream = io.BytesIO()
        write_template(stream, importer, rows=scheme_book.to_lines(stored, []))
        return books.edited(stream.getvalue(), edit) if edit else stream.getvalue()

    def spoil(book: Any) -> None:
        book["条目"]["O4"] = "满分"

    found = city.checked(content(spoil), kind="schemes")
    assert found.findings[0]["cell"] == "O4"
    assert "一行一条" in found.findings[0]["reason"]

    def too_much(book: Any) -> None:
        book["条目"]["M3"] = 50

    found = city.checked(content(too_much), kind="schemes")
    assert found.row.state == "faulty"
    reasons = [one["reason"] for one in found.findings]
    assert any(reason.startswith("第 1 个维度：") for reason in reasons)
    assert not any("[" in reason for reason in reasons), "the reader knows no names of the program"

    for name, cell, wrong in (
        ("体系", "B6", "昨天"),
        ("体系", "B14", "电子"),
        ("体系", "B5", "好"),
        ("指标", "E3", "(("),
    ):
        found = city.checked(content(lambda book, to=(name, cell, wrong): _put(book, *to)), kind="schemes")
        assert [(one["sheet"], one["cell"]) for one in found.findings] == [(name, cell)], found.findings
    done = city.imported(content(), kind="schemes")
    assert "评价体系草案：测试体系" in done.row.summary
    enter(city.actor)
    drafts = [one for one in scoring.schemes(actor=city.actor, status=None) if one.code == "TEST-2026"]
    assert [one.status for one in drafts] == ["draft"]


def test_a_year_of_holidays_from_a_sheet(city: Desk) -> None:
    lines = [["2027-01-01", "放假", "元旦"], ["2027-10-09", "调休上班", ""]]
    asked = {"kind": "calendar", "params": {"source": "国办发明电〔示例〕7号"}}
    weekday = city.checked(books.filled("calendar", [*lines, ["2027-10-08", "上班", ""]]), **asked)
    assert not weekday.may_confirm, "a make-up day is a weekend"
    mixed = city.checked(books.filled("calendar", [*lines, ["2028-01-03", "放假", "元旦"]]), **asked)
    assert not mixed.may_confirm
    city.imported(books.filled("calendar", lines), **asked)
    days = {row.date.isoformat(): row for row in deadlines.calendar_year(2027)}
    assert len(days) == 365
    assert [days[day].is_workday for day in ("2027-01-01", "2027-10-09", "2027-10-10")] == [
        False,
        True,
        False,
    ]
    assert days["2027-01-01"].source == "国办发明电〔示例〕7号"
    with pytest.raises(Invalid):
        city.send(books.filled("calendar", lines), kind="calendar", params={"source": ""})
