"""文号登记簿: the registers of the own bureau, where one begins, and numbers that are voided."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.base import BUREAUS, Act, Body, Made, Number, Paging, Query, Text, made
from apps.core.actor import Role
from apps.numbering import selectors, services

_READERS = BUREAUS | {Role.AUDITOR}


class YearQuery(Query):
    """Of which year."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)


class SeriesLine(serializers.Serializer[Any]):
    """One register of a year."""

    public_id = serializers.CharField()
    kind_label = serializers.CharField()
    heading = serializers.CharField()
    start = serializers.IntegerField()
    last = serializers.IntegerField()
    given = serializers.IntegerField()
    following = serializers.CharField()


class SeriesBody(Body):
    """A register that begins this year: numbers before `start` were given on paper."""

    word = Text(max_length=40)
    start = Number(required=False, default=1, min_value=1)


class NumberLine(serializers.Serializer[Any]):
    """One number that was given; `voided_at` is null while it stands."""

    public_id = serializers.CharField()
    text = serializers.CharField()
    ordinal = serializers.IntegerField()
    purpose = serializers.CharField()
    issued_at = serializers.DateTimeField()
    issued_by = serializers.CharField()
    voided_at = serializers.DateTimeField(allow_null=True)
    void_reason = serializers.CharField()


class VoidBody(Body):
    """Why the number is voided."""

    reason = Text(max_length=500)


class NumberSeries(Paging, Act):
    """本机关一年的编号登记；启用一个机关代字。"""

    audience = _READERS
    writers = BUREAUS
    reading = SeriesLine
    query = YearQuery
    body = SeriesBody
    answer = Made
    status = 201

    def rows(self, *, year: int, page: int, per_page: int) -> Any:
        """Return one page of the registers of the year."""
        return selectors.series_page(actor=self.actor, year=year, page=page, per_page=per_page)

    def act(self, *, word: str, start: int) -> dict[str, str]:
        """Begin one, this year."""
        year = self.clock.now().on.year
        return made(
            services.open_series(actor=self.actor, clock=self.clock, word=word, year=year, start=start)
        )


class Numbers(Paging):
    """一个登记簿给出的编号，最新的在前。"""

    audience = _READERS
    reading = NumberLine

    def rows(self, *, public_id: str, page: int, per_page: int) -> Any:
        """Return one page of its numbers."""
        return selectors.number_page(actor=self.actor, public_id=public_id, page=page, per_page=per_page)


class VoidNumber(Act):
    """作废一个文号，登记原因。"""

    audience = BUREAUS
    body = VoidBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Void it."""
        services.void_number(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)
