"""Applications in every state a district works with, reached through the services with a moving clock.

The self-evaluation is a computed one (`demo.figures`): its answers are written in one statement and scored by the
services, because answering 97 items one by one has its own tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.applications import profile_fields, report_sections
from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter
from apps.evidence import services as evidence
from apps.policy.basic_requirements import requirements_for
from apps.policy.evaluation.benchmarks import BenchmarkTable, load_benchmarks
from apps.policy.levels import Level
from apps.review import services as review
from apps.scoring import selectors as scoring
from apps.scoring.models import ScoreEntry
from apps.scoring.selectors.schemes import benchmark_rows
from suzhou_greenfactory.demo.figures import Factory, SelfEvaluation, self_evaluation
from tests import worlds

SCHEME = "SZGF-2023R1"
OPENS = datetime(2026, 10, 8, 9, 0, tzinfo=SHANGHAI)
CLOSES = datetime(2026, 12, 4, 18, 0, tzinfo=SHANGHAI)
INDUSTRY = "2651"
#: The smallest file that the inspection takes for a picture.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
_CHOICE = {"ownership": "民营", "evaluation_mode": "self"}
_TEXTS = {
    "registry": "示例市场监督管理局",
    "founded_on": "2010-05-18",
    "registered_capital_wan": "5000",
    "legal_phone": "0512-57000000",
    "contact_mobile": "13800000000",
    "contact_email": "contact@example.invalid",
}


@dataclass
class Scene:
    """The people of two districts and the city, an open round, and applications made on demand."""

    clock: FixedClock
    district: worlds.Staff
    other_district: worlds.Staff
    city: worlds.Staff
    round_public_id: str
    second_handler: Actor
    enterprises: dict[str, Actor] = field(default_factory=dict)

    # ------------------------------------------------------------ enterprise

    def draft(
        self,
        serial: int,
        *,
        level: int = 3,
        target: str = "85",
        district: str = worlds.KUNSHAN,
        name: str = "",
    ) -> str:
        """A filled-in application that has not been handed in."""
        staff = self.district if district == worlds.KUNSHAN else self.other_district
        enterprise = worlds.enterprise(
            self.clock, serial, district=district, confirmed_by=staff.handler, name=name or None
        )
        enter(enterprise)
        public_id = applications.create_application(
            actor=enterprise,
            clock=self.clock,
            round_public_id=self.round_public_id,
            level=level,
            scheme_code=SCHEME,
        )
        self.enterprises[public_id] = enterprise
        self._fill(public_id, enterprise, Decimal(target), serial)
        return public_id

    def submitted(
        self,
        serial: int,
        *,
        level: int = 3,
        target: str = "85",
        district: str = worlds.KUNSHAN,
        name: str = "",
    ) -> str:
        """An application waiting for its district."""
        public_id = self.draft(serial, level=level, target=target, district=district, name=name)
        self.hand_in(public_id, serial)
        return public_id

    def hand_in(self, public_id: str, serial: int) -> None:
        """The enterprise submits a draft."""
        enterprise = self.enterprises[public_id]
        enter(enterprise)
        applications.submit(
            actor=enterprise,
            clock=self.clock,
            public_id=public_id,
            token=f"scene-token-{serial}",
            pledge=True,
            signatory="周敏",
        )

    def _fill(self, public_id: str, actor: Actor, target: Decimal, seed: int) -> None:
        file = applications_read.application_file(actor=actor, public_id=public_id)
        values = {
            one.code: _CHOICE.get(one.code) or _TEXTS.get(one.code) or "示例内容"
            for one in profile_fields.PROFILE_FIELDS
            if one.required and not next(v.value for v in file.profile if v.field.code == one.code)
        }
        applications.save_profile(
            actor=actor,
            clock=self.clock,
            public_id=public_id,
            values=values,
            version=file.part_versions.get("profile", 0),
        )
        applications.save_basics(
            actor=actor,
            clock=self.clock,
            public_id=public_id,
            answers={
                one.code: {"conforms": True, "explanation": ""}
                for one in requirements_for(Level(file.case.level))
            },
            version=file.part_versions.get("basics", 0),
        )
        for section in report_sections.REPORT_SECTIONS:
            applications.save_report_section(
                actor=actor,
                clock=self.clock,
                public_id=public_id,
                section=section.code,
                text=f"{section.title}：示例文字。",
                version=0,
            )
        self._answer(public_id, actor, evaluation(target, seed))

    def _answer(self, public_id: str, actor: Actor, found: SelfEvaluation) -> None:
        case = applications_read.case(actor=actor, public_id=public_id)
        sheet = scoring.current_sheet(actor=actor, application_id=case.id, kind="self")
        assert sheet is not None
        rows = list(ScoreEntry.objects.filter(sheet_id=sheet.id))
        for row in rows:
            said = found.answers[row.item_code].as_mapping()
            row.evidence_count = said.pop("evidence_count", None)
            row.reason = said.pop("reason", "")
            row.answer = said
            row.updated_by_id = actor.user_id
        ScoreEntry.objects.bulk_update(rows, ["answer", "evidence_count", "reason", "updated_by"])
        figures = found.measurements.as_mapping()
        spec = scoring.scheme_spec(actor=Actor.system(), scheme_id=sheet.scheme_id)
        asked = {one.code for one in spec.inputs()}
        applications.save_measurements(
            actor=actor,
            clock=self.clock,
            public_id=public_id,
            version=sheet.version,
            values={code: value for code, value in figures["values"].items() if code in asked},
            rows={
                code: rows
                for code, rows in figures["rows"].items()
                if code in {one.code for one in spec.metrics}
            },
            units=figures["units"],
            period=figures["period"],
        )

    def with_evidence(self, public_id: str, *codes: str) -> list[str]:
        """Attach one small picture to each of *codes* of a draft; return the files' public ids."""
        actor = self.enterprises[public_id]
        enter(actor)
        files = []
        for number, code in enumerate(codes):
            stored = evidence.store_upload(
                actor=actor,
                clock=self.clock,
                upload=SimpleUploadedFile(f"佐证{code}.png", PNG + bytes([number]), "image/png"),
                case=applications.case_for_upload(actor=actor, public_id=public_id),
            )
            applications.attach_evidence(
                actor=actor,
                clock=self.clock,
                public_id=public_id,
                file_public_id=stored.public_id,
                place="item",
                code=code,
            )
            files.append(stored.public_id)
        return files

    # ------------------------------------------------------------ district

    def accepted(self, serial: int, **made: str | int) -> str:
        """An application whose form is being checked."""
        public_id = self.submitted(serial, **made)  # type: ignore[arg-type]  # the keywords of `submitted`
        actor = self.act_as(self.district.handler)
        applications.accept(actor=actor, clock=self.clock, public_id=public_id)
        return public_id

    def to_desk(self, public_id: str) -> None:
        """The district takes a submitted application to its desk."""
        actor = self.act_as(self.district.handler)
        applications.accept(actor=actor, clock=self.clock, public_id=public_id)
        review.pass_form_check(actor=actor, clock=self.clock, public_id=public_id)
        review.claim_preliminary(actor=actor, clock=self.clock, public_id=public_id)

    def scoring(self, serial: int, *, claimed: bool = True, **made: str | int) -> str:
        """An application on the desk, claimed by the district's handler."""
        public_id = self.accepted(serial, **made)
        actor = self.act_as(self.district.handler)
        review.pass_form_check(actor=actor, clock=self.clock, public_id=public_id)
        if claimed:
            review.claim_preliminary(actor=actor, clock=self.clock, public_id=public_id)
        return public_id

    def adopt_all(self, public_id: str) -> None:
        """Score every item as the enterprise did; what must be judged gets the points claimed."""
        actor = self.act_as(self.district.handler)
        review.adopt_self_scores(actor=actor, clock=self.clock, public_id=public_id)
        sheet = self.sheet(public_id)
        for code in scoring.compare_view(actor=actor, public_id=sheet).unanswered:
            review.score_item(
                actor=actor,
                clock=self.clock,
                public_id=public_id,
                item_code=code,
                version=self.version(public_id, code),
                answer={"judged_points": "0", "reason": "佐证材料不足，不能证明达到该档要求。"},
            )

    def to_sign(self, serial: int, **made: str | int) -> str:
        """A scored application that waits for its signer."""
        public_id = self.scoring(serial, **made)  # type: ignore[arg-type]  # the keywords of `submitted`
        self.adopt_all(public_id)
        actor = self.act_as(self.district.handler)
        review.submit_preliminary(
            actor=actor, clock=self.clock, public_id=public_id, opinion="材料齐全，逐项核对。", vetoes=()
        )
        return public_id

    def signed(self, serial: int, **made: str | int) -> str:
        """An application whose preliminary score is signed."""
        public_id = self.to_sign(serial, **made)
        actor = self.act_as(self.district.signer)
        review.sign_preliminary(actor=actor, clock=self.clock, public_id=public_id)
        return public_id

    def decided(self, serial: int, *, level: int = 2, target: str = "72", **made: str | int) -> str:
        """A 1A/2A application that the district has decided."""
        public_id = self.signed(serial, level=level, target=target, **made)
        handler = self.act_as(self.district.handler)
        review.propose_ruling(actor=handler, clock=self.clock, public_id=public_id)
        signer = self.act_as(self.district.signer)
        review.sign_ruling(
            actor=signer, clock=self.clock, public_id=public_id, document_no="昆工信〔2026〕31号"
        )
        return public_id

    # ------------------------------------------------------------ city and experts

    def recommended(self, serial: int, **made: str | int) -> str:
        """A 3A application recommended to the city."""
        public_id = self.signed(serial, **made)
        handler = self.act_as(self.district.handler)
        listing = review.prepare_recommendation(
            actor=handler, clock=self.clock, round_public_id=self.round_public_id
        )
        signer = self.act_as(self.district.signer)
        review.send_recommendation(
            actor=signer, clock=self.clock, public_id=listing, letter_no="昆工信〔2026〕40号"
        )
        return public_id

    def with_panel(self, serial: int, experts: list[Actor], **made: str | int) -> str:
        """A 3A application before its expert panel; the first expert leads."""
        public_id = self.recommended(serial, **made)
        city = self.act_as(self.city.handler)
        review.accept_case(actor=city, clock=self.clock, public_id=public_id)
        review.form_panel(
            actor=city,
            clock=self.clock,
            public_id=public_id,
            expert_ids=[one.expert_id for one in experts if one.expert_id is not None],
            leader_id=experts[0].expert_id or 0,
            due_on=self.clock.now().on + timedelta(days=12),
        )
        return public_id

    # ------------------------------------------------------------ looking

    def act_as(self, actor: Actor) -> Actor:
        """Continue as *actor*, for row-level security, too."""
        enter(actor)
        return actor

    def sheet(self, public_id: str) -> str:
        """The public id of the district's sheet."""
        actor = self.act_as(self.district.handler)
        case = applications_read.case(actor=actor, public_id=public_id)
        head = scoring.current_sheet(actor=actor, application_id=case.id, kind="district")
        assert head is not None
        return head.public_id

    def version(self, public_id: str, code: str) -> int:
        """The row version of an item on the district's desk."""
        actor = self.act_as(self.district.handler)
        view = scoring.compare_view(actor=actor, public_id=self.sheet(public_id))
        return next(
            row.version
            for dimension in view.dimensions
            for group in dimension.groups
            for row in group.rows
            if row.code == code
        )

    def state(self, public_id: str) -> str:
        """The state of an application now."""
        enter(Actor.system())
        return applications_read.case(actor=Actor.system(), public_id=public_id).state


def autumn() -> FixedClock:
    """Return a clock that stands before the round opens."""
    return FixedClock(Moment.of(OPENS - timedelta(days=3)))


def build(clock: FixedClock) -> Scene:
    """Make two districts, the city, and a round that has been open since October."""
    clock.set(Moment.of(OPENS - timedelta(days=3)))
    city = worlds.municipal_staff(clock)
    district = worlds.district_staff(clock, worlds.KUNSHAN)
    other = worlds.district_staff(clock, worlds.WUZHONG)
    second = worlds.staff_member(
        clock,
        "d320583h2",
        "许静",
        role=district.handler.role,
        duties=sorted(district.handler.duties),
        district=worlds.KUNSHAN,
    )
    enter(city.handler)
    public_id = applications.create_round(
        actor=city.handler,
        clock=clock,
        data=applications.RoundData(
            code="2026B",
            name="2026 年第二批绿色工厂",
            year=2026,
            levels=[1, 2, 3],
            opens_at=OPENS,
            closes_at=CLOSES,
            scheme_codes=[SCHEME],
            prerequisite_required=False,
            notice="示例通知。",
            document_no="苏工信节能〔2026〕41号",
            prelim_due_on=CLOSES.date() + timedelta(days=21),
        ),
    )
    enter(city.signer)
    applications.open_round(actor=city.signer, clock=clock, public_id=public_id)
    clock.set(Moment.of(OPENS + timedelta(days=7)))
    return Scene(clock, district, other, city, public_id, second)


@lru_cache(maxsize=16)
def evaluation(target: Decimal, seed: int) -> SelfEvaluation:
    """A computed self-evaluation of about *target* points under the Suzhou scheme."""
    row = next(one for one in scoring.schemes(actor=Actor.system()) if one.code == SCHEME)
    spec = scoring.scheme_spec(actor=Actor.system(), scheme_id=row.id)
    return self_evaluation(
        spec,
        _benchmarks(),
        Factory(industry_code=INDUSTRY, output_wan=36_000, land_m2=48_000, target=target, seed=seed),
    )


def _benchmarks() -> BenchmarkTable:
    row = next(one for one in scoring.schemes(actor=Actor.system()) if one.code == SCHEME)
    spec = scoring.scheme_spec(actor=Actor.system(), scheme_id=row.id)
    return load_benchmarks(
        {
            "rows": benchmark_rows(
                metrics=[metric.code for metric in spec.metrics], industry_code=INDUSTRY, on=OPENS.date()
            )
        }
    )
