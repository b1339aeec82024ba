"""The evidence package (取证包): a period or a case as CSV, print, chain rows and digests, verified offline.

Every link of the range is in the package, so that nothing can be left out in between; links of events that were not
asked for carry their digests only. `tools/verify_package.py` (inside the package) needs nothing but Python.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, QuerySet

from apps.audit.chain import canonical_text
from apps.audit.models import AuditEvent, AuditLink
from apps.audit.selectors import EventRow, event_row, signed_columns
from apps.core.actor import Actor, Role
from apps.core.errors import Invalid, NotVisible
from apps.core.moment import Moment

#: Links a package may span; beyond, the period has to be cut (a file a person can still open).
MOST_LINKS = 200_000
#: Events the print lists; the CSV has all.
_PRINTED = 2_000
_CHUNK = 2_000
_COLUMNS: Sequence[tuple[str, str]] = (
    ("时间（UTC）", "at"),
    ("角色", "actor_role"),
    ("账户", "actor_user_id"),
    ("姓名", "actor_name"),
    ("来源地址", "address"),
    ("事项", "event"),
    ("结果", "outcome"),
    ("对象类别", "subject_type"),
    ("对象编号", "subject_id"),
    ("对象", "subject_label"),
    ("依据", "rule"),
    ("变更前", "before"),
    ("变更后", "after"),
    ("说明", "note"),
    ("属地", "district_id"),
)
_README = """取证包说明

events.csv            事件明细（UTF-8）
events.pdf            打印件（含有字库没有的字时不制作，见 events.html）
events.html           同一打印件的网页
chain.jsonl           审计链：每行一节，含上一节摘要、本节摘要和规范文本
manifest.json         范围、出具人、出具时间、各文件 SHA-256
verify_package.py     核验程序，只需 Python 3

核验：python3 verify_package.py 本包.zip --head 另行抄存的末节摘要
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes into a package: a period (aware, `until` exclusive) or the events about certain objects.

    `subjects` are (type, ids) pairs such as ("scoring.scoresheet", (4, 5)); empty: every event of the period.
    """

    title: str
    since: datetime | None = None
    until: datetime | None = None
    subjects: Sequence[tuple[str, Sequence[int]]] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """What was made: the file, its SHA-256, how many events it tells of and the digest it ends in."""

    path: Path
    sha256: str
    rows: int
    links: int
    last_digest: str


@dataclass(frozen=True, slots=True)
class Printed:
    """What the print of a package says: its title, who made it when, of how many events, and the first of them."""

    title: str
    who: str
    at: datetime
    total: int
    rows: Sequence[EventRow]


#: Makes the files of the print (name → content); the rooms above know words and paper, this one does not.
Printer = Callable[[Printed], Mapping[str, bytes]]


def make_package(
    *,
    actor: Actor,
    moment: Moment,
    wanted: Wanted,
    folder: Path,
    printer: Printer,
    progress: Callable[[int, int], None],
) -> Package:
    """Write the package into *folder*.

    Args:
        actor: the auditor, named in the manifest.
        moment: when.
        wanted: what to tell of.
        folder: an existing folder of the job.
        printer: makes the files people read.
        progress: called with (links done, links in all).

    Raises:
        NotVisible: another role.
        Invalid: nothing was found, or more than `MOST_LINKS` links lie between the first and the last event.
    """
    if actor.role is not Role.AUDITOR:
        raise NotVisible
    rows = _rows(actor, wanted)
    span = rows.aggregate(first=Min("link__sequence"), last=Max("link__sequence"))
    if span["first"] is None:
        raise Invalid.of("", "这一范围内没有审计事件，请调整时间或对象。")
    total = span["last"] - span["first"] + 1
    if total > MOST_LINKS:
        raise Invalid.of("", f"范围内有 {total} 节，超过 {MOST_LINKS} 节，请缩短时间分次导出。")
    counted, chain = _write(rows, span["first"], span["last"], folder, lambda done: progress(done, total))
    first = [event_row(row) for row in rows.defer("canonical").order_by("pk")[:_PRINTED]]
    prints = printer(Printed(wanted.title, actor.label, moment.at, counted, first))
    for name, content in prints.items():
        (folder / name).write_bytes(content)
    (folder / "说明.txt").write_text(_README, encoding="utf-8")
    shutil.copyfile(settings.BASE_DIR / "tools" / "verify_package.py", folder / "verify_package.py")
    names = (*prints, "events.csv", "chain.jsonl", "说明.txt", "verify_package.py")
    manifest = {
        "title": wanted.title,
        "made_by": actor.label,
        "made_at": moment.at.astimezone(UTC).isoformat(),
        "events": counted,
        **chain,
        "files": {name: _sha256(folder / name) for name in names},
    }
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8"
    )
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("manifest.json", *names):
            package.write(folder / name, name)
            (folder / name).unlink()
    return Package(path, _sha256(path), counted, total, str(chain["last_digest"]))


def _rows(actor: Actor, wanted: Wanted) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.visible_to(actor)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.subjects:
        narrowed = rows.none()
        for kind, ids in wanted.subjects:
            narrowed = narrowed | rows.filter(subject_type=kind, subject_id__in=list(ids))
        rows = narrowed
    return rows


def _write(
    rows: QuerySet[AuditEvent], first: int, last: int, folder: Path, progress: Callable[[int], None]
) -> tuple[int, dict[str, Any]]:
    """Write events.csv and chain.jsonl in the order of the chain; return events and what the manifest says."""
    chosen = set(rows.values_list("pk", flat=True))
    links = (
        AuditLink.objects.filter(sequence__range=(first, last)).select_related("event").order_by("sequence")
    )
    head: dict[str, Any] = {"first_sequence": first}
    digest = ""
    with (
        (folder / "events.csv").open("w", encoding="utf-8-sig", newline="") as table,
        (folder / "chain.jsonl").open("w", encoding="utf-8") as chain,
    ):
        writer = csv.writer(table)
        writer.writerow(["编号", *(label for label, _ in _COLUMNS)])
        for done, link in enumerate(links.iterator(chunk_size=_CHUNK), start=1):
            line = {
                "sequence": link.sequence,
                "event_id": link.event_id,
                "previous": link.previous,
                "digest": link.digest,
            }
            head.setdefault("first_previous", link.previous)
            digest = link.digest
            if link.event_id in chosen:
                line["canonical"] = link.event.canonical
                # From the columns, not from the signed text: a column somebody changed is named by the verifier.
                told = signed_columns(link.event)
                writer.writerow([link.event_id, *(_text(told[name]) for _, name in _COLUMNS)])
            chain.write(json.dumps(line, ensure_ascii=False) + "\n")
            if done % _CHUNK == 0:
                progress(done)
    return len(chosen), {**head, "last_sequence": last, "last_digest": digest}


def _text(value: object) -> str:
    if value is None:
        return ""
    return canonical_text(value) if isinstance(value, dict) else str(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
