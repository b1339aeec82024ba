"""Owns the scene for samples of papers the demo world has no row for: a filed yearly table, a signed upward list.

The demo's own year has no annual forms, because opening them would mark its 4A and 5A holders overdue. The scene makes
them by the services, on a clock in the next form window, and everything it wrote is rolled back when it is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock, FixedClock, Moment
from apps.core.scoping import enter
from apps.monitoring import annual_forms
from apps.monitoring import services as monitoring
from apps.titles import selectors as titles
from apps.titles import services as title_services
from suzhou_greenfactory.demo import cast
from suzhou_greenfactory.demo.people import People
from suzhou_greenfactory.demo.two_years import filled_form

_LEVEL_3A = 3
_HOUR = 14
_MOST_LISTED = 4
_PROJECTS = (
    ("空压机余热回收改造", "86.5", "6月", "年节约标准煤112吨，减少天然气采购。"),
    ("屋顶光伏二期（1.2MW）", "430", "9月", "年发电约126万千瓦时，可再生能源利用率提高4个百分点。"),
)


@contextmanager
def filled_papers(*, people: People, clock: Clock) -> Iterator[dict[str, tuple[str, date]]]:
    """Make the rows, give kind → (public id, day of the paper), and undo everything.

    Args:
        people: who works in the demo world.
        clock: tells today; the yearly table is filed in March of the next year.

    Raises:
        NotVisible: nobody holds a 3A title that stands.
    """
    with transaction.atomic():
        try:
            signed = upward_list(people=people, clock=clock)
            march = FixedClock(Moment.in_shanghai(date(clock.now().on.year + 1, 3, 10), _HOUR))
            filed = yearly_table(people=people, clock=march)
            enter(Actor.system())
            yield {
                "upward": (signed, clock.now().on),
                "yearly_table": (filed, march.now().on),
            }
        finally:
            transaction.set_rollback(True)


def upward_list(*, people: People, clock: Clock) -> str:
    """Let the city recommend holders of 3A to the province: drafted by the handler, signed by the leader."""
    year = clock.now().on.year
    handler = people.city.handler
    enter(handler)
    made = title_services.draft_upward(
        actor=handler, clock=clock, level=4, year=year, title=f"{year}年度省级绿色工厂推荐名单"
    )
    _, found = titles.nominees(actor=handler, public_id=made, moment=clock.now())
    fit = [one.public_id for one in found if one.eligible][:_MOST_LISTED]
    if not fit:
        raise NotVisible
    title_services.add_upward(actor=handler, clock=clock, public_id=made, enterprises=fit)
    enter(people.city.leader)
    title_services.sign_upward(
        actor=people.city.leader, clock=clock, public_id=made, document_no=f"苏工信节能〔{year}〕912号"
    )
    return made


def yearly_table(*, people: People, clock: Clock) -> str:
    """Open the year's forms, let the first holder of 3A fill in and file its own, and its district approve it."""
    monitoring.open_annual_forms(clock=clock)
    year = clock.now().on.year
    actor = _holder()
    enter(actor)
    form = annual_forms.annual_file(actor=actor, on=clock.now().on, year=year)
    public_id = form.row.public_id
    monitoring.save_annual_form(
        actor=actor,
        clock=clock,
        public_id=public_id,
        typed={**filled_form(year - 1), **filled_form(year), **_projects(year)},
        version=form.version,
    )
    monitoring.file_annual_form(actor=actor, clock=clock, public_id=public_id, committed=True)
    handler = people.bureaus[form.title_district].handler
    enter(handler)
    monitoring.approve_annual_form(actor=handler, clock=clock, public_id=public_id)
    return public_id


def _holder() -> Actor:
    """Return the responsible person of the first enterprise whose 3A stands and is its highest title.

    Raises:
        NotVisible: there is none.
    """
    enter(Actor.system())
    by_code = {company.uscc: company.username for company in cast.companies()}
    rows = titles.live_title_ids(actor=Actor.system(), levels=[_LEVEL_3A, 4, 5])
    higher = {row.uscc for row in rows if row.level > _LEVEL_3A}
    for row in rows:
        if row.uscc in by_code and row.uscc not in higher:
            return accounts.actor_by_username(username=by_code[row.uscc])
    raise NotVisible


def _projects(year: int) -> Mapping[str, str]:
    """Return part E as a browser would send it: what was carried out in the year before."""
    return {
        f"project-{at}-{part}": text
        for at, (name, investment, month, effect) in enumerate(_PROJECTS)
        for part, text in (
            ("name", name),
            ("investment_wan", investment),
            ("finished", f"{year - 1}年{month}"),
            ("effect", effect),
        )
    }
