"""Kinds of obligations that review opens."""

from __future__ import annotations

from apps.deadlines.registry import register_kind
from apps.deadlines.states import Party

register_kind(
    "review.assessment",
    label="专家评审",
    party=Party.EXPERT,
    todo="请完成评分并提交评审意见。",
    path="reviews/{public_id}/",
    copies=frozenset({Party.MUNICIPAL}),
    reminds=True,
)
