"""Reading evidence; rooms above and interfaces import from here."""

from apps.evidence.selectors.files import (
    FilePage,
    FileRow,
    MarkRow,
    Usage,
    UseRow,
    counts,
    expiring,
    file_row,
    library,
    manifest,
    usage,
    uses_by_place,
    uses_of,
)
from apps.evidence.selectors.verification import problems

__all__ = [
    "FilePage",
    "FileRow",
    "MarkRow",
    "Usage",
    "UseRow",
    "counts",
    "expiring",
    "file_row",
    "library",
    "manifest",
    "problems",
    "usage",
    "uses_by_place",
    "uses_of",
]
