"""系统将做什么 of the administrator: days, filters, files; nobody else's page."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.http import FileResponse
from django.urls import reverse

from apps.core.actor import Role
from tests import worlds
from tests.portals.scenes import signed_in
from tests.unit.monitoring import scenes


@pytest.mark.django_db
def test_the_page_tells_by_days_and_hands_out_files() -> None:
    watch = scenes.build(scenes.clock())
    watch.served()
    system = worlds.staff_member(watch.clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[])
    client, url = signed_in(system), reverse("ops:timeline")
    asked = {"kind": "monitoring.rectification", "to": "2028-01-01"}
    page = client.get(url, asked).content.decode()
    assert "整改期限届满" in page
    assert "起草取消称号建议" in page
    assert "站内信" in page
    file = client.get(url, asked | {"export": "csv"})
    assert isinstance(file, FileResponse)
    rows = list(csv.reader(StringIO(file.getvalue().decode("utf-8-sig"))))
    assert rows[0][:4] == ["日期", "时间", "类别", "内容"]
    assert "整改期限届满" in [row[3] for row in rows]
    assert client.get(url, asked | {"export": "xlsx"}).getvalue()[:2] == b"PK"
    for wrong in ({"from": "x"}, {"from": "2020-01-01"}, {"to": "2020-01-01"}, {"to": "2090-01-01"}):
        answer = client.get(url, wrong)
        assert answer.status_code == 422
        assert "data-errsum" in answer.content.decode()
    assert signed_in(watch.city.leader).get(url).status_code == 403
