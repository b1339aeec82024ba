"""评价体系: versions, drafts edited part by part, simulation of their effect, publishing by a second person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from apps.api.base import CITY, Act, Body, Flag, Listing, Made, Query, Reading, Text, made
from apps.api.v1.shared import OptionalReasonBody, ReasonBody
from apps.policy.evaluation.editing import Edit, Part, Place, Removal, Shift
from apps.scoring import selectors, services

_PARTS = [part.value for part in Part]


class SchemeLine(serializers.Serializer[Any]):
    """One version of a system; `status` is draft, published or retired."""

    public_id = serializers.CharField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.CharField()
    status_label = serializers.CharField()
    is_reconstruction = serializers.BooleanField()
    industries = serializers.ListField(child=serializers.CharField())
    effective_from = serializers.DateField(allow_null=True)
    effective_to = serializers.DateField(allow_null=True)
    digest = serializers.CharField()


class SchemeProblemLine(serializers.Serializer[Any]):
    """One thing that keeps a draft from being published."""

    part = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class SchemeContent(serializers.Serializer[Any]):
    """A version with its content as stored (the shape of the YAML file) and what is wrong in it."""

    scheme = SchemeLine(source="row")
    content = serializers.JSONField()
    problems = SchemeProblemLine(many=True)


class CopySchemeBody(Body):
    """Code of a new system ("" for the next version of the same) and the draft's name."""

    code = Text(required=False, default="", max_length=40)
    name = Text(required=False, default="", max_length=120)


class EditPartBody(Body):
    """One part with the fields as stored; `code` "" adds one; `seen` is the digest of the content before the caller."""

    seen = Text(max_length=64)
    scheme_part = serializers.ChoiceField(_PARTS)
    code = Text(required=False, default="", max_length=40)
    fields_of_part = serializers.DictField()
    dimension = Text(required=False, default="", max_length=40)
    group = Text(required=False, default="", max_length=40)
    industries = serializers.ListField(
        child=Text(max_length=4), required=False, allow_null=True, max_length=200
    )


class RemovePartBody(Body):
    """Which part goes."""

    seen = Text(max_length=64)
    scheme_part = serializers.ChoiceField(_PARTS)
    code = Text(max_length=40)


class MoveItemBody(Body):
    """Which item moves one place, and which way."""

    seen = Text(max_length=64)
    code = Text(max_length=40)
    up = Flag()


class DigestAnswer(serializers.Serializer[Any]):
    """Digest of the new content, to be sent with the next change."""

    digest = serializers.CharField()


class ImpactBody(Body):
    """Code of the system whose applications are scored again; "" for the draft's own."""

    against = Text(required=False, default="", max_length=40)


class ImpactJobAnswer(serializers.Serializer[Any]):
    """The job that simulates."""

    job = serializers.CharField()


class ImpactLine(serializers.Serializer[Any]):
    """One simulation; `stale`: the draft was changed after it."""

    public_id = serializers.CharField()
    against = serializers.CharField()
    made_at = serializers.DateTimeField()
    cases = serializers.IntegerField()
    level_changes = serializers.IntegerField()
    unscored_items = serializers.ListField(child=serializers.CharField())
    stale = serializers.BooleanField()


class DifferenceQuery(Query):
    """The older version to compare with."""

    before = serializers.CharField(max_length=64)


class DifferenceLine(serializers.Serializer[Any]):
    """One difference between two versions."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Print every field as text, lists as lists."""
        return {
            name: value if isinstance(value, list | tuple) else str(value)
            for name, value in asdict(instance).items()
        }


class Schemes(Listing):
    """评价体系各版本，含草案。"""

    audience = CITY
    reading = SchemeLine

    def rows(self) -> Any:
        """Return every version."""
        return selectors.schemes(actor=self.actor, status=None)


class OneScheme(Reading):
    """一个版本的内容和待改正之处。"""

    audience = CITY
    reading = SchemeContent

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        return selectors.draft(actor=self.actor, public_id=public_id)


class SchemeDifferences(Listing):
    """与另一版本的差异。"""

    audience = CITY
    reading = DifferenceLine
    query = DifferenceQuery

    def rows(self, *, public_id: str, before: str) -> Any:
        """Return them."""
        return selectors.differences(actor=self.actor, before=before, after=public_id)[2]


class CopyScheme(Act):
    """以一个版本为底稿建立草案。"""

    audience = CITY
    body = CopySchemeBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, code: str, name: str) -> Any:
        """Copy."""
        return made(
            services.copy_scheme(
                actor=self.actor, clock=self.clock, public_id=public_id, code=code, name=name
            )
        )


class EditSchemePart(Act):
    """修改或新增草案的一部分。"""

    audience = CITY
    body = EditPartBody
    answer = DigestAnswer
    status = 200

    def act(
        self,
        *,
        public_id: str,
        seen: str,
        scheme_part: str,
        code: str,
        fields_of_part: dict[str, Any],
        dimension: str,
        group: str,
        industries: list[str] | None = None,
    ) -> dict[str, str]:
        """Change one part."""
        change = Edit(Part(scheme_part), code, fields_of_part, Place(dimension, group))
        return {
            "digest": services.revise_draft(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                seen=seen,
                change=change,
                industries=industries,
            )
        }


class RemoveSchemePart(Act):
    """删除草案的一部分。"""

    audience = CITY
    body = RemovePartBody
    answer = DigestAnswer
    status = 200

    def act(self, *, public_id: str, seen: str, scheme_part: str, code: str) -> dict[str, str]:
        """Remove it."""
        return {
            "digest": services.revise_draft(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                seen=seen,
                change=Removal(Part(scheme_part), code),
            )
        }


class MoveSchemeItem(Act):
    """调整条目次序。"""

    audience = CITY
    body = MoveItemBody
    answer = DigestAnswer
    status = 200

    def act(self, *, public_id: str, seen: str, code: str, up: bool) -> dict[str, str]:
        """Move it."""
        return {
            "digest": services.revise_draft(
                actor=self.actor, clock=self.clock, public_id=public_id, seen=seen, change=Shift(code, up=up)
            )
        }


class SchemeImpacts(Listing, Act):
    """草案的影响测算；发起测算。"""

    audience = CITY
    reading = ImpactLine
    body = ImpactBody
    answer = ImpactJobAnswer
    status = 202

    def rows(self, *, public_id: str) -> Any:
        """Return the simulations, newest first."""
        row = selectors.scheme(actor=self.actor, public_id=public_id)
        return selectors.impacts(actor=self.actor, scheme_id=row.id)

    def act(self, *, public_id: str, against: str) -> dict[str, str]:
        """Start one."""
        return {
            "job": services.request_impact(
                actor=self.actor, clock=self.clock, public_id=public_id, against=against
            )
        }


class PublishScheme(Act):
    """第二人发布草案。"""

    audience = CITY
    body = OptionalReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Publish."""
        services.publish_scheme(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class RetireBody(ReasonBody):
    """Why, and that it may leave industries without an evaluation system."""

    confirmed = serializers.BooleanField(required=False, default=False)


class RetireScheme(Act):
    """停用已发布的版本；停用后有行业没有可用体系的，须以 confirmed 确认。"""

    audience = CITY
    body = RetireBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Retire."""
        services.retire_scheme(actor=self.actor, clock=self.clock, public_id=public_id, **data)


class DiscardScheme(Act):
    """放弃草案。"""

    audience = CITY

    def act(self, *, public_id: str) -> None:
        """Discard."""
        services.discard_draft(actor=self.actor, clock=self.clock, public_id=public_id)
