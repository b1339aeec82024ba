"""The main flow over HTTP: from a registration to a 2A and then a 3A title, each step as the role that takes it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import yaml
from django.conf import settings

from apps.applications import report_sections
from apps.core.moment import SHANGHAI, DatabaseClock, put_demo_clock_forward
from apps.deadlines.services import sweep
from apps.policy.basic_requirements import requirements_for
from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.serialising import bundle
from apps.policy.levels import Level
from apps.policy.rules import rule
from suzhou_greenfactory.demo.cast import made_up_credit_code
from suzhou_greenfactory.demo.figures import Factory, self_evaluation
from suzhou_greenfactory.demo.visitor import Refused, Visitor
from suzhou_greenfactory.demo.world import benchmarks

_DISTRICT = "320583"
_INDUSTRY = "2651"
_PROFILE = {
    "factory_name": "昆山检验流程新材料有限公司",
    "mailing_address": "昆山市检验路 1 号",
    "site_address": "昆山市检验路 1 号",
    "ownership": "民营",
    "registry": "昆山市市场监督管理局",
    "founded_on": "2012-06-01",
    "registered_capital_wan": "5000",
    "legal_representative": "周检",
    "legal_phone": "0512-50000000",
    "contact_department": "安环部",
    "contact_name": "沈验",
    "contact_mobile": "13800000000",
    "contact_email": "check@example.invalid",
    "main_products": "改性塑料",
    "process_intro": "混料、挤出、造粒、包装。",
    "green_intro": "屋顶光伏、余热回收、水循环利用。",
    "evaluation_mode": "self",
}


class StepFailed(Exception):
    """A step of the flow did not work; the message names it."""


@dataclass
class MainFlow:
    """Plays the flow against a server; `tell` prints one line a step."""

    base_url: str
    password: str
    tell: Callable[[str], None]
    serial: int = field(default_factory=lambda: 5_000_000 + secrets.randbelow(900_000))
    count: int = 0
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @contextmanager
    def step(self, what: str, rule_id: str) -> Iterator[None]:
        """Announce a step with its rule and clause; name it when it fails."""
        self.count += 1
        clause = rule(rule_id).clause
        try:
            yield
        except (Refused, AssertionError, LookupError, TypeError, OSError) as error:
            msg = f"第 {self.count} 步「{what}」（{rule_id}，方案{clause}）失败：{error}"
            raise StepFailed(msg) from error
        self.tell(f"  ✓ {self.count:>2}. {what}  〔{rule_id} 方案{clause}〕")

    def who(self, username: str) -> Visitor:
        """Return the signed-in session of an account."""
        if username not in self.visitors:
            self.visitors[username] = Visitor(self.base_url).sign_in(username, self.password)
        return self.visitors[username]

    @property
    def handler(self) -> Visitor:
        """District 经办."""
        return self.who(f"jingban_{_DISTRICT}")

    @property
    def signer(self) -> Visitor:
        """District 签批."""
        return self.who(f"kezhang_{_DISTRICT}")

    @property
    def city(self) -> Visitor:
        """Municipal 经办."""
        return self.who("sj_jingban")

    def play(self) -> str:
        """Play everything; return the number of the 3A certificate.

        Raises:
            StepFailed: the first step that did not work.
        """
        enterprise = self._enrol()
        round_id = self._round()
        self._earn_2a(enterprise, round_id)
        case = self._apply(enterprise, round_id, 3, Decimal(86))
        self._score(case, Decimal(80), Decimal(100))
        self._recommend(case, round_id)
        self._assess(case)
        return self._award(case, round_id)

    # ------------------------------------------------------------------ parts
    def _enrol(self) -> Visitor:
        username = f"check{self.serial}"
        public = Visitor(self.base_url)
        with self.step("企业登记（信用代码逐位核对）", "R-13"):
            public.page("/register/")
            done = public.post(
                "enterprises/register/",
                {
                    "uscc": made_up_credit_code(_DISTRICT, self.serial),
                    "name": _PROFILE["factory_name"],
                    "district": _DISTRICT,
                    "industry_code": _INDUSTRY,
                    "site_address": _PROFILE["site_address"],
                    "ownership": "民营",
                    "legal_representative": _PROFILE["legal_representative"],
                    "contact_name": _PROFILE["contact_name"],
                    "contact_phone": _PROFILE["contact_mobile"],
                    "contact_email": _PROFILE["contact_email"],
                    "username": username,
                    "password": self.password,
                    "person_name": _PROFILE["contact_name"],
                    "consent": True,
                    "main_products": _PROFILE["main_products"],
                },
            )
        with self.step("属地核实企业在本辖区生产", "R-13"):
            self.handler.post(f"enterprises/{done['public_id']}/confirm/")
        return self.who(username)

    def _round(self) -> str:
        """Use the round that is taking 2A and 3A applications; make one where there is none."""
        now = DatabaseClock().now()
        rounds = _rows(self.city.get("rounds/?page_size=200"))
        running = [row for row in rounds if row["phase"] == "taking" and {2, 3} <= set(row["levels"])]
        if running:
            with self.step(f"批次 {running[0]['code']} 正在受理", "R-12"):
                return str(running[0]["public_id"])
        taken = {row["code"] for row in rounds}
        code = next(
            free for letter in ascii_uppercase[::-1] if (free := f"{now.on.year}{letter}") not in taken
        )
        opens = now.at.astimezone(SHANGHAI) - timedelta(minutes=5)
        with self.step("市局拟定批次，处长发布", "R-12"):
            made = self.city.post(
                "rounds/",
                {
                    "code": code,
                    "name": f"{now.on.year} 年主流程检验批次",
                    "year": now.on.year,
                    "levels": [2, 3],
                    "opens_at": opens.isoformat(),
                    "closes_at": (opens + timedelta(days=20)).isoformat(),
                    "scheme_codes": ["SZGF-2023R1"],
                    "prerequisite_required": True,
                },
            )
            self.who("sj_chuzhang").post(f"rounds/{made['public_id']}/open/")
        return str(made["public_id"])

    def _apply(self, enterprise: Visitor, round_id: str, level: int, target: Decimal) -> str:
        label = Level(level).label
        with self.step(f"企业选择批次，发起 {label} 申报", "R-12"):
            case = enterprise.post(
                "applications/", {"round": round_id, "level": level, "scheme_code": "SZGF-2023R1"}
            )["public_id"]
        with self.step("填写基本信息表与基本要求", "R-10"):
            version = self._version(enterprise, case, "profile")
            enterprise.post(f"applications/{case}/profile/", {"values": _PROFILE, "version": version})
            answers = {
                item.code: {"conforms": True, "explanation": "见证明材料。"}
                for item in requirements_for(Level(level))
            }
            enterprise.post(
                f"applications/{case}/basics/",
                {"answers": answers, "version": self._version(enterprise, case, "basics")},
            )
        with self.step("自评 97 项：数据由系统按公式计分，上传证明材料", "R-07"):
            self._evaluate(enterprise, case, target)
        with self.step("撰写评价报告各章", "R-12"):
            for section in report_sections.REPORT_SECTIONS:
                version = self._version(enterprise, case, f"report:{section.code}")
                enterprise.post(
                    f"applications/{case}/report/",
                    {"section": section.code, "text": f"{section.title}：见附件材料。", "version": version},
                )
        with self.step("在窗口内提交（数据库时钟），重复提交得到同一回执", "R-12"):
            body = {"token": f"check-{case}", "pledge": True, "signatory": _PROFILE["legal_representative"]}
            first = enterprise.post(f"applications/{case}/submit/", body)
            again = enterprise.post(f"applications/{case}/submit/", body)
            assert first["receipt_no"] == again["receipt_no"], "重复提交得到了不同的回执"  # noqa: S101
        return str(case)

    def _version(self, visitor: Visitor, case: str, part: str) -> int:
        return int(visitor.get(f"applications/{case}/")["part_versions"].get(part, 0))

    def _evaluate(self, enterprise: Visitor, case: str, target: Decimal) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "evaluation_systems"

        def read(name: str) -> Any:
            return yaml.safe_load((folder / name).read_text(encoding="utf-8"))

        scheme = load_scheme(
            bundle(read("szgf-2023r1.yaml"), read("metrics.yaml"), read("ecm_functions.yaml"))
        )
        plan = self_evaluation(scheme, benchmarks(), Factory(_INDUSTRY, 46000, 52000, target, int(target)))
        figures = plan.measurements.as_mapping()
        sheet = enterprise.get(f"applications/{case}/sheet/?kind=self")
        enterprise.post(f"applications/{case}/measurements/", {"version": sheet["version"], **figures})
        answers = {
            code: {key: value for key, value in answer.as_mapping().items() if key != "evidence_count"}
            for code, answer in plan.answers.items()
        }
        enterprise.post(f"applications/{case}/answers/", {"answers": answers})
        sample = Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / "energy-statistics-sample.pdf"
        stored = enterprise.upload(f"applications/{case}/evidence/", "energy.pdf", sample.read_bytes())
        for code in ["K5-01", *(c for c, a in plan.answers.items() if a.claimed_ratio is not None)]:
            enterprise.post(
                f"applications/{case}/evidence/attach/",
                {"file": stored["public_id"], "place": "item", "code": code},
            )

    def _score(self, case: str, low: Decimal, high: Decimal) -> None:
        with self.step("属地受理，形式审查通过", "R-14"):
            self.handler.post(f"applications/{case}/accept/")
            self.handler.post(f"applications/{case}/pass-form-check/", {"rows": []})
        with self.step("经办逐项初评（差异写明理由），提交签批", "R-15"):
            self.handler.post(f"applications/{case}/preliminary/claim/")
            self.handler.post(f"applications/{case}/preliminary/adopt/")
            self.handler.post(
                f"applications/{case}/preliminary/scores/",
                {"answers": {"J1-05": {"judged_points": "0.48", "reason": "佐证材料仅覆盖部分厂房。"}}},
            )
            self.handler.post(
                f"applications/{case}/preliminary/submit/", {"opinion": "逐项核对，得分如表。", "vetoes": []}
            )
        with self.step("经办不能签批自己的初评", "R-15"):
            self._refused(lambda: self.handler.post(f"applications/{case}/preliminary/sign/"), {403, 422})
        with self.step(f"第二人签批，初评得分在 {low}—{high} 之间", "R-15"):
            total = Decimal(self.signer.post(f"applications/{case}/preliminary/sign/")["total"])
            assert low <= total < high, f"初评得分 {total}"  # noqa: S101

    def _refused(self, act: Callable[[], object], statuses: set[int]) -> None:
        try:
            act()
        except Refused as refused:
            assert refused.status in statuses, f"应被拒绝（{statuses}），实际 {refused.status}"  # noqa: S101, PT017
            return
        msg = "应被拒绝，但成功了"
        raise AssertionError(msg)

    def _earn_2a(self, enterprise: Visitor, round_id: str) -> None:
        with self.step("未获评 2A，3A 申报的资格逐条说明", "R-08"):
            lines = enterprise.get(f"rounds/{round_id}/eligibility/?level=3")["lines"]
            assert any(line["rule"] == "R-08" and line["state"] != "met" for line in lines)  # noqa: S101
        case = self._apply(enterprise, round_id, 2, Decimal(75))
        self._score(case, Decimal(70), Decimal(80))
        with self.step("属地评定 2A（经办提出，科长签发）", "R-06"):
            proposal = self.handler.post(f"applications/{case}/ruling/propose/")
            assert proposal["level"] == int(Level.A2), proposal  # noqa: S101
            self.signer.post(
                f"applications/{case}/ruling/sign/",
                {"document_no": f"昆工信检〔{date.today().year}〕{self.serial}号"},  # noqa: DTZ011
            )
        with self.step("评定结果报市局备案，市局备案", "R-16"):
            filing = self.handler.post("filings/", {"round": round_id})["public_id"]
            self.signer.post(f"filings/{filing}/send/")
            number = self.city.post(f"filings/{filing}/acknowledge/")["number"]
            assert number  # noqa: S101

    def _recommend(self, case: str, round_id: str) -> None:
        with self.step("80 分（含）以上列入推荐汇总表，科长签批上报", "R-18"):
            listed = self.handler.post("recommendations/", {"round": round_id})["public_id"]
            self.signer.post(
                f"recommendations/{listed}/send/", {"letter_no": f"昆工信函检〔{self.serial}〕号"}
            )
        with self.step("市局受理推荐", "R-17"):
            self.city.post(f"applications/{case}/city-accept/")

    def _assess(self, case: str) -> None:
        with self.step("组建专家组：三名无利益冲突的专家", "R-20"):
            candidates = _rows(self.city.get(f"applications/{case}/panel/candidates/"))
            free = [row for row in candidates if not row["conflicts"]]
            ids = [row["public_id"] for row in free[:3]]
            due = DatabaseClock().now().on + timedelta(days=10)
            self.city.post(
                f"applications/{case}/panel/", {"experts": ids, "leader": ids[0], "due_on": due.isoformat()}
            )
        members = self._members(case)
        with self.step("专家签署声明后独立评分，互不可见", "R-19"):
            for expert, task, _ in members:
                expert.post(f"assignments/{task}/declare/")
                expert.post(f"assignments/{task}/adopt/")
                expert.post(
                    f"assignments/{task}/submit/", {"strengths": "管理基础好。", "problems": "", "advice": ""}
                )
        with self.step("组长起草，成员签名，出具评估意见", "R-22"):
            leader = next(expert for expert, _, leads in members if leads)
            leader.post(
                f"applications/{case}/panel/draft-opinion/",
                {
                    "opinion": "recommend",
                    "reasons": "材料完整，符合评价要求。",
                    "site_visited": False,
                    "site_reason": "评分一致，材料充分。",
                },
            )
            for expert, task, leads in members:
                if not leads:
                    expert.post(f"assignments/{task}/sign-opinion/")
            leader.post(f"applications/{case}/panel/conclude/")
            self.city.post(f"applications/{case}/panel/take/")

    def _members(self, case: str) -> list[tuple[Visitor, str, bool]]:
        found = []
        for number in range(1, 10):
            expert = self.who(f"zj{number:02d}")
            found += [
                (expert, row["public_id"], bool(row["is_leader"]))
                for row in _rows(expert.get("assignments/"))
                if row["case"]["public_id"] == case
            ]
        return found

    def _award(self, case: str, round_id: str) -> str:
        with self.step("征信查询并登记结果", "R-23"):
            self.who("sj_zhengxin").post(
                f"applications/{case}/credit-checks/",
                {
                    "platform": "信用中国",
                    "checked_on": DatabaseClock().now().on.isoformat(),
                    "report_no": f"XY{self.serial}",
                    "result": "normal",
                },
            )
        with self.step("公示稿经办拟稿、处长审核、局领导签批、发布", "R-24"):
            notice = self.city.post(
                "notices/",
                {
                    "round": round_id,
                    "applications": [case],
                    "title": "关于主流程检验批次3A级绿色工厂拟评定名单的公示",
                    "contact_person": "沈先生",
                    "contact_phone": "0512-00000000",
                    "supervision_phone": "0512-00000001",
                },
            )["public_id"]
            for username, event in (
                ("sj_jingban", "submit"),
                ("sj_chuzhang", "review"),
                ("sj_lingdao", "approve"),
            ):
                self.who(username).post(f"notices/{notice}/sign/", {"event": event})
            term = self.who("sj_fabu").post(f"notices/{notice}/publish/")
            assert _PROFILE["factory_name"] in Visitor(self.base_url).page(f"/notices/{notice}/")  # noqa: S101
        body = {"round": round_id, "applications": [case], "document_no": f"苏工信检〔{self.serial}〕号"}
        with self.step("公示期未满，不能提请评定", "R-25"):
            self._refused(lambda: self.city.post("recognitions/", body), {409, 422})
        with self.step(f"公示至 {term['ends_on']}，拨快演示时钟，期满无异议", "R-25"):
            days = (date.fromisoformat(term["ends_on"]) - DatabaseClock().now().on).days + 1
            put_demo_clock_forward(days)
            sweep(clock=DatabaseClock())
        with self.step("市局经办确认，局领导签发评定", "R-27"):
            listed = self.city.post("recognitions/", body)["public_id"]
            self.who("sj_lingdao").post(f"recognitions/{listed}/sign/")
        with self.step("公开名录可查，扫码查验为有效", "R-27"):
            row = next(
                row
                for row in _rows(Visitor(self.base_url).get("titles/?level=3&q=检验流程"))
                if row["uscc"] == made_up_credit_code(_DISTRICT, self.serial)
            )
            number = str(row["certificate_no"])
            found = Visitor(self.base_url).get(f"titles/verify/?certificate_no={number}")
            assert found["status"] == "valid", found  # noqa: S101
        return number


def _rows(answer: Any) -> list[dict[str, Any]]:
    return list(answer["results"] if isinstance(answer, dict) else answer)
