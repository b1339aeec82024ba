"""Who is signed in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.accounts import selectors as accounts
from apps.api.base import SIGNED_IN, Reading
from apps.core.actor import Role
from apps.notifications import selectors as notifications


class Person(serializers.Serializer[Any]):
    """The account that is signed in."""

    role = serializers.CharField()
    name = serializers.CharField()
    duties = serializers.ListField(child=serializers.CharField())
    district = serializers.CharField(allow_null=True)
    enterprise_public_id = serializers.CharField(allow_null=True)
    unread = serializers.IntegerField()


class Me(Reading):
    """本人：角色、职责、所属单位和未读消息数。"""

    audience = SIGNED_IN
    reading = Person

    def read(self) -> dict[str, Any]:
        """Return the caller."""
        actor = self.actor
        own = accounts.enterprise_file(actor=actor) if actor.role is Role.ENTERPRISE else None
        return {
            "role": actor.role.value,
            "name": actor.name,
            "duties": sorted(duty.value for duty in actor.duties),
            "district": actor.district,
            "enterprise_public_id": own.public_id if own else None,
            "unread": notifications.unread_count(actor=actor),
        }
