"""The choices a parameter may offer, each with the words the officials read."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP
from enum import StrEnum


class Rounding(StrEnum):
    """How a score is brought to the two decimals that are printed."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"ROUND_HALF_UP": "四舍五入", "ROUND_HALF_EVEN": "四舍六入五成双", "ROUND_DOWN": "截尾"}[
            self.value
        ]


class MandatoryZero(StrEnum):
    """What follows when a mandatory item (必选) scores zero."""

    WARN = "warn"
    CAP_2A = "cap_2a"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"warn": "仅提示", "cap_2a": "最高评为2A级", "refuse": "不予评定"}[self.value]


class Averaging(StrEnum):
    """How the panel score is made from the experts' totals."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"mean": "算术平均", "trimmed_mean": "去掉最高分和最低分后平均"}[self.value]


class LapsedTitle(StrEnum):
    """Which level an enterprise has after its highest title ended."""

    FALL_BACK = "fall_back"
    NO_LEVEL = "no_level"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"fall_back": "回落到仍有效的最高等级", "no_level": "重新评定前不显示等级"}[self.value]


class SectorStandard(StrEnum):
    """Whether a published sector standard must be used by the enterprises of that sector."""

    SUGGEST = "suggest"
    REQUIRE = "require"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"suggest": "建议采用", "require": "应当采用"}[self.value]
