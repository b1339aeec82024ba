"""A draw of experts as a page to read and to repeat: what was committed, the public value, the result, the script.

The page shows the same record that is handed out as JSON; nothing on it comes from anywhere else.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import FileResponse
from django.utils.dateparse import parse_datetime

from apps.accounts.industries import division_name
from apps.policy.draw import BARRED
from apps.review.selectors import wanted
from apps.review.states import DRAW_LIFE

#: The scripts that repeat a draw without this product, by the name they are downloaded under.
SCRIPTS = ("replay_draw.py", "replay_sample.py")
_TIMES = ("committed_at", "known_from", "revealed_at")


def record_context(record: dict[str, Any]) -> dict[str, Any]:
    """Return what templates/base/_draw_record.html shows of a record (`review.selectors.draw_record`).

    `pool` and `seats` are empty while the record holds only what was committed to.
    """
    stepped_in = {change["seat"]: change["in"] for change in record.get("changes", ()) if change["in"]}
    picks = {pick["seat"]: pick for pick in record.get("picks", ())}
    drawn = {pick["code"]: number + 1 for number, pick in picks.items()}
    order = {code: place for place, code in enumerate(record.get("reserves", ()), start=1)}
    return {
        "record": record,
        "state_label": DRAW_LIFE.label(record["state"]),
        "times": {name: parse_datetime(record[name]) for name in _TIMES if record.get(name)},
        "pool": [
            {
                **entry,
                "divisions": [f"{division_name(code)}（{code}）" for code in entry["industries"]],
                "barred_label": BARRED.get(entry["barred"], ""),
                "seat": drawn.get(entry["code"]),
                "place": order.get(entry["code"]),
            }
            for entry in record.get("pool", ())
        ],
        "able": sum(not entry["barred"] for entry in record.get("pool", ())),
        "seats": [
            {
                "number": number + 1,
                "wanted": wanted(seat),
                "pick": picks.get(number),
                "stepped_in": stepped_in.get(number, ""),
            }
            for number, seat in enumerate(record.get("seats", ()))
        ],
        "file_name": file_name(record["number"]),
        "script": SCRIPTS[0],
        "script_digest": script_digest(SCRIPTS[0]),
    }


def file_name(number: str) -> str:
    """Return the name a draw's record is downloaded under."""
    return f"draw-{number}.json"


def script_digest(name: str) -> str:
    """Return the SHA-256 of a script of `SCRIPTS`, so that a downloaded copy can be compared with the published one."""
    return hashlib.sha256((settings.BASE_DIR / "tools" / name).read_bytes()).hexdigest()


def script_file(name: str) -> FileResponse:
    """Return a script of `SCRIPTS` as a download; KeyError for any other name."""
    if name not in SCRIPTS:
        raise KeyError(name)
    return FileResponse(
        (settings.BASE_DIR / "tools" / name).open("rb"),
        as_attachment=True,
        filename=name,
        content_type="text/x-python; charset=utf-8",
    )
