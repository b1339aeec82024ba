"""What an auditor should look at first: acts of a period that are unusual, each with the event that proves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible

#: Points by which a score already given must change to be shown (one item; DESIGN 7.7 改分).
JUMP_POINTS = Decimal("1.00")
#: Rows of one export from which it is 批量.
BULK_ROWS = 100
#: Refused sign-ins from one address, or of one person, from which they are shown.
FAILED_SIGN_INS = 5
#: Days after an obligation ran out in which a change in the same enterprise's case is shown.
_AFTER_DEADLINE = timedelta(days=30)
#: Events of one kind shown on the page; the search shows the rest.
SHOWN = 50
#: Events read at most to find jumps: the newest ones.
_READ = 5_000
_SCORING = ("score.entry.save", "score.entry.adopt", "score.figures.save")
_CHANGING = (*_SCORING, "evidence.attach", "evidence.detach", "application.save_report")
_READERS = frozenset({Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Finding:
    """One unusual act: who, when, about what, what was unusual (`detail`, Chinese) and the event's key.

    `enterprise_id` is whose case it was, `act` the code of what was refused; both None or "" where there is none.
    """

    event_id: int
    at: datetime
    who: str
    role: str
    subject: str
    detail: str
    enterprise_id: int | None = None
    act: str = ""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One kind of unusual act with what was found in the period; `more`: there is more than is shown."""

    code: str
    label: str
    meaning: str
    findings: Sequence[Finding]
    more: bool


def anomalies(*, actor: Actor, since: datetime, until: datetime, spread_over: Decimal) -> list[Anomaly]:
    """Return every kind of unusual act of a period, newest first.

    A fixed number of queries, one for each kind, whatever is found.

    Args:
        actor: the auditor.
        since: from (aware).
        until: to (aware, exclusive).
        spread_over: points between the highest and the lowest total of a panel above which it is shown.

    Raises:
        NotVisible: the actor is not the auditor.
    """
    if actor.role not in _READERS:
        raise NotVisible
    rows = AuditEvent.objects.visible_to(actor).filter(at__gte=since, at__lt=until).defer("canonical")
    found = []
    for code, label, meaning, look in _kinds(spread_over):
        findings = look(rows)
        found.append(Anomaly(code, label, meaning, findings[:SHOWN], len(findings) > SHOWN))
    return found


def _finding(row: AuditEvent, detail: str, act: str = "") -> Finding:
    return Finding(
        row.pk, row.at, row.actor_name, row.actor_role, row.subject_label, detail, row.enterprise_id, act
    )


def _late_changes(rows: QuerySet[AuditEvent]) -> list[Finding]:
    """Scores and materials written after the deadline of the same enterprise's case had run out."""
    overdue = AuditEvent.objects.filter(
        event="obligation.overdue",
        enterprise_id=OuterRef("enterprise_id"),
        pk__lt=OuterRef("pk"),
        at__gt=OuterRef("at") - _AFTER_DEADLINE,
    )
    late = rows.filter(Exists(overdue), event__in=_CHANGING, enterprise_id__isnull=False)
    return [_finding(row, "期限届满后仍有改动") for row in _newest(late)]


def _after_signing(rows: QuerySet[AuditEvent]) -> list[Finding]:
    """Scores written into a sheet that had been signed; the database forbids it, so any is serious."""
    signed = AuditEvent.objects.filter(
        event="score.sheet.sign",
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        pk__lt=OuterRef("pk"),
    )
    return [
        _finding(row, "评分表签定之后写入")
        for row in _newest(rows.filter(Exists(signed), event__in=_SCORING))
    ]


def _own_work(rows: QuerySet[AuditEvent]) -> list[Finding]:
    return [
        _finding(row, row.note) for row in _newest(rows.filter(outcome="denied", after__reason="own_work"))
    ]


def _jumps(rows: QuerySet[AuditEvent]) -> list[Finding]:
    """Items whose points, once given, changed much in one act; an enterprise's own draft is free."""
    found = []
    judged = rows.filter(event__in=("score.entry.save", "score.entry.adopt")).exclude(
        actor_role=Role.ENTERPRISE.value
    )
    for row in judged.order_by("-pk")[:_READ]:
        changed = [
            f"{item}：{old} → {new} 分" for item, old, new in _repointed(row) if abs(new - old) >= JUMP_POINTS
        ]
        if changed:
            found.append(_finding(row, "；".join(changed)))
    return found[: SHOWN + 1]


def _repointed(row: AuditEvent) -> list[tuple[str, Decimal, Decimal]]:
    """Return (item, points before, points after) of every item that had points and has others now."""
    found = []
    for item, before in row.before.items():
        after = row.after.get(item)
        if not isinstance(before, dict) or not isinstance(after, dict):
            continue
        old, new = _points(before), _points(after)
        if old is not None and new is not None and old != new:
            found.append((item, old, new))
    return found


def _points(entry: dict[str, Any]) -> Decimal | None:
    return _decimal(entry.get("points"))


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _spread(rows: QuerySet[AuditEvent], *, over: Decimal) -> list[Finding]:
    found = []
    for row in rows.filter(event="panel.complete").order_by("-pk")[:_READ]:
        spread = _decimal(row.after.get("spread"))
        if spread is not None and spread > over:
            found.append(_finding(row, f"专家总分最高与最低相差 {spread} 分"))
    return found[: SHOWN + 1]


def _reopened(rows: QuerySet[AuditEvent]) -> list[Finding]:
    reopened = rows.filter(
        event__in=("preliminary.return", "application.reopen_panel", "panel.replace", "override.request")
    )
    return [_finding(row, row.note or "已完成的评分重新打开") for row in _newest(reopened)]


def _deadlines_moved(rows: QuerySet[AuditEvent]) -> list[Finding]:
    moved = rows.filter(
        event__in=("round.extend", "round.revise", "round.district_window", "calendar.correct")
    )
    return [_finding(row, row.note or "期限或日历被改动") for row in _newest(moved)]


def _bulk(rows: QuerySet[AuditEvent]) -> list[Finding]:
    exports = rows.filter(event__in=("document.export", "audit.package"), after__rows__gte=BULK_ROWS)
    return [
        _finding(row, f"导出 {row.after['rows']} 行（{row.after.get('kind', '审计记录')}）")
        for row in _newest(exports)
    ]


def _refused(rows: QuerySet[AuditEvent]) -> list[Finding]:
    refused = rows.filter(outcome="denied", event__startswith="access.").exclude(after__reason="own_work")
    return [_finding(row, row.note, str(row.after.get("act", ""))) for row in _newest(refused)]


def _guessing(rows: QuerySet[AuditEvent]) -> list[Finding]:
    """Addresses or names with many refused sign-ins."""
    failed = rows.filter(event="account.sign_in", outcome="denied")
    grouped = (
        failed.order_by()
        .values("address", "after__username")
        .annotate(times=Count("pk"), last=Max("at"), newest=Max("pk"))
        .filter(times__gte=FAILED_SIGN_INS)
        .order_by("-newest")[: SHOWN + 1]
    )
    return [
        Finding(
            row["newest"],
            row["last"],
            str(row["after__username"] or "—"),
            Role.PUBLIC.value,
            row["address"],
            f"登录失败 {row['times']} 次",
        )
        for row in grouped
    ]


def _personal(rows: QuerySet[AuditEvent]) -> list[Finding]:
    return [
        _finding(row, f"查看完整个人信息：{row.note}")
        for row in _newest(rows.filter(event="personal.reveal"))
    ]


def _alerts(rows: QuerySet[AuditEvent]) -> list[Finding]:
    return [_finding(row, row.note) for row in _newest(rows.filter(event="security.alert"))]


def _newest(rows: QuerySet[AuditEvent]) -> list[AuditEvent]:
    return list(rows.order_by("-pk")[: SHOWN + 1])


_Look = Callable[[QuerySet[AuditEvent]], list[Finding]]


def _kinds(spread_over: Decimal) -> tuple[tuple[str, str, str, _Look], ...]:
    return (
        ("alert", "安全告警", "系统自动发现并告知安全管理员、审计管理员的事项。", _alerts),
        ("late", "期限届满后改动", "义务期限届满后 30 日内，同一企业的评分或材料仍被改动。", _late_changes),
        ("signed", "签定后写入评分", "评分表签定后又有写入；数据库本已禁止，出现即应追查。", _after_signing),
        ("own_work", "同一人办理被拒", "同一人试图签批或复核本人办理的事项，已被拒绝。", _own_work),
        ("jump", "改分幅度大", f"主管部门、专家已给分的条目一次改动 {JUMP_POINTS} 分以上。", _jumps),
        (
            "spread",
            "专家分差大",
            f"同一专家组总分相差超过 {spread_over} 分。",
            partial(_spread, over=spread_over),
        ),
        ("reopened", "评分重新打开", "签批退回、专家组复议或更换、申请例外。", _reopened),
        ("deadline", "期限被改动", "批次延期、修改窗口、更正工作日历。", _deadlines_moved),
        ("bulk", "批量导出", f"一次导出 {BULK_ROWS} 行以上。", _bulk),
        ("refused", "越权访问被拒", "访问不属于本人职责或管辖范围的页面、记录，已被拒绝。", _refused),
        ("guessing", "多次登录失败", f"同一地址、同一用户名登录失败 {FAILED_SIGN_INS} 次以上。", _guessing),
        ("personal", "查看完整个人信息", "点开遮蔽的个人信息，须说明理由。", _personal),
    )


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One opening of a file, a paper or personal data."""

    event_id: int
    at: datetime
    who: str
    role: str
    address: str
    what: str
    name: str
    subject: str
    note: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """One page of openings, newest first; `older` is the key of the next page (None: no more)."""

    rows: Sequence[AccessRow]
    older: int | None


#: Events that mean "somebody read something", with what was read.
READINGS = {
    "evidence.view": "查阅佐证",
    "evidence.read": "下载佐证",
    "document.read": "下载文书",
    "document.export": "导出表格",
    "audit.package": "导出取证包",
    "credit.file_read": "查阅征信说明附件",
    "personal.reveal": "查看完整个人信息",
}


def readings(
    *,
    actor: Actor,
    kind: str = "",
    who: str = "",
    subject: str = "",
    before: int | None = None,
    per_page: int = 50,
) -> AccessPage:
    """Return who opened which evidence, papers, exports and personal data; one query, paged by key.

    Args:
        actor: the auditor.
        kind: a code of `READINGS`, "" for all.
        who: part of a person's name.
        subject: part of the name of what was read.
        before: only events older than this key.
        per_page: rows a page.

    Raises:
        NotVisible: another role.
    """
    if actor.role not in _READERS:
        raise NotVisible
    rows = AuditEvent.objects.visible_to(actor).filter(event__in=[kind] if kind in READINGS else [*READINGS])
    if who:
        rows = rows.filter(actor_name__icontains=who[:SHOWN])
    if subject:
        asked = subject[:SHOWN]
        rows = rows.filter(
            Q(subject_label__icontains=asked)
            | Q(after__name__icontains=asked)
            | Q(after__title__icontains=asked)
        )
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.defer("canonical").order_by("-pk")[: per_page + 1])
    older = found[per_page - 1].pk if len(found) > per_page else None
    return AccessPage(
        [
            AccessRow(
                row.pk,
                row.at,
                row.actor_name,
                row.actor_role,
                row.address,
                READINGS[row.event],
                str(row.after.get("name") or row.after.get("title") or row.after.get("kind") or ""),
                row.subject_label,
                row.note,
            )
            for row in found[:per_page]
        ],
        older,
    )
