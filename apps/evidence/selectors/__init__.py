"""Reading evidence; rooms above and interfaces import from here."""

from apps.evidence.selectors.files import (
    FilePage,
    FileRow,
    MarkRow,
    Usage,
    UseRow,
    counts,
    file_row,
    items_with_files,
    manifest,
    usage,
    uses_by_place,
    uses_of,
)
from apps.evidence.selectors.holdings import (
    SHOWS,
    FileUse,
    expiring,
    library,
    library_counts,
    uses_of_file,
)
from apps.evidence.selectors.shared import SharedFile, shared_files

__all__ = [
    "SHOWS",
    "FilePage",
    "FileRow",
    "FileUse",
    "MarkRow",
    "SharedFile",
    "Usage",
    "UseRow",
    "counts",
    "expiring",
    "file_row",
    "items_with_files",
    "library",
    "library_counts",
    "manifest",
    "shared_files",
    "usage",
    "uses_by_place",
    "uses_of",
    "uses_of_file",
]
