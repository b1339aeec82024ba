"""URLs of the registers: benchmark values, numbers, and the lists of province and nation."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern

from apps.api.routing import at
from apps.api.v1 import benchmarks, external_lists, numbers

REGISTERS: Final[list[URLPattern]] = [
    at("benchmarks/", benchmarks.Benchmarks, "benchmarks"),
    at("number-series/", numbers.NumberSeries, "number-series"),
    at("number-series/<str:public_id>/numbers/", numbers.Numbers, "numbers"),
    at("numbers/<str:public_id>/void/", numbers.VoidNumber, "number-void"),
    at("external-lists/", external_lists.ExternalLists, "external-lists"),
    at("external-lists/waiting/", external_lists.WaitingLines, "external-lists-waiting"),
    at("external-lists/<str:public_id>/lines/", external_lists.ExternalListLines, "external-list-lines"),
    at("external-list-lines/<str:public_id>/match/", external_lists.MatchLine, "external-line-match"),
    at("external-list-lines/<str:public_id>/dismiss/", external_lists.DismissLine, "external-line-dismiss"),
]
