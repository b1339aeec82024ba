"""培训宣传 events: the text of their material, before and after they were held."""

from __future__ import annotations

from apps.api.base import BUREAUS, Act, Body, Text
from apps.cultivation import services


class EventTextBody(Body):
    """The text as it shall be."""

    material = Text()


class PutEventText(Act):
    """填写或更新活动资料的文字内容。"""

    audience = BUREAUS
    body = EventTextBody

    def act(self, *, public_id: str, material: str) -> None:
        """Replace it."""
        services.put_material(actor=self.actor, clock=self.clock, public_id=public_id, material=material)
