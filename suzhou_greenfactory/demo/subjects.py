"""Which rows of the demo world each kind of paper can be about."""

from __future__ import annotations

from django.apps import apps
from django.db import transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.kinds import KINDS

_MOST = 300
_MODEL_OF = {
    "申报": "applications.Application",
    "备案": "review.Filing",
    "推荐": "review.Recommendation",
    "专家评审任务": "review.Assignment",
    "现场复核": "monitoring.Recheck",
    "公示": "publicity.Notice",
    "异议": "publicity.Objection",
    "评定": "publicity.Recognition",
    "称号": "titles.Title",
    "年度动态管理表": "monitoring.AnnualForm",
    "整改": "monitoring.Rectification",
    "取消": "monitoring.Cancellation",
    "省、国家级名单": "titles.ExternalList",
    "豁免": "applications.Exemption",
    "上报推荐名单": "titles.UpwardList",
}


#: Where no such row was made: what else the paper can be about.
_OTHERWISE = {"年度动态管理表": "titles.Title"}


def subjects_of(kind: str) -> list[str]:
    """Return public ids of rows a kind of paper is about, the oldest first."""
    of = KINDS[kind].of
    names = [_MODEL_OF[of], *([_OTHERWISE[of]] if of in _OTHERWISE else [])]
    with transaction.atomic():
        enter(Actor.system())
        for name in names:
            rows = apps.get_model(name)._default_manager.order_by("pk")
            if found := list(rows.values_list("public_id", flat=True)[:_MOST]):
                return found
    return []
