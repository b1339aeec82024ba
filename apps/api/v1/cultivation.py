"""Training, building plans and service bodies over HTTP (六（一）、六（三）, R-45, R-20)."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import (
    BUREAUS,
    CITY,
    DISTRICT,
    ENTERPRISE,
    EVERYBODY,
    PARTIES,
    Act,
    Body,
    Codes,
    Listing,
    Made,
    Reading,
    Text,
    made,
)
from apps.api.v1.evidence import LARGEST_UPLOAD
from apps.api.v1.shared import ReasonBody
from apps.core.actor import Role
from apps.cultivation import selectors, services
from apps.cultivation.states import BODY_KINDS, EVENT_KINDS, EVENT_LIFE, PLAN_LIFE


class EventLine(serializers.Serializer[Any]):
    """An event as everybody reads it."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    title = serializers.CharField()
    organiser = serializers.CharField()
    place = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    sign_up_until = serializers.DateTimeField()
    seats = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()


class EventBody(Body):
    """What is announced."""

    kind = serializers.ChoiceField(sorted(EVENT_KINDS))
    title = Text(max_length=100)
    place = Text(max_length=120)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    sign_up_until = serializers.DateTimeField()
    summary = Text(max_length=2000)
    seats = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    material = Text(max_length=20000, required=False, default="")


class TrainingEvents(Listing, Act):
    """培训宣传活动；登记活动。"""

    audience = EVERYBODY
    writers = BUREAUS
    reading = EventLine
    body = EventBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return the events in sight."""
        return selectors.events(actor=self.actor)

    def act(self, **data: Any) -> Any:
        """Draft it."""
        event = services.EventData(**data)
        return made(services.make_event(actor=self.actor, clock=self.clock, data=event))


class TrainingEvent(Reading):
    """一场活动。"""

    audience = EVERYBODY
    reading = EventLine

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.event(actor=self.actor, public_id=public_id)


class MoveBody(Body):
    """Which step, and why."""

    event = serializers.ChoiceField(sorted({step.event for step in EVENT_LIFE.transitions}))
    note = Text(max_length=200, required=False, default="")


class StepAnswer(serializers.Serializer[Any]):
    """The state it is in now."""

    state = serializers.CharField()


class MoveTrainingEvent(Act):
    """发布、登记已举办、取消活动。"""

    audience = BUREAUS
    body = MoveBody
    answer = StepAnswer
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Take the step."""
        state = services.move_event(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        return {"state": state}


class MaterialLine(serializers.Serializer[Any]):
    """A file of an event."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    size_text = serializers.CharField()
    added_at = serializers.DateTimeField()


class MaterialBody(Body):
    """The file."""

    file = serializers.FileField()


class TrainingMaterial(Listing, Act):
    """活动资料文件；上传资料（multipart，字段 file）。"""

    audience = EVERYBODY
    writers = BUREAUS
    reading = MaterialLine
    body = MaterialBody
    answer = Made
    status = 201
    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD

    def rows(self, *, public_id: str) -> Any:
        """Return the files."""
        return selectors.event_files(actor=self.actor, public_id=public_id)

    def act(self, *, public_id: str, file: Any) -> Any:
        """Add it."""
        return made(
            services.add_event_file(actor=self.actor, clock=self.clock, public_id=public_id, upload=file)
        )


class RemoveTrainingMaterial(Act):
    """移除资料文件。"""

    audience = BUREAUS

    def act(self, *, public_id: str, file: str) -> None:
        """Take it off."""
        services.remove_event_file(actor=self.actor, clock=self.clock, public_id=public_id, file=file)


class SignUpBody(Body):
    """Who leads the enterprise's people, and how many come."""

    person = Text(max_length=50)
    people = serializers.IntegerField()


class SignUp(Act):
    """报名或修改报名（免费、自愿）。"""

    audience = ENTERPRISE
    body = SignUpBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Sign up."""
        services.sign_up(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class TakeBackSignUp(Act):
    """取消报名。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Take it back."""
        services.withdraw(actor=self.actor, clock=self.clock, public_id=public_id)


class ParticipantLine(serializers.Serializer[Any]):
    """An enterprise that takes part."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    person = serializers.CharField()
    people = serializers.IntegerField()
    came = serializers.BooleanField(allow_null=True)


class AttendanceBody(Body):
    """Who came, by the public ids of the list."""

    came = Codes()


class CameAnswer(serializers.Serializer[Any]):
    """How many enterprises came."""

    came = serializers.IntegerField()


class Attendance(Listing, Act):
    """报名企业；登记到场。"""

    audience = BUREAUS
    reading = ParticipantLine
    body = AttendanceBody
    answer = CameAnswer
    status = 200

    def rows(self, *, public_id: str) -> Any:
        """Return who takes part, to the host."""
        return selectors.participants(actor=self.actor, public_id=public_id)

    def act(self, *, public_id: str, came: list[str]) -> Any:
        """Keep who came."""
        there = services.mark_attendance(actor=self.actor, clock=self.clock, public_id=public_id, came=came)
        return {"came": there}


class BuildingPlanLine(serializers.Serializer[Any]):
    """A building plan."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    district_name = serializers.CharField()
    level = serializers.IntegerField()
    year = serializers.IntegerField()
    measures = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    opinion = serializers.CharField()


class BuildingPlanBody(Body):
    """The level aimed at by a year, and how."""

    level = serializers.IntegerField()
    year = serializers.IntegerField()
    measures = Text(max_length=2000)


class BuildingPlans(Listing, Act):
    """建设计划；报送或修改（自愿，不作为申报条件）。"""

    audience = PARTIES
    writers = ENTERPRISE
    reading = BuildingPlanLine
    body = BuildingPlanBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return the plans in sight."""
        return selectors.plans(actor=self.actor)

    def act(self, **data: Any) -> Any:
        """Send it."""
        return made(services.send_plan(actor=self.actor, clock=self.clock, **data))


class PlanDecisionBody(Body):
    """Listed or not, and the opinion."""

    event = serializers.ChoiceField(
        sorted({step.event for step in PLAN_LIFE.transitions if Role.DISTRICT in step.roles})
    )
    opinion = Text(max_length=200, required=False, default="")


class DecideBuildingPlan(Act):
    """列入培育名单、暂不列入、移出。"""

    audience = DISTRICT
    body = PlanDecisionBody
    answer = StepAnswer
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Decide."""
        state = services.decide_plan(actor=self.actor, clock=self.clock, public_id=public_id, **data)
        return {"state": state}


class PoolLine(serializers.Serializer[Any]):
    """How many listed enterprises aim at each level, 1A to 5A."""

    district_name = serializers.CharField()
    year = serializers.IntegerField()
    by_level = serializers.ListField(child=serializers.IntegerField())
    total = serializers.IntegerField()


class CultivationPool(Listing):
    """培育名单统计。"""

    audience = BUREAUS
    reading = PoolLine

    def rows(self) -> Any:
        """Return the counts."""
        return selectors.pool(actor=self.actor)


class BodyLine(serializers.Serializer[Any]):
    """A registered service body."""

    public_id = serializers.CharField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    kind_labels = serializers.ListField(child=serializers.CharField())
    qualification = serializers.CharField()


class ServiceBodyBody(Body):
    """A body with what it offers."""

    name = Text(max_length=100)
    uscc = Text(max_length=18)
    kinds = serializers.ListField(child=serializers.ChoiceField(sorted(BODY_KINDS)), max_length=10)
    qualification = Text(max_length=200, required=False, default="")


class ServiceBodies(Listing, Act):
    """在册服务机构（登记不是推荐）；登记机构。"""

    audience = EVERYBODY
    writers = CITY
    reading = BodyLine
    body = ServiceBodyBody
    answer = Made
    status = 201

    def rows(self) -> Any:
        """Return the register."""
        return selectors.bodies()

    def act(self, **data: Any) -> Any:
        """Register it."""
        return made(services.register_body(actor=self.actor, clock=self.clock, **data))


class RemoveServiceBody(Act):
    """移出登记；已登记的服务关系保留，回避照旧。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Take it off."""
        services.remove_body(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class EngagementBody(Body):
    """Which body helps, and since when."""

    body = Text(max_length=20)
    since = serializers.DateField()


class Engagements(Listing, Act):
    """本企业登记的服务机构；登记服务关系（其人员评审时须回避）。"""

    audience = ENTERPRISE
    reading = BodyLine
    body = EngagementBody

    def rows(self) -> Any:
        """Return them."""
        return selectors.my_bodies(actor=self.actor)

    def act(self, **data: Any) -> None:
        """Declare it."""
        services.declare_engagement(actor=self.actor, clock=self.clock, **data)
