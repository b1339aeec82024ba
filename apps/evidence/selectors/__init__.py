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
    items_with_files,
    library,
    manifest,
    usage,
    uses_by_place,
    uses_of,
)

__all__ = [
    "FilePage",
    "FileRow",
    "MarkRow",
    "Usage",
    "UseRow",
    "counts",
    "expiring",
    "file_row",
    "items_with_files",
    "library",
    "manifest",
    "usage",
    "uses_by_place",
    "uses_of",
]
