"""The city's overview of expert panels: 250 applications with three experts each, sorted by disagreement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from suzhou_greenfactory.benchmarks.measuring import Figure, open_page

_VOLUME, _EXPERTS = 250, 3
#: What the overview of that many may cost: SQL statements and seconds.
MOST_QUERIES, MOST_SECONDS = 15, 0.5
_PATH = "/m/panels/?sort=disagreement&size=250"


def figures() -> Iterator[Figure]:
    """Yield SQL statements and milliseconds of the overview and of the calibration report."""
    yield Figure("专家组一览（现有数据）", str(open_page("sj_jingban", _PATH)))
    with many_panels(_VOLUME):
        opened = open_page("sj_jingban", _PATH)
        held = opened.queries <= MOST_QUERIES and opened.seconds <= MOST_SECONDS
        limits = f"上限 {MOST_QUERIES} 条 SQL、{MOST_SECONDS * 1000:.0f} 毫秒，{'达到' if held else '未达到'}"
        yield Figure(f"专家组一览，{_VOLUME} 件 × {_EXPERTS} 名专家", f"{opened}（{limits}）")
        calibration = open_page("sj_jingban", "/m/panels/calibration/", runs=5)
        yield Figure(f"评分校准，{_VOLUME} 件 × {_EXPERTS} 名专家", str(calibration))


@contextmanager
def many_panels(volume: int) -> Iterator[None]:
    """Copy one concluded case with its panel, tasks and sheets `volume` times, with other totals; undone afterwards.

    Raises:
        RuntimeError: there is no concluded panel of three to copy.
    """
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            cursor.execute(_SEED, [_EXPERTS])
            if cursor.fetchone() is None:
                raise RuntimeError("演示数据中没有三人专家组，请先装入演示数据")
            for table, where, changed in _COPIES:
                _copy(cursor, table, where, changed, volume)
        yield
        transaction.set_rollback(True)


#: The panel that is copied: concluded, with exactly three scored experts.
_SEED = """
create temp table _seed on commit drop as
  select p.id as panel_id, p.application_id, a.enterprise_id
  from review_panel p join applications_application a on a.id = p.application_id
  where p.state = 'concluded' and (
    select count(*) from review_assignment t where t.panel_id = p.id and t.state = 'scored') = %s
  limit 1;
select panel_id from _seed
"""
_NEW = "'b' || n || '-' || t.id"
#: Table → which rows → column → expression that makes the copy number n unique.
_COPIES: list[tuple[str, str, dict[str, str]]] = [
    (
        "accounts_enterprise",
        "t.id = (select enterprise_id from _seed)",
        {
            "id": "900000 + n",
            "public_id": _NEW,
            "uscc": "'91320583' || lpad(upper(to_hex(n)), 10, '0')",
        },
    ),
    (
        "applications_application",
        "t.id = (select application_id from _seed)",
        {
            "id": "900000 + n",
            "public_id": _NEW,
            "number": "'BENCH-' || n",
            "receipt_no": "'BENCH-R-' || n",
            "submission_token": "'bench-' || n",
            "enterprise_id": "900000 + n",
        },
    ),
    (
        "review_panel",
        "t.id = (select panel_id from _seed)",
        {
            "id": "900000 + n",
            "public_id": _NEW,
            "application_id": "900000 + n",
            "enterprise_id": "900000 + n",
            "spread": "(n %% 25)::numeric / 2",
            "deviation": "(n %% 25)::numeric / 5",
        },
    ),
    (
        "scoring_scoresheet",
        "t.id in (select sheet_id from review_assignment x where x.panel_id = (select panel_id from _seed))",
        {
            "id": "900000000 + n * 10000 + t.id",
            "public_id": _NEW,
            "application_id": "900000 + n",
            "enterprise_id": "900000 + n",
            "total": "least(100, t.total - 5 + (n * 7 + t.id) %% 11)",
        },
    ),
    (
        "review_assignment",
        "t.panel_id = (select panel_id from _seed)",
        {
            "id": "900000000 + n * 10000 + t.id",
            "public_id": _NEW,
            "panel_id": "900000 + n",
            "application_id": "900000 + n",
            "enterprise_id": "900000 + n",
            "sheet_id": "900000000 + n * 10000 + t.sheet_id",
        },
    ),
]


def _copy(cursor: object, table: str, where: str, changed: dict[str, str], volume: int) -> None:
    run = cursor.execute  # type: ignore[attr-defined]  # a database cursor
    run(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]  # type: ignore[attr-defined]  # as above
    values = [changed.get(name, f't."{name}"').replace("%%", "%") for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    run(
        f"insert into {table} ({names}) "  # noqa: S608  (names come from the catalogue)
        f"select {', '.join(values)} from {table} t, generate_series(1, {volume:d}) n where {where}"
    )
