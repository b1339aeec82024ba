"""Recommending enterprises for the provincial and the national list (R-09): drafted, exempted, signed, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.eligibility import CheckedLine
from apps.policy.levels import Level
from apps.policy.separation import may_sign
from apps.policy.verdict import Verdict
from apps.titles.models import Title, UpwardEntry, UpwardList
from apps.titles.selectors.upward import conditions_of
from apps.titles.states import STANDING, UPWARD_DRAFT, UPWARD_LIFE

_LONGEST_TITLE, _LONGEST_NUMBER, _LONGEST_REASON = 100, 60, 300
_FIRST_YEAR, _LAST_YEAR = 2023, 2100
_MOST = 500


@transaction.atomic
def draft_upward(*, actor: Actor, clock: Clock, level: int, year: int, title: str) -> str:
    """Start a list of enterprises to recommend.

    Args:
        actor: municipal 经办.
        clock: when.
        level: 4 for the provincial list, 5 for the national.
        year: of the call the list answers.
        title: of the list.

    Returns:
        Public id of the list.

    Raises:
        Forbidden: another role or duty.
        Invalid: level, year or title cannot be used.
    """
    handler = _handler(actor)
    errors: dict[str, list[str]] = {}
    if level not in {Level.A4, Level.A5}:
        errors["level"] = ["请选择推荐到省级（4A）还是国家级（5A）。"]
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        errors["year"] = [f"年度应在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间（当前为 {year}）。"]
    named = clean_text(title, field="title", label="名称", limit=_LONGEST_TITLE)
    if not named:
        errors["title"] = ["请填写名单名称。"]
    if errors:
        raise Invalid(errors)
    moment = clock.now()
    row = UpwardList.objects.create(
        level=level, year=year, title=named, prepared_by_id=handler, prepared_at=moment.at
    )
    audit.record(
        actor=actor,
        event="upward.draft",
        subject=row,
        moment=moment,
        rule="R-09",
        after={"level": level, "year": year, "title": named},
    )
    return row.public_id


@transaction.atomic
def add_upward(
    *, actor: Actor, clock: Clock, public_id: str, enterprises: Sequence[str], exemption_reason: str = ""
) -> int:
    """Put enterprises on a draft list.

    An enterprise that does not meet a condition stated 原则上 needs an exemption: with a reason it is put on the
    list and waits for the approval of a second person. Nobody is put on a list twice.

    Returns:
        How many were added.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such list or enterprise, signed already.
        RuleBroken: a condition that cannot be waived, or no reason for an exemption; every enterprise is checked.
        Invalid: none chosen, or too many.
    """
    handler = _handler(actor)
    row = _locked(actor, public_id)
    _open(row)
    wanted = list(dict.fromkeys(enterprises))
    if not wanted:
        raise Invalid.of("enterprises", "请至少选择一家企业。")
    if len(wanted) > _MOST:
        raise Invalid.of("enterprises", f"一次最多列入 {_MOST} 家（当前 {len(wanted)} 家）。")
    reason = clean_text(
        exemption_reason, field="exemption_reason", label="豁免理由", limit=_LONGEST_REASON, multiline=True
    )
    moment = clock.now()
    files = accounts.enterprise_files(actor=actor, public_ids=wanted)
    if len(files) < len(wanted):
        raise NotVisible
    listed = set(row.entries.values_list("enterprise_id", flat=True))
    fresh = [file for file in files if file.id not in listed]
    lines = conditions_of(
        actor=actor, level=row.level, enterprise_ids=[file.id for file in fresh], moment=moment
    )
    refused = [
        verdict
        for file in fresh
        for verdict in [_verdict(lines[file.id])]
        if not (verdict.waiving(verdict.rules).ok if reason else verdict.ok)
    ]
    require(Verdict.all_of(*refused))
    for file in fresh:
        exempted = not _verdict(lines[file.id]).ok
        UpwardEntry.objects.create(
            upward=row,
            enterprise_id=file.id,
            added_by_id=handler,
            added_at=moment.at,
            exemption_reason=reason if exempted else "",
            exemption_by_id=handler if exempted else None,
        )
    if fresh:
        _touch(
            actor, moment, row, "upward.add", {"enterprises": [file.name for file in fresh], "reason": reason}
        )
    return len(fresh)


@transaction.atomic
def remove_upward(*, actor: Actor, clock: Clock, public_id: str, entry: str) -> None:
    """Take an enterprise off a draft list.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such list or entry, signed already.
    """
    _handler(actor)
    row = _locked(actor, public_id)
    _open(row)
    found = _entry(row, entry)
    name = found.enterprise.name
    found.delete()
    _touch(actor, clock.now(), row, "upward.remove", {"enterprise": name})


@transaction.atomic
def approve_upward_exemption(*, actor: Actor, clock: Clock, public_id: str, entry: str) -> None:
    """Approve the exemption of one enterprise: a second person with the duty to sign.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such entry, nothing to approve.
        RuleBroken: whoever asked for it cannot approve it.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.SIGNER, Duty.LEADER):
        raise Forbidden("豁免由市工业和信息化局有签批权限的人员批准。")
    row = _locked(actor, public_id)
    _open(row)
    found = _entry(row, entry)
    if found.exemption_by_id is None or found.exemption_approved_by_id is not None:
        raise WrongStep("该企业没有待批准的豁免。")
    require(may_sign(prepared_by=[found.exemption_by_id], signer=actor.user_id))
    moment = clock.now()
    found.exemption_approved_by_id, found.exemption_approved_at = actor.user_id, moment.at
    found.save(update_fields=["exemption_approved_by", "exemption_approved_at"])
    after = {"enterprise": found.enterprise.name, "reason": found.exemption_reason}
    _touch(actor, moment, row, "upward.exempt", after)


@transaction.atomic
def sign_upward(*, actor: Actor, clock: Clock, public_id: str, document_no: str) -> None:
    """Sign a list: the bureau's leader, after every enterprise was checked once more on that day.

    What was found and who the enterprises are is kept with the list; each enterprise is told.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such list, signed already.
        Invalid: no document number, or nobody on the list.
        RuleBroken: the signer prepared the list, an enterprise meets a condition no more, or an exemption waits.
    """
    row = _locked(actor, public_id)
    step = UPWARD_LIFE.step(row.state, "sign", actor)
    require(may_sign(prepared_by=[row.prepared_by_id], signer=actor.user_id))
    number = clean_text(document_no, field="document_no", label="文号", limit=_LONGEST_NUMBER)
    if not number:
        raise Invalid.of("document_no", "请填写推荐文件的文号。")
    entries = list(row.entries.select_related("enterprise__district").order_by("pk"))
    if not entries:
        raise Invalid.of("", "名单上还没有企业。")
    moment = clock.now()
    ids = [entry.enterprise_id for entry in entries]
    lines = conditions_of(actor=actor, level=row.level, enterprise_ids=ids, moment=moment)
    require(Verdict.all_of(*(_standing_verdict(entry, lines[entry.enterprise_id]) for entry in entries)))
    held = _held(ids)
    for entry in entries:
        entry.checked = [_line(line) for line in lines[entry.enterprise_id]]
        entry.frozen = _frozen(entry, held.get(entry.enterprise_id))
        entry.save(update_fields=["checked", "frozen"])
    number = settle_number(
        actor=actor,
        moment=moment,
        text=number,
        purpose=f"推荐{_LISTS[row.level]}",
        field="document_no",
    )
    row.state, row.document_no = step.target, number
    row.signed_by_id, row.signed_at = actor.user_id, moment.at
    row.save(update_fields=["state", "document_no", "signed_by", "signed_at"])
    _touch(actor, moment, row, "upward.sign", {"document_no": number, "enterprises": len(entries)})
    for entry in entries:
        enqueue(
            key=f"upward:{row.public_id}:{entry.public_id}",
            template="recommended_upward",
            context={"list": _LISTS[row.level], "document_no": number},
            to_enterprise=entry.enterprise_id,
            subject=row,
            moment=moment,
        )


@transaction.atomic
def withdraw_upward(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Withdraw a draft list; it stays on record.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such list, signed already.
    """
    row = _locked(actor, public_id)
    row.state = UPWARD_LIFE.step(row.state, "withdraw", actor).target
    row.save(update_fields=["state"])
    _touch(actor, clock.now(), row, "upward.withdraw", {})


_LISTS = {4: "省级绿色工厂名单", 5: "国家级绿色工厂名单"}


def _standing_verdict(entry: UpwardEntry, lines: Sequence[CheckedLine]) -> Verdict:
    verdict = _verdict(lines)
    return verdict.waiving(verdict.rules) if entry.exemption_approved_by_id is not None else verdict


def _verdict(lines: Sequence[CheckedLine]) -> Verdict:
    return Verdict.all_of(*(line.verdict for line in lines))


def _line(line: CheckedLine) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "condition": line.condition,
        "met": line.verdict.ok,
        "reasons": list(line.verdict.reasons),
    }


def _held(enterprise_ids: Sequence[int]) -> dict[int, Title]:
    """Return the highest standing title of each enterprise."""
    rows = Title.objects.filter(enterprise_id__in=enterprise_ids, state__in=STANDING).order_by("level")
    return {row.enterprise_id: row for row in rows}


def _frozen(entry: UpwardEntry, held: Title | None) -> dict[str, Any]:
    firm = entry.enterprise
    return {
        "name": firm.name,
        "uscc": firm.uscc,
        "district": firm.district.name,
        "industry_code": firm.industry_code,
        "held": "" if held is None else Level(held.level).label,
        "awarded_on": "" if held is None else held.awarded_on.isoformat(),
        "document_no": "" if held is None else held.document_no,
        "certificate_no": "" if held is None else held.certificate_no or "",
    }


def _touch(actor: Actor, moment: Moment, row: UpwardList, event: str, after: dict[str, Any]) -> None:
    row.version += 1
    row.save(update_fields=["version"])
    audit.record(actor=actor, event=event, subject=row, moment=moment, rule="R-09", after=after)


def _handler(actor: Actor) -> int:
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER) or actor.user_id is None:
        raise Forbidden("上报推荐名单由市工业和信息化局经办人员拟定。")
    return actor.user_id


def _open(row: UpwardList) -> None:
    if row.state != UPWARD_DRAFT:
        raise WrongStep(f"名单{UPWARD_LIFE.label(row.state)}，不能再修改。")


def _entry(row: UpwardList, public_id: str) -> UpwardEntry:
    found = row.entries.select_related("enterprise").filter(public_id=public_id).first()
    if found is None:
        raise NotVisible
    return found


def _locked(actor: Actor, public_id: str) -> UpwardList:
    row: UpwardList | None = (
        UpwardList.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row
