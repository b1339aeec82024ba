"""The auditor's long work is asked for here: walking the audit chain, and an evidence package (取证包)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI, Clock
from apps.core.text import clean_text
from apps.jobs import services as jobs

#: Kinds of the two jobs; the auditor's portal does the work.
CHAIN_JOB: Final = "audit.chain"
PACKAGE_JOB: Final = "audit.package"
_REASON = 200


def start_chain_check(*, actor: Actor, clock: Clock) -> str:
    """Have the whole chain walked; returns the public id of the job.

    Raises:
        Forbidden: the actor is not the auditor.
    """
    _be_auditor(actor)
    return jobs.start_job(actor=actor, clock=clock, kind=CHAIN_JOB, params={})


def start_evidence_package(
    *, actor: Actor, clock: Clock, number: str, since: date | None, until: date | None, reason: str
) -> str:
    """Have an evidence package made of a case or of a period; returns the public id of the job.

    Args:
        actor: the auditor.
        clock: when.
        number: the whole number of a case; empty: a period.
        since: first day of the period.
        until: last day of the period.
        reason: what for; kept with the package and in the trail.

    Raises:
        Forbidden: the actor is not the auditor.
        Invalid: no reason; no such case; no days, or the last before the first. All faults at once.
    """
    _be_auditor(actor)
    with Faults() as faults:
        why = faults.read(lambda: clean_text(reason, field="reason", label="用途", limit=_REASON), "")
        if not why:
            faults.note("reason", "请写明用途，随取证记录留存。")
        params = _of_case(actor, number.strip()) if number.strip() else _of_period(since, until)
    return jobs.start_job(actor=actor, clock=clock, kind=PACKAGE_JOB, params={**params, "reason": why})


def _be_auditor(actor: Actor) -> None:
    if actor.role is not Role.AUDITOR:
        raise Forbidden("审计链核验和取证由审计管理员办理。")


def _of_case(actor: Actor, number: str) -> dict[str, str]:
    found = applications.applications_page(actor=actor, q=number, per_page=2)
    if len(found.rows) != 1:
        raise Invalid.of("number", "没有找到这一办件，请填写完整的申报编号。")
    return {"case": found.rows[0].public_id}


def _of_period(since: date | None, until: date | None) -> dict[str, str]:
    if since is None or until is None:
        raise Invalid.of("since" if since is None else "until", "请填写起止日期，或填写申报编号。")
    if until < since:
        raise Invalid.of("until", "结束日期不能早于开始日期。")
    return {
        "title": f"取证包_{since:%Y%m%d}_{until:%Y%m%d}",
        "since": _midnight(since).isoformat(),
        "until": _midnight(until + timedelta(days=1)).isoformat(),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
