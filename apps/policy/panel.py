"""The expert panel: size, completeness, aggregation, reconsideration, site visit, opinion (方案五（三）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from apps.policy.levels import RECOMMENDATION_LINE, checked_score, printed
from apps.policy.parameters import Averaging, Parameters
from apps.policy.rules import implements
from apps.policy.verdict import ALLOWED, Verdict, refuse, when


class Opinion(StrEnum):
    """What the panel concludes."""

    RECOMMEND = "recommend"
    NOT_RECOMMEND = "not_recommend"
    SUPPLEMENT = "supplement"

    @property
    def label(self) -> str:
        """The Chinese words of the form."""
        return {
            Opinion.RECOMMEND: "建议评定",
            Opinion.NOT_RECOMMEND: "不建议评定",
            Opinion.SUPPLEMENT: "需补充",
        }[self]


@implements("R-19")
def panel_size_allowed(size: int, parameters: Parameters) -> Verdict:
    """Is a panel of ``size`` experts large enough, and odd where that is asked for?"""
    return Verdict.all_of(
        when(
            size < parameters.panel_size_min,
            "R-19",
            f"专家组现有{size}人，至少应有{parameters.panel_size_min}人。",
            "请补充专家。",
        ),
        when(
            parameters.panel_size_odd and size % 2 == 0,
            "R-19",
            f"专家组现有{size}人，人数应为单数。",
            "请增减一名专家。",
        ),
    )


@implements("R-19")
def may_appoint(*, drawn: bool, parameters: Parameters) -> Verdict:
    """May the members be named by the officer (``drawn`` False), or does the bureau demand a draw?"""
    return when(
        parameters.panel_draw_required and not drawn,
        "R-19",
        "专家组须由可验证的随机抽取产生，不能直接指定专家。",
        "请封存名册后抽取；缺席的由递补顺序中的专家接替。",
    )


@implements("R-19")
def may_take_case(*, at_limit: bool, name: str) -> Verdict:
    """May this expert take one more case of the round?"""
    return when(at_limit, "R-19", f"{name}已达本批次评审件数上限。", "请另选专家。")


@implements("R-19")
def may_close_panel(scores: Sequence[Decimal | None], parameters: Parameters) -> Verdict:
    """May expert scoring be closed? The panel is complete and every member has submitted (None: not yet)."""
    missing = sum(score is None for score in scores)
    return Verdict.all_of(
        panel_size_allowed(len(scores), parameters),
        when(missing > 0, "R-19", f"还有{missing}名专家未提交评分。", "请催办或更换专家。"),
    )


@implements("R-20")
def may_see_other_scores(*, own_submitted: bool, all_submitted: bool) -> Verdict:
    """Experts are blind to each other until all have submitted."""
    return when(not (own_submitted and all_submitted), "R-20", "全部专家提交评分后方可查看他人评分。")


@dataclass(frozen=True, slots=True)
class PanelScore:
    """The panel's figure.

    ``total``: printed to two decimals; ``spread``: highest minus lowest of all experts; ``dropped``: the
    totals left out; ``reconsider``: the spread asks for 复议; ``explanation``: the rule applied, for the
    form.
    """

    total: Decimal
    spread: Decimal
    dropped: tuple[Decimal, ...]
    reconsider: bool
    explanation: str


@implements("R-19")
def panel_score(scores: Sequence[Decimal], parameters: Parameters) -> PanelScore:
    """The mean of the experts' totals; without highest and lowest from ``panel_trim_from`` experts on.

    Rounded once, at the end. ValueError for an empty panel or an impossible score.
    """
    if not scores:
        raise ValueError("A panel has at least one score")
    ordered = sorted(checked_score(score) for score in scores)
    trims = (
        parameters.panel_averaging is Averaging.TRIMMED_MEAN and len(ordered) >= parameters.panel_trim_from
    )
    counted = ordered[1:-1] if trims else ordered
    total = printed(sum(counted, Decimal(0)) / len(counted), parameters.rounding)
    spread = ordered[-1] - ordered[0]
    low, high = printed(ordered[0], parameters.rounding), printed(ordered[-1], parameters.rounding)
    figures = "、".join(str(printed(score, parameters.rounding)) for score in counted)
    how = f"{len(ordered)}名专家，去掉最高分{high}和最低分{low}，" if trims else f"{len(ordered)}名专家，"
    return PanelScore(
        total,
        spread,
        (ordered[0], ordered[-1]) if trims else (),
        spread > parameters.panel_spread_over,
        f"{how}{figures}的平均分为{total}分。",
    )


@implements("R-19")
def may_reconsider(*, grounds: Sequence[str], reason: str) -> Verdict:
    """May the panel be asked to look again? The figures give a ground, or the officer a reason."""
    return when(
        not grounds and not reason.strip(),
        "R-19",
        "分差和得分未达到复议条件，发起复议须写明原因。",
        "请填写复议原因。",
    )


@implements("R-21")
def site_visit_suggestions(
    *,
    preliminary_total: Decimal,
    expert_mean: Decimal,
    disputed_items: Sequence[str] = (),
    parameters: Parameters,
) -> tuple[str, ...]:
    """Why an on-site visit suggests itself (必要时进行现场核实); empty when nothing does.

    The gap counts from ``site_visit_gap`` on, the distance from 80 up to and including ``site_visit_margin``.
    """
    gap = abs(printed(preliminary_total, parameters.rounding) - printed(expert_mean, parameters.rounding))
    distance = abs(printed(expert_mean, parameters.rounding) - RECOMMENDATION_LINE)
    reasons = []
    if gap >= parameters.site_visit_gap:
        reasons.append(f"初评分与专家均分相差{gap}分，达到{parameters.site_visit_gap}分。")
    if distance <= parameters.site_visit_margin:
        reasons.append(f"专家均分与80分相差{distance}分，在{parameters.site_visit_margin}分以内。")
    if disputed_items:
        reasons.append(f"需现场核对的条目存在争议：{'、'.join(disputed_items)}。")
    return tuple(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionFacts:
    """The panel's opinion as drafted by its leader.

    ``site_visited`` None: the form's 是否现场核实 is not answered; ``site_reason``: why it was or was not
    done; ``site_record``: the record of the visit exists; ``reconsidered``: 复议 was held where the spread
    asked for it.
    """

    opinion: Opinion
    score: PanelScore
    reasons: str
    site_visited: bool | None
    site_reason: str = ""
    site_record: bool = False
    reconsidered: bool = False
    unsigned_members: int = 0


@implements("R-21", "R-22")
def may_give_opinion(facts: OpinionFacts) -> Verdict:
    """May the panel's opinion be issued?

    建议评定 needs a panel score of at least 80; 是否现场核实 is answered with a reason, and a visit has its
    record; a spread that asks for 复议 has been reconsidered; reasons are given and every member has signed.
    """
    return Verdict.all_of(
        when(
            facts.opinion is Opinion.RECOMMEND and facts.score.total < RECOMMENDATION_LINE,
            "R-22",
            f"专家组得分{facts.score.total}分，未达到80分，不能建议评定。",
        ),
        when(not facts.reasons.strip(), "R-22", "专家组评估意见须写明理由。"),
        when(facts.unsigned_members > 0, "R-22", f"还有{facts.unsigned_members}名专家组成员未签名。"),
        when(
            facts.score.reconsider and not facts.reconsidered,
            "R-19",
            f"专家分差{facts.score.spread}分，须经复议后再形成意见。",
        ),
        _site_answered(facts),
    )


def _site_answered(facts: OpinionFacts) -> Verdict:
    if facts.site_visited is None:
        return Verdict.refused(refuse("R-21", "请填写是否现场核实及理由。"))
    return Verdict.all_of(
        when(not facts.site_reason.strip(), "R-21", "是否现场核实须写明理由。"),
        when(
            facts.site_visited and not facts.site_record,
            "R-21",
            "已现场核实的，须先提交由核实人员和企业双方签名的现场核实记录。",
        ),
    )


@implements("R-22")
def passes_panel(*, opinion: Opinion, panel_total: Decimal, parameters: Parameters) -> Verdict:
    """Has the enterprise passed the expert evaluation? 建议评定 and a panel score of at least 80."""
    figure = printed(panel_total, parameters.rounding)
    return Verdict.all_of(
        when(opinion is not Opinion.RECOMMEND, "R-22", f"专家组意见为“{opinion.label}”。"),
        when(figure < RECOMMENDATION_LINE, "R-22", f"专家组得分{figure}分，未达到80分。")
        if opinion is Opinion.RECOMMEND
        else ALLOWED,
    )
