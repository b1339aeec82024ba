"""4A and 5A: recognised from the provincial and national lists, ended by removal from them (方案四)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from apps.policy.calendar import chinese
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.standing import HeldTitle, Standing, current_level
from apps.policy.verdict import Verdict, when


class ListKind(StrEnum):
    """Whose list."""

    PROVINCIAL = "provincial"
    NATIONAL = "national"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return "省级绿色工厂名单" if self is ListKind.PROVINCIAL else "国家级绿色工厂名单"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of an imported list: the printed name and the match an official confirmed (None: not yet)."""

    printed_name: str
    matched_uscc: str | None


@dataclass(frozen=True, slots=True)
class Recognition:
    """A recognition that follows from a list; effective on the list's publication date."""

    uscc: str
    level: Level
    effective_on: date


@implements("R-03", "R-04")
def level_of_list(kind: ListKind) -> Level:
    """获评省级…自动评为4A级; 获评国家级…自动评为5A级."""
    return Level.A4 if kind is ListKind.PROVINCIAL else Level.A5


@implements("R-03", "R-04")
def may_recognise(entry: ListEntry, kind: ListKind, *, standing: Standing) -> Verdict:
    """May a title be recorded for this line?

    Its match is confirmed by an official, and none is live already.
    """
    rule_id = "R-03" if kind is ListKind.PROVINCIAL else "R-04"
    level = level_of_list(kind)
    return Verdict.all_of(
        when(
            entry.matched_uscc is None,
            rule_id,
            f"“{entry.printed_name}”尚未与企业档案核对一致。",
            "请人工核对企业名称和统一社会信用代码。",
        ),
        when(standing.holds(level), rule_id, f"企业的{level.label}级称号已在有效期内，无需重复登记。"),
    )


@implements("R-03", "R-04")
def recognition_from_list(entry: ListEntry, kind: ListKind, *, published_on: date) -> Recognition:
    """The recognition a confirmed line gives; it leaves every other title as it is.

    ValueError when the match is not confirmed.
    """
    if entry.matched_uscc is None:
        raise ValueError("Only a confirmed match is recognised")
    return Recognition(entry.matched_uscc, level_of_list(kind), published_on)


@dataclass(frozen=True, slots=True)
class RemovalEffect:
    """The titles after a removal and the level that remains."""

    titles: tuple[HeldTitle, ...]
    level: Level | None


@implements("R-05")
def after_removal(
    titles: Sequence[HeldTitle], kind: ListKind, *, removed_on: date, parameters: Parameters
) -> RemovalEffect:
    """Removal from a list ends exactly that level's title on the notice's date; the others stand.

    ValueError when no valid title of that level was awarded by then.
    """
    level = level_of_list(kind)
    if not any(t.level is level and t.valid and t.awarded_on <= removed_on for t in titles):
        raise ValueError(f"No valid {level.label} title on {chinese(removed_on)}")
    after = tuple(replace(t, valid=False) if t.level is level else t for t in titles)
    return RemovalEffect(after, current_level(after, parameters))


@implements("R-05", "R-43")
def may_rename(*, old_uscc: str, new_uscc: str, new_name: str) -> Verdict:
    """A renaming keeps the titles while the 统一社会信用代码 is the same; not with another."""
    return Verdict.all_of(
        when(not new_name.strip(), "R-43", "请填写变更后的企业名称。"),
        when(
            old_uscc.strip().upper() != new_uscc.strip().upper(),
            "R-05",
            "统一社会信用代码不一致，不能按更名办理。",
            "请核对是否为同一企业；分立、合并的应重新申报。",
        ),
    )
