"""What must be true of deadlines, checked by `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractYear

from apps.core.moment import SHANGHAI, DatabaseClock
from apps.deadlines.counting import Counting
from apps.deadlines.models import CalendarDay, Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.selectors import work_calendar
from apps.deadlines.states import LIVE, OPEN
from apps.jobs.selectors import pulses

#: The sweeper runs every minute; what is this late has been forgotten.
_PATIENCE = timedelta(hours=1)
_FAILURES = 3
_SHORTEST_YEAR = 365


def _last_run() -> datetime | None:
    """Return when a worker last showed that it lives, None when none ever has (a copy, a fresh installation)."""
    return next((pulse.at for pulse in pulses(clock=DatabaseClock()) if pulse.name == "worker"), None)


def _unmarked(*, before: datetime) -> int:
    return Obligation.objects.filter(state=OPEN, due_at__lt=before).count()


def notes() -> Iterator[str]:
    """Yield what only waits: deadlines that ran out while no worker ran; the next sweep marks them."""
    now, ran = DatabaseClock().now().at, _last_run()
    waiting = _unmarked(before=now - _PATIENCE) if ran is None or ran < now - _PATIENCE else 0
    if waiting:
        since = "没有运行过" if ran is None else f"自 {ran.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 起没有运行"
        yield f"后台进程{since}，{waiting} 个已届满的期限待其启动后标为逾期。"


def problems() -> Iterator[str]:
    """Yield a sentence for every inconsistency: unknown kinds, forgotten deadlines, failing hooks, stale dates."""
    live = Obligation.objects.filter(state__in=LIVE)
    for code in live.exclude(kind__in=list(KINDS)).values_list("kind", flat=True).distinct():
        yield f"期限事项使用了未登记的类别 {code}。"
    ran = _last_run()
    late = _unmarked(before=ran - _PATIENCE) if ran is not None else 0
    if late:
        yield f"有 {late} 个期限届满一小时后仍未标为逾期，而后台进程一直在运行，请检查。"
    for row in live.filter(hook_attempts__gte=_FAILURES, hook_due_at__isnull=False):
        yield f"期限事项 {row.public_id}（{row.kind}）的逾期处理多次失败：{row.hook_error}"
    for row in Obligation.objects.filter(closed_at__lt=F("opened_at")):
        yield f"期限事项 {row.public_id}（{row.kind}）的结束时间早于设立时间。"
    work = work_calendar()
    for row in live.exclude(computed_by={}):
        term = Counting.from_stored(row.computed_by).term(work)
        if (term.ends_on, term.provisional) != (row.due_on, row.provisional):
            yield f"期限事项 {row.public_id}（{row.kind}）的截止日 {row.due_on} 与按日历计算的 {term.ends_on} 不一致。"
    years = CalendarDay.objects.annotate(year=ExtractYear("date")).values("year")
    for found in years.annotate(days=Count("pk")).filter(Q(days__lt=_SHORTEST_YEAR)).order_by("year"):
        yield f"{found['year']} 年的工作日历不完整，只有 {found['days']} 天。"
