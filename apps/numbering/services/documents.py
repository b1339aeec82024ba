"""Giving out document numbers without gaps, and voiding them."""

from __future__ import annotations

import re
from typing import Final

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.numbering.kinds import DOCUMENT, KINDS
from apps.numbering.models import IssuedNumber, NumberSeries

#: A number as people type it: any brackets, 第 and 号 or not, blanks. What is kept has the form of GB/T 9704-2012.
_ASKED: Final = re.compile(
    r"(?P<word>[^〔〕\[\]()（）【】［］\d\s]{2,30})\s*[〔\[(（【［]\s*(?P<year>[0-9]{4})\s*[〕\])）】］]\s*"
    r"第?\s*(?P<ordinal>[0-9]{1,6})?\s*号?"
)
_BUREAUS: Final = frozenset({Role.DISTRICT, Role.MUNICIPAL})
_REASON_LIMIT: Final = 200


def settle_number(
    *, actor: Actor, moment: Moment, text: str, purpose: str, field: str, shared: bool = False
) -> str:
    """Return the document number for an act; call inside the act's own transaction.

    `苏工信节能〔2026〕号` asks the register for the next number of that word and year; other brackets, 第, and a
    missing 号 mean the same, so that no spelling passes the register by. A number written in full is taken where
    no register is kept for the word (the bureau numbers elsewhere); where one is kept it must be the next one, so
    that no gap arises.

    Args:
        actor: who acts; of a bureau.
        moment: of the act.
        text: what was typed, already cleaned.
        purpose: what the number is for, as the register shows it.
        field: the form's field, for errors.
        shared: one document decides on several cases: a number given for the same purpose may be named again.

    Raises:
        Forbidden: the actor is of no bureau, or the word is another bureau's.
        Invalid: the year is not this year, or the number is not the next one.
    """
    found = _ASKED.fullmatch(text)
    if found is None:
        return text
    word, year, ordinal = found["word"], int(found["year"]), found["ordinal"]
    if (
        ordinal is not None
        and not NumberSeries.objects.visible_to(actor).filter(kind=DOCUMENT, word=word, year=year).exists()
    ):
        return _written(word, year, ordinal)
    if actor.role not in _BUREAUS:
        raise Forbidden("文号由工业和信息化主管部门编制。")
    if year != moment.on.year:
        raise Invalid.of(field, f"文号年份应为{moment.on.year}年，请核对：{text}。")
    series = _locked(actor=actor, word=word, year=year)
    following = series.last + 1
    if shared and ordinal is not None and _given(series, int(ordinal), purpose):
        return _written(word, year, ordinal)
    if ordinal is not None and int(ordinal) != following:
        raise Invalid.of(
            field, f"文号须连续，{word}〔{year}〕的下一个号是{following}号；不填序号可由系统编号。"
        )
    series.last = following
    series.save(update_fields=["last"])
    row = IssuedNumber.objects.create(
        series=series,
        ordinal=following,
        text=series.register.text(following),
        purpose=purpose[:100],
        district_id=series.district_id,
        issued_at=moment.at,
        issued_by_id=actor.account,
    )
    record(
        actor=actor,
        event="number.issue",
        subject=row,
        moment=moment,
        after={"number": row.text, "purpose": purpose},
    )
    return row.text


def _written(word: str, year: int, ordinal: str) -> str:
    """Return a number in the form documents bear it."""
    return f"{word}〔{year}〕{int(ordinal)}号"


def _given(series: NumberSeries, ordinal: int, purpose: str) -> bool:
    """Return whether the number was given out for *purpose* and stands."""
    rows = IssuedNumber.objects.filter(series=series, ordinal=ordinal, purpose=purpose[:100])
    return rows.filter(voided_at=None).exists()


def _locked(*, actor: Actor, word: str, year: int) -> NumberSeries:
    """Return the series with its row locked, opened at 1 when it is new."""
    NumberSeries.objects.bulk_create(
        [NumberSeries(word=word, year=year, last=0, district_id=actor.district)], ignore_conflicts=True
    )
    series: NumberSeries | None = (
        NumberSeries.objects.visible_to(actor)
        .select_for_update()
        .filter(kind=DOCUMENT, word=word, year=year)
        .first()
    )
    if series is None or series.district_id != actor.district:
        raise Forbidden(f"机关代字“{word}”由其他部门使用，请核对。")
    return series


@transaction.atomic
def open_series(*, actor: Actor, clock: Clock, word: str, year: int, start: int) -> str:
    """Begin a register in the middle of a year: numbers before *start* were given on paper.

    Returns:
        The public id of the series.

    Raises:
        Forbidden: the actor is of no bureau.
        Invalid: no usable word or start, or the register has begun already.
    """
    if actor.role not in _BUREAUS:
        raise Forbidden("文号由工业和信息化主管部门编制。")
    if start < 1 or _ASKED.fullmatch(f"{word}〔{year}〕{start}号") is None:
        raise Invalid.of("word", "机关代字为2至30个汉字，起号为1至999999，请核对。")
    row = NumberSeries(word=word, year=year, start=start, last=start - 1, district_id=actor.district)
    NumberSeries.objects.bulk_create([row], ignore_conflicts=True)
    mine = NumberSeries.objects.visible_to(actor).filter(public_id=row.public_id).first()
    if mine is None:
        raise Invalid.of("word", f"{word}〔{year}〕已在编号，不能重设起号。")
    record(
        actor=actor,
        event="number.open",
        subject=mine,
        moment=clock.now(),
        after={"word": word, "year": year, "start": start},
    )
    return str(mine.public_id)


@transaction.atomic
def void_number(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """Void a document number that was given out; it stays in the register and is never given again.

    Raises:
        NotVisible: not of the actor's bureau.
        Forbidden: the actor is of no bureau.
        WrongStep: voided already, or not a document's: a certificate's number lasts as long as its title.
        Invalid: no reason.
    """
    if actor.role not in _BUREAUS:
        raise Forbidden("文号由工业和信息化主管部门编制。")
    row: IssuedNumber | None = (
        IssuedNumber.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("series")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or row.district_id != actor.district:
        raise NotVisible
    if row.series.kind != DOCUMENT:
        raise WrongStep(f"{KINDS[row.series.kind]}{row.text}随所编事项保留，不能单独作废。")
    if row.voided_at is not None:
        raise WrongStep(f"文号{row.text}已作废。")
    text = clean_text(reason, field="reason", label="作废原因", limit=_REASON_LIMIT)
    if not text:
        raise Invalid.of("reason", "请填写作废原因。")
    moment = clock.now()
    row.voided_at, row.voided_by_id, row.void_reason = moment.at, actor.account, text
    row.save(update_fields=["voided_at", "voided_by", "void_reason"])
    record(
        actor=actor, event="number.void", subject=row, moment=moment, after={"number": row.text}, note=text
    )
