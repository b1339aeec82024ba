"""The life of a title on a moving clock: every message on its day, in every role's inbox, from the rows alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.titles import selectors as titles
from suzhou_greenfactory.demo import two_years
from suzhou_greenfactory.demo.two_years import Journey, Players, standing, told
from tests.unit.monitoring import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-31", "R-39", "R-40", "R-41")]
D = date
#: Template → days on which the enterprise got it. The rest of the table is reminders.
ACTS = {
    "annual_form_due": [D(2027, 1, 1), D(2028, 1, 1)],
    "annual_form_accepted": [D(2027, 3, 16)],
    "annual_form_overdue": [D(2028, 4, 16)],
    "recheck_planned": [D(2028, 4, 20)],
    "rectification_served": [D(2028, 4, 27)],
    "cancellation_proposed": [D(2028, 8, 5)],
    "cancellation_decided": [D(2028, 8, 25)],
    "ban_ended": [D(2031, 8, 25)],
}
#: T-30, -15, -7, -3, -1, 0 of 2028-04-15, of 2028-08-04; T-2, -1, 0 of the time for defence (2028-08-11).
REMINDED = {
    "年度动态管理表": [
        D(2028, 3, 16),
        D(2028, 3, 31),
        D(2028, 4, 8),
        D(2028, 4, 12),
        D(2028, 4, 14),
        D(2028, 4, 15),
    ],
    "整改": [D(2028, 7, 5), D(2028, 7, 20), D(2028, 7, 28), D(2028, 8, 1), D(2028, 8, 3), D(2028, 8, 4)],
    "陈述申辩": [D(2028, 8, 9), D(2028, 8, 10), D(2028, 8, 11)],
}


def test_the_right_messages_on_the_right_days(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.build(scenes.clock())
    enter(Actor.system())
    name = titles.title_file(actor=Actor.system(), public_id=scene.title).row.enterprise_name
    seen: dict[date, str] = {}
    people = (scene.enterprise, scene.district.handler, scene.district.signer, scene.city.leader)
    enterprise, handler, signer, leader = (scene.be(person) for person in people)
    players = Players(enterprise, handler, signer, leader, scene.title)
    journey = Journey(
        players, scene.clock, on_day=lambda day: seen.update({day: standing(title=scene.title)})
    )
    end = journey.play(through_ban=True)
    assert end == D(2031, 8, 25)

    enter(Actor.system())
    sent: dict[str, list[date]] = defaultdict(list)
    reminded: dict[str, list[date]] = defaultdict(list)
    for row in Message.objects.filter(to_enterprise=scene.enterprise.enterprise_id).order_by("id"):
        day = row.created_at.astimezone(SHANGHAI).date()
        if row.template == "deadline_reminder":
            reminded[row.title.split("：")[1]].append(day)
        elif row.template != "deadline_overdue":
            sent[row.template].append(day)
        assert "补发" not in row.title, row.title
    assert {template: days for template, days in sent.items() if template in ACTS} == ACTS
    assert dict(reminded) == REMINDED
    assert Message.objects.filter(title__contains="整改", to_municipal=True).exists()

    # what follows a missed deadline has begun: the deadline itself is not called to mind any more
    overdue = Message.objects.filter(template="deadline_overdue")
    assert {row.title.split("：")[1].split("（")[0] for row in overdue} == {"年度动态管理表"}
    # a title that has ended is not called to mind any more
    late = Message.objects.filter(template="deadline_overdue", created_at__date__gt=D(2028, 8, 25))
    assert not late.filter(to_enterprise=scene.enterprise.enterprise_id).exists()

    # what the public saw on the days on which anything happened
    assert list(dict.fromkeys(label for _, label in sorted(seen.items()))) == [
        "称号有效",
        "称号有效（整改中）",
        "称号有效（拟取消，尚未决定）",
        "称号已取消",
    ]

    # each role reads its own side of it
    begin = D(2026, 11, 23)
    district = [title for _, title in told(actor=handler, name=name, since=begin)]
    city = [title for _, title in told(actor=leader, name=name, since=begin)]
    assert any("已报送2027年度动态管理表" in title for title in district)
    assert any("年度动态管理表" in title and "逾期" in title for title in district)
    assert any("拟取消" in title and "整改逾期未完成" in title for title in district)
    assert any("称号已取消" in title for title in district)
    assert any("报送复核结果" in title for title in city)
    assert any("拟取消称号，待决定" in title for title in city)
    # an inbox of many pages is read to its end
    monkeypatch.setattr(two_years, "_MESSAGES_A_PAGE", 3)
    assert [title for _, title in told(actor=handler, name=name, since=begin)] == district
    [ban] = titles.bans_of(actor=scene.be(leader), enterprise_id=enterprise.enterprise_id or 0)
    assert (ban.from_on, ban.until_on) == (D(2028, 8, 25), D(2031, 8, 25))
