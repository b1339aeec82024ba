"""The audit trail of a journey as a list of event names, and the invariants at its end."""

from __future__ import annotations

from itertools import groupby

from apps.accounts.verification import problems as accounts_problems
from apps.applications.verification import problems as applications_problems
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.monitoring.verification import problems as monitoring_problems
from apps.publicity.verification import problems as publicity_problems
from apps.review.verification import problems as review_problems
from apps.scoring.verification import problems as scoring_problems
from apps.titles.verification import problems as titles_problems

#: A mobile number that is no part of a longer code, or a mail address.
_CONTACT = r"(^|[^0-9A-Za-z])1[3-9][0-9]{9}([^0-9A-Za-z]|$)|[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[A-Za-z]"


def mark() -> int:
    """Return where the trail stands now."""
    enter(Actor.system())
    newest = AuditEvent.objects.order_by("-id").values_list("pk", flat=True).first()
    return int(newest or 0)


def since(start: int) -> list[str]:
    """Return the events after *start* in order; the same event several times in a row is one line."""
    enter(Actor.system())
    names = AuditEvent.objects.filter(pk__gt=start).order_by("pk").values_list("event", flat=True)
    return [name for name, _ in groupby(names)]


def of_case(public_id: str) -> list[str]:
    """Return the steps of one application in order."""
    enter(Actor.system())
    rows = AuditEvent.objects.filter(
        subject_type="applications.application", event__startswith="application."
    )
    wanted = rows.filter(subject_id__in=_ids(public_id)).order_by("pk")
    return [name.removeprefix("application.") for name in wanted.values_list("event", flat=True)]


def _ids(public_id: str) -> list[int]:
    from apps.applications.models import Application

    return list(Application.objects.filter(public_id=public_id).values_list("pk", flat=True))


def unmasked() -> list[str]:
    """Return the audit rows in which somebody's mobile number or mail address stands in full (ADR 0021)."""
    enter(Actor.system())
    return [
        f"审计事件 {row.pk}（{row.event}）含完整的手机号或邮箱。"
        for row in AuditEvent.objects.filter(canonical__regex=_CONTACT)
    ]


def problems() -> list[str]:
    """Return every broken invariant of the rooms of the main flow, and every contact left in the trail."""
    enter(Actor.system())
    return unmasked() + [
        problem
        for check in (
            accounts_problems,
            applications_problems,
            scoring_problems,
            review_problems,
            publicity_problems,
            monitoring_problems,
            titles_problems,
        )
        for problem in check()
    ]
