"""看板: all panels with their dispersion for the city, and a district's own board with the cases behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, DISTRICT, Listing, Paging, Points, Query, Reading
from apps.applications import selectors as applications
from apps.deadlines import selectors as deadlines
from apps.review import selectors
from apps.review.selectors.board import STEPS
from apps.review.selectors.board_cases import LOADS
from apps.review.selectors.overview import SORTS


class RoundQuery(Query):
    """One round by its code, or all of them."""

    round = serializers.CharField(required=False, default="", max_length=20)


class OverviewQuery(RoundQuery):
    """One state, one round, and the order: by disagreement unless told otherwise."""

    state = serializers.CharField(required=False, default="", max_length=20)
    sort = serializers.ChoiceField(list(SORTS), required=False, default="disagreement")


class OverviewMemberLine(serializers.Serializer[Any]):
    """A member; `total` once submitted."""

    expert_number = serializers.CharField()
    state = serializers.CharField()
    total = Points(allow_null=True)


class OverviewLine(serializers.Serializer[Any]):
    """One panel; `disputed`: how many items the experts are far apart on."""

    application = serializers.CharField()
    enterprise = serializers.CharField()
    district = serializers.CharField()
    drawn = serializers.BooleanField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    total = Points(allow_null=True)
    spread = Points(allow_null=True)
    deviation = Points(allow_null=True)
    outliers = serializers.ListField(child=serializers.CharField())
    disputed = serializers.IntegerField()
    reconsidered = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    opinion_label = serializers.CharField()
    members = OverviewMemberLine(many=True)


class OverviewFigures(serializers.Serializer[Any]):
    """How many panels stand where; `wide` lie above `spread_over`, `near` within `margin` of 80, `blocked` wait."""

    counts = serializers.DictField(child=serializers.IntegerField())
    wide = serializers.IntegerField()
    near = serializers.IntegerField()
    blocked = serializers.IntegerField()
    spread_over = Points()
    margin = Points()


class PanelsOverview(Paging):
    """专家组总览：得分、分差、标准差和偏离的专家，分歧由大到小。"""

    audience = CITY
    reading = OverviewLine
    query = OverviewQuery

    def rows(self, *, state: str, round: str, sort: str, page: int, per_page: int) -> Any:  # noqa: A002
        """Return a page of panels."""
        return selectors.panel_overview(
            actor=self.actor,
            on=self.clock.now().on,
            state=state,
            round_code=round,
            sort=sort,
            page=page,
            per_page=per_page,
        )


class PanelsFigures(Reading):
    """专家组总览的合计：各状态件数，分差过大、临近 80 分和暂停的件数。"""

    audience = CITY
    reading = OverviewFigures
    query = RoundQuery

    def read(self, *, round: str) -> Any:  # noqa: A002  (the name of the parameter in the address)
        """Return them."""
        return selectors.panel_overview(
            actor=self.actor, on=self.clock.now().on, round_code=round, per_page=1
        )


class PersonLine(serializers.Serializer[Any]):
    """One person's cases of 初评."""

    username = serializers.CharField()
    name = serializers.CharField()
    scoring = serializers.IntegerField()
    submitted = serializers.IntegerField()
    signed = serializers.IntegerField()


class StepLine(serializers.Serializer[Any]):
    """How many days a step takes on average, over how many cases."""

    key = serializers.CharField()
    step = serializers.CharField(source="label")
    days = serializers.DecimalField(max_digits=6, decimal_places=1, coerce_to_string=True)
    cases = serializers.IntegerField()


class IndustryLine(serializers.Serializer[Any]):
    """Averages of one industry's signed cases: 自评 (`own`), 初评 (`district`) and the difference."""

    industry = serializers.CharField()
    cases = serializers.IntegerField()
    own = Points()
    district = Points()
    gap = Points()


class BoardAnswer(serializers.Serializer[Any]):
    """The board: cases by state, work past its day, workload, time in steps, differences by industry."""

    by_state = serializers.DictField(child=serializers.IntegerField())
    overdue = serializers.IntegerField()
    people = PersonLine(many=True)
    steps = StepLine(many=True)
    industries = IndustryLine(many=True)


class DistrictBoard(Reading):
    """属地运行看板。"""

    audience = DISTRICT
    reading = BoardAnswer

    def read(self) -> Any:
        """Return it."""
        board = selectors.board(actor=self.actor)
        until = self.clock.now().on - timedelta(days=1)
        late = deadlines.obligations_for(actor=self.actor, mine=True, due_until=until, per_page=1)
        return {
            "by_state": applications.counts_by_state(actor=self.actor),
            "overdue": late.total,
            "people": board.people,
            "steps": board.stages,
            "industries": board.industries,
        }


class BoardCasesQuery(Query):
    """Whose cases, which column of the workload, which industry, which step."""

    person = serializers.CharField(required=False, default="", max_length=60)
    load = serializers.ChoiceField(["", *LOADS], required=False, default="")
    industry = serializers.CharField(required=False, default="", max_length=100)
    step = serializers.ChoiceField(["", *STEPS], required=False, default="")


class BoardCaseLine(serializers.Serializer[Any]):
    """A case behind a number of the board; `days` of the asked step."""

    application = serializers.CharField()
    enterprise_name = serializers.CharField()
    industry_name = serializers.CharField()
    number = serializers.CharField()
    scorer = serializers.CharField()
    state_label = serializers.CharField()
    own = Points(allow_null=True)
    district = Points(allow_null=True)
    gap = Points(allow_null=True)
    days = serializers.DecimalField(max_digits=6, decimal_places=1, coerce_to_string=True, allow_null=True)


class BoardCases(Listing):
    """看板数字背后的办件。"""

    audience = DISTRICT
    reading = BoardCaseLine
    query = BoardCasesQuery

    def window(self, number: int, size: int) -> Mapping[str, int]:
        """Hand the page on: the selector has a size of its own."""
        del size
        return {"page": number}

    def rows(self, *, person: str, load: str, industry: str, step: str, page: int) -> Any:
        """Return a page of them."""
        return selectors.board_cases(
            actor=self.actor, person=person, load=load, industry=industry, step=step, page=page
        )
