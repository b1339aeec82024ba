"""The lists of the bureaus' pages as spreadsheets, with the same filters; rows stream from the database (L7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from apps.accounts import lists as enterprises
from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.core.masking import masked_phone
from apps.core.moment import SHANGHAI
from apps.deadlines import selectors as deadlines
from apps.documents.sheets import Column, Kind, SheetTable
from apps.titles import selectors as titles

Filters = Mapping[str, str]
_BUREAUS: Final = frozenset({Role.MUNICIPAL, Role.DISTRICT, Role.AUDITOR})
_CITY: Final = frozenset({Role.MUNICIPAL, Role.AUDITOR})
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class ListBook:
    """A list to write: its table and how many rows it has."""

    table: SheetTable
    total: int


def _numbered(rows: Iterable[Sequence[object]]) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(rows, start=1):
        yield (number, *row)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(SHANGHAI).date()


def _book(
    title: str, on: date, total: int, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> ListBook:
    table = SheetTable(
        title=title,
        subtitle=f"导出日期：{on.year}年{on.month}月{on.day}日，共 {total} 行",
        sheet_name=title[:20],
        columns=(Column(label="序号", kind=Kind.INTEGER, width=6), *columns),
        rows=_numbered(rows),
        notes=("说明：本表由平台导出，仅供工作使用；统一社会信用代码、电话按文本存放。",),
    )
    return ListBook(table, total)


def _level(filters: Filters) -> int | None:
    text = filters.get("level", "")
    return int(text) if text in {"1", "2", "3", "4", "5"} else None


def _enterprises(actor: Actor, on: date, filters: Filters) -> ListBook:
    total, rows = enterprises.every_enterprise(
        actor=actor,
        q=filters.get("q", ""),
        state=filters.get("state", ""),
        district=filters.get("district", ""),
    )
    columns = (
        Column(label="企业名称", width=36),
        Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
        Column(label="属地", width=12),
        Column(label="行业代码", kind=Kind.CODE, width=9),
        Column(label="行业", width=24),
        Column(label="单位性质", width=10),
        Column(label="厂区地址", width=34),
        Column(label="法定代表人", width=10),
        Column(label="联系人", width=10),
        Column(label="联系电话", kind=Kind.CODE, width=15),
        Column(label="主要产品", width=26),
        Column(label="登记状态", width=12),
        Column(label="登记日期", kind=Kind.DATE, width=15),
    )
    return _book(
        "企业登记名单",
        on,
        total,
        columns,
        (
            (
                row.name,
                row.uscc,
                row.district_name,
                row.industry_code,
                row.industry_name,
                row.ownership,
                row.site_address,
                row.legal_representative,
                row.contact_name,
                masked_phone(row.contact_phone),
                row.main_products,
                row.state_label,
                _day(row.registered_at),
            )
            for row in rows
        ),
    )


def _titles(actor: Actor, on: date, filters: Filters) -> ListBook:
    total, rows = titles.every_title(
        actor=actor,
        q=filters.get("q", ""),
        level=_level(filters),
        state=filters.get("state", ""),
        district=filters.get("district", ""),
    )
    columns = (
        Column(label="企业名称", width=36),
        Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
        Column(label="属地", width=14),
        Column(label="行业", width=24),
        Column(label="等级", kind=Kind.CODE, width=8),
        Column(label="来源", width=12),
        Column(label="状态", width=10),
        Column(label="评定日期", kind=Kind.DATE, width=15),
        Column(label="文号", width=26),
        Column(label="证书编号", kind=Kind.CODE, width=22),
        Column(label="终止日期", kind=Kind.DATE, width=15),
    )
    return _book(
        "绿色工厂称号登记表",
        on,
        total,
        columns,
        (
            (
                row.enterprise_name,
                row.uscc,
                row.district_name,
                row.industry_name,
                row.level_label,
                row.origin_label,
                row.state_label,
                row.awarded_on,
                row.document_no,
                row.certificate_no,
                row.ended_on,
            )
            for row in rows
        ),
    )


def _applications(actor: Actor, on: date, filters: Filters) -> ListBook:
    state = filters.get("state", "")
    total, rows = applications.every_application(
        actor=actor,
        q=filters.get("q", ""),
        district=filters.get("district", ""),
        states=[state] if state else [],
        level=_level(filters),
        round_code=filters.get("round", ""),
    )
    columns = (
        Column(label="申报编号", kind=Kind.CODE, width=24),
        Column(label="批次", width=10),
        Column(label="企业名称", width=36),
        Column(label="统一社会信用代码", kind=Kind.CODE, width=22),
        Column(label="属地", width=12),
        Column(label="行业", width=24),
        Column(label="申报等级", kind=Kind.CODE, width=9),
        Column(label="状态", width=14),
        Column(label="自评得分", kind=Kind.SCORE, width=9),
        Column(label="初评得分", kind=Kind.SCORE, width=9),
        Column(label="专家组得分", kind=Kind.SCORE, width=10),
        Column(label="提交日期", kind=Kind.DATE, width=15),
    )
    return _book(
        "绿色工厂申报情况表",
        on,
        total,
        columns,
        (
            (
                row.number,
                row.round_code,
                row.enterprise_name,
                row.uscc,
                row.district_name,
                row.industry_name,
                row.level_label,
                row.state_label,
                row.self_total,
                row.prelim_total,
                row.panel_total,
                _day(row.submitted_at),
            )
            for row in rows
        ),
    )


def _experts(actor: Actor, on: date, filters: Filters) -> ListBook:
    rows = accounts.experts(actor=actor)
    q = filters.get("q", "").strip()
    if q:
        rows = [row for row in rows if q in row.name or q in row.employer_name or q in "".join(row.fields)]
    columns = (
        Column(label="专家编号", kind=Kind.CODE, width=14),
        Column(label="姓名", width=12),
        Column(label="职称", width=16),
        Column(label="工作单位", width=34),
        Column(label="单位信用代码", kind=Kind.CODE, width=22),
        Column(label="专业领域", width=28),
        Column(label="熟悉行业大类", kind=Kind.CODE, width=16),
        Column(label="关联关系数", kind=Kind.INTEGER, width=10),
        Column(label="可评审", kind=Kind.CODE, width=8),
    )
    return _book(
        "专家库名单",
        on,
        len(rows),
        columns,
        (
            (
                row.number,
                row.name,
                row.title,
                row.employer_name,
                row.employer_uscc,
                "、".join(row.fields),
                "、".join(row.industries),
                len(row.links),
                "是" if row.is_available else "否",
            )
            for row in rows
        ),
    )


def _obligations(actor: Actor, on: date, filters: Filters) -> ListBook:
    district = filters.get("district") or None
    first = deadlines.obligations_for(actor=actor, district=district, per_page=_PAGE)

    def rows() -> Iterator[deadlines.ObligationRow]:
        yield from first.rows
        for number in range(2, first.pages + 1):
            yield from deadlines.obligations_for(
                actor=actor, district=district, page=number, per_page=_PAGE
            ).rows

    columns = (
        Column(label="事项", width=20),
        Column(label="责任方", width=10),
        Column(label="对象", width=36),
        Column(label="企业名称", width=34),
        Column(label="起算日期", kind=Kind.DATE, width=15),
        Column(label="到期日期", kind=Kind.DATE, width=15),
        Column(label="状态", width=10),
        Column(label="依据", width=44),
    )
    return _book(
        "待办时限表",
        on,
        first.total,
        columns,
        (
            (
                row.label,
                row.party_label,
                row.subject_label,
                row.enterprise_name,
                row.started_on,
                row.due_on,
                row.state_label + ("（暂定）" if row.provisional else ""),
                row.basis,
            )
            for row in rows()
        ),
    )


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list that can be exported: who may, and how it is made."""

    label: str
    roles: frozenset[Role]
    make: Callable[[Actor, date, Filters], ListBook]


LISTS: Final[Mapping[str, ListKind]] = MappingProxyType(
    {
        "enterprises": ListKind("企业登记名单", _BUREAUS, _enterprises),
        "titles": ListKind("称号登记表", _BUREAUS, _titles),
        "applications": ListKind("申报情况表", _BUREAUS, _applications),
        "experts": ListKind("专家库名单", _CITY, _experts),
        "obligations": ListKind("待办时限表", _BUREAUS, _obligations),
    }
)


def list_book(*, actor: Actor, kind: str, on: date, filters: Filters) -> ListBook:
    """Return a list with the filters of its page; rows are read when they are written, in the same transaction.

    Raises:
        KeyError: an unknown list.
        Forbidden: not for the actor's role.
    """
    found = LISTS[kind]
    if actor.role not in found.roles:
        raise Forbidden(f"{found.label}仅供主管部门使用。")
    return found.make(actor, on, filters)
