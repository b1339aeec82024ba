"""Rounds, applications with their frozen versions, exemptions, and the items a district returned."""

from apps.applications.models.cases import (
    SCORE_APPLICATION,
    Application,
    ApplicationUserObjectPermission,
    ApplicationVersion,
    NumberSeries,
)
from apps.applications.models.intake import Exemption, ReturnedItem
from apps.applications.models.rounds import Round, WindowExtension

__all__ = [
    "SCORE_APPLICATION",
    "Application",
    "ApplicationUserObjectPermission",
    "ApplicationVersion",
    "Exemption",
    "NumberSeries",
    "ReturnedItem",
    "Round",
    "WindowExtension",
]
