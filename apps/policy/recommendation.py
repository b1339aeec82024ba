"""Recommendation to the city at 80 points, and what becomes of a 3A application below (方案五（三）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.policy.calendar import chinese
from apps.policy.levels import RECOMMENDATION_LINE, Level, level_for_score, printed
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.standing import Standing
from apps.policy.verdict import Verdict, refuse, when


@implements("R-17", "R-18")
def may_recommend(
    *, preliminary_total: Decimal | None, vetoes: Sequence[str] = (), parameters: Parameters
) -> Verdict:
    """May the enterprise be put on the list to the city? 初评分数80分以上（含80分）and no veto item found.

    ``preliminary_total`` is the district's signed total, None while it is not signed; ``vetoes`` the codes of
    basic requirements the district found 不符合.
    """
    if preliminary_total is None:
        return Verdict.refused(refuse("R-17", "初评尚未签批，不能推荐。", "请先完成初评并签批。"))
    figure = printed(preliminary_total, parameters.rounding)
    return Verdict.all_of(
        when(figure < RECOMMENDATION_LINE, "R-18", f"初评得分{figure}分，未达到80分，不能推荐。"),
        when(bool(vetoes), "R-18", f"基本要求{'、'.join(vetoes)}不符合，不予推荐。"),
    )


@implements("R-18")
def may_leave_off_list(*, reason: str) -> Verdict:
    """May an enterprise at 80 or more be left off the list?

    Only with a reason: all of them are ticked beforehand.
    """
    return when(not reason.strip(), "R-18", "初评80分以上的企业不列入推荐名单的，须写明理由。")


class Below80(StrEnum):
    """What a 3A application whose score stays below 80 ends in."""

    CONVERT = "convert"
    KEEP = "keep"
    NO_LEVEL = "no_level"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The Chinese name of the outcome."""
        return {
            Below80.CONVERT: "转为本级评定",
            Below80.KEEP: "维持",
            Below80.NO_LEVEL: "不予评定",
            Below80.DECLINED: "不予推荐",
        }[self]


@dataclass(frozen=True, slots=True)
class Below80Outcome:
    """The outcome, the level converted to or kept (None otherwise), and whether consent is awaited."""

    outcome: Below80
    level: Level | None
    awaits_consent: bool = False


@implements("R-18")
def below80_outcome(
    total: Decimal,
    *,
    standing: Standing,
    consent: bool | None,
    vetoes: Sequence[str] = (),
    parameters: Parameters,
) -> Below80Outcome:
    """What becomes of a 3A application with a printed total below 80.

    Below 60, or with a veto: 不予评定. An enterprise that already holds the level the score gives, or a
    higher one, keeps it (维持; one live title per level). Else it is converted to a 1A/2A evaluation with the
    enterprise's consent: ``consent`` None is not answered yet, False ends in 不予推荐. ValueError at 80 or
    above.
    """
    if printed(total, parameters.rounding) >= RECOMMENDATION_LINE:
        raise ValueError("A total of 80 or more is recommended, not converted")
    level = level_for_score(total, parameters.rounding)
    if level is None or vetoes:
        return Below80Outcome(Below80.NO_LEVEL, None)
    if standing.holds_at_least(level):
        kept = max(title.level for title in standing.titles if title.valid)
        return Below80Outcome(Below80.KEEP, kept)
    if consent is False:
        return Below80Outcome(Below80.DECLINED, None)
    return Below80Outcome(Below80.CONVERT, level, awaits_consent=consent is None)


@implements("R-18")
def silence_declines_conversion(*, answer_due_on: date, on: date) -> Verdict:
    """May an offered conversion that was never answered be closed as declined?

    Consent is asked for, and silence is none; but not before the last day of the term (``answer_due_on``) has passed.
    """
    return when(
        on <= answer_due_on,
        "R-18",
        f"企业答复期限至{chinese(answer_due_on)}，尚未届满，不能按不同意办结。",
        "请等待企业答复，或联系企业。",
    )
