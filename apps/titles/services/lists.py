"""Importing the provincial and national lists: 4A and 5A by listing, their end by removal, and renaming (F-19)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.accounts import uscc as credit_code
from apps.audit import services as audit
from apps.audit.chain import canonical_text
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.parameters.selectors import in_force
from apps.policy.levels import Level
from apps.policy.recognition import (
    ListEntry,
    ListKind,
    level_of_list,
    may_recognise,
    may_rename,
    recognition_from_list,
)
from apps.titles.models import ExternalList, ExternalListRow, Title
from apps.titles.selectors.lists import ListRow, Match, matches
from apps.titles.selectors.standing import standing_of
from apps.titles.services.awards import award_title
from apps.titles.services.changes import lapse_title, rename_titles
from apps.titles.states import LIVE

_ACTIONS = frozenset({ExternalListRow.ADD, ExternalListRow.REMOVE, ExternalListRow.RENAME})
_SOURCE = "external_list_row"


_PORTION = 100  # lines between two tellings of the progress


@dataclass(frozen=True, slots=True)
class ListData:
    """A list as typed or read from a file; `kind` is `provincial` or `national`."""

    kind: str
    title: str
    document_no: str
    published_on: date
    rows: Sequence[ListRow] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to; `already` when exactly this list had been imported before."""

    public_id: str
    applied: int
    without_effect: int
    unmatched: int
    already: bool = False


def check_external_list(*, actor: Actor, clock: Clock, data: ListData) -> None:
    """Refuse, as `import_external_list` would, a list that cannot be imported: before the import is queued."""
    _handler(actor)
    faults = Faults()
    faults.read(lambda: _kind(data.kind), ListKind.PROVINCIAL)
    faults.read(lambda: _checked(data, clock.now()), None)
    faults.settle()


@transaction.atomic
def import_external_list(
    *, actor: Actor, clock: Clock, data: ListData, progress: Callable[[int], None] | None = None
) -> ImportResult:
    """Import one published list: lines that name exactly one enterprise take effect, the others wait in a queue.

    Recognition is by listing (R-03, R-04), so the effective date is the list's publication. The same list imported
    twice changes nothing. *progress* is told the lines done, every hundred of them.

    Raises:
        Forbidden: not the city's handler.
        Invalid: document number, title, date or lines are not usable; messages name the line.
    """
    handler = _handler(actor)
    moment = clock.now()
    kind = _kind(data.kind)
    title, document_no, rows = _checked(data, moment)
    digest = hashlib.sha256(
        canonical_text(
            {
                "published_on": data.published_on,
                "rows": [[r.action, r.name, r.uscc, r.new_name] for r in rows],
            }
        ).encode()
    ).hexdigest()
    before = ExternalList.objects.filter(kind=kind.value, document_no=document_no, digest=digest).first()
    if before is not None:
        return _result(before, already=True)
    stored = ExternalList.objects.create(
        kind=kind.value,
        title=title,
        document_no=document_no,
        published_on=data.published_on,
        digest=digest,
        imported_by_id=handler,
        imported_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="external_list.import",
        subject=stored,
        moment=moment,
        rule="R-03" if kind is ListKind.PROVINCIAL else "R-04",
        after={
            "document_no": document_no,
            "published_on": data.published_on,
            "rows": len(rows),
            "digest": digest,
        },
    )
    for position, (line, match) in enumerate(
        zip(rows, matches(actor=actor, rows=rows), strict=True), start=1
    ):
        row = ExternalListRow.objects.create(
            list=stored,
            position=position,
            action=line.action,
            printed_name=line.name,
            printed_uscc=line.uscc,
            new_name=line.new_name,
            state=ExternalListRow.UNMATCHED,
        )
        if match is not None:
            _apply(row, stored, match, actor=actor, moment=moment)
        if progress is not None and position % _PORTION == 0:
            progress(position)
    return _result(stored)


@transaction.atomic
def match_row(*, actor: Actor, clock: Clock, row_public_id: str, enterprise_public_id: str) -> str:
    """Match a waiting line with an enterprise by hand; it takes effect at once.

    Returns:
        The state of the line: `applied` or `without_effect`.

    Raises:
        Forbidden: not the city's handler.
        NotVisible: no such line or enterprise.
        WrongStep: the line has been decided.
    """
    _handler(actor)
    row = _waiting(row_public_id)
    moment = clock.now()
    enterprise = accounts.enterprise_file(actor=actor, public_id=enterprise_public_id)
    match = Match(
        enterprise.id,
        enterprise.public_id,
        enterprise.uscc,
        enterprise.name,
        enterprise.district,
        ExternalListRow.BY_HAND,
    )
    _apply(row, row.list, match, actor=actor, moment=moment)
    return row.state


@transaction.atomic
def dismiss_row(*, actor: Actor, clock: Clock, row_public_id: str, note: str) -> None:
    """Take a waiting line out of the queue: it is not an enterprise of this city, or not known here.

    Raises:
        Forbidden: not the city's handler.
        NotVisible, WrongStep: no such line, or it has been decided.
        Invalid: no reason.
    """
    handler = _handler(actor)
    row = _waiting(row_public_id)
    moment = clock.now()
    why = clean_text(note, field="note", label="说明", limit=500, multiline=True)
    if not why:
        raise Invalid.of("note", "请说明不予匹配的原因。")
    row.state = ExternalListRow.DISMISSED
    row.note = why
    row.decided_by_id = handler
    row.decided_at = moment.at
    row.save(update_fields=["state", "note", "decided_by", "decided_at"])
    audit.record(
        actor=actor,
        event="external_list.dismiss",
        subject=row,
        moment=moment,
        rule="R-03",
        before={"state": ExternalListRow.UNMATCHED},
        after={"state": row.state},
        note=why,
    )


def _apply(row: ExternalListRow, stored: ExternalList, match: Match, *, actor: Actor, moment: Moment) -> None:
    row.enterprise_id = match.enterprise_id
    row.match = match.how
    row.decided_by_id = actor.user_id
    row.decided_at = moment.at
    act = {
        ExternalListRow.ADD: _add,
        ExternalListRow.REMOVE: _remove,
        ExternalListRow.RENAME: _rename,
    }[row.action]
    row.state, row.note = act(row, stored, match, actor, moment)
    row.save(update_fields=["enterprise", "match", "state", "note", "title", "decided_by", "decided_at"])
    audit.record(
        actor=actor,
        event=f"external_list.{row.action}",
        subject=row,
        moment=moment,
        rule="R-05"
        if row.action == ExternalListRow.REMOVE
        else ("R-43" if row.action == ExternalListRow.RENAME else "R-03"),
        before={"state": ExternalListRow.UNMATCHED},
        after={"state": row.state, "enterprise": match.name, "uscc": match.uscc, "match": match.how},
        note=row.note,
    )


def _add(
    row: ExternalListRow, stored: ExternalList, match: Match, actor: Actor, moment: Moment
) -> tuple[str, str]:
    kind = ListKind(stored.kind)
    entry = ListEntry(row.printed_name, match.uscc)
    verdict = may_recognise(entry, kind, standing=standing_of(actor=actor, enterprise_id=match.enterprise_id))
    if not verdict.ok:
        return ExternalListRow.WITHOUT_EFFECT, "".join(verdict.reasons)
    recognition = recognition_from_list(entry, kind, published_on=stored.published_on)
    awarded = award_title(
        actor=actor,
        moment=moment,
        enterprise_id=match.enterprise_id,
        district=match.district,
        level=recognition.level.value,
        awarded_on=recognition.effective_on,
        document_no=stored.document_no,
        source_type=_SOURCE,
        source_public_id=row.public_id,
    )
    row.title_id = awarded.title_id
    _tell(row, stored, match, "title_recognised", recognition.level, moment)
    return ExternalListRow.APPLIED, ""


def _remove(
    row: ExternalListRow, stored: ExternalList, match: Match, actor: Actor, moment: Moment
) -> tuple[str, str]:
    level = level_of_list(ListKind(stored.kind))
    title = Title.objects.filter(
        enterprise_id=match.enterprise_id,
        level=level.value,
        state__in=LIVE,
        valid_from__lte=stored.published_on,
    ).first()
    if title is None:
        return ExternalListRow.WITHOUT_EFFECT, f"企业没有有效的{level.label}级称号。"
    row.title_id = title.pk
    lapse_title(
        actor=actor,
        moment=moment,
        title_id=title.pk,
        on=stored.published_on,
        document_no=stored.document_no,
        note=f"{stored.title}移出名单",
    )
    _tell(row, stored, match, "title_ended", level, moment)
    return ExternalListRow.APPLIED, ""


def _rename(
    row: ExternalListRow, stored: ExternalList, match: Match, actor: Actor, moment: Moment
) -> tuple[str, str]:
    verdict = may_rename(old_uscc=match.uscc, new_uscc=row.printed_uscc or match.uscc, new_name=row.new_name)
    require(verdict)
    changed = rename_titles(
        actor=actor,
        moment=moment,
        enterprise_id=match.enterprise_id,
        new_name=row.new_name,
        note=f"依据{stored.document_no}",
    )
    if changed:
        return ExternalListRow.APPLIED, ""
    return ExternalListRow.WITHOUT_EFFECT, "企业没有需要更名的有效称号。"


def _tell(
    row: ExternalListRow, stored: ExternalList, match: Match, template: str, level: Level, moment: Moment
) -> None:
    enqueue(
        key=f"{template}:{row.public_id}",
        template=template,
        context={
            "enterprise": match.name,
            "level": level.label,
            "source": f"{stored.title}（{stored.document_no}）",
        },
        to_enterprise=match.enterprise_id,
        subject=row,
        moment=moment,
    )


def _handler(actor: Actor) -> int:
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER) or actor.user_id is None:
        raise Forbidden("外部名单由市工业和信息化局经办人员导入和核对。")
    return actor.user_id


def _kind(value: str) -> ListKind:
    try:
        return ListKind(value)
    except ValueError:
        raise Invalid.of("kind", "请选择省级或国家级名单。") from None


def _checked(data: ListData, moment: Moment) -> tuple[str, str, list[ListRow]]:
    faults = Faults()
    title = faults.text(data.title, field="title", label="标题", limit=120)
    document_no = faults.text(data.document_no, field="document_no", label="来源文号", limit=60)
    if not title:
        faults.note("title", "请填写名单标题。")
    if not document_no:
        faults.note("document_no", "请填写省级或国家级名单的文号。")
    if data.published_on > moment.on:
        faults.note("published_on", "发布日期不能晚于今天。")
    limit = in_force(on=moment.on).import_list_rows
    rows: list[ListRow] = []
    if not data.rows:
        faults.note("rows", "名单中没有企业。")
    elif len(data.rows) > limit:
        faults.note("rows", f"一次最多导入 {limit} 行，当前 {len(data.rows)} 行。")
    else:
        rows = faults.read(lambda: _checked_rows(data.rows), rows)
    faults.settle()
    return title, document_no, rows


def _checked_rows(lines: Sequence[ListRow]) -> list[ListRow]:
    messages: list[str] = []
    rows: list[ListRow] = []
    for position, line in enumerate(lines, start=1):
        try:
            rows.append(_checked_row(line))
        except Invalid as invalid:
            messages += [f"第 {position} 行：{text}" for texts in invalid.errors.values() for text in texts]
    if messages:
        raise Invalid({"rows": messages})
    return rows


def _checked_row(line: ListRow) -> ListRow:
    if line.action not in _ACTIONS:
        raise Invalid.of("action", "动作应为新增、移出或更名。")
    name = clean_text(line.name, field="name", label="企业名称", limit=100)
    new_name = clean_text(line.new_name, field="new_name", label="更名后名称", limit=100)
    if not name:
        raise Invalid.of("name", "缺少企业名称。")
    if line.action == ExternalListRow.RENAME and not new_name:
        raise Invalid.of("new_name", "更名须填写更名后的名称。")
    code = credit_code.check(line.uscc, field="uscc") if line.uscc.strip() else ""
    return ListRow(line.action, name, code, new_name)


def _waiting(public_id: str) -> ExternalListRow:
    row = (
        ExternalListRow.objects.select_for_update(of=("self",))
        .select_related("list")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.state != ExternalListRow.UNMATCHED:
        raise WrongStep(f"该行已处理（{row.get_state_display()}），不能再次核对。")
    return row


def _result(stored: ExternalList, *, already: bool = False) -> ImportResult:
    states = list(ExternalListRow.objects.filter(list=stored).values_list("state", flat=True))
    return ImportResult(
        stored.public_id,
        states.count(ExternalListRow.APPLIED),
        states.count(ExternalListRow.WITHOUT_EFFECT),
        states.count(ExternalListRow.UNMATCHED),
        already,
    )
