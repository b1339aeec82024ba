"""The city's list page of 50 out of 2,000 applications, against the same list with few rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from suzhou_greenfactory.benchmarks.measuring import Figure, open_page

_VOLUME = 2000
_PATH = "/m/board/?stage=recommended"


def figures() -> Iterator[Figure]:
    """Yield SQL statements and milliseconds of both lists."""
    yield Figure("市级推荐阶段列表（现有数据）", str(open_page("sj_jingban", _PATH)))
    with _many():
        many = open_page("sj_jingban", _PATH)
    yield Figure(f"同一列表，{_VOLUME} 件申报中的 50 件", str(many))


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
