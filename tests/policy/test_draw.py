"""The draw (R-19): repeatable, fair to employers and strata, closed to whoever committed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.policy.draw import (
    Commitment,
    PoolEntry,
    Seat,
    draw,
    may_commit,
    may_redraw,
    may_reveal,
    next_reserve,
    normalised,
    sha256,
)

pytestmark = pytest.mark.rule("R-19")
SECRET = "0" * 64
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(
    number: int, *, field: str = "能源", industry: str = "26", unit: int = 0, barred: str = ""
) -> PoolEntry:
    return PoolEntry(f"ZJ{number:04d}", (field,), (industry,), unit or number, barred=barred)


def committed(*pool: PoolEntry, seats: tuple[Seat, ...] = (Seat(), Seat(), Seat())) -> Commitment:
    return Commitment("d1", pool, seats, "双色球第2026135期", sha256(SECRET))


def test_the_same_record_gives_the_same_panel_in_any_order_of_the_pool() -> None:
    pool = [entry(number) for number in range(1, 10)]
    first = draw(committed(*pool), secret=SECRET, public_value="03 11 19 22 27 30 + 09")
    again = draw(committed(*reversed(pool)), secret=SECRET, public_value="031119222730 09")
    assert first == again
    assert len({pick.code for pick in first.picks}) == 3
    assert {pick.code for pick in first.picks} | set(first.reserves) == {row.code for row in pool}


def test_another_public_value_gives_other_panels() -> None:
    commitment = committed(*[entry(number) for number in range(1, 40)])
    panels = {
        tuple(pick.code for pick in draw(commitment, secret=SECRET, public_value=str(value)).picks)
        for value in range(20)
    }
    assert len(panels) == 20


def test_every_expert_is_drawn_about_equally_often() -> None:
    commitment = committed(*[entry(number) for number in range(1, 7)], seats=(Seat(),))
    seats = [draw(commitment, secret=SECRET, public_value=str(n)).picks[0].code for n in range(600)]
    assert all(60 <= seats.count(f"ZJ{number:04d}") <= 140 for number in range(1, 7))


def test_a_seat_takes_its_stratum_and_is_opened_only_when_nobody_has_it() -> None:
    pool = [entry(1, field="环境"), *[entry(number) for number in range(2, 8)]]
    seats = (Seat(field="环境"), Seat(industry="26"), Seat(field="装备"))
    result = draw(committed(*pool, seats=seats), secret=SECRET, public_value="1")
    assert (result.picks[0].code, result.picks[0].relaxed) == ("ZJ0001", False)
    assert [pick.relaxed for pick in result.picks] == [False, False, True]


def test_barred_experts_are_never_drawn_and_no_employer_sits_twice() -> None:
    pool = [entry(1, barred="conflict"), entry(2, barred="away"), *[entry(n, unit=9) for n in (3, 4, 5)]]
    pool += [entry(6), entry(7)]
    for value in range(50):
        result = draw(committed(*pool), secret=SECRET, public_value=str(value + 1))
        codes = {pick.code for pick in result.picks}
        assert not codes & {"ZJ0001", "ZJ0002"}
        assert len(codes & {"ZJ0003", "ZJ0004", "ZJ0005"}) == 1
        assert not {"ZJ0001", "ZJ0002"} & set(result.reserves)


def test_a_forged_secret_an_empty_value_and_too_few_experts_are_errors() -> None:
    commitment = committed(*[entry(number) for number in range(1, 5)])
    with pytest.raises(ValueError, match="secret"):
        draw(commitment, secret="1" * 64, public_value="5")
    with pytest.raises(ValueError, match="public value"):
        draw(commitment, secret=SECRET, public_value=" —— ")
    with pytest.raises(ValueError, match="Too few"):
        draw(committed(entry(1), entry(2)), secret=SECRET, public_value="5")
    with pytest.raises(ValueError, match="Repeated"):
        draw(committed(entry(1), entry(1), entry(2)), secret=SECRET, public_value="5")


def test_the_commitment_changes_with_everything_it_fixes() -> None:
    pool = [entry(number) for number in range(1, 5)]
    digests = {
        committed(*pool).digest,
        committed(*pool[:-1], entry(4, barred="cap")).digest,
        committed(*pool, seats=(Seat(), Seat(), Seat(field="能源"))).digest,
        Commitment("d2", tuple(pool), (Seat(),) * 3, "双色球第2026135期", sha256(SECRET)).digest,
        Commitment("d1", tuple(pool), (Seat(),) * 3, "双色球第2026136期", sha256(SECRET)).digest,
        Commitment("d1", tuple(pool), (Seat(),) * 3, "双色球第2026135期", sha256("1")).digest,
    }
    assert len(digests) == 6


def test_reserves_follow_their_order_the_seat_first_never_a_seated_employer() -> None:
    pool = [entry(number, field="环境" if number == 5 else "能源") for number in range(1, 7)]
    commitment = committed(*pool, seats=(Seat(), Seat(), Seat()))
    result = draw(commitment, secret=SECRET, public_value="8")
    seated = [pick.code for pick in result.picks]
    first = next_reserve(commitment, result, seat=Seat(), seated=seated[1:], passed=seated[:1])
    assert first == result.reserves[0]
    second = next_reserve(commitment, result, seat=Seat(), seated=seated[1:], passed=[seated[0], str(first)])
    assert second == result.reserves[1]
    everybody = [*seated, *result.reserves]
    assert next_reserve(commitment, result, seat=Seat(), seated=[], passed=everybody) is None


@pytest.mark.parametrize(
    ("changed", "allowed"),
    [
        ({}, True),
        ({"revealed_by": 1}, False),
        ({"at": AT - timedelta(seconds=1)}, False),
        ({"public_value": " ，"}, False),
    ],
)
def test_a_second_person_reveals_after_the_value_is_out(*, changed: dict[str, object], allowed: bool) -> None:
    facts: dict[str, object] = {
        "committed_by": 1,
        "revealed_by": 2,
        "known_from": AT,
        "at": AT,
        "public_value": "03",
    }
    assert may_reveal(**{**facts, **changed}).ok is allowed  # type: ignore[arg-type]  # a table of cases


def test_committing_needs_a_source_and_enough_employers() -> None:
    three = [entry(number) for number in (1, 2, 3)]
    assert may_commit(committed(*three)).ok
    assert not may_commit(committed(*three[:2], entry(3, unit=1))).ok
    assert not may_commit(Commitment("d", tuple(three), (Seat(),) * 3, " ", sha256(SECRET))).ok
    assert not may_redraw(reason=" ").ok
    assert may_redraw(reason="一名专家病假。").ok
    assert normalised("a-3，5 B") == "A35B"
