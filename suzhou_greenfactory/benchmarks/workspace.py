"""The self-evaluation workspace: opening an item, one autosave, the live column; with few and with many files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.applications.selectors import cases, cases_in_state
from apps.applications.states import DRAFT
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.scoring import selectors as scoring
from suzhou_greenfactory.benchmarks.first_load import first_load
from suzhou_greenfactory.benchmarks.measuring import Figure, median_seconds, open_page, statements

#: A binary item, one with figures, and one with rows of several outlets.
_ITEMS = ("J1-01", "K5-01", "H1-02")
_RUNS = 5


def figures() -> Iterator[Figure]:
    """Yield SQL statements, milliseconds and bytes (also compressed) of the page and of what follows an edit."""
    username, case = _fullest_draft()
    page = f"/e/applications/{case}/evaluate/"
    client = _signed_in(username)
    for item in _ITEMS:
        opened = open_page(username, f"{page}?item={item}")
        html = client.get(f"{page}?item={item}", HTTP_HOST="localhost").content.decode()
        load = first_load(html)
        yield Figure(
            f"自评工作区 {item}（97 项）",
            f"{opened}，压缩后 {load.page / 1024:.1f} KB；首次访问连同样式、脚本、图标和字体"
            f"共 {load.total / 1024:.1f} KB（压缩后）",
        )
    yield Figure("自评工作区右栏与结果片段", str(open_page(username, f"{page}live/?item={_ITEMS[0]}")))
    yield Figure("一次自动保存", _autosave(client, page))
    yield Figure("改进计划", str(open_page(username, f"/e/applications/{case}/improve/")))
    yield Figure("年度数据页", str(open_page(username, f"/e/applications/{case}/measurements/")))


def _fullest_draft() -> tuple[str, str]:
    """Return a user of the enterprise whose draft has most items filled in, and the draft's public id."""
    with transaction.atomic():
        enter(Actor.system())
        system = Actor.system()
        filled = {
            case.id: sheet.answered
            for case in cases_in_state(actor=system, states=[DRAFT], limit=50)
            if (sheet := scoring.current_sheet(actor=system, application_id=case.id, kind="self"))
        }
        fullest = max(filled, key=lambda one: filled[one], default=0)
        draft = cases(actor=system, ids=[fullest]).get(fullest)
        if draft is None:
            msg = "没有可测的草稿：请先装入演示数据。"
            raise RuntimeError(msg)
        user = (
            get_user_model()._default_manager.filter(enterprise_id=draft.enterprise_id).order_by("pk").first()
        )
        if user is None:
            msg = "草稿的企业没有用户。"
            raise RuntimeError(msg)
        return user.get_username(), draft.public_id


def _signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model()._default_manager.get(username=username))
    return client


def _autosave(client: Client, page: str) -> str:
    """Save another note again and again; afterwards nothing has changed."""
    item = _ITEMS[0]
    with transaction.atomic():
        html = client.get(f"{page}?item={item}", HTTP_HOST="localhost").content.decode()
        hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', html))
        version = int(hidden["version"])
        sent = {name: hidden[name] for name in ("sheet_version", "figures_mark")} | {"met": "true"}
        turns = iter(range(_RUNS + 2))

        def save() -> None:
            nonlocal version
            data = {**sent, "version": version, "answer_mark": "", "reason": f"第 {next(turns)} 次"}
            answer = client.post(
                f"{page}items/{item}/", data, HTTP_HOST="localhost", HTTP_ACCEPT="application/json"
            )
            if answer.status_code != 200:  # noqa: PLR2004  (HTTP OK)
                msg = f"自动保存返回 {answer.status_code}"
                raise RuntimeError(msg)
            version = answer.json()["version"]

        save()
        with CaptureQueriesContext(connection) as captured:
            save()
        queries = statements(captured)
        seconds = median_seconds(save, _RUNS)
        transaction.set_rollback(True)
    return f"{queries} 条 SQL，{seconds * 1000:.1f} 毫秒"
