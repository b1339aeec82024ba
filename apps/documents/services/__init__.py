"""The use-cases of documents; interfaces import them from here."""

from apps.documents.services.backlog import render_missing
from apps.documents.services.opening import open_document
from apps.documents.services.requesting import Requested, request_document
from apps.documents.services.storing import DocumentDamaged
from apps.documents.services.workbooks import DIRECTORY, WORKBOOKS, Workbook, workbook

__all__ = [
    "DIRECTORY",
    "WORKBOOKS",
    "DocumentDamaged",
    "Requested",
    "Workbook",
    "open_document",
    "render_missing",
    "request_document",
    "workbook",
]
