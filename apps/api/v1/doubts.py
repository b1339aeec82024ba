"""数据疑点: what is questioned in an application, and what the enterprise says about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.api.base import ENTERPRISE, PARTIES, Act, Reading, Text
from apps.applications import selectors, services


class DoubtLine(serializers.Serializer[Any]):
    """One questioned figure or file."""

    key = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    note = serializers.CharField()


class DoubtsAnswer(serializers.Serializer[Any]):
    """All that is questioned."""

    doubts = DoubtLine(many=True)


class DoubtNotesBody(serializers.Serializer[Any]):
    """Key of a doubt → explanation; an empty one takes it back."""

    notes = serializers.DictField(child=Text(max_length=500, allow_blank=True))


class Doubts(Reading, Act):
    """数据疑点：逐处列出；企业改正或说明，不影响提交。"""

    audience = PARTIES
    writers = ENTERPRISE
    reading = DoubtsAnswer
    body = DoubtNotesBody
    answer = DoubtsAnswer
    status = 200

    def read(self, *, public_id: str) -> Any:
        """Return the doubts."""
        return {"doubts": selectors.doubts(actor=self.actor, public_id=public_id)}

    def act(self, *, public_id: str, notes: Mapping[str, str]) -> Any:
        """Keep the explanations."""
        services.explain_doubts(actor=self.actor, clock=self.clock, public_id=public_id, notes=notes)
        return self.read(public_id=public_id)
