"""卷宗: everything about a case or a round in one archive, made by a job."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.base import Act, Body, Text
from apps.api.v1.papers import StartedAnswer
from apps.core.actor import Role
from apps.documents import services


class DossierBody(Body):
    """Of a case or of a round, by its public id."""

    of = serializers.ChoiceField(["case", "round"])
    public_id = Text(max_length=64)


class Dossiers(Act):
    """生成卷宗；进度和文件在后台任务中。"""

    audience = frozenset({Role.MUNICIPAL, Role.DISTRICT, Role.AUDITOR})
    body = DossierBody
    answer = StartedAnswer
    status = 202

    def act(self, *, of: str, public_id: str) -> dict[str, str]:
        """Start the job."""
        return {
            "job": services.request_dossier(actor=self.actor, clock=self.clock, of=of, public_id=public_id)
        }
