"""Invariants of review, for `manage.py verify` (run as the system)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from apps.numbering import selectors as numbering
from apps.numbering.kinds import FILING
from apps.policy.levels import RECOMMENDATION_LINE
from apps.review import states
from apps.review.models import Assignment, Filing, Panel, PreliminaryReview, RecommendationItem, Ruling

#: What follows an accepted recommendation: the case was recommended with 80 or more.
_AFTER_RECOMMENDATION = (
    "recommended",
    "city_accepted",
    "expert_review",
    "panel_concluded",
    "credit_check",
    "on_notice",
    "objection",
    "confirmable",
    "awarded",
)


def problems() -> Iterator[str]:
    """Yield a Chinese sentence for every broken invariant."""
    yield from _preliminary()
    yield from _rulings()
    yield from _filings()
    yield from _recommended()
    yield from _panels()


def _preliminary() -> Iterator[str]:
    rows = PreliminaryReview.objects.filter(state=states.SIGNED).select_related("application", "sheet")
    for row in rows.order_by("pk"):
        number = row.application.number
        if row.signed_by_id is None or row.signed_by_id == row.submitted_by_id:
            yield f"申报{number}的初评没有第二人签批。"
        if row.sheet.total != row.signed_total or row.application.prelim_total != row.signed_total:
            yield f"申报{number}的初评得分与评分表不一致。"


def _rulings() -> Iterator[str]:
    decided = Ruling.objects.exclude(state=states.PROPOSED).select_related("application").order_by("pk")
    for row in decided:
        if row.decided_by_id is None or row.decided_by_id == row.proposed_by_id:
            yield f"申报{row.application.number}的属地评定没有第二人签批。"
        if row.state == states.DECIDED and row.application.decided_level != row.level:
            yield f"申报{row.application.number}的评定等级与属地评定不一致。"


def _filings() -> Iterator[str]:
    borne = Filing.objects.filter(state=states.ACKNOWLEDGED).values_list("number", flat=True)
    yield from numbering.astray(kind=FILING, borne=list(borne))
    wrong = (
        Ruling.objects.filter(filing_item__filing__state=states.ACKNOWLEDGED)
        .exclude(application__state="filing_acknowledged")
        .select_related("application")
    )
    for row in wrong.order_by("pk"):
        yield f"申报{row.application.number}的备案已确认，但申报状态不是已备案。"


def _recommended() -> Iterator[str]:
    rows = RecommendationItem.objects.filter(
        application__state__in=_AFTER_RECOMMENDATION,
        ticked=True,
        recommendation__state__in=[states.SENT, states.ACCEPTED],
    ).select_related("application__preliminary")
    for item in rows.order_by("pk"):
        review = item.application.preliminary
        if review.signed_total is None or review.signed_total < RECOMMENDATION_LINE or review.vetoes:
            yield f"申报{item.application.number}不符合推荐条件（初评 80 分以上且无否决项）。"


def _panels() -> Iterator[str]:
    concluded = Panel.objects.filter(state=states.CONCLUDED).select_related("application")
    for panel in concluded.order_by("pk"):
        number = panel.application.number
        if panel.total is None or not panel.opinion or panel.site_visited is None:
            yield f"申报{number}的专家组意见不完整。"
        if panel.application.panel_total != panel.total:
            yield f"申报{number}的专家组得分与申报记录不一致。"
        members = panel.assignments.exclude(state=states.RECUSED)
        if members.filter(Q(opinion_signed_at=None) | ~Q(state=states.SCORED)).exists():
            yield f"申报{number}的专家组意见缺少成员评分或签名。"
        if panel.leader_id not in set(members.values_list("expert_id", flat=True)):
            yield f"申报{number}的专家组组长不是在组成员。"
    foreign = Assignment.objects.filter(sheet__isnull=False).exclude(sheet__owner_id=F("expert_id"))
    for row in foreign.select_related("application").order_by("pk"):
        yield f"申报{row.application.number}有一份专家评分表不属于该任务的专家。"
