"""The parameters: what the plan leaves open, with the default in force until the bureau decides otherwise.

Numbers the plan itself states (60/70/80 points, three months, three years) are not here: they are code in the
module of their rule. The ``parameters`` room keeps the dated, audited choices and turns those in force on a
day into one :class:`Parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

from apps.policy.parameter_choices import Averaging, LapsedTitle, MandatoryZero, Rounding, SectorStandard
from apps.policy.parameter_spec import MonthDay, ParameterErrors, ParameterKind, ParameterSpec
from apps.policy.parameters_of_cases import CaseParameters
from apps.policy.parameters_of_limits import LimitParameters
from apps.policy.parameters_of_upkeep import UpkeepParameters

__all__ = [
    "DEFAULTS",
    "SPECS",
    "Averaging",
    "LapsedTitle",
    "MandatoryZero",
    "MonthDay",
    "ParameterErrors",
    "ParameterKind",
    "ParameterSpec",
    "Parameters",
    "Rounding",
    "SectorStandard",
]


@dataclass(frozen=True, kw_only=True)
class Parameters(LimitParameters, UpkeepParameters, CaseParameters):
    """The parameters in force on one day; every attribute's meaning stands in ``SPECS``.

    The last base comes first among the fields: cases, upkeep, limits: the order of the settings page.
    """

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """Parameters from stored values (or typed ones); what is absent keeps its default.

        Raises ParameterErrors with every problem at once: unknown keys, wrong types, values out of range, and
        values that contradict each other.
        """
        errors: dict[str, list[str]] = {}
        parsed: dict[str, object] = {}
        for key, raw in values.items():
            spec = SPECS.get(key)
            if spec is None:
                errors[key] = ["没有这个参数"]
                continue
            try:
                parsed[key] = spec.parse(raw)
            except ValueError as error:
                errors[key] = [str(error)]
        if errors:
            raise ParameterErrors(errors)
        result = replace(cls(), **parsed)  # type: ignore[arg-type]  # each value was parsed by its field's spec
        contradictions = result.contradictions()
        if contradictions:
            raise ParameterErrors(contradictions)
        return result

    def to_values(self) -> dict[str, str | int | bool | list[int] | None]:
        """Every parameter in its stored form; ``from_values`` reads it back unchanged."""
        return {key: spec.dump(getattr(self, key)) for key, spec in SPECS.items()}

    def contradictions(self) -> dict[str, list[str]]:
        """Parameter key → sentences, for values that are valid alone but not together."""
        found: dict[str, list[str]] = {}
        if self.panel_size_odd and self.panel_size_min % 2 == 0:
            found["panel_size_min"] = ["专家人数须为单数时，最少人数也应为单数"]
        if self.upload_file_mb > self.upload_application_mb:
            found["upload_file_mb"] = ["单个文件上限不能大于每件申报总量上限"]
        if (self.annual_tasks_on.month, self.annual_tasks_on.day) >= self.annual_form_due:
            found["annual_tasks_on"] = ["任务生成日应早于动态管理表截止日"]
        if (
            self.trial_ends_on is not None
            and (self.trial_starts_on or self.trial_ends_on) > self.trial_ends_on
        ):
            found["trial_ends_on"] = ["试行期截止日不能早于起始日"]
        if self.successor_edition is not None and self.trial_ends_on is None:
            found["successor_edition"] = ["填写接续方案前应先设定试行期截止日"]
        if self.idle_minutes > self.session_hours * 60:
            found["idle_minutes"] = ["空闲退出时间不能超过登录最长时间"]
        return found


SPECS: dict[str, ParameterSpec] = {
    item.name: replace(item.metadata["spec"], key=item.name) for item in fields(Parameters)
}
DEFAULTS = Parameters()
