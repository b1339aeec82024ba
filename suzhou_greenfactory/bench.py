"""Measurements of the product: queries and time of the list, one full sheet, the demo's volume.

Bounded and on loopback: rows are made inside a transaction that is rolled back.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import yaml
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.serialising import bundle
from suzhou_greenfactory.demo.figures import Factory, self_evaluation
from suzhou_greenfactory.demo.world import benchmarks

_VOLUME = 2000
_RUNS = 15


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result."""

    what: str
    value: str


def measure() -> list[Figure]:
    """Return every figure."""
    return [*_sheet(), *_list()]


def _sheet() -> Iterator[Figure]:
    """Score one full sheet of 97 items, computed and explained."""
    folder = settings.BASE_DIR / "fixtures" / "evaluation_systems"
    parts = [
        yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        for name in ("szgf-2023r1.yaml", "metrics.yaml", "ecm_functions.yaml")
    ]
    scheme = load_scheme(bundle(*parts))
    table = benchmarks()
    from decimal import Decimal

    plan = self_evaluation(scheme, table, Factory("2651", 40000, 50000, Decimal(86), 7))
    median = _median(lambda: score_sheet(scheme, plan.answers, plan.measurements, table, "2651"), 60)
    yield Figure("计分一张完整评分表（97 项，含逐步说明）", f"{median * 1e6:,.0f} 微秒")


def _median(act: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _list() -> Iterator[Figure]:
    """Open the city's list of 50 out of 2,000 applications, and the same list with few rows."""
    user = get_user_model()._default_manager.get(username="sj_jingban")
    few = _open(user)
    yield Figure("市级推荐阶段列表（现有数据）", f"{few[0]} 条 SQL，{few[1] * 1000:.1f} 毫秒")
    with _many():
        many = _open(user)
    yield Figure(f"同一列表，{_VOLUME} 件申报中的 50 件", f"{many[0]} 条 SQL，{many[1] * 1000:.1f} 毫秒")


def _open(user: object) -> tuple[int, float]:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]  # the concrete user model
    path = "/m/board/?stage=recommended"
    client.get(path, HTTP_HOST="localhost")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, HTTP_HOST="localhost")
    if answer.status_code != 200:  # noqa: PLR2004  (HTTP OK)
        msg = f"{path} 返回 {answer.status_code}"
        raise RuntimeError(msg)
    return len(captured), _median(lambda: client.get(path, HTTP_HOST="localhost"), _RUNS)


@contextmanager
def _many() -> Iterator[None]:
    """Copy one recommended application (and its enterprise) two thousand times; undone afterwards."""
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            _copy(cursor, "accounts_enterprise", "id = (select enterprise_id from _seed)", _ENTERPRISE)
            _copy(cursor, "applications_application", "id = (select id from _seed)", _APPLICATION)
        yield
        transaction.set_rollback(True)


#: Column → expression that makes the copy number n unique.
_ENTERPRISE = {
    "uscc": "'91320583' || lpad(upper(to_hex(n)), 10, '0')",
    "public_id": "'bench' || lpad(n::text, 9, '0')",
    "id": "900000 + n",
}
_APPLICATION = {
    "id": "900000 + n",
    "public_id": "'bencha' || lpad(n::text, 8, '0')",
    "number": "'BENCH-' || n",
    "receipt_no": "'BENCH-R-' || n",
    "submission_token": "'bench-' || n",
    "enterprise_id": "900000 + n",
}


def _copy(cursor: object, table: str, where: str, changed: dict[str, str]) -> None:
    run = cursor.execute  # type: ignore[attr-defined]  # a database cursor
    run(
        "create temp table if not exists _seed on commit drop as "
        "select id, enterprise_id from applications_application where state = 'recommended' limit 1"
    )
    run(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]  # type: ignore[attr-defined]  # as above
    values = [changed.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    run(
        f"insert into {table} ({names}) "  # noqa: S608  (names come from the catalogue)
        f"select {', '.join(values)} from {table} t, generate_series(1, {_VOLUME}) n where t.{where}"
    )
