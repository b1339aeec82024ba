"""评分表: items, measured values, points and how each comes about."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import PARTIES, Points, Query, Reading
from apps.api.v1.shared import Step
from apps.applications import selectors
from apps.core.errors import NotVisible
from apps.scoring import selectors as scoring


class InputLine(serializers.Serializer[Any]):
    """One measured value."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.CharField()
    missing = serializers.BooleanField()


class ChoiceLine(serializers.Serializer[Any]):
    """One possible answer of an item."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field


class SheetItem(serializers.Serializer[Any]):
    """One item of a sheet, with how its points come about."""

    code = serializers.CharField()
    name = serializers.CharField()
    requirement = serializers.CharField()
    mandatory = serializers.BooleanField()
    max_points = Points()
    method = serializers.CharField()
    na_allowed = serializers.BooleanField()
    choices = ChoiceLine(many=True)
    claims = ChoiceLine(many=True)
    answer = serializers.DictField()
    points = Points(allow_null=True)
    state = serializers.CharField()
    answered = serializers.BooleanField()
    message = serializers.CharField()
    steps = Step(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    evidence_count = serializers.IntegerField(allow_null=True)
    editable = serializers.BooleanField()
    version = serializers.IntegerField()


class SheetBlocker(serializers.Serializer[Any]):
    """What keeps the sheet from being complete."""

    code = serializers.CharField()
    message = serializers.CharField()


class SheetAnswer(serializers.Serializer[Any]):
    """A whole sheet."""

    public_id = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.CharField()
    total = serializers.CharField()
    reachable = serializers.CharField()
    blockers = SheetBlocker(many=True)
    inputs = InputLine(many=True)
    items = SheetItem(many=True)


class SheetQuery(Query):
    """Which sheet."""

    kind = serializers.ChoiceField(["self", "district"], required=False, default="self")


class Sheet(Reading):
    """评分表：指标、填报、得分和计算过程。"""

    audience = PARTIES
    reading = SheetAnswer
    query = SheetQuery

    def read(self, *, public_id: str, kind: str) -> dict[str, Any]:
        """Return the present sheet of a kind."""
        case = selectors.case(actor=self.actor, public_id=public_id)
        head = scoring.current_sheet(actor=self.actor, application_id=case.id, kind=kind)
        if head is None:
            raise NotVisible
        view = scoring.sheet_view(actor=self.actor, public_id=head.public_id)
        items = [item for part in view.dimensions for group in part.groups for item in group.items]
        return {
            "public_id": head.public_id,
            "version": view.head.version,
            "kind": view.head.kind,
            "state": view.head.state,
            "total": view.total_text,
            "reachable": view.reachable_text,
            "blockers": view.blockers,
            "inputs": view.inputs,
            "items": items,
        }
