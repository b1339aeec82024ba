"""The sweep over 100,000 obligations of which 14,000 are due, and the mails one worker sends a second."""

from __future__ import annotations

import resource
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.test import override_settings

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.services import Swept, sweep
from apps.deadlines.services.planning import ladders
from apps.notifications.services import deliver
from suzhou_greenfactory.benchmarks.measuring import Figure

_ALL, _DUE, _MAILS = 100_000, 14_000, 2_000
_FAR = datetime(2100, 1, 1, tzinfo=SHANGHAI)
_KIB = 1024


class _Counter:
    """Counts statements: the log Django keeps for tests forgets all but the last 9,000."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


def figures() -> Iterator[Figure]:
    """Yield a first sweep, an idle second one, what turns overdue, the peak memory, the mails sent."""
    now = datetime.now(SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
    clock = FixedClock(Moment.of(now))
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            # What the demo owes by itself is not measured.
            mark = ladders(now.date()).mark
            cursor.execute("update deadlines_obligation set remind_on = null, remind_plan = %s", [mark])
            cursor.execute("update deadlines_obligation set due_at = %s where state = 'open'", [_FAR])
            cursor.execute(_FILL, {"count": _ALL, "due": _DUE, "today": now.date(), "now": now, "mark": mark})
        counter = _Counter()
        used = time.process_time()
        with connection.execute_wrapper(counter):
            seconds, done = _timed(lambda: sweep(clock=clock))
        cpu = time.process_time() - used
        yield Figure(
            f"清扫 {_ALL:,} 项期限（{_DUE:,} 项应提醒）",
            f"{seconds:.1f} 秒（本进程处理器 {cpu:.1f} 秒），{counter.number:,} 条 SQL，提醒 {done.reminded:,} 项",
        )
        yield Figure("生成提醒", f"每秒 {done.reminded / seconds:.0f} 项（一个进程）")
        clock.set(Moment.of(now + timedelta(minutes=1)))
        seconds, again = _timed(lambda: sweep(clock=clock))
        yield Figure("再清扫一次", f"{seconds:.2f} 秒，提醒 {again.reminded} 项")
        with connection.cursor() as cursor:
            cursor.execute("update deadlines_obligation set remind_plan = 1")
        counter.number = 0
        clock.set(Moment.of(now + timedelta(minutes=2)))
        with connection.execute_wrapper(counter):
            seconds, again = _timed(lambda: sweep(clock=clock))
        yield Figure(
            f"提醒日或工作日历调整后重排 {_ALL:,} 项的提醒日",
            f"{seconds:.1f} 秒，{counter.number:,} 条 SQL，提醒 {again.reminded} 项",
        )
        with connection.cursor() as cursor:
            cursor.execute(_LAPSE, {"due": _DUE, "now": now})
        counter.number = 0
        with connection.execute_wrapper(counter):
            seconds, late = _timed(lambda: sweep(clock=clock))
        yield Figure(
            f"清扫 {_ALL:,} 项期限（{_DUE:,} 项转为逾期，含审计链）",
            f"{seconds:.1f} 秒，{counter.number:,} 条 SQL，转为逾期 {late.overdue:,} 项",
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB
        yield Figure("内存峰值", f"{peak:.0f} MB")
        transaction.set_rollback(True)
    yield _mails()


def _timed(work: Callable[[], Swept]) -> tuple[float, Swept]:
    """Return the seconds of a sweep with everything its commits would do (the chain of the audit trail)."""
    started = time.perf_counter()
    done = work()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
    return time.perf_counter() - started, done


class _Sink(socketserver.StreamRequestHandler):
    """A mail gateway on the loopback that takes everything."""

    def handle(self) -> None:
        """Answer one connection."""
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            self.wfile.write(b"354 go on\r\n" if verb == b"DATA" else b"250 ok\r\n")
            if verb == b"DATA":
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                return


def _mails() -> Figure:
    """Return how many mails one worker takes from the outbox a second, with real commits, over SMTP."""
    clock = DatabaseClock()
    _as_system(_QUEUE, {"count": _MAILS})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.server_address[:2]
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST=str(host),
            EMAIL_PORT=port,
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
            EMAIL_HOST_USER="",
        ):
            started = time.perf_counter()
            done = deliver(clock=clock, limit=_MAILS)
            seconds = time.perf_counter() - started
        server.shutdown()
    _as_system(_CLEAR, {})
    return Figure(
        f"发出 {done.sent:,} 封提醒邮件", f"每秒 {done.sent / seconds:.0f} 封（一个进程，本机 SMTP 网关）"
    )


def _as_system(statement: str, values: dict[str, Any]) -> None:
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


_LAPSE = """
update deadlines_obligation set due_at = %(now)s, kind = 'monitoring.annual_review', party = 'district'
where subject_type = 'bench.row' and subject_id <= %(due)s
"""
#: Messages with a mail each, due before everything else.
_QUEUE = """
with made as (
  insert into notifications_message (public_id, key, template, title, body, link, mandatory, duties, to_municipal,
    to_admins, to_enterprise_id, subject_type, created_at, expanded_at)
  select 'bench' || n, 'bench:' || n, 'deadline_reminder', '还剩7天：年度动态管理表', '年度动态管理表尚未办结。', '/e/',
    true, '{}', false, false, (select min(id) from accounts_enterprise), '', now(), now()
  from generate_series(1, %(count)s) n returning id, template)
insert into notifications_delivery (message_id, template, channel, address, digest, state, attempts, next_attempt_at,
  lease_token, last_error)
select id, template, 'mail', 'bench@example.invalid', false, 'waiting', 0, '2000-01-01', '', '' from made
"""
_CLEAR = """
with gone as (delete from notifications_delivery where address = 'bench@example.invalid')
delete from notifications_message where key like 'bench:%%'
"""
#: The first _DUE rows fall due in a week (a reminder day of the medium ladder), the others in 200 days.
_FILL = """
insert into deadlines_obligation (public_id, kind, subject_type, subject_id, subject_public_id, subject_number,
  subject_label, enterprise_name, party, enterprise_id, district_id, rule, basis, started_on, due_on, due_at,
  provisional, computed_by, state, opened_at, reminded_through, remind_on, remind_plan, hook_token,
  hook_attempts, hook_error, changes)
select 'bench' || n, 'monitoring.annual', 'bench.row', n, '', n::text, '示例' || n, '示例' || n, 'enterprise',
  (select min(id) from accounts_enterprise), (select min(code) from accounts_district), 'R-30', '',
  %(today)s::date - 40, %(today)s::date + days, (%(today)s::date + days + 1)::timestamp at time zone 'Asia/Shanghai',
  false, '{}', 'open', %(now)s, %(today)s::date - 1, %(today)s::date + days - 7, %(mark)s, '', 0, '', 0
from (select n, case when n <= %(due)s then 7 else 200 end as days from generate_series(1, %(count)s) n) rows
"""
