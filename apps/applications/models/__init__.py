"""Rounds, applications with their frozen versions, exemptions, returned items, and the enterprise file."""

from apps.applications.models.cases import (
    SCORE_APPLICATION,
    Application,
    ApplicationUserObjectPermission,
    ApplicationVersion,
)
from apps.applications.models.commitment import CommitmentScan
from apps.applications.models.doubts import DoubtNote
from apps.applications.models.intake import Exemption, ReturnedItem
from apps.applications.models.records import Holding, YearRecord
from apps.applications.models.rounds import Round, WindowExtension
from apps.applications.models.subareas import DistrictPractice, SubAreaOpinion

__all__ = [
    "SCORE_APPLICATION",
    "Application",
    "ApplicationUserObjectPermission",
    "ApplicationVersion",
    "CommitmentScan",
    "DistrictPractice",
    "DoubtNote",
    "Exemption",
    "Holding",
    "ReturnedItem",
    "Round",
    "SubAreaOpinion",
    "WindowExtension",
    "YearRecord",
]
