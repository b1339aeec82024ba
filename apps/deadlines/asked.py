"""Which days the time machine is asked about: the same limits on the page, over the interface and in spreadsheets."""

from __future__ import annotations

from datetime import date, timedelta

from apps.core.errors import Invalid

#: How many days are told of unless asked otherwise, and at most.
USUAL_DAYS, MOST_DAYS = 30, 1100


def asked_days(start: date | None, end: date | None, *, today: date) -> tuple[date, date]:
    """Return the first and the last day; None stands for today, and for thirty days later.

    Raises:
        Invalid: in the wrong order, before today, or too many; at `from` or `to`.
    """
    first = start or today
    last = end or first + timedelta(days=USUAL_DAYS)
    if first < today:
        raise Invalid.of("from", "起始日期不能早于今天：已经发生的事项请查看审计记录和发送记录。")
    if last < first:
        raise Invalid.of("to", "截止日期不能早于起始日期。")
    if (last - first).days > MOST_DAYS:
        raise Invalid.of("to", f"一次最多查看{MOST_DAYS}天，请缩短日期范围。")
    return first, last
