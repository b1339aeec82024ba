"""What the titles foretell: the yearly forms still to be opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from apps.core.actor import Actor
from apps.deadlines.forecast import Deed, Foretold, Owed
from apps.monitoring.models import AnnualForm
from apps.notifications.reach import Reader
from apps.parameters.selectors import in_force
from apps.policy.levels import Level
from apps.policy.obligations import annual_form_due_on, annual_form_level
from apps.policy.standing import HeldTitle
from apps.titles import selectors as titles
from apps.titles.selectors import TitleRow


def annual_forms(start: date, end: date, on: date) -> Iterator[Foretold]:
    """Return the forms that will be opened, by the titles held today; one not opened in time comes today.

    A form of which the year has begun comes even when *start* is later: what is owed of it falls into the days asked.
    """
    del start
    held: dict[int, list[TitleRow]] = defaultdict(list)
    for row in titles.live_title_ids(actor=Actor.system(), levels=[level.value for level in Level]):
        held[row.enterprise_id].append(row)
    having = set(AnnualForm.objects.filter(year__gte=on.year).values_list("enterprise_id", "year"))
    for year in range(on.year, end.year + 1):
        parameters = in_force(on=max(on, date(year, 1, 1)))
        opens_on, due_on = parameters.annual_tasks_on.in_year(year), annual_form_due_on(year, parameters)
        if due_on < on or opens_on > end:
            continue
        for enterprise, rows in held.items():
            level = annual_form_level(
                [HeldTitle(Level(row.level), row.awarded_on) for row in rows],
                year=year,
                parameters=parameters,
            )
            if level is None or (enterprise, year) in having:
                continue
            title = next(row for row in rows if row.level == level.value)
            yield Foretold(
                on=max(opens_on, on),
                deed=Deed.OPENS,
                kind="monitoring.annual",
                label="年度动态管理表",
                number=f"{year}年度",
                name=title.enterprise_name,
                district=title.district,
                follows="生成年度表，带入上年数据，告知企业填报。",
                template="annual_form_due",
                readers=(Reader(enterprise=enterprise),),
                owed=Owed(
                    kind="monitoring.annual", due_on=due_on, enterprise=enterprise, district=title.district
                ),
            )
