"""When what happens in the system must reach an administrator at once: the security alert rules (六(二), 留痕).

Pure: given what was counted and the bureau's thresholds, which alerts are raised. Counting and telling are elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.policy.rules import implements


class AlertKind(StrEnum):
    """What an alert is about."""

    SIGN_IN = "sign_in"
    REFUSED = "refused"
    EXPORT = "export"
    CHAIN = "chain"
    SILENT = "silent"
    VIRUS = "virus"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Tally:
    """How often (or how many rows) one person, address or process was counted in the period."""

    about: str
    count: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What was counted in the period that is looked at.

    `failed_sign_ins` by account name or address, `refused` (accesses) and `exported` (rows) by person, `chain` the
    breaks found as Chinese sentences, `silent` the processes that do not report, `viruses` the names of infected
    files, `failed_backups` how many backups did not come about.
    """

    failed_sign_ins: Sequence[Tally] = ()
    refused: Sequence[Tally] = ()
    exported: Sequence[Tally] = ()
    chain: Sequence[str] = ()
    silent: Sequence[str] = ()
    viruses: Sequence[str] = ()
    failed_backups: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which count on an alert is raised; each is at least 1."""

    failed_sign_ins: int
    refused: int
    exported_rows: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing an administrator must look at: kind, whom or what it is about, and what happened (Chinese)."""

    kind: AlertKind
    about: str
    text: str


@implements("R-44")
def alerts(observed: Observed, thresholds: Thresholds) -> tuple[Alert, ...]:
    """Return the alerts of one look at the system, in the order of :class:`AlertKind`.

    Counts raise an alert when they reach the threshold; a broken chain, a silent process, an infected file and a
    failed backup always do.
    """
    found = [
        *_reached(AlertKind.SIGN_IN, observed.failed_sign_ins, thresholds.failed_sign_ins, "登录失败{}次"),
        *_reached(AlertKind.REFUSED, observed.refused, thresholds.refused, "越权访问被拒{}次"),
        *_reached(AlertKind.EXPORT, observed.exported, thresholds.exported_rows, "导出{}行"),
    ]
    if observed.chain:
        more = f"（共{len(observed.chain)}处）" if len(observed.chain) > 1 else ""
        found.append(Alert(AlertKind.CHAIN, "审计链", f"审计链核对发现问题{more}：{observed.chain[0]}"))
    found += [Alert(AlertKind.SILENT, name, f"{name}无响应") for name in observed.silent]
    found += [Alert(AlertKind.VIRUS, name, f"文件“{name}”检出病毒，已隔离") for name in observed.viruses]
    if observed.failed_backups:
        found.append(Alert(AlertKind.BACKUP, "备份", f"备份失败{observed.failed_backups}次"))
    return tuple(found)


def _reached(kind: AlertKind, tallies: Sequence[Tally], threshold: int, words: str) -> list[Alert]:
    return [
        Alert(kind, row.about, f"{row.about}{words.format(row.count)}")
        for row in tallies
        if row.count >= threshold
    ]
