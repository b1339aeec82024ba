"""A stored draw in the words of the policy, and its record for everybody."""

from __future__ import annotations

from typing import Any

from apps.policy.draw import ALGORITHM, Commitment, DrawResult, Pick, PoolEntry, Seat
from apps.review.models import Draw


def commitment_of(row: Draw) -> Commitment:
    """Return what the draw committed to."""
    content = row.content
    return Commitment(
        number=content["number"],
        pool=tuple(PoolEntry.from_mapping(entry) for entry in content["pool"]),
        seats=tuple(Seat(seat["field"], seat["industry"]) for seat in content["seats"]),
        source=content["source"],
        secret_digest=content["secret_digest"],
    )


def result_of(row: Draw) -> DrawResult:
    """Return the stored result."""
    return DrawResult(
        seed=row.seed,
        picks=tuple(Pick(pick["seat"], pick["code"], pick["relaxed"]) for pick in row.picks),
        reserves=tuple(row.reserves),
    )


def record_of(row: Draw, *, whole: bool) -> dict[str, Any]:
    """Return the record that tools/replay_draw.py repeats; without *whole* only what was published at once.

    Before the public value is in, the secret stays out of every record.
    """
    found: dict[str, Any] = {
        "algorithm": ALGORITHM,
        "number": row.public_id,
        "turn": row.turn,
        "commitment": row.commitment,
        "secret_digest": row.content["secret_digest"],
        "source": row.source,
        "committed_at": row.committed_at.isoformat(),
        "known_from": row.known_from.isoformat(),
        "state": row.state,
        "reason": row.reason,
        "previous": row.previous.public_id if row.previous is not None else "",
    }
    if row.seed:
        found |= {
            "public_value": row.public_value,
            "revealed_at": row.revealed_at.isoformat() if row.revealed_at else "",
        }
    if whole:
        found |= {"pool": row.content["pool"], "seats": row.content["seats"]}
        if row.seed:
            found |= {
                "secret": row.secret,
                "seed": row.seed,
                "picks": row.picks,
                "reserves": row.reserves,
                "changes": [
                    {key: value for key, value in change.items() if key != "by"} for change in row.changes
                ],
            }
    return found
