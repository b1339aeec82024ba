"""The use-cases of evidence; rooms above and interfaces import them from here."""

from apps.evidence.services.records import AttachedUse, Case, FileToSend, StoredFile
from apps.evidence.services.registering import keep_licence, register_with_licence, request_change
from apps.evidence.services.uploading import remove_orphans, store_upload
from apps.evidence.services.using import (
    FileDamaged,
    attach,
    detach,
    follow_application,
    keep_files,
    mark_use,
    open_file,
    remove_file,
    set_pages,
    set_validity,
)
from apps.evidence.storage import StorageFull

__all__ = [
    "AttachedUse",
    "Case",
    "FileDamaged",
    "FileToSend",
    "StorageFull",
    "StoredFile",
    "attach",
    "detach",
    "follow_application",
    "keep_files",
    "keep_licence",
    "mark_use",
    "open_file",
    "register_with_licence",
    "remove_file",
    "remove_orphans",
    "request_change",
    "set_pages",
    "set_validity",
    "store_upload",
]
