"""Public pages against a bare view under the same client, and the decision board of 500 candidates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.test import Client

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.titles import selectors as titles
from suzhou_greenfactory.benchmarks.measuring import Figure, median_seconds, open_page

_CANDIDATES = 500
_BOARD = "/m/board/?stage=credit"
#: Answers without database and session: what the server itself costs.
_BARE = "/robots.txt"
_RUNS = 30


def figures() -> Iterator[Figure]:
    """Yield SQL statements and milliseconds; an unchanged page asked for again; the board with few and many rows."""
    yield Figure("不查数据库的页面（对照）", str(open_page(None, _BARE, runs=_RUNS)))
    yield Figure("公开名录", str(open_page(None, "/directory/", runs=_RUNS)))
    yield Figure("公开名录，内容未变（304）", f"{_unchanged('/directory/') * 1000:.1f} 毫秒")
    yield Figure("名录查询一家企业", str(open_page(None, "/directory/?q=绿色", runs=_RUNS)))
    yield Figure("证书查验（计入查验次数）", str(open_page(None, f"/verify/{_token()}/", runs=_RUNS)))
    yield Figure("决策台征信阶段（现有数据）", str(open_page("sj_jingban", _BOARD)))
    with _many():
        yield Figure(f"决策台征信阶段，{_CANDIDATES} 家候选", str(open_page("sj_jingban", _BOARD)))


def _token() -> str:
    """Return the token of some certificate of the register."""
    with transaction.atomic():
        enter(Actor.public())
        return titles.public_directory(levels={3}, per_page=1).rows[0].verify_token


def _unchanged(path: str) -> float:
    """Return the median seconds of asking whether a page still holds; RuntimeError unless it does."""
    client = Client()
    tag = client.get(path, HTTP_HOST="localhost")["ETag"]
    if client.get(path, HTTP_HOST="localhost", HTTP_IF_NONE_MATCH=tag).status_code != 304:  # noqa: PLR2004  (Not Modified)
        msg = f"{path} 未返回 304"
        raise RuntimeError(msg)
    return median_seconds(lambda: client.get(path, HTTP_HOST="localhost", HTTP_IF_NONE_MATCH=tag), _RUNS)


@contextmanager
def _many() -> Iterator[None]:
    """Copy one case of the credit stage and its enterprise five hundred times; undone afterwards."""
    with transaction.atomic():
        enter(Actor.system())
        with connection.cursor() as cursor:
            cursor.execute(
                "create temp table _seed on commit drop as select id, enterprise_id "
                "from applications_application where state = 'credit_check' order by id limit 1"
            )
            for table, source, changed in _COPIES:
                cursor.execute(
                    "select column_name from information_schema.columns"
                    " where table_schema = 'public' and table_name = %s",
                    [table],
                )
                columns = [row[0] for row in cursor.fetchall()]
                values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
                names = ", ".join(f'"{name}"' for name in columns)
                cursor.execute(
                    f"insert into {table} ({names}) select {values} "  # noqa: S608  (names come from the catalogue)
                    f"from {table} t, generate_series(1, {_CANDIDATES}) n where t.id = (select {source} from _seed)"
                )
        yield
        transaction.set_rollback(True)


#: Table, column of the seed, column → expression that makes the copy number n unique.
_COPIES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "accounts_enterprise",
        "enterprise_id",
        {
            "uscc": "'91320583' || lpad(upper(to_hex(n)), 10, '0')",
            "public_id": "'bench' || lpad(n::text, 9, '0')",
            "id": "900000 + n",
        },
    ),
    (
        "applications_application",
        "id",
        {
            "id": "900000 + n",
            "public_id": "'bencha' || lpad(n::text, 8, '0')",
            "number": "'BENCH-' || n",
            "receipt_no": "'BENCH-R-' || n",
            "submission_token": "'bench-' || n",
            "enterprise_id": "900000 + n",
        },
    ),
)
