"""Eligibility: may an application be started, submitted, an enterprise recommended upward (方案五（二）)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from apps.policy.basic_requirements import meets_basic_requirements
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.standing import Standing, no_overdue_form, not_banned
from apps.policy.verdict import ALLOWED, Verdict, refuse, when

#: Said when the stamped commitment is demanded and there is none for the present content.
COMMITMENT_WANTED = "须上传与当前申报内容一致的盖章承诺书扫描件。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a round takes applications; aware instants, the end not included.

    ``district_closes_at`` is an earlier end set by the enterprise's district; ``extended_until`` a logged
    extension for this one enterprise, which takes precedence.
    """

    opens_at: datetime
    closes_at: datetime
    district_closes_at: datetime | None = None
    extended_until: datetime | None = None

    def __post_init__(self) -> None:
        for instant in (self.opens_at, self.closes_at, self.district_closes_at, self.extended_until):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("A window is made of timezone-aware instants")

    @property
    def usual_end(self) -> datetime:
        """The end for every enterprise of the district: the city's, or the district's earlier one."""
        return min(self.closes_at, self.district_closes_at or self.closes_at)

    @property
    def ends_at(self) -> datetime:
        """The instant from which submissions of this enterprise are refused."""
        return max(self.usual_end, self.extended_until or self.usual_end)


@implements("R-12")
def window_is_open(window: Window, *, at: datetime) -> Verdict:
    """``at`` lies inside the window: from its opening instant up to, not including, its end."""
    return Verdict.all_of(
        when(at < window.opens_at, "R-12", "本批次尚未开始受理。", "请在受理时间内提交。"),
        when(
            at >= window.ends_at,
            "R-12",
            "本批次受理已经截止。",
            "请等待下一批次；确有特殊情况的，可向属地申请延长。",
        ),
    )


@implements("R-08")
def has_prerequisite(standing: Standing, *, level: Level, required: bool = True) -> Verdict:
    """原则上申报3A级须已获评2A级. Waivable; off when the round does not ask for it (``required``).

    A valid title of 2A or above counts from the district's decision on: filing with the city is reporting. 1A
    alone is not enough.
    """
    return when(
        required and level is Level.A3 and not standing.holds_at_least(Level.A2),
        "R-08",
        "原则上申报3A级须已获评2A级。",
        "请先申报2A级；特殊情况可由属地填写理由申请豁免，经第二人批准。",
    )


@implements("R-01", "R-03", "R-04", "R-11")
def may_create_application(
    standing: Standing, *, level: Level, other_open_in_round: bool = False, round_levels: Sequence[Level] = ()
) -> Verdict:
    """May a draft be started?

    A ban does not stand against a draft, only against its submission. Refused: 4A/5A (they come from lists),
    a level the round does not offer, a second open application for the same round and level, and a level at
    or below the highest scored title held (one live title per level).
    """
    scored = max((t.level for t in standing.titles if t.valid and t.level.is_scored), default=None)
    return Verdict.all_of(
        when(level is Level.A4, "R-03", "4A级由省级绿色工厂名单自动评定，无需申报。"),
        when(level is Level.A5, "R-04", "5A级由国家级绿色工厂名单自动评定，无需申报。"),
        when(
            level.is_scored and bool(round_levels) and level not in round_levels,
            "R-12",
            f"本批次不受理{level.label}级申报。",
            "请选择受理该等级的批次。",
        ),
        when(
            other_open_in_round,
            "R-12",
            f"本批次已有一件{level.label}级申报，每个批次每个等级只能申报一件。",
            "请继续办理已有的申报。",
        ),
        when(
            scored is not None and level <= scored,
            "R-01",
            f"企业已获评{scored.label if scored else ''}级，称号有效，无需再申报{level.label}级。",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFacts:
    """All that the decision on one submission rests on.

    ``conformity``: basic requirement code → 符合/不符合/None. ``missing``: what the evaluation report still
    lacks, in the user's words. ``prerequisite_required``: the round's switch for R-08. ``scheme_allowed``:
    the verdict on the chosen scheme (see :func:`apps.policy.schemes.may_use_scheme`).
    ``commitment_current``: the newest scan of the stamped commitment belongs to the present content.
    """

    level: Level
    window: Window
    standing: Standing
    conformity: Mapping[str, bool | None]
    missing: Sequence[str] = ()
    prerequisite_required: bool = True
    other_open_in_round: bool = False
    round_levels: Sequence[Level] = ()
    scheme_allowed: Verdict = field(default=ALLOWED)
    commitment_current: bool = False


@implements("R-12")
def commitment_is_stamped(*, current: bool, parameters: Parameters) -> Verdict:
    """附件2 carries the stamped 真实性承诺; whether its scan is demanded before submission is a setting (off).

    Args:
        current: the newest scan was stamped for exactly the present content.
        parameters: those in force on the day of submission.
    """
    return when(
        parameters.commitment_scan_required and not current,
        "R-12",
        COMMITMENT_WANTED,
        "请生成评价报告，打印、签字、盖章后扫描上传；内容改动后须重新盖章上传。",
    )


@implements("R-12")
def report_is_complete(missing: Sequence[str]) -> Verdict:
    """The self-evaluation report (附件2) lacks nothing; one refusal for each missing part."""
    return Verdict(tuple(refuse("R-12", f"评价报告不完整：{part}。", "请补充后再提交。") for part in missing))


@implements("R-08", "R-10", "R-11", "R-12", "R-31")
def may_submit(facts: SubmissionFacts, *, at: datetime, on: date, parameters: Parameters) -> Verdict:
    """May this application be submitted at the instant ``at``, which is day ``on`` in Shanghai?

    All reasons at once: window, ban (with its end date), prerequisite and overdue annual form (both 原则上),
    basic requirements, completeness of the report, one application per round and level, scheme.
    """
    level, standing = facts.level, facts.standing
    return Verdict.all_of(
        window_is_open(facts.window, at=at),
        may_create_application(
            standing,
            level=level,
            other_open_in_round=facts.other_open_in_round,
            round_levels=facts.round_levels,
        ),
        not_banned(standing, level=level, on=on, parameters=parameters),
        has_prerequisite(standing, level=level, required=facts.prerequisite_required),
        no_overdue_form(standing, level=level, on=on, parameters=parameters),
        meets_basic_requirements(facts.conformity, level=level),
        facts.scheme_allowed,
        report_is_complete(facts.missing),
        commitment_is_stamped(current=facts.commitment_current, parameters=parameters),
    )


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One condition with what was found: shown line by line beside a name in the picker."""

    rule: str
    condition: str
    verdict: Verdict


@implements("R-03", "R-04", "R-09", "R-11", "R-31")
def upward_conditions(
    standing: Standing, *, target: Level, on: date, parameters: Parameters
) -> tuple[CheckedLine, ...]:
    """Each condition for the provincial (4A) or national (5A) list, met or not.

    A valid 3A or above (R-09, waivable), no ban, no overdue annual form. ValueError when ``target`` is not 4A
    or 5A.
    """
    if target.is_scored:
        raise ValueError("Only 4A and 5A are reached by recommendation upward")
    name = "省级" if target is Level.A4 else "国家级"
    holds = when(
        not standing.holds_at_least(Level.A3),
        "R-09",
        f"申报{name}绿色工厂的企业须已获评3A级。",
        "请先获评3A级；特殊情况可申请豁免，经第二人批准。",
    )
    listed_by = "R-03" if target is Level.A4 else "R-04"
    already = when(
        standing.holds_at_least(target), listed_by, f"企业已是{target.label}级或更高等级，不必再推荐。"
    )
    banned = not_banned(standing, level=target, on=on, parameters=parameters)
    forms = no_overdue_form(standing, level=target, on=on, parameters=parameters)
    return (
        CheckedLine("R-09", "已获评3A级且称号有效", holds),
        CheckedLine(listed_by, f"尚未列入{name}名单", already),
        CheckedLine("R-11", "不在禁止申报期内", banned),
        CheckedLine("R-31", "年度动态管理表按期报送", forms),
    )


@implements("R-03", "R-04", "R-09", "R-11", "R-31")
def may_recommend_upward(standing: Standing, *, target: Level, on: date, parameters: Parameters) -> Verdict:
    """May the enterprise be recommended for the provincial (4A) or national (5A) list?

    It must meet every one of :func:`upward_conditions`; only the 3A title can be waived. ValueError when
    ``target`` is not 4A or 5A.
    """
    lines = upward_conditions(standing, target=target, on=on, parameters=parameters)
    return Verdict.all_of(*(line.verdict for line in lines))
