"""The sweep over 100,000 obligations of which 14,000 are due: seconds, statements and memory; reminders a second."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.services import sweep
from suzhou_greenfactory.benchmarks.measuring import Figure

_ALL, _DUE = 100_000, 14_000
_KIB = 1024


class _Counter:
    """Counts statements: the log Django keeps for tests forgets all but the last 9,000."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


def figures() -> Iterator[Figure]:
    """Yield the figures of a first sweep, of a second one with nothing left to do, and the peak memory."""
    now = datetime.now(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
    clock = FixedClock(Moment.of(now))
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            # What the demo owes by itself is not measured.
            cursor.execute("update deadlines_obligation set reminded_through = %s", [now.date()])
            cursor.execute(_FILL, {"count": _ALL, "due": _DUE, "today": now.date(), "now": now})
        counter = _Counter()
        with connection.execute_wrapper(counter):
            started = time.perf_counter()
            done = sweep(clock=clock)
            seconds = time.perf_counter() - started
        yield Figure(
            f"清扫 {_ALL:,} 项期限（{_DUE:,} 项应提醒）",
            f"{seconds:.1f} 秒，{counter.number:,} 条 SQL，提醒 {done.reminded:,} 项",
        )
        yield Figure("生成提醒", f"每秒 {done.reminded / seconds:.0f} 项（一个进程）")
        clock.set(Moment.of(now + timedelta(minutes=1)))
        started = time.perf_counter()
        again = sweep(clock=clock)
        yield Figure("再清扫一次", f"{time.perf_counter() - started:.2f} 秒，提醒 {again.reminded} 项")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB
        yield Figure("内存峰值", f"{peak:.0f} MB")
        transaction.set_rollback(True)


#: The first _DUE rows fall due in a week (a reminder day of the medium ladder), the others in 200 days.
_FILL = """
insert into deadlines_obligation (public_id, kind, subject_type, subject_id, subject_public_id, subject_number,
  subject_label, enterprise_name, party, enterprise_id, district_id, rule, basis, started_on, due_on, due_at,
  provisional, computed_by, state, opened_at, reminded_through, hook_token, hook_attempts, hook_error)
select 'bench' || n, 'monitoring.annual', 'bench.row', n, '', n::text, '示例' || n, '示例' || n, 'enterprise',
  (select min(id) from accounts_enterprise), (select min(code) from accounts_district), 'R-30', '',
  %(today)s::date - 40, %(today)s::date + days, (%(today)s::date + days + 1)::timestamp at time zone 'Asia/Shanghai',
  false, '{}', 'open', %(now)s, %(today)s::date - 1, '', 0, ''
from (select n, case when n <= %(due)s then 7 else 200 end as days from generate_series(1, %(count)s) n) rows
"""
