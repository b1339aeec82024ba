"""Levels: the five of them, which score gives which, and which tier decides (方案四、五（一）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Self

from apps.policy.parameters import MandatoryZero, Parameters, Rounding
from apps.policy.rules import implements
from apps.policy.verdict import ALLOWED, Verdict, when

MAXIMUM_SCORE = Decimal(100)
_CENT = Decimal("0.01")


class Level(IntEnum):
    """1A to 5A, ordered."""

    A1 = 1
    A2 = 2
    A3 = 3
    A4 = 4
    A5 = 5

    @property
    def label(self) -> str:
        """As written: 3A."""
        return f"{self.value}A"

    @property
    def title_words(self) -> str:
        """A title of the level as the public reads it: 4A and 5A follow an upper list, not the city (R-03, R-04)."""
        listed = {Level.A4: "省级", Level.A5: "国家级"}.get(self)
        if listed is None:
            return f"苏州市 {self.label} 级绿色工厂"
        return f"{self.label} 级绿色工厂（{listed}绿色工厂，自动评定）"

    @property
    def is_scored(self) -> bool:
        """True for the levels given by a score and applied for; 4A and 5A come from lists."""
        return self <= Level.A3

    @classmethod
    def from_label(cls, label: str) -> Self:
        """The level written ``label`` ("3A"); ValueError when there is none."""
        for level in cls:
            if level.label == label:
                return level
        raise ValueError(f"No such level: {label!r}")


class Tier(StrEnum):
    """Who is competent."""

    DISTRICT = "district"
    MUNICIPAL = "municipal"
    PROVINCE = "province"
    NATION = "nation"

    @property
    def label(self) -> str:
        """The authority's generic Chinese name."""
        return {
            Tier.DISTRICT: "属地工业和信息化主管部门",
            Tier.MUNICIPAL: "市工业和信息化局",
            Tier.PROVINCE: "省级主管部门",
            Tier.NATION: "国家主管部门",
        }[self]


THRESHOLDS: dict[Level, Decimal] = {Level.A3: Decimal(80), Level.A2: Decimal(70), Level.A1: Decimal(60)}
RECOMMENDATION_LINE = THRESHOLDS[Level.A3]


def checked_score(score: Decimal, maximum: Decimal = MAXIMUM_SCORE) -> Decimal:
    """``score`` itself when it is a Decimal from 0 to ``maximum``.

    TypeError for anything but a Decimal (a float cannot hold 79.995), ValueError for NaN, infinity, below
    zero or above the maximum.
    """
    if not isinstance(score, Decimal):
        raise TypeError(f"A score is a Decimal, not {type(score).__name__}")
    if not score.is_finite() or score < 0 or score > maximum:
        raise ValueError(f"A score lies between 0 and {maximum}: {score}")
    return score


def printed(score: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The score with the two decimals that are printed, and on which the level is decided."""
    return checked_score(score).quantize(_CENT, rounding=rounding.value)


@implements("R-01", "R-02")
def level_for_score(total: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Level | None:
    """The level a total of 0–100 points gives (方案四: 60分（含）~70分…), None below 60.

    Lower bounds belong to the level, upper bounds do not; decided on the printed figure, so that text and
    level can never disagree: 69.995 is printed 70.00 and gives 2A.
    """
    figure = printed(total, rounding)
    return next((level for level, threshold in THRESHOLDS.items() if figure >= threshold), None)


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """What a total gives after the treatment of mandatory items at zero.

    ``total`` is the printed figure; ``by_score`` the level the score alone gives; ``level`` the one that
    stands (None: 不达标); ``advice`` the sentences to show beside it.
    """

    total: Decimal
    by_score: Level | None
    level: Level | None
    advice: tuple[str, ...] = ()


@implements("R-02")
def decide_level(
    total: Decimal, *, zero_mandatory: Sequence[str] = (), parameters: Parameters
) -> LevelDecision:
    """The level for ``total``, given the codes of mandatory items (必选) that scored zero.

    The plan is silent on such items; the parameter ``mandatory_zero`` says whether they only warn, cap the
    level at 2A, or leave no level.
    """
    by_score = level_for_score(total, parameters.rounding)
    figure = printed(total, parameters.rounding)
    if not zero_mandatory:
        return LevelDecision(figure, by_score, by_score)
    items = "、".join(zero_mandatory)
    policy = parameters.mandatory_zero
    if policy is MandatoryZero.REFUSE:
        return LevelDecision(figure, by_score, None, (f"必选项{items}得分为零，不予评定。",))
    if policy is MandatoryZero.CAP_2A and by_score is not None and by_score > Level.A2:
        return LevelDecision(figure, by_score, Level.A2, (f"必选项{items}得分为零，最高评为2A级。",))
    return LevelDecision(figure, by_score, by_score, (f"必选项{items}得分为零，请核对。",))


@implements("R-06")
def deciding_tier(level: Level) -> Tier:
    """Who decides a level (方案五（一）): the district 1A and 2A, the city 3A; 4A and 5A come by lists."""
    return {
        Level.A1: Tier.DISTRICT,
        Level.A2: Tier.DISTRICT,
        Level.A3: Tier.MUNICIPAL,
        Level.A4: Tier.PROVINCE,
        Level.A5: Tier.NATION,
    }[level]


@implements("R-06")
def may_decide_level(*, level: Level, tier: Tier, own_district: str | None, case_district: str) -> Verdict:
    """May this authority decide this level for an enterprise of ``case_district``?

    ``own_district`` is the code of the deciding district, None for the city.
    """
    competent = deciding_tier(level)
    return Verdict.all_of(
        when(
            tier is not competent,
            "R-06",
            f"{level.label}级由{competent.label}评定。",
            "请移交有权评定的部门。",
        ),
        when(
            tier is Tier.DISTRICT and own_district != case_district,
            "R-06",
            "只能评定本属地的企业。",
            "请转由企业所在属地办理。",
        )
        if tier is competent
        else ALLOWED,
    )
