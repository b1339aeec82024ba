"""How questions about an enterprise's credit reach a service and how its answers come back.

A service is anything that fulfils `CreditService`; which one is used is the setting `GF_CREDIT_SERVICE` (a dotted
path), "" for none: then results are recorded by hand or imported from Excel.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from apps.publicity.credit_service.contract import (
    CreditAnswer,
    CreditQuestion,
    CreditService,
    FaultyLine,
    ResultFile,
    ServiceProblem,
)
from apps.publicity.credit_service.reading import read_answers

__all__ = [
    "CreditAnswer",
    "CreditQuestion",
    "CreditService",
    "FaultyLine",
    "ResultFile",
    "ServiceProblem",
    "credit_service",
    "read_answers",
]


def credit_service() -> CreditService | None:
    """Return the configured service, None when results are only recorded by hand.

    Raises:
        ImportError: the setting names nothing that exists.
    """
    if not settings.GF_CREDIT_SERVICE:
        return None
    service: CreditService = import_string(settings.GF_CREDIT_SERVICE)()
    return service
