"""现场: photos of a district's check, the record of an on-site visit and its photos, as a phone sends them."""

from __future__ import annotations

from typing import Any

from rest_framework import parsers, serializers

from apps.api.base import CITY, DISTRICT, EXPERT, Act, Made, Reading, Text, made
from apps.api.v1.evidence import LARGEST_UPLOAD, UploadBody
from apps.api.v1.panels import VisitLine
from apps.review import selectors, services
from apps.review.services import Shot


class SitePhotoBody(UploadBody):
    """A photo; `key` made when it was taken keeps a repeated sending from adding anything."""

    item_code = Text(max_length=40)
    key = Text(max_length=64)
    taken_at = serializers.DateTimeField()
    note = Text(required=False, default="", max_length=200)
    latitude = Text(required=False, default="", max_length=20)
    longitude = Text(required=False, default="", max_length=20)
    accuracy_m = Text(required=False, default="", max_length=20)


class VisitPhotoLine(serializers.Serializer[Any]):
    """A photo kept with the record of a visit."""

    public_id = serializers.CharField()
    name = serializers.CharField()


class VisitSignatureLine(serializers.Serializer[Any]):
    """A signature under the record; `refused`: the party would not sign, `note` says why."""

    side = serializers.CharField()
    side_label = serializers.CharField()
    name = serializers.CharField()
    position = serializers.CharField()
    refused = serializers.BooleanField()
    note = serializers.CharField()
    signed_at = serializers.DateTimeField()


class SiteVisitFile(VisitLine):
    """The whole record."""

    application = serializers.CharField()
    signatures = VisitSignatureLine(many=True)
    photos = VisitPhotoLine(many=True)


class _Photo(Act):
    """An act that takes one picture (multipart, field `file`)."""

    parser_classes = (parsers.MultiPartParser,)

    @property
    def largest_body(self) -> int:
        """A file is larger than a form; the evidence room decides how large."""
        return LARGEST_UPLOAD


class SendSitePhoto(_Photo):
    """保存一张初评现场照片（multipart，字段 file）。"""

    audience = DISTRICT
    body = SitePhotoBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, item_code: str, file: Any, **shot: Any) -> dict[str, str]:
        """Keep it."""
        return made(
            services.add_site_photo(
                actor=self.actor,
                clock=self.clock,
                public_id=public_id,
                item_code=item_code,
                upload=file,
                shot=Shot(**shot),
            )
        )


class OneSiteVisit(Reading):
    """一份现场核实记录。"""

    audience = CITY | EXPERT
    reading = SiteVisitFile

    def read(self, *, public_id: str) -> Any:
        """Return it with its signatures and photos."""
        row, application = selectors.site_visit(actor=self.actor, public_id=public_id)
        selectors.panel_of(actor=self.actor, public_id=application)
        row_fields = {name: getattr(row, name) for name in row.__slots__}
        return {**row_fields, "complete": row.complete, "application": application}


class AddVisitPhoto(_Photo):
    """为现场核实记录保存一张照片（multipart，字段 file）。"""

    audience = CITY | EXPERT
    body = UploadBody
    answer = Made
    status = 201

    def act(self, *, public_id: str, file: Any) -> dict[str, str]:
        """Keep it."""
        return made(
            services.add_visit_photo(actor=self.actor, clock=self.clock, public_id=public_id, upload=file)
        )
