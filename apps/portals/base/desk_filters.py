"""The filters of a scoring desk; one lists the items that want a second look before the sheet is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.portals.base.desk import Line


#: Filters of the desk: key → label; the last one only where a return list is gathered.
SHOWS = {
    "all": "全部",
    "open": "未评",
    "differs": "有差异",
    "doubt": "有疑问",
    "onsite": "现场项",
    "returning": "退回",
}


def is_doubtful(line: Line) -> bool:
    """Return whether something about the item is open.

    That is: points claimed without any evidence, a difference without its reason, a claim that the item does not
    apply or has no industry benchmark and is not judged yet, a remark, a place on the return list.
    """
    row = line.row
    claimed = row.cells.get("self")
    unproven = not line.files and claimed is not None and bool(claimed.points)
    unexplained = row.differs and not row.own.reason
    to_judge = not row.answered and (row.claims_not_applicable or row.needs_judgement)
    return unproven or unexplained or to_judge or bool(line.remarks) or line.returning


def kept_by(line: Line, show: str) -> bool:
    """Return whether the filter *show* leaves the line."""
    return (
        show == "all"
        or (show == "open" and not line.row.answered)
        or (show == "differs" and line.row.differs)
        or (show == "doubt" and is_doubtful(line))
        or (show == "onsite" and line.row.onsite_check)
        or (show == "returning" and line.returning)
    )
