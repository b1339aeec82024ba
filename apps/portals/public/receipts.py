"""The two words somebody looks a matter up with: the receipt number and the query code told once."""

from __future__ import annotations

from django.http import HttpRequest

from apps.core.errors import Invalid
from apps.core.faults import Faults
from apps.portals.base.posted import text


def missing_words(request: HttpRequest) -> Invalid | None:
    """Return what is missing of a sent query, field by field; None when both words are there.

    Said before anything is looked up: "not found" would send the asker searching for a fault that is not there.
    """
    faults = Faults()
    for field, label in (("receipt_no", "回执号"), ("query_code", "查询码")):
        if not text(request, field).strip():
            faults.note(field, f"请填写{label}。")
    return faults.refusal() if faults.errors else None
