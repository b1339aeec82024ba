"""称号与回执: the public register, verification, and the enterprise's own titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404
from rest_framework import serializers

from apps.api.base import ENTERPRISE, EVERYBODY, Listing, Paging, Query, Reading
from apps.applications import selectors as applications
from apps.publicity import selectors as publicity
from apps.titles import selectors


class DirectoryQuery(Query):
    """Filters of the directory."""

    q = serializers.CharField(required=False, default="", max_length=50)
    level = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=1, max_value=5)
    district = serializers.CharField(required=False, default="", max_length=12)
    industry = serializers.CharField(required=False, default="", max_length=4)
    year = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=2000, max_value=2100
    )


class PublicTitle(serializers.Serializer[Any]):
    """One title as the public may read it."""

    public_id = serializers.CharField()
    enterprise_name = serializers.CharField()
    former_names = serializers.ListField(child=serializers.CharField())
    uscc = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    industry_name = serializers.CharField()
    level = serializers.IntegerField()
    level_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    awarded_on = serializers.DateField()
    document_no = serializers.CharField()
    certificate_no = serializers.CharField(allow_null=True)


class OwnTitle(serializers.Serializer[Any]):
    """One title for the enterprise that holds it, with the token of its certificate."""

    public_id = serializers.CharField()
    level = serializers.IntegerField()
    level_label = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    awarded_on = serializers.DateField()
    certificate_no = serializers.CharField(allow_null=True)
    document_no = serializers.CharField()
    verify_token = serializers.CharField()
    ended_on = serializers.DateField(allow_null=True)


class HistoryLine(serializers.Serializer[Any]):
    """One event of the public record."""

    on = serializers.DateField()
    text = serializers.CharField()
    detail = serializers.CharField()


class VerificationAnswer(serializers.Serializer[Any]):
    """What the register says."""

    status = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    title = PublicTitle(source="row", allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    history = HistoryLine(many=True)


class VerifyQuery(Query):
    """The token of the QR code, or the certificate number."""

    token = serializers.CharField(required=False, default="", max_length=64)
    certificate_no = serializers.CharField(required=False, default="", max_length=40)


class ReceiptCheckAnswer(serializers.Serializer[Any]):
    """Whether what is stored is still what was handed in."""

    receipt_no = serializers.CharField()
    number = serializers.CharField()
    enterprise_name = serializers.CharField()
    at = serializers.DateTimeField()
    digest = serializers.CharField()
    intact = serializers.BooleanField()


class Directory(Paging):
    """绿色工厂名录。"""

    audience = EVERYBODY
    reading = PublicTitle
    query = DirectoryQuery

    def rows(self, *, level: int | None, **filters: Any) -> Any:
        """Return one page."""
        return selectors.public_directory(levels={level} if level else (), **filters)


class MyTitles(Listing):
    """本企业的称号。"""

    audience = ENTERPRISE
    reading = OwnTitle

    def rows(self) -> Any:
        """Return them, highest first."""
        return selectors.titles_of(actor=self.actor)


class Verify(Reading):
    """查验证书。"""

    audience = EVERYBODY
    reading = VerificationAnswer
    query = VerifyQuery

    def read(self, *, token: str, certificate_no: str) -> Any:
        """Return what the register says; an unknown certificate is an answer, too."""
        found = selectors.verify(token=token, certificate_no=certificate_no)
        return replace(found, history=publicity.public_record(actor=self.actor, history=found.history))


class Receipt(Reading):
    """查验申报回执。"""

    audience = EVERYBODY
    reading = ReceiptCheckAnswer

    def read(self, *, receipt_no: str) -> Any:
        """Recompute the digest."""
        if len(receipt_no) > 64:  # noqa: PLR2004  (longer than any receipt number)
            raise Http404
        return applications.verify_receipt(actor=self.actor, receipt_no=receipt_no)
