"""Basic requirements V-01 to V-15: they belong to the policy edition and hold under every evaluation scheme.

From the bureau's notices (近三年有下列情况的，不得申报) and the national form; each has a polarity that says
whether the described situation must or must not be the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.policy.calendar import add_months
from apps.policy.levels import Level
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, refuse

LOOKBACK_MONTHS = 36


class Polarity(StrEnum):
    """Which answer passes."""

    MUST_HOLD = "must_hold"
    MUST_NOT_HOLD = "must_not_hold"


@dataclass(frozen=True, slots=True)
class BasicRequirement:
    """One requirement: its text is asked as it stands; ``levels`` are those it applies to.

    ``by_system`` marks the one the system answers itself (V-09, the ban).
    """

    code: str
    name: str
    text: str
    polarity: Polarity
    levels: frozenset[Level]
    by_system: bool = False

    def conforms(self, situation_holds: bool) -> bool:  # noqa: FBT001 - the answer to one question
        """符合 (True) or 不符合, from whether the situation the text describes is the case."""
        return situation_holds == (self.polarity is Polarity.MUST_HOLD)


_ALL = frozenset({Level.A1, Level.A2, Level.A3})
_FROM_2A = frozenset({Level.A2, Level.A3})
_YES, _NO = Polarity.MUST_HOLD, Polarity.MUST_NOT_HOLD

BASIC_REQUIREMENTS: tuple[BasicRequirement, ...] = (
    BasicRequirement(
        "V-01", "注册与主体资格", "在苏州市登记注册、从事生产经营并具有独立法人资格。", _YES, _ALL
    ),
    BasicRequirement("V-02", "经营与制度", "生产经营状况良好，具有健全的生产经营管理制度。", _YES, _ALL),
    BasicRequirement(
        "V-03",
        "近三年事故与违法",
        "近三年发生较大及以上安全（含网络、数据安全）、质量、环境污染事故，或偷漏税等违法违规行为的，不得申报。",
        _NO,
        _ALL,
    ),
    BasicRequirement(
        "V-04",
        "督查严重问题",
        "在市级以上（1A/2A为区级以上）有关部门督查中发现存在严重问题的，不得申报。",
        _NO,
        _ALL,
    ),
    BasicRequirement(
        "V-05",
        "节能监察整改未完成",
        "被列入工业节能监察整改名单且未按要求完成整改的，不得申报。",
        _NO,
        _FROM_2A,
    ),
    BasicRequirement("V-06", "被调整出绿色制造名单", "被动态调整出绿色制造名单的，不得申报。", _NO, _FROM_2A),
    BasicRequirement("V-07", "失信被执行人", "被列为失信被执行人的，不得申报。", _NO, _ALL),
    BasicRequirement(
        "V-08",
        "未正常经营",
        "工商注销、连续停产12个月以上、列入经营异常名录未移出的，不得申报。",
        _NO,
        _ALL,
    ),
    BasicRequirement(
        "V-09",
        "禁报期内",
        "因复核整改逾期被取消称号未满三年的，不得重新申报。",
        _NO,
        _ALL,
        by_system=True,
    ),
    BasicRequirement(
        "V-10",
        "合规建设与排污许可",
        "建设和生产过程遵守法律法规标准，应领尽领排污许可证（或完成登记）。",
        _YES,
        _ALL,
    ),
    BasicRequirement("V-11", "相关方环境承诺", "对相关方作出环境承诺的，同时满足承诺要求。", _YES, _ALL),
    BasicRequirement("V-12", "最高管理者职责", "最高管理者对绿色工厂建设作出承诺并提供资源。", _YES, _ALL),
    BasicRequirement(
        "V-13", "机构与目标责任", "设有绿色工厂管理机构，职责、考核和奖惩制度明确。", _YES, _ALL
    ),
    BasicRequirement(
        "V-14", "规划与年度方案", "有绿色发展中长期规划及量化的年度目标、指标和实施方案。", _YES, _ALL
    ),
    BasicRequirement("V-15", "培训教育", "定期开展绿色制造知识培训并考评效果。", _YES, _ALL),
)


def requirements_for(level: Level) -> tuple[BasicRequirement, ...]:
    """The requirements of an application for ``level`` that a person answers."""
    return tuple(item for item in BASIC_REQUIREMENTS if level in item.levels and not item.by_system)


@implements("R-10")
def lookback_start(submitted_on: date) -> date:
    """近三年: the first day of the three years that end with the day of submission."""
    return add_months(submitted_on, -LOOKBACK_MONTHS)


@implements("R-10")
def meets_basic_requirements(conformity: Mapping[str, bool | None], *, level: Level) -> Verdict:
    """Every requirement of the level is answered and 符合.

    ``conformity`` maps a code to True (符合), False (不符合) or None (not answered yet); a missing code is
    not answered. Never waivable: one 不符合 is a veto.
    """
    refusals = []
    for item in requirements_for(level):
        answer = conformity.get(item.code)
        if answer is None:
            refusals.append(
                refuse("R-10", f"基本要求{item.code}“{item.name}”尚未填写。", "请逐条填写后再提交。")
            )
        elif not answer:
            refusals.append(refuse("R-10", f"不符合基本要求{item.code}“{item.name}”：{item.text}"))
    return Verdict(tuple(refusals))
