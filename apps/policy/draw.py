"""The verifiable draw of a panel: committed pool, seed from a secret and a later public value (docs/policy/draw.md).

Everything that decides the result stands in the record; :mod:`tools/replay_draw.py` repeats it without this
product. A change of any rule here is a new ``ALGORITHM`` name, so that old records stay repeatable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when

ALGORITHM = "gf-draw-1"
_SEAT_CONFLICT, _SEAT_BUSY, _SEAT_AWAY = "conflict", "cap", "away"
#: Why somebody of the pool could not be drawn, in the words of the record.
BARRED = {_SEAT_CONFLICT: "应回避", _SEAT_BUSY: "已达本批次评审件数上限", _SEAT_AWAY: "该时段不可评审"}


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """One expert of the pool as the snapshot keeps it.

    ``unit``: experts with the same number have the same employer; ``load``: cases of this round already
    assigned; ``barred``: a key of ``BARRED``, empty when the expert can be drawn.
    """

    code: str
    fields: tuple[str, ...]
    industries: tuple[str, ...]
    unit: int
    load: int = 0
    barred: str = ""

    def as_mapping(self) -> dict[str, object]:
        """The entry as JSON."""
        return {
            "code": self.code,
            "fields": sorted(self.fields),
            "industries": sorted(self.industries),
            "unit": self.unit,
            "load": self.load,
            "barred": self.barred,
        }

    @classmethod
    def from_mapping(cls, value: dict[str, object]) -> PoolEntry:
        """The entry of a stored snapshot."""
        return cls(
            code=str(value["code"]),
            fields=tuple(value["fields"]),  # type: ignore[arg-type]  # a JSON list of texts
            industries=tuple(value["industries"]),  # type: ignore[arg-type]  # as above
            unit=int(str(value["unit"])),
            load=int(str(value["load"])),
            barred=str(value["barred"]),
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """One place on the panel: who may take it. Both empty: anybody."""

    field: str = ""
    industry: str = ""

    def takes(self, entry: PoolEntry) -> bool:
        """Does this expert answer what the seat asks for?"""
        return (not self.field or self.field in entry.fields) and (
            not self.industry or self.industry in entry.industries
        )

    def as_mapping(self) -> dict[str, str]:
        """The seat as JSON."""
        return {"field": self.field, "industry": self.industry}


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is fixed before the public value is known: number, pool, seats, source of the value, hash of a secret."""

    number: str
    pool: tuple[PoolEntry, ...]
    seats: tuple[Seat, ...]
    source: str
    secret_digest: str

    def as_mapping(self) -> dict[str, object]:
        """What the digest is taken of, as JSON; the pool in the order of its codes."""
        return {
            "algorithm": ALGORITHM,
            "number": self.number,
            "pool": [entry.as_mapping() for entry in sorted(self.pool, key=lambda entry: entry.code)],
            "seats": [seat.as_mapping() for seat in self.seats],
            "source": self.source,
            "secret_digest": self.secret_digest,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, published at once."""
        text = json.dumps(self.as_mapping(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(text)


@dataclass(frozen=True, slots=True)
class Pick:
    """Who got a seat; ``relaxed``: nobody answered what the seat asks for, so it was open to all."""

    seat: int
    code: str
    relaxed: bool

    def as_mapping(self) -> dict[str, object]:
        """The pick as JSON."""
        return {"seat": self.seat, "code": self.code, "relaxed": self.relaxed}


@dataclass(frozen=True, slots=True)
class DrawResult:
    """The picks by seat and everybody else who could be drawn, in the order in which they step in."""

    seed: str
    picks: tuple[Pick, ...]
    reserves: tuple[str, ...]


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode()).hexdigest()


def normalised(public_value: str) -> str:
    """The public value as it enters the seed: letters and digits only, upper case (spaces and commas vary)."""
    return "".join(letter for letter in public_value.upper() if letter.isalnum())


def seed_of(commitment_digest: str, secret: str, public_value: str) -> str:
    """The seed: nobody knows it before the public value is out, nobody can change it afterwards."""
    return sha256(f"{commitment_digest}|{secret}|{normalised(public_value)}")


@implements("R-19")
def draw(commitment: Commitment, *, secret: str, public_value: str) -> DrawResult:
    """Fill every seat in order, each by the smallest SHA-256 of "seed|seat|code" among those who may take it.

    Nobody sits twice and no employer has two seats. ValueError when the secret is not the committed one, the
    public value is empty, a code repeats, or there are too few experts.
    """
    if sha256(secret) != commitment.secret_digest:
        raise ValueError("The secret is not the one that was committed to")
    if not normalised(public_value):
        raise ValueError("A draw needs a public value")
    if len({entry.code for entry in commitment.pool}) != len(commitment.pool):
        raise ValueError("Repeated codes in the pool")
    seed = seed_of(commitment.digest, secret, public_value)
    open_pool = [entry for entry in commitment.pool if not entry.barred]
    picks: list[Pick] = []
    taken: list[PoolEntry] = []
    for number, seat in enumerate(commitment.seats):
        left = _left(open_pool, taken)
        fitting = [entry for entry in left if seat.takes(entry)]
        found = min(
            fitting or left,
            key=lambda entry: sha256(f"{seed}|{number}|{entry.code}"),
            default=None,
        )
        if found is None:
            raise ValueError("Too few experts for the seats")
        picks.append(Pick(number, found.code, relaxed=not fitting))
        taken.append(found)
    codes = {entry.code for entry in taken}
    rest = sorted(
        (entry.code for entry in open_pool if entry.code not in codes),
        key=lambda code: sha256(f"{seed}|reserve|{code}"),
    )
    return DrawResult(seed, tuple(picks), tuple(rest))


def _left(pool: Sequence[PoolEntry], taken: Sequence[PoolEntry]) -> list[PoolEntry]:
    """Who is not seated and shares no employer with somebody seated."""
    units = {entry.unit for entry in taken}
    return [entry for entry in pool if entry.unit not in units]


@implements("R-19")
def next_reserve(
    commitment: Commitment, result: DrawResult, *, seat: Seat, seated: Sequence[str], passed: Sequence[str]
) -> str | None:
    """Who steps in for an absent expert: the first reserve who fits the seat, else the first of all; None: nobody.

    ``seated``: the codes that stay on the panel; ``passed``: codes that were drawn or stepped in before and left,
    or cannot come now. The employer of a seated expert gets no second seat.
    """
    by_code = {entry.code: entry for entry in commitment.pool}
    units = {by_code[code].unit for code in seated if code in by_code}
    free = [
        by_code[code]
        for code in result.reserves
        if code not in seated and code not in passed and by_code[code].unit not in units
    ]
    fitting = [entry for entry in free if seat.takes(entry)]
    return next((entry.code for entry in (fitting or free)), None)


@implements("R-19")
def reserve_found(code: str | None) -> Verdict:
    """Is anybody left to step in? None: the order of the draw is used up."""
    return when(
        code is None,
        "R-19",
        "抽取记录中的递补人员已经用完。",
        "请补充专家库后重新抽取，或由经办直接更换专家。",
    )


@implements("R-19")
def may_commit(commitment: Commitment) -> Verdict:
    """May this draw be committed? There is a source for the value and enough experts of different employers."""
    units = {entry.unit for entry in commitment.pool if not entry.barred}
    return Verdict.all_of(
        when(
            not commitment.source.strip(),
            "R-19",
            "须事先写明公开数值的来源和期次。",
            "例如：中国福利彩票双色球第2026135期开奖号码。",
        ),
        when(
            len(units) < len(commitment.seats),
            "R-19",
            f"可抽取的专家分属{len(units)}个单位，不足{len(commitment.seats)}人（同一单位不超过一人）。",
            "请补充专家库或减少人数。",
        ),
    )


@implements("R-19", "R-35")
def may_reveal(
    *,
    committed_by: int,
    revealed_by: int,
    known_from: datetime,
    at: datetime,
    public_value: str,
    rule: str = "R-19",
) -> Verdict:
    """May the public value be entered? By another person, after the time at which it becomes known.

    ``rule``: what the draw is for; spot checks (R-35) are drawn in the same way.
    """
    return Verdict.all_of(
        when(
            committed_by == revealed_by,
            rule,
            "公开数值须由另一名工作人员录入，封存名册的人不能录入。",
            "请由其他人员录入。",
        ),
        when(at < known_from, rule, "公开数值尚未公布，不能抽取。", "请在约定的公布时间之后录入。"),
        when(not normalised(public_value), rule, "请录入公布的数值（数字或字母）。"),
    )


@implements("R-19", "R-35")
def may_redraw(*, reason: str, rule: str = "R-19") -> Verdict:
    """May a draw be set aside and repeated? Only with its reason on record."""
    return when(not reason.strip(), rule, "重新抽取须写明原因。", "原因记入抽取记录，随记录公开。")
