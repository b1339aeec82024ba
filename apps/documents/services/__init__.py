"""The use-cases of documents; interfaces import them from here."""

from apps.documents.services.audit_print import audit_print
from apps.documents.services.backlog import render_missing
from apps.documents.services.dossier import request_dossier
from apps.documents.services.exporting import Exported, export_list, start_export
from apps.documents.services.importing.checking import confirm_import
from apps.documents.services.importing.receiving import check_beside, receive_import
from apps.documents.services.importing.records import Uploaded
from apps.documents.services.importing.settling import (
    discard_import,
    import_template,
    marked_copy,
    sweep_imports,
)
from apps.documents.services.opening import open_document
from apps.documents.services.requesting import Requested, request_document
from apps.documents.services.storing import DocumentDamaged
from apps.documents.services.trail import start_chain_check, start_evidence_package
from apps.documents.services.verifying import Recognised, certificate_of, recognise
from apps.documents.services.workbooks import DIRECTORY, WORKBOOKS, Workbook, workbook

__all__ = [
    "DIRECTORY",
    "WORKBOOKS",
    "DocumentDamaged",
    "Exported",
    "Recognised",
    "Requested",
    "Uploaded",
    "Workbook",
    "audit_print",
    "certificate_of",
    "check_beside",
    "confirm_import",
    "discard_import",
    "export_list",
    "import_template",
    "marked_copy",
    "open_document",
    "receive_import",
    "recognise",
    "render_missing",
    "request_document",
    "request_dossier",
    "start_chain_check",
    "start_evidence_package",
    "start_export",
    "sweep_imports",
    "workbook",
]
