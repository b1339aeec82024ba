"""A round and an enterprise ready to apply; every step is made through the services, as the people would make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from apps.applications import profile_fields, report_sections
from apps.applications import services as applications
from apps.applications.models import Application
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.scoring import selectors as scoring
from tests import worlds
from tests.unit.scoring import scenes as sheets

OPENS = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)
CLOSES = datetime(2026, 12, 4, 17, 0, tzinfo=SHANGHAI)
PROFILE = {
    "factory_name": "昆山示例材料厂",
    "mailing_address": "昆山市示例路 1 号",
    "site_address": "昆山市示例路 1 号",
    "ownership": "民营",
    "registry": "昆山市市场监督管理局",
    "founded_on": "2010年5月18日",
    "registered_capital_wan": "5,000",
    "legal_representative": "周敏",
    "legal_phone": "0512-57000000",
    "contact_department": "安环部",
    "contact_name": "沈洁",
    "contact_mobile": "13800000000",
    "contact_email": "contact@example.invalid",
    "main_products": "改性塑料粒子",
    "process_intro": "混料、熔融挤出、造粒、包装。",
    "green_intro": "屋顶光伏、余热回收、循环冷却水。",
    "evaluation_mode": profile_fields.SELF,
}


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0) -> Moment:
    """Return a Shanghai moment."""
    return Moment.of(datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI))


def round_data(code: str = "2026B", **changes: object) -> applications.RoundData:
    """Return a usable round."""
    values: dict[str, object] = {
        "code": code,
        "name": f"{code[:4]} 年第二批绿色工厂申报",
        "year": int(code[:4]),
        "levels": [1, 2, 3],
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "prerequisite_required": False,
        "prelim_due_on": date(2026, 12, 31),
        **changes,
    }
    return applications.RoundData(**values)  # type: ignore[arg-type]  # the names are those of the record


@dataclass
class Scene:
    """Two districts, the city, an enterprise of each district, and an announced round."""

    clock: FixedClock
    district: worlds.Staff
    other_district: worlds.Staff
    city: worlds.Staff
    enterprise: Actor
    neighbour: Actor
    round_id: str
    tokens: list[str] = field(default_factory=list)

    def be(self, actor: Actor) -> Actor:
        """Let PostgreSQL know who acts from here on."""
        enter(actor)
        return actor

    def draft(self, level: int = 3, *, by: Actor | None = None) -> str:
        """Start a draft."""
        actor = self.be(by or self.enterprise)
        return applications.create_application(
            actor=actor, clock=self.clock, round_public_id=self.round_id, level=level
        )

    def filled(self, level: int = 3, *, by: Actor | None = None) -> str:
        """Start a draft and fill everything in."""
        actor = by or self.enterprise
        public_id = self.draft(level, by=actor)
        self.fill_forms(public_id, level, by=actor)
        self.fill_sheet(public_id, by=actor)
        return public_id

    def fill_forms(self, public_id: str, level: int = 3, *, by: Actor | None = None) -> None:
        """Fill the profile, the requirements and the report."""
        actor = self.be(by or self.enterprise)
        version = self.row(public_id).version
        self.be(actor)
        applications.save_profile(
            actor=actor, clock=self.clock, public_id=public_id, values=PROFILE, version=version
        )
        applications.save_basics(
            actor=actor,
            clock=self.clock,
            public_id=public_id,
            answers={
                item.code: {"conforms": True, "explanation": "见证明材料。"}
                for item in requirements_for(Level(level))
            },
            version=version,
        )
        for section in report_sections.REPORT_SECTIONS:
            applications.save_report_section(
                actor=actor,
                clock=self.clock,
                public_id=public_id,
                section=section.code,
                text=f"{section.title}：情况属实。",
                version=version,
            )

    def fill_sheet(self, public_id: str, *, by: Actor | None = None) -> None:
        """Fill the self-evaluation."""
        actor = by or self.enterprise
        row = self.row(public_id)
        self.be(actor)
        sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
        assert sheet is not None
        sheets.fill_self(
            _SheetScene(self.clock, actor),  # type: ignore[arg-type]  # all that filling needs
            sheet.public_id,
            poor=set(),
            absent=set(),
        )

    def submitted(self, level: int = 3, *, by: Actor | None = None) -> str:
        """Fill in and submit."""
        actor = by or self.enterprise
        public_id = self.filled(level, by=actor)
        self.submit(public_id, by=actor)
        return public_id

    def submit(self, public_id: str, *, token: str = "", by: Actor | None = None) -> applications.Receipt:
        """Submit with a token of its own."""
        actor = self.be(by or self.enterprise)
        self.tokens.append(token or f"token-{public_id}-{len(self.tokens)}")
        return applications.submit(
            actor=actor,
            clock=self.clock,
            public_id=public_id,
            token=self.tokens[-1],
            pledge=True,
            signatory="周敏",
        )

    def accepted(self, level: int = 3) -> str:
        """Submit and let the district accept."""
        public_id = self.submitted(level)
        handler = self.be(self.district.handler)
        applications.accept(actor=handler, clock=self.clock, public_id=public_id)
        return public_id

    def row(self, public_id: str) -> Application:
        """Return the stored row, whoever may see it."""
        enter(Actor.system())
        return Application.objects.select_related("round", "enterprise", "district").get(public_id=public_id)


@dataclass
class _SheetScene:
    clock: FixedClock
    enterprise: Actor


def people(clock: FixedClock) -> Scene:
    """Make the people; there is no round yet."""
    district = worlds.district_staff(clock, worlds.KUNSHAN)
    other = worlds.district_staff(clock, worlds.WUZHONG)
    city = worlds.municipal_staff(clock)
    enterprise = worlds.enterprise(clock, 1, confirmed_by=district.handler)
    neighbour = worlds.enterprise(clock, 2, district=worlds.WUZHONG, confirmed_by=other.handler)
    return Scene(clock, district, other, city, enterprise, neighbour, round_id="")


def build(clock: FixedClock, *, round_changes: dict[str, object] | None = None) -> Scene:
    """Make the people and announce a round."""
    scene = people(clock)
    scene.round_id = announced(clock, scene.city, round_data(**(round_changes or {})))
    return scene


def announced(clock: FixedClock, city: worlds.Staff, data: applications.RoundData) -> str:
    """Draft a round as the handler and announce it as the signer."""
    enter(city.handler)
    public_id = applications.create_round(actor=city.handler, clock=clock, data=data)
    enter(city.signer)
    applications.open_round(actor=city.signer, clock=clock, public_id=public_id)
    return public_id
