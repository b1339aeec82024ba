"""The words of the plan beside an act: `{% rule_text "R-14" %}` folds out the clause a rule rests on (PEERS 40)."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.policy import clauses
from apps.policy.levels import Level
from apps.policy.rules import rule

register = template.Library()
_BY_NUMBER = {clause.number: clause for clause in clauses.PLAN}


@register.simple_tag
def rule_text(rule_id: str) -> SafeString:
    """Return a fold-out with the clause's own words, or the bare reference when the clause is not in the plan.

    Raises:
        KeyError: no such rule (a programming error).
    """
    row = rule(rule_id)
    clause = next((_BY_NUMBER[one] for one in _candidates(row.clause) if one in _BY_NUMBER), None)
    if clause is None:
        return format_html('<p class="small muted">依据：{}（{}）</p>', row.clause, row.id)
    return format_html(
        '<details class="rule-text"><summary class="small">依据：{}（{}）{}</summary>'
        '<blockquote class="small t2">{}</blockquote></details>',
        row.clause,
        row.id,
        row.title,
        clause.text,
    )


def _candidates(cited: str) -> list[str]:
    """Return the numbers to look up, the narrowest first: "五（三）1" → "五（三）", "五"."""
    first = cited.replace("；", "、").split("、")[0].strip()
    return [first[:end] for end in range(len(first), 0, -1)]


@register.filter
def title_words(level: int) -> str:
    """Return a title of the level as the public reads it (R-03, R-04)."""
    return Level(level).title_words
