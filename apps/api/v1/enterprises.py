"""企业: registered by itself on the public site, confirmed by its district."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework import serializers

from apps.accounts import selectors, services
from apps.accounts.services import Registration
from apps.api.base import (
    BUREAUS,
    DISTRICT,
    ENTERPRISE,
    EVERYBODY,
    Act,
    Body,
    Flag,
    Paging,
    Query,
    Reading,
    Text,
)
from apps.api.v1.shared import ReasonBody
from apps.core.masking import masked_address, masked_phone


class EnterpriseBody(Body):
    """The enterprise's part of the registration."""

    uscc = Text(max_length=30)
    name = Text(max_length=200)
    district = Text(max_length=12)
    sub_area = Text(required=False, default="")
    industry_code = Text(max_length=8)
    site_address = Text()
    registered_address = Text(required=False, default="")
    ownership = Text(required=False, default="")
    legal_representative = Text()
    contact_name = Text()
    contact_phone = Text()
    contact_email = Text(required=False, default="")
    main_products = Text(required=False, default="")
    group_name = Text(required=False, default="")
    founded_on = serializers.DateField(required=False, allow_null=True, default=None)


class RegistrationBody(EnterpriseBody):
    """With the account of the first person."""

    username = Text(max_length=60)
    password = Text(max_length=200)
    person_name = Text()
    consent = Flag()


class RegisteredAnswer(serializers.Serializer[Any]):
    """Who will confirm, and a hint about the 属地."""

    public_id = serializers.CharField()
    authority = serializers.CharField()
    hint = serializers.CharField()


class EnterpriseLine(serializers.Serializer[Any]):
    """One enterprise in a list."""

    public_id = serializers.CharField()
    uscc = serializers.CharField()
    name = serializers.CharField()
    district_name = serializers.CharField()
    industry_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    registered_at = serializers.DateTimeField()


class EnterpriseAnswer(serializers.Serializer[Any]):
    """One enterprise for itself and for its bureaus."""

    public_id = serializers.CharField()
    uscc = serializers.CharField()
    name = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    authority = serializers.CharField()
    sub_area = serializers.CharField()
    industry_code = serializers.CharField()
    industry_name = serializers.CharField()
    ownership = serializers.CharField()
    registered_address = serializers.CharField()
    site_address = serializers.CharField()
    legal_representative = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    contact_email = serializers.CharField()
    founded_on = serializers.DateField(allow_null=True)
    main_products = serializers.CharField()
    group_name = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    return_reason = serializers.CharField()
    version = serializers.IntegerField()


class ListQuery(Query):
    """Filters."""

    q = serializers.CharField(required=False, default="", max_length=50)
    state = serializers.CharField(required=False, default="", max_length=20)
    district = serializers.CharField(required=False, default="", max_length=12)


class RegisterEnterprise(Act):
    """企业注册（公众，不需登录）。"""

    audience = EVERYBODY
    body = RegistrationBody
    answer = RegisteredAnswer
    status = 201

    def act(self, **data: Any) -> Any:
        """Register."""
        return services.register_enterprise(actor=self.actor, clock=self.clock, data=Registration(**data))


class Enterprises(Paging):
    """企业列表。"""

    audience = BUREAUS
    reading = EnterpriseLine
    query = ListQuery

    def rows(self, **filters: Any) -> Any:
        """Return one page."""
        return selectors.enterprises_page(actor=self.actor, **filters)


class OneEnterprise(Reading):
    """一家企业。"""

    audience = BUREAUS
    reading = EnterpriseAnswer

    def read(self, *, public_id: str) -> Any:
        """Return it."""
        found = selectors.enterprise_file(actor=self.actor, public_id=public_id)
        # Whole only on the page that asks for a reason and leaves a trace (`apps.accounts.revealing`).
        return replace(
            found,
            contact_phone=masked_phone(found.contact_phone),
            contact_email=masked_address(found.contact_email),
        )


class MyEnterprise(Reading):
    """本企业。"""

    audience = ENTERPRISE
    reading = EnterpriseAnswer

    def read(self) -> Any:
        """Return the caller's own."""
        return selectors.enterprise_file(actor=self.actor)


class ConfirmEnterprise(Act):
    """核实企业登记。"""

    audience = DISTRICT

    def act(self, *, public_id: str) -> None:
        """Confirm."""
        services.confirm_enterprise(actor=self.actor, clock=self.clock, public_id=public_id)


class ReturnEnterprise(Act):
    """退回企业登记。"""

    audience = DISTRICT
    body = ReasonBody

    def act(self, *, public_id: str, reason: str) -> None:
        """Return it."""
        services.return_enterprise(actor=self.actor, clock=self.clock, public_id=public_id, reason=reason)


class ResubmitEnterprise(Act):
    """修改被退回的登记后重新提交。"""

    audience = ENTERPRISE
    body = EnterpriseBody

    def act(self, *, public_id: str, **data: Any) -> None:
        """Mend it; the account stays."""
        services.resubmit_enterprise(
            actor=self.actor,
            clock=self.clock,
            public_id=public_id,
            data=Registration(**data, username="", password="", person_name="", consent=False),
        )
