"""The district's scoring desk: the page of 97 items, one item's panel, saving one score."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import cycle

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.review import selectors as review
from suzhou_greenfactory.benchmarks.measuring import Figure, median_seconds, open_page, statements

_ITEM = "J1-01"
_RUNS = 15


def figures() -> Iterator[Figure]:
    """Yield statements, milliseconds and bytes of the desk of a demo case somebody is scoring.

    The saved score is put back by the rollback of the measurement's own transaction.
    """
    with transaction.atomic():
        enter(Actor.system())
        queue = review.preliminary_queue(actor=Actor.system(), state="scoring")
    held = ((one.case.public_id, one.scorer_id) for one in queue if one.scorer_id is not None)
    row = next(held, None)
    if row is None:
        msg = "演示数据中没有正在打分的申报"
        raise RuntimeError(msg)
    public_id, scorer_id = row
    username = get_user_model()._default_manager.get(pk=scorer_id).get_username()
    path = f"/d/scoring/{public_id}/"
    yield Figure("打开评分台（97 项）", str(open_page(username, path)))
    yield Figure("换到另一条目（右栏）", str(open_page(username, f"{path}items/{_ITEM}/")))
    yield Figure("保存一项评分", _saving(username, f"{path}items/{_ITEM}/"))


def _saving(username: str, url: str) -> str:
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT="application/json")
    client.force_login(get_user_model()._default_manager.get(username=username))
    points = cycle(["0.50", "0.60"])
    with transaction.atomic():
        version = 0

        def save() -> int:
            nonlocal version
            sent = {f"p-{_ITEM}": next(points), f"r-{_ITEM}": "测量", f"v-{_ITEM}": str(version)}
            answer = client.post(url, sent)
            body = answer.json()
            current = body.get("current") or body
            version = int(current["version"])
            return answer.status_code

        save()  # learns the row's version from the refusal of an old one
        with CaptureQueriesContext(connection) as captured:
            status = save()
        if status != HTTPStatus.OK:
            msg = f"{url} 返回 {status}"
            raise RuntimeError(msg)
        queries = statements(captured)
        seconds = median_seconds(save, _RUNS)
        transaction.set_rollback(True)
    return f"{queries} 条 SQL，{seconds * 1000:.1f} 毫秒"
