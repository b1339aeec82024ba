"""Which evaluation scheme an application uses (方案五（二）).

Suggested by industry, chosen by the enterprise, confirmed by the district, pinned at submission.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from apps.policy.calendar import chinese
from apps.policy.parameters import Parameters, SectorStandard
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    """A published scheme: its code and, for a sector standard, the GB/T 4754 code prefixes it is made for."""

    code: str
    industry_prefixes: tuple[str, ...] = ()

    def covers(self, industry_code: str) -> bool:
        """True when this is a sector standard for the four-digit ``industry_code``."""
        return any(industry_code.startswith(prefix) for prefix in self.industry_prefixes)


@implements("R-07")
def suggested_scheme(industry_code: str, published: Sequence[SchemeChoice], parameters: Parameters) -> str:
    """The code of the scheme to suggest: the best matching sector standard, else the default.

    The longest matching prefix wins.

    ``industry_code`` is the four-digit GB/T 4754 code of the main product.
    """
    fitting = [
        (
            max(len(prefix) for prefix in scheme.industry_prefixes if industry_code.startswith(prefix)),
            scheme.code,
        )
        for scheme in published
        if scheme.covers(industry_code)
    ]
    return max(fitting)[1] if fitting else parameters.default_scheme


@implements("R-07")
def may_use_scheme(
    chosen: str,
    *,
    industry_code: str,
    published: Sequence[SchemeChoice],
    offered: Collection[str],
    parameters: Parameters,
) -> Verdict:
    """May the enterprise evaluate itself by ``chosen``?

    It must be offered by the round, must not be another sector's standard, and must be the sector's own one
    where ``sector_standard`` requires it.
    """
    by_code = {scheme.code: scheme for scheme in published}
    scheme = by_code.get(chosen)
    suggestion = suggested_scheme(industry_code, published, parameters)
    has_sector_standard = any(item.covers(industry_code) for item in published)
    return Verdict.all_of(
        when(
            scheme is None or chosen not in offered,
            "R-07",
            "所选评价体系不在本批次可用范围内。",
            "请重新选择。",
        ),
        when(
            scheme is not None and bool(scheme.industry_prefixes) and not scheme.covers(industry_code),
            "R-07",
            "所选行业标准不适用于企业所属行业。",
            "请核对行业代码或另选评价体系。",
        ),
        when(
            parameters.sector_standard is SectorStandard.REQUIRE
            and has_sector_standard
            and chosen != suggestion,
            "R-07",
            "企业所属行业已有评价标准，应当采用该标准。",
            f"请改用评价体系{suggestion}。",
        ),
    )


@implements("R-07")
def may_change_scheme(*, reason: str) -> Verdict:
    """The district may change the enterprise's choice, with a reason."""
    return when(not reason.strip(), "R-07", "更换评价体系须写明理由。")


@implements("R-07")
def may_publish_scheme(
    *, simulated: bool, past_applications: bool, effective_from: date | None, on: date
) -> Verdict:
    """May a draft of an evaluation system be published on this day?

    What it would change for past applications was simulated with the draft exactly as it stands; where nobody has been
    scored yet there is nothing to simulate. It takes effect on the day of publication (``effective_from`` None) or
    later: nobody is judged by rules that were not public yet.
    """
    return Verdict.all_of(
        when(
            past_applications and not simulated,
            "R-07",
            "草案尚未做影响测算，或测算后又有修改。",
            "请对当前草案做影响测算，核对等级有变化的申报后再发布。",
        ),
        when(
            effective_from is not None and effective_from < on,
            "R-07",
            f"生效日期{chinese(effective_from) if effective_from else ''}已过，不能追溯生效。",
            "请由经办把生效日期改为今天或以后；不填则自发布之日起生效。",
        ),
    )


@implements("R-07")
def left_without(retired: SchemeChoice, remaining: Sequence[SchemeChoice]) -> tuple[str, ...]:
    """Whom retiring a system leaves without any: GB/T 4754 prefixes, "" for every industry without its own standard.

    A general system serves every industry; a sector standard the industries of its prefixes.
    """
    if any(not scheme.industry_prefixes for scheme in remaining):
        return ()
    if not retired.industry_prefixes:
        return ("",)
    return tuple(
        prefix
        for prefix in retired.industry_prefixes
        if not any(scheme.covers(prefix) for scheme in remaining)
    )
