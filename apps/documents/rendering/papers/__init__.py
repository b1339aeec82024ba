"""The data of the official papers, one frozen dataclass for each form of RULES.md §3."""

from apps.documents.rendering.papers.common import Contact, Paper, Section, Verification, fingerprint
from apps.documents.rendering.papers.lists import (
    FiledTitle,
    FilingTable,
    RecommendationLetter,
    RecommendedEnterprise,
)
from apps.documents.rendering.papers.notices import (
    Certificate,
    ListedEnterprise,
    PublicNotice,
    RecognitionDocument,
)
from apps.documents.rendering.papers.orders import (
    CancellationDecision,
    Deficiency,
    RectificationNotice,
    SupplementNotice,
)
from apps.documents.rendering.papers.reports import (
    DimensionAnswers,
    EvidenceFile,
    IndicatorAnswer,
    ProfileEntry,
    RequirementAnswer,
    SelfEvaluationReport,
    SubmissionReceipt,
)
from apps.documents.rendering.papers.sheets import (
    ExpertTotal,
    PanelOpinion,
    ScoredDimension,
    ScoredItem,
    ScoreSheet,
)

#: Every paper, in the order of the forms.
PAPERS: tuple[type[Paper], ...] = (
    SelfEvaluationReport,
    SupplementNotice,
    ScoreSheet,
    FilingTable,
    RecommendationLetter,
    PanelOpinion,
    PublicNotice,
    RecognitionDocument,
    RectificationNotice,
    CancellationDecision,
    Certificate,
    SubmissionReceipt,
)

__all__ = [
    "PAPERS",
    "CancellationDecision",
    "Certificate",
    "Contact",
    "Deficiency",
    "DimensionAnswers",
    "EvidenceFile",
    "ExpertTotal",
    "FiledTitle",
    "FilingTable",
    "IndicatorAnswer",
    "ListedEnterprise",
    "PanelOpinion",
    "Paper",
    "ProfileEntry",
    "PublicNotice",
    "RecognitionDocument",
    "RecommendationLetter",
    "RecommendedEnterprise",
    "RectificationNotice",
    "RequirementAnswer",
    "ScoreSheet",
    "ScoredDimension",
    "ScoredItem",
    "Section",
    "SelfEvaluationReport",
    "SubmissionReceipt",
    "SupplementNotice",
    "Verification",
    "fingerprint",
]
