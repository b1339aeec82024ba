"""企业档案: the enterprise's own years and certificates, kept apart from what is filed, and their use in a draft."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import selectors as accounts
from apps.api.base import ENTERPRISE, Act, Body, Flag, Listing, Number, Text
from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.core.errors import NotVisible
from apps.core.moment import Moment, shown_at
from apps.scoring import selectors as scoring


class EnergyLine(serializers.Serializer[Any]):
    """The use of one energy carrier."""

    carrier = serializers.CharField()
    amount = serializers.CharField()
    unit = serializers.CharField()


class YearLine(serializers.Serializer[Any]):
    """One year of the enterprise file."""

    year = serializers.IntegerField()
    values = serializers.DictField(child=serializers.CharField())
    units = serializers.DictField(child=serializers.CharField())
    energy = EnergyLine(many=True)
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class EnergyBody(Body):
    """The use of one energy carrier, by the name and in a unit the table of factors has."""

    carrier = Text(max_length=40)
    amount = Text(max_length=40)
    unit = Text(max_length=20)


class YearBody(Body):
    """The figures of a year: `version` 0 for a new year; `adopt_energy` puts the carriers' sum into 综合能耗."""

    year = Number(min_value=2000, max_value=2100)
    version = Number(min_value=0)
    values = serializers.DictField(child=Text(max_length=40), required=False, default=dict)
    units = serializers.DictField(child=Text(max_length=20), required=False, default=dict)
    energy = EnergyBody(many=True, required=False, default=list)
    adopt_energy = Flag(required=False, default=False)


class SavedYear(serializers.Serializer[Any]):
    """The year after a save."""

    version = serializers.IntegerField()


class HoldingLine(serializers.Serializer[Any]):
    """A certificate or permit; `validity` is valid, soon (90 days) or expired."""

    public_id = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    number = serializers.CharField()
    issuer = serializers.CharField()
    coverage = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    validity = serializers.CharField()
    file_public_id = serializers.CharField()
    file_name = serializers.CharField()


class HoldingBody(Body):
    """What is entered about a certificate or permit; no `valid_until` means 长期; `file` is the scan in the library."""

    kind = Text(max_length=20)
    number = Text(max_length=100)
    issuer = Text(required=False, default="", max_length=100)
    coverage = Text(required=False, default="", max_length=300)
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    file = Text(required=False, default="", max_length=14)


class SavedHolding(serializers.Serializer[Any]):
    """The certificate that was saved."""

    public_id = serializers.CharField()


class TakeBody(Body):
    """Figures to take from the file into the draft; `version` is the sheet's."""

    year = Number(min_value=2000, max_value=2100)
    version = Number(min_value=0)
    codes = serializers.ListField(child=Text(max_length=60), max_length=200)


class Taken(serializers.Serializer[Any]):
    """The figures that were taken."""

    codes = serializers.ListField(child=serializers.CharField())


class Years(Listing):
    """企业档案的年度数据。"""

    audience = ENTERPRISE
    reading = YearLine

    def rows(self) -> Any:
        """Call the selector."""
        return applications.years(actor=self.actor)


class SaveYear(Act):
    """保存企业档案一个年度的数据。"""

    audience = ENTERPRISE
    body = YearBody
    answer = SavedYear
    status = 200

    def act(self, *, year: int, version: int, **data: Any) -> Any:
        """Call the service with the scheme suggested for the enterprise's industry, whose figures the file asks for."""
        enterprise = accounts.enterprise_file(actor=self.actor)
        schemes = scoring.suggest_schemes(
            actor=self.actor, industry_code=enterprise.industry_code, on=Moment.of(shown_at()).on
        )
        if not schemes:
            raise NotVisible("没有适用于本企业行业的评价体系。")
        return application_services.save_year(
            actor=self.actor,
            clock=self.clock,
            year=year,
            version=version,
            spec=scoring.scheme_spec(actor=self.actor, scheme_id=schemes[0].id),
            entries=application_services.YearEntries(**data),
        )


class Holdings(Listing):
    """企业档案的证照。"""

    audience = ENTERPRISE
    reading = HoldingLine

    def rows(self) -> Any:
        """Call the selector."""
        return applications.holdings(actor=self.actor, on=Moment.of(shown_at()).on)


class AddHolding(Act):
    """登记一份证照。"""

    audience = ENTERPRISE
    body = HoldingBody
    answer = SavedHolding
    status = 201

    def act(self, **data: Any) -> Any:
        """Call the service."""
        saved = application_services.save_holding(
            actor=self.actor, clock=self.clock, data=application_services.HoldingData(**data)
        )
        return {"public_id": saved}


class ChangeHolding(Act):
    """修改一份证照。"""

    audience = ENTERPRISE
    body = HoldingBody
    answer = SavedHolding
    status = 200

    def act(self, *, public_id: str, **data: Any) -> Any:
        """Call the service."""
        saved = application_services.save_holding(
            actor=self.actor,
            clock=self.clock,
            data=application_services.HoldingData(**data),
            public_id=public_id,
        )
        return {"public_id": saved}


class RemoveHolding(Act):
    """移除一份证照。"""

    audience = ENTERPRISE

    def act(self, *, public_id: str) -> None:
        """Call the service."""
        application_services.remove_holding(actor=self.actor, clock=self.clock, public_id=public_id)


class TakeFromFile(Act):
    """从企业档案带入年度数据。"""

    audience = ENTERPRISE
    body = TakeBody
    answer = Taken
    status = 200

    def act(self, *, public_id: str, year: int, version: int, codes: list[str]) -> Any:
        """Call the service."""
        taken = application_services.take_from_file(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            year=year,
            version=version,
            codes=codes,
        )
        return {"codes": list(taken.codes)}
