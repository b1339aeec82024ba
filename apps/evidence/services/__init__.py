"""The use-cases of evidence; rooms above and interfaces import them from here."""

from apps.evidence.rendering.cache import evict as evict_pages
from apps.evidence.rendering.drawing import PageBroken, PageBusy
from apps.evidence.services.bureau import open_bureau_file, store_bureau_file
from apps.evidence.services.clearance import NotCleared
from apps.evidence.services.expiry import EXPIRY as FILE_EXPIRY
from apps.evidence.services.expiry import replaced_by_newer
from apps.evidence.services.intact import damage_of
from apps.evidence.services.leftovers import nothing_left_over, remove_orphans, stale_before
from apps.evidence.services.receiving import TakenFile, hand_out, take_in
from apps.evidence.services.receiving import discard as discard_taken
from apps.evidence.services.records import AttachedUse, Case, FileDamaged, FileToSend, StoredFile
from apps.evidence.services.registering import keep_licence, register_with_licence, request_change
from apps.evidence.services.scanning import scan_waiting
from apps.evidence.services.spreading import attach_to_many
from apps.evidence.services.uploading import store_upload
from apps.evidence.services.using import (
    attach,
    detach,
    follow_application,
    keep_files,
    keep_library_files,
    mark_use,
    open_file,
    remove_file,
    set_pages,
    set_validity,
)
from apps.evidence.services.viewing import Viewing, open_page, view_file
from apps.evidence.storage import StorageFull

__all__ = [
    "FILE_EXPIRY",
    "AttachedUse",
    "Case",
    "FileDamaged",
    "FileToSend",
    "NotCleared",
    "PageBroken",
    "PageBusy",
    "StorageFull",
    "StoredFile",
    "TakenFile",
    "Viewing",
    "attach",
    "attach_to_many",
    "damage_of",
    "detach",
    "discard_taken",
    "evict_pages",
    "follow_application",
    "hand_out",
    "keep_files",
    "keep_library_files",
    "keep_licence",
    "mark_use",
    "nothing_left_over",
    "open_bureau_file",
    "open_file",
    "open_page",
    "register_with_licence",
    "remove_file",
    "remove_orphans",
    "replaced_by_newer",
    "request_change",
    "scan_waiting",
    "set_pages",
    "set_validity",
    "stale_before",
    "store_bureau_file",
    "store_upload",
    "take_in",
    "view_file",
]
