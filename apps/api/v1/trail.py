"""审计链核验和取证包: the auditor's long work, as jobs; their state and files are those of `jobs/`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import Act, Body, Listing, Text
from apps.api.v1.papers import JobLine, StartedAnswer
from apps.core.actor import Role
from apps.documents import services
from apps.documents.services.trail import CHAIN_JOB, PACKAGE_JOB
from apps.jobs import selectors as jobs

_AUDITOR = frozenset({Role.AUDITOR})


class PackageBody(Body):
    """A case by its number, or a period by its first and last day; what it is wanted for."""

    number = Text(max_length=40, required=False, default="")
    since = serializers.DateField(required=False, allow_null=True, default=None)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    reason = Text(max_length=200)


class ChainChecks(Listing, Act):
    """本人最近的审计链核验；逐节核验全链。"""

    audience = _AUDITOR
    reading = JobLine
    answer = StartedAnswer
    status = 201

    def rows(self) -> Any:
        """Return the newest."""
        return jobs.my_jobs(actor=self.actor, kind=CHAIN_JOB, limit=100)

    def act(self) -> dict[str, str]:
        """Have the chain walked."""
        return {"job": services.start_chain_check(actor=self.actor, clock=self.clock)}


class EvidencePackages(Listing, Act):
    """本人最近的取证包；制作取证包。"""

    audience = _AUDITOR
    reading = JobLine
    body = PackageBody
    answer = StartedAnswer
    status = 201
    reconfirmed = True

    def rows(self) -> Any:
        """Return the newest."""
        return jobs.my_jobs(actor=self.actor, kind=PACKAGE_JOB, limit=100)

    def act(self, **data: Any) -> dict[str, str]:
        """Have one made."""
        return {"job": services.start_evidence_package(actor=self.actor, clock=self.clock, **data)}
