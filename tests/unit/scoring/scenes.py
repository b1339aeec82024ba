"""A case with its people for the tests of scoring and evidence, and answers that fill a whole sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission

from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.policy.evaluation.spec import Binary, Count, Graded, ItemSpec, SchemeSpec
from apps.scoring import selectors
from apps.scoring import services as scoring
from apps.scoring.models import ScoreEntry
from apps.scoring.states import DISTRICT, EXPERT, SELF
from tests import worlds

SUZHOU = "SZGF-2023R1"

#: Every figure of the factory: all metrics can be computed from it or need a claim.
FIGURE = Decimal(100)


@dataclass
class Scene:
    """One application of one enterprise, and everybody around it."""

    clock: FixedClock
    enterprise: Actor
    other_enterprise: Actor
    district: worlds.Staff
    other_district: worlds.Staff
    city: worlds.Staff
    experts: list[Actor]
    application_id: int
    case: scoring.Case

    def open_self(self, code: str = SUZHOU) -> scoring.SheetRef:
        scheme = next(row for row in selectors.schemes(actor=Actor.system()) if row.code == code)
        enter(self.enterprise)
        return scoring.open_sheet(
            actor=self.enterprise, clock=self.clock, case=self.case, kind=SELF, scheme_id=scheme.id
        )

    def signed_self(self, *, poor: Iterable[str] = (), absent: Iterable[str] = ()) -> scoring.SignedSheet:
        """Fill in and hand in the self sheet; *poor* items are not met, *absent* ones are 不适用."""
        ref = self.open_self()
        fill_self(self, ref.public_id, poor=set(poor), absent=set(absent))
        enter(self.enterprise)
        return scoring.sign_sheet(actor=self.enterprise, clock=self.clock, public_id=ref.public_id)

    def open_district(self) -> scoring.SheetRef:
        actor = self.district.handler
        enter(actor)
        return scoring.open_sheet(actor=actor, clock=self.clock, case=self.case, kind=DISTRICT)

    def signed_district(self) -> scoring.SignedSheet:
        """Let the district take over every score and sign."""
        ref = self.open_district()
        actor = self.district.handler
        scoring.adopt_scores(actor=actor, clock=self.clock, public_id=ref.public_id)
        left = selectors.compare_view(actor=actor, public_id=ref.public_id).unanswered
        scoring.adopt_scores(actor=actor, clock=self.clock, public_id=ref.public_id, item_codes=left)
        return scoring.sign_sheet(actor=actor, clock=self.clock, public_id=ref.public_id)

    def open_expert(self, number: int = 0) -> scoring.SheetRef:
        actor = self.experts[number]
        enter(actor)
        return scoring.open_sheet(actor=actor, clock=self.clock, case=self.case, kind=EXPERT)

    def grant(self, expert: Actor) -> None:
        grant_application(expert, self.application_id)


def build(clock: FixedClock, *, experts: int = 2) -> Scene:
    """Make two districts, two enterprises, a city, experts, a round and one application."""
    district = worlds.district_staff(clock, worlds.KUNSHAN)
    other_district = worlds.district_staff(clock, worlds.WUZHONG)
    city = worlds.municipal_staff(clock)
    enterprise = worlds.enterprise(clock, 1, confirmed_by=district.handler, industry_code="2651")
    other = worlds.enterprise(
        clock, 2, district=worlds.WUZHONG, confirmed_by=other_district.handler, industry_code="2651"
    )
    people = [worlds.expert(clock, number) for number in range(1, experts + 1)]
    enter(Actor.system())
    scoring.load_schemes(clock=clock)
    application_id = application(clock, enterprise)
    assert enterprise.enterprise_id is not None
    case = scoring.Case(application_id, enterprise.enterprise_id, worlds.KUNSHAN, "2651")
    return Scene(clock, enterprise, other, district, other_district, city, people, application_id, case)


def application(clock: FixedClock, enterprise: Actor, *, code: str = "2026T") -> int:
    """Make an application row; how one comes about is tested in its own room, above these."""
    enter(Actor.system())
    rounds = apps.get_model("applications", "Round")
    now = clock.now().at
    found = rounds.objects.filter(code=code).first() or rounds.objects.create(
        code=code,
        name=f"{code} 测试批次",
        year=2026,
        levels=[1, 2, 3],
        opens_at=now,
        closes_at=now + timedelta(days=30),
        prerequisite_required=False,
        state="open",
        created_at=now,
    )
    row = worlds.enterprise_row(enterprise)
    made = apps.get_model("applications", "Application").objects.create(
        enterprise_id=row.pk,
        district_id=row.district_id,
        round=found,
        level=3,
        state="draft",
        created_at=now,
        changed_at=now,
    )
    return int(made.pk)


def grant_application(expert: Actor, application_id: int) -> None:
    """Grant an expert one application, as the review room does when it assigns."""
    enter(Actor.system())
    permission = Permission.objects.get(codename="score_application")
    apps.get_model("applications", "ApplicationUserObjectPermission").objects.create(
        user_id=expert.user_id, permission=permission, content_object_id=application_id
    )


def revoke_application(expert: Actor, application_id: int) -> None:
    """Take the grant away again."""
    enter(Actor.system())
    apps.get_model("applications", "ApplicationUserObjectPermission").objects.filter(
        user_id=expert.user_id, content_object_id=application_id
    ).delete()


def answer_for(item: ItemSpec, spec: SchemeSpec, *, met: bool = True) -> dict[str, Any]:
    """Return an answer that a page would send for *item*."""
    if isinstance(item.method, Binary):
        return {"met": met}
    if isinstance(item.method, Graded):
        return {"option": 0 if met else len(item.method.options) - 1}
    if isinstance(item.method, Count):
        checklist = spec.metric(item.method.metric).checklist
        return {"selected": list(checklist.options[:2]) if checklist is not None else []}
    return {}


def fill_self(scene: Scene, public_id: str, *, poor: set[str], absent: set[str]) -> None:
    """Answer every item of an open self sheet: choices, figures, claims with evidence where no benchmark exists.

    The answers are written in one statement; saving the figures then scores them all (saving item by item has its
    own tests and would take seconds here).
    """
    actor = scene.enterprise
    enter(actor)
    head = selectors.sheet_head(actor=actor, public_id=public_id)
    spec = selectors.scheme_spec(actor=Actor.system(), scheme_id=head.scheme_id)
    entries = {entry.item_code: entry for entry in ScoreEntry.objects.filter(sheet_id=head.id)}
    for item in spec.items:
        entry = entries[item.code]
        if item.code in absent:
            entry.answer, entry.reason = {"not_applicable": True}, "本厂无此项。"
        else:
            entry.answer = answer_for(item, spec, met=item.code not in poor)
        entry.updated_by_id = actor.user_id
    ScoreEntry.objects.bulk_update(entries.values(), ["answer", "reason", "updated_by"])
    figures = {entry.code: str(FIGURE) for entry in spec.inputs() if not entry.options}
    _save_figures(scene, public_id, head.version, figures, period="2024")
    _claim_the_rest(scene, public_id, entries)
    _save_figures(scene, public_id, head.version + 1, {}, period="2025")


def _save_figures(scene: Scene, public_id: str, version: int, values: dict[str, str], *, period: str) -> None:
    scoring.save_measurements(
        actor=scene.enterprise,
        clock=scene.clock,
        public_id=public_id,
        version=version,
        values=values,
        period=period,
    )


def _claim_the_rest(scene: Scene, public_id: str, entries: dict[str, ScoreEntry]) -> None:
    """Claim the best step, or enter the required value, for what the figures alone cannot score."""
    for item in selectors.sheet_result(actor=scene.enterprise, public_id=public_id).items:
        if item.answered:
            continue
        if item.claimable:
            entries[item.code].answer = {"claimed_ratio": str(item.claimable[0])}
            entries[item.code].evidence_count = 1
        else:
            entries[item.code].answer = {
                "benchmarks": {"required_value": {"value": "100", "source": "出让合同"}}
            }
    ScoreEntry.objects.bulk_update(entries.values(), ["answer", "evidence_count"])
