"""评分更正: proposed after an accepted objection, previewed, approved or returned by a second person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, ENTERPRISE, Act, Body, Listing, Made, Reading, Text, made
from apps.api.v1.shared import CaseHead, ReasonBody
from apps.core.actor import Role
from apps.core.errors import Invalid
from apps.publicity import selectors, services


class CorrectionBody(Body):
    """Item codes with the points every expert's sheet shall have, as text ("1.50"), and why."""

    points = serializers.DictField(child=Text(max_length=10))
    reason = Text(required=False, default="", max_length=500)


class ConclusionOfCorrection(Body):
    """The conclusion of the inquiry that the objector reads."""

    conclusion = Text(max_length=2000)


class CorrectedItemLine(serializers.Serializer[Any]):
    """One item: what each sheet gave, and the corrected points."""

    code = serializers.CharField()
    name = serializers.CharField()
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    given = serializers.DictField(child=serializers.DecimalField(max_digits=5, decimal_places=2))


class MemberAfterLine(serializers.Serializer[Any]):
    """One expert's total before and after."""

    expert = serializers.CharField()
    sheet = serializers.CharField()
    before = serializers.DecimalField(max_digits=5, decimal_places=2)
    after = serializers.DecimalField(max_digits=5, decimal_places=2)


class CorrectionPreviewAnswer(serializers.Serializer[Any]):
    """What a correction would do; nothing is written."""

    before = serializers.DecimalField(max_digits=5, decimal_places=2)
    after = serializers.DecimalField(max_digits=5, decimal_places=2)
    level_before = serializers.CharField()
    level_after = serializers.CharField()
    stays = serializers.BooleanField()
    explanation = serializers.CharField()
    lines = CorrectedItemLine(many=True)
    members = MemberAfterLine(many=True)


class RenewedSheetLine(serializers.Serializer[Any]):
    """A sheet before and after, and whose it is ("" on what was approved before names were kept)."""

    expert = serializers.CharField(allow_blank=True, default="")
    old = serializers.CharField()
    new = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class CorrectionForEnterprise(serializers.Serializer[Any]):
    """An approved correction as its enterprise reads it."""

    public_id = serializers.CharField()
    receipt_no = serializers.CharField()
    case = CaseHead()
    state = serializers.CharField()
    state_label = serializers.CharField()
    lines = CorrectedItemLine(many=True)
    reason = serializers.CharField()
    total_before = serializers.DecimalField(max_digits=5, decimal_places=2)
    total_after = serializers.DecimalField(max_digits=5, decimal_places=2)
    stays = serializers.BooleanField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()


class CorrectionForCity(CorrectionForEnterprise):
    """With who proposed and decided it, and the sheets."""

    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    renewed = RenewedSheetLine(many=True)


class StaysAnswer(serializers.Serializer[Any]):
    """Whether the candidate goes on."""

    stays = serializers.BooleanField()


def _points(sent: dict[str, str]) -> dict[str, Decimal]:
    """Read points as sent.

    Raises:
        Invalid: something that is no number, keyed by item code.
    """
    points: dict[str, Decimal] = {}
    errors: dict[str, list[str]] = {}
    for code, text in sent.items():
        try:
            points[code] = serializers.DecimalField(max_digits=5, decimal_places=2).to_internal_value(text)
        except serializers.ValidationError:
            errors[code] = ["请填写分值，如 1.5。"]
    if errors:
        raise Invalid(errors)
    return points


class Corrections(Listing, Act):
    """一件异议的评分更正；经办提出更正。"""

    audience = CITY | ENTERPRISE
    writers = CITY
    reading = CorrectionForCity
    reading_for = {Role.ENTERPRISE: CorrectionForEnterprise}
    body = CorrectionBody
    answer = Made
    status = 201

    def rows(self, *, public_id: str) -> Any:
        """Return them, newest first."""
        return selectors.corrections(actor=self.actor, objection_public_id=public_id)

    def act(self, *, public_id: str, points: dict[str, str], reason: str) -> Any:
        """Propose."""
        return made(
            services.propose_correction(
                actor=self.actor,
                clock=self.clock,
                objection_public_id=public_id,
                points=_points(points),
                reason=reason,
            )
        )


class PreviewCorrection(Act):
    """更正评分前查看影响，不写入。"""

    audience = CITY
    body = CorrectionBody
    answer = CorrectionPreviewAnswer
    status = 200

    def act(self, *, public_id: str, points: dict[str, str], reason: str) -> Any:
        """Preview."""
        del reason
        return services.preview_of(
            actor=self.actor, clock=self.clock, objection_public_id=public_id, points=_points(points)
        )


class OneCorrection(Reading):
    """一件评分更正。"""

    audience = CITY | ENTERPRISE
    reading = CorrectionForCity
    reading_for = {Role.ENTERPRISE: CorrectionForEnterprise}

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.correction(actor=self.actor, public_id=public_id)


class ApproveCorrection(Act):
    """第二人批准评分更正。"""

    audience = CITY
    body = ConclusionOfCorrection
    answer = StaysAnswer
    status = 200

    def act(self, *, public_id: str, conclusion: str) -> dict[str, bool]:
        """Approve."""
        return {
            "stays": services.approve_correction(
                actor=self.actor, clock=self.clock, public_id=public_id, conclusion=conclusion
            )
        }


class ReturnCorrection(Act):
    """第二人退回评分更正。"""

    audience = CITY
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Return it."""
        services.return_correction(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)
