"""The bureau's settings over HTTP: parameters and their values, the calendar, the edition (R-24, R-28, R-44)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, CITY, Act, Body, Flag, Listing, Made, Query, Reading, Text, made
from apps.api.v1.shared import ReasonBody
from apps.core.actor import Role
from apps.core.errors import Invalid
from apps.deadlines import selectors as deadlines
from apps.deadlines import services as deadline_services
from apps.parameters import selectors, services
from apps.policy.obligations import trial_period

READERS = CITY | {Role.SYSTEM_ADMIN, Role.AUDITOR}


class ParameterValueLine(serializers.Serializer[Any]):
    """One value of a parameter, past, present or to come."""

    public_id = serializers.CharField()
    display = serializers.CharField()
    effective_from = serializers.DateField()
    reason = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    approved_by = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ParameterLine(serializers.Serializer[Any]):
    """One parameter as it stands today."""

    key = serializers.CharField()
    group = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    rule = serializers.CharField()
    clause = serializers.CharField()
    value = serializers.CharField()
    default = serializers.CharField()
    is_default = serializers.BooleanField()
    since = serializers.DateField(allow_null=True)
    pending = ParameterValueLine(many=True)


class Parameters(Listing):
    """裁量参数：现行值、默认值、待生效的值。"""

    audience = READERS
    reading = ParameterLine

    def rows(self) -> Any:
        """Return every parameter."""
        return selectors.table(actor=self.actor, on=self.clock.now().on)


class ProposalBody(Body):
    """A value from a day on, and why."""

    value = Text(max_length=200)
    effective_from = serializers.DateField()
    reason = Text()


class ParameterValues(Listing, Act):
    """一个参数的历次取值；提出新值，由另一人批准。"""

    audience = READERS
    writers = CITY
    reading = ParameterValueLine
    body = ProposalBody
    answer = Made
    status = 201

    def rows(self, *, key: str) -> Any:
        """Return the choices, newest first."""
        return selectors.history(actor=self.actor, key=key)

    def act(self, *, key: str, **data: Any) -> Any:
        """Propose."""
        return made(services.propose_value(actor=self.actor, clock=self.clock, key=key, **data))


class ApproveParameter(Act):
    """批准参数取值（与提出人不得为同一人）。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Approve."""
        services.approve_value(actor=self.actor, clock=self.clock, public_id=public_id)


class WithdrawParameter(Act):
    """撤回参数取值。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Withdraw."""
        services.withdraw_value(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class EditionAnswer(serializers.Serializer[Any]):
    """The edition of the plan and its trial period as of today."""

    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    successor = serializers.CharField()
    runs = serializers.BooleanField()
    days_left = serializers.IntegerField(allow_null=True)


class Edition(Reading):
    """方案版本：试行期起止、接续方案。"""

    audience = BUREAUS | {Role.ENTERPRISE, Role.SYSTEM_ADMIN, Role.AUDITOR}
    reading = EditionAnswer

    def read(self) -> Any:
        """Return it."""
        on = self.clock.now().on
        return trial_period(on=on, parameters=selectors.in_force(on=on))


class CalendarLine(serializers.Serializer[Any]):
    """One recorded day."""

    date = serializers.DateField()
    is_workday = serializers.BooleanField()
    name = serializers.CharField()
    basis = serializers.CharField(source="source")


class YearQuery(Query):
    """Which year; this one unless given."""

    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)


class DayOff(Body):
    """A day off and its name."""

    date = serializers.DateField()
    name = Text(max_length=40, required=False, default="")


class CalendarYearBody(Body):
    """A whole year's arrangement."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    holidays = DayOff(many=True)
    makeup_days = serializers.ListField(
        child=serializers.DateField(), max_length=60, required=False, default=list
    )
    basis = Text(max_length=200)


class MovedAnswer(serializers.Serializer[Any]):
    """How many live deadlines moved."""

    moved = serializers.IntegerField()


class Calendar(Listing, Act):
    """工作日历；录入全年放假安排，暂定期限随之重算。"""

    audience = BUREAUS | {Role.SYSTEM_ADMIN}
    writers = CITY | {Role.SYSTEM_ADMIN}
    query = YearQuery
    reading = CalendarLine
    body = CalendarYearBody
    answer = MovedAnswer
    status = 201

    def rows(self, *, year: int = 0) -> Any:
        """Return the recorded days of a year; none when its holidays are not published."""
        return deadlines.calendar_year(year or self.clock.now().on.year)

    def act(self, *, holidays: list[dict[str, Any]], basis: str, **data: Any) -> Any:
        """Record the year."""
        days = {row["date"]: row["name"] for row in holidays}
        if len(days) != len(holidays):
            raise Invalid.of("holidays", "同一天列了两次。")
        moved = deadline_services.record_year(
            actor=self.actor, clock=self.clock, holidays=days, source=basis, **data
        )
        return {"moved": moved}


class CalendarDayBody(Body):
    """One day corrected."""

    day = serializers.DateField()
    is_workday = Flag()
    name = Text(max_length=40, required=False, default="")
    reason = Text()


class CorrectCalendarDay(Act):
    """更正一天；在办期限随之重算。"""

    audience = CITY | {Role.SYSTEM_ADMIN}
    body = CalendarDayBody
    answer = MovedAnswer
    status = 200

    def act(self, **data: Any) -> Any:
        """Correct it."""
        return {"moved": deadline_services.correct_day(actor=self.actor, clock=self.clock, **data)}
