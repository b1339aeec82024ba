"""申报: whoever sees a case reads it here: the file, the history, what may be done, the sheet."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import (
    ENTERPRISE,
    PARTIES,
    Act,
    Body,
    Listing,
    Made,
    Number,
    Paging,
    Points,
    Query,
    Reading,
    Text,
    made,
)
from apps.api.v1.shared import (
    CaseForBureau,
    CaseForEnterprise,
)
from apps.applications import selectors, services
from apps.core.actor import Role


class ApplicationBody(Body):
    """A new draft."""

    round = Text(max_length=64)
    level = Number(min_value=1, max_value=5)
    scheme_code = Text(required=False, default="", max_length=60)


class ApplicationLine(serializers.Serializer[Any]):
    """One application in the enterprise's list."""

    public_id = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    enterprise_name = serializers.CharField()
    uscc = serializers.CharField()
    industry_name = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    round_code = serializers.CharField()
    level = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    self_total = Points(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)


class ApplicationLineForBureau(ApplicationLine):
    """With the official totals."""

    prelim_total = Points(allow_null=True)
    panel_total = Points(allow_null=True)
    decided_level = serializers.IntegerField(allow_null=True)


class ApplicationQuery(Query):
    """Filters and order."""

    q = serializers.CharField(required=False, default="", max_length=50)
    district = serializers.CharField(required=False, default="", max_length=12)
    state = serializers.CharField(required=False, default="", max_length=30)
    level = serializers.IntegerField(required=False, default=None, min_value=1, max_value=5, allow_null=True)
    round = serializers.CharField(required=False, default="", max_length=10, source="round_code")
    sort = serializers.CharField(required=False, default="newest", max_length=20)


class ProfileLine(serializers.Serializer[Any]):
    """One field of the form."""

    code = serializers.CharField(source="field.code")
    label = serializers.CharField(source="field.label")  # type: ignore[assignment]  # a declared field
    required = serializers.BooleanField(source="field.required")  # type: ignore[assignment]  # a declared field
    value = serializers.CharField()


class MaskedProfileLine(ProfileLine):
    """One field of the form for bureaus and experts: telephones and mail addresses are masked (SECURITY R25)."""

    value = serializers.CharField(source="masked")


class BasicLine(serializers.Serializer[Any]):
    """One basic requirement."""

    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    polarity = serializers.CharField()
    conforms = serializers.BooleanField(allow_null=True)
    explanation = serializers.CharField()


class SectionLine(serializers.Serializer[Any]):
    """One section of the report."""

    code = serializers.CharField(source="section.code")
    title = serializers.CharField(source="section.title")
    required = serializers.BooleanField(source="section.required")  # type: ignore[assignment]  # a declared field
    text = serializers.CharField()


class ReturnedLine(serializers.Serializer[Any]):
    """One returned item."""

    public_id = serializers.CharField()
    turn = serializers.IntegerField()
    part = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    reason = serializers.CharField()
    wanted = serializers.CharField()
    due_on = serializers.DateField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class VersionLine(serializers.Serializer[Any]):
    """One handed-in version."""

    public_id = serializers.CharField()
    turn = serializers.IntegerField()
    receipt_no = serializers.CharField()
    digest = serializers.CharField()
    at = serializers.DateTimeField()


class ApplicationForEnterprise(serializers.Serializer[Any]):
    """One application as its enterprise reads it."""

    case = CaseForEnterprise()
    editable = serializers.BooleanField()
    scheme_code = serializers.CharField()
    scheme_label = serializers.CharField()
    opens_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    part_versions = serializers.DictField(child=serializers.IntegerField())
    profile = ProfileLine(many=True)
    basics = BasicLine(many=True)
    report = SectionLine(many=True)
    returned = ReturnedLine(many=True)
    versions = VersionLine(many=True)


class ApplicationForBureau(ApplicationForEnterprise):
    """One application as the bureaus read it."""

    case = CaseForBureau()
    profile = MaskedProfileLine(many=True)


class RefusalLine(serializers.Serializer[Any]):
    """Why something may not be done now."""

    rule = serializers.CharField()
    clause = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class ActionLine(serializers.Serializer[Any]):
    """Something the caller may do with the case, or why not."""

    event = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    rule = serializers.CharField()
    allowed = serializers.BooleanField(source="verdict.ok")
    refusals = RefusalLine(many=True, source="verdict.refusals")


class TimelineLine(serializers.Serializer[Any]):
    """One step of the history."""

    at = serializers.DateTimeField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    who = serializers.CharField()
    rule = serializers.CharField()
    note = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()


class BlockerLine(serializers.Serializer[Any]):
    """What is still missing, and what to do."""

    part = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    reason = serializers.CharField()
    remedy = serializers.CharField()
    rule = serializers.CharField()
    clause = serializers.CharField()
    waivable = serializers.BooleanField()


class CompletenessAnswer(serializers.Serializer[Any]):
    """Whether the application could be handed in now."""

    ready = serializers.BooleanField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    blockers = BlockerLine(many=True)


class Applications(Paging, Act):
    """申报列表；企业发起申报。"""

    audience = PARTIES
    writers = ENTERPRISE
    reading = ApplicationLineForBureau
    reading_for = {Role.ENTERPRISE: ApplicationLine}
    query = ApplicationQuery
    body = ApplicationBody
    answer = Made
    status = 201

    def rows(self, **filters: Any) -> Any:
        """Return one page."""
        return selectors.applications_page(actor=self.actor, **filters)

    def act(self, *, round: str, level: int, scheme_code: str) -> dict[str, str]:  # noqa: A002  (the name in the body)
        """Start a draft."""
        return made(
            services.create_application(
                actor=self.actor,
                clock=self.clock,
                round_public_id=round,
                level=level,
                scheme_code=scheme_code,
            )
        )


class OneApplication(Reading):
    """一件申报。"""

    audience = PARTIES
    reading = ApplicationForBureau
    reading_for = {Role.ENTERPRISE: ApplicationForEnterprise}

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.application_file(actor=self.actor, public_id=public_id)


class Timeline(Listing):
    """办理记录。"""

    audience = PARTIES
    reading = TimelineLine

    def rows(self, *, public_id: str) -> Any:
        """Return the history, newest first."""
        return selectors.timeline(actor=self.actor, public_id=public_id)


class Actions(Listing):
    """本人现在可以办理的事项，不能办理的写明依据。"""

    audience = PARTIES
    reading = ActionLine

    def rows(self, *, public_id: str) -> Any:
        """Return the actions."""
        return selectors.available_actions(actor=self.actor, public_id=public_id, moment=self.clock.now())


class Completeness(Reading):
    """提交前检查：还缺什么。"""

    audience = ENTERPRISE
    reading = CompletenessAnswer

    def read(self, *, public_id: str) -> Any:
        """Return what is missing."""
        return selectors.completeness(actor=self.actor, public_id=public_id, moment=self.clock.now())
