"""What several nouns print: a case, a score sheet after a save, an answer to an item."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import Body, Flag, Number, Points, Query, Text


class ReasonBody(Body):
    """A reason."""

    reason = Text()


class OptionalReasonBody(Body):
    """A reason, if there is one."""

    reason = Text(required=False, default="")


class NoteBody(Body):
    """A note, if there is one."""

    note = Text(required=False, default="")


class OutcomeAnswer(serializers.Serializer[Any]):
    """What was decided."""

    outcome = serializers.CharField()


class CountAnswer(serializers.Serializer[Any]):
    """How many."""

    count = serializers.IntegerField()


class StateQuery(Query):
    """One state."""

    state = serializers.CharField(required=False, default="", max_length=20)


class CaseHead(serializers.Serializer[Any]):
    """What everybody who sees a case may read."""

    public_id = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    enterprise_public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    uscc = serializers.CharField()
    industry_code = serializers.CharField()
    industry_name = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    round_public_id = serializers.CharField()
    round_code = serializers.CharField()
    level = serializers.IntegerField()
    level_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class CaseForEnterprise(CaseHead):
    """The enterprise's own case: its own figure, the decision; no figure of an authority before it is released."""

    self_total = Points(allow_null=True)
    receipt_no = serializers.CharField(allow_null=True)
    decided_level = serializers.IntegerField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)
    decision_note = serializers.CharField()
    document_no = serializers.CharField()


class CaseForBureau(CaseForEnterprise):
    """The bureaus' view: with the official totals."""

    prelim_total = Points(allow_null=True)
    panel_total = Points(allow_null=True)
    turn = serializers.IntegerField()


class EnteredBenchmark(Body):
    """A comparison value typed by the enterprise, with the document it comes from."""

    value = Text(max_length=40)
    source = Text(max_length=200, required=False)  # type: ignore[assignment]  # a declared field


class SelfAnswer(Body):
    """What the enterprise says about one item; which fields count depends on the item's method."""

    met = Flag(required=False, allow_null=True)
    option = Number(required=False, allow_null=True, min_value=0, max_value=99)
    selected = serializers.ListField(
        child=Text(max_length=100), required=False, allow_null=True, max_length=100
    )
    metric = Text(required=False, allow_null=True, max_length=60)
    benchmarks = serializers.DictField(child=EnteredBenchmark(), required=False)
    claimed_ratio = Text(required=False, allow_null=True, max_length=20)
    not_applicable = Flag(required=False)
    reason = Text(required=False)


class OfficialAnswer(Body):
    """What a scorer says about one item: points as text ("1.20"), or not applicable with a reason."""

    judged_points = Text(required=False, allow_null=True, max_length=20)
    not_applicable = Flag(required=False)
    reason = Text(required=False)


class OneOfficialAnswer(Body):
    """One item: the row version the caller has, and the answer."""

    version = Number(min_value=0)
    answer = OfficialAnswer()


class ManyOfficialAnswers(Body):
    """Many items at once: all of them or none."""

    answers = serializers.DictField(child=OfficialAnswer())
    versions = serializers.DictField(child=Number(min_value=0), required=False)


class Adopted(Body):
    """Items whose baseline points are taken; left out: every item without points."""

    item_codes = serializers.ListField(
        child=Text(max_length=40), required=False, allow_null=True, max_length=500
    )


class SheetSums(serializers.Serializer[Any]):
    """The sums of a sheet after a save; `changed` maps item codes to their printed points."""

    version = serializers.IntegerField()
    total = Points(allow_null=True)
    reachable = serializers.CharField(source="reachable_text")
    answered = serializers.IntegerField()
    item_count = serializers.IntegerField()
    changed = serializers.DictField(child=serializers.CharField())


class SavedItem(serializers.Serializer[Any]):
    """One item after a save, and the sums of its sheet."""

    item_code = serializers.CharField()
    version = serializers.IntegerField()
    points = Points(allow_null=True)
    state = serializers.CharField()
    state_label = serializers.CharField()
    message = serializers.CharField()
    sheet = SheetSums()


class Step(serializers.Serializer[Any]):
    """One line of an explanation: label and words."""

    def to_representation(self, instance: Any) -> dict[str, str]:
        """Print a pair."""
        label, words = instance
        return {"label": label, "text": words}


class DeskCell(serializers.Serializer[Any]):
    """Points of one item on one sheet."""

    points = Points(allow_null=True)
    state = serializers.CharField()
    not_applicable = serializers.BooleanField()
    reason = serializers.CharField()
    message = serializers.CharField()


class DeskRow(serializers.Serializer[Any]):
    """One item on the desk: the baseline, the own points, and what still has to be said."""

    code = serializers.CharField()
    name = serializers.CharField()
    mandatory = serializers.BooleanField()
    max_points = Points()
    baseline = DeskCell(allow_null=True)
    own = DeskCell()
    difference = Points(allow_null=True)
    answered = serializers.BooleanField()
    needs_judgement = serializers.BooleanField()
    claims_not_applicable = serializers.BooleanField()
    editable = serializers.BooleanField()
    version = serializers.IntegerField()


class DeskBlocker(serializers.Serializer[Any]):
    """What keeps the sheet from being handed in."""

    code = serializers.CharField()
    message = serializers.CharField()


class Desk(serializers.Serializer[Any]):
    """The desk of an official sheet: rows in the order of the scheme."""

    total = serializers.CharField(source="total_text")
    upper = serializers.CharField(source="upper_text")
    answered = serializers.IntegerField()
    item_count = serializers.IntegerField()
    unanswered = serializers.ListField(child=serializers.CharField())
    needs_judgement = serializers.ListField(child=serializers.CharField())
    blockers = DeskBlocker(many=True)
    rows = DeskRow(many=True)


def desk_of(view: Any) -> dict[str, Any]:
    """Return a compare view with its rows in one list."""
    rows = [row for dimension in view.dimensions for group in dimension.groups for row in group.rows]
    names = (
        "total_text",
        "upper_text",
        "answered",
        "item_count",
        "unanswered",
        "needs_judgement",
        "blockers",
    )
    return {**{name: getattr(view, name) for name in names}, "rows": rows}
