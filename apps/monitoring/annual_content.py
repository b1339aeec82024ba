"""What stands in a yearly table (F-15): read from what was typed, kept as JSON, given to the rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.errors import Invalid
from apps.core.text import clean_text
from apps.policy.annual_form import (
    CHANGES,
    COMPLIANCE,
    FIGURES,
    Answer,
    Filled,
    data_years,
    missing_parts,
    out_of_range,
    questioned,
    unexplained,
)
from apps.policy.evaluation.decimals import NotANumber, plain, to_decimal
from apps.policy.evaluation.sanity import SanityWarning
from apps.policy.levels import Level

#: Lines of part E 绿色改造项目.
PROJECTS = 5
PROJECT_PARTS = {
    "name": ("项目名称", 100),
    "investment_wan": ("投资", 20),
    "finished": ("完成时间", 20),
    "effect": ("成效", 200),
}
_LONG, _SHORT = 2000, 300
_FIGURE_CODES = frozenset(figure.code for figure in FIGURES)
_QUESTION_CODES = frozenset(question.code for question in (*CHANGES, *COMPLIANCE))
_YES = {"yes": True, "no": False}


def filled(content: Mapping[str, Any], *, receipt: str = "") -> Filled:
    """Return stored content as the rules take it; *receipt* is the public id of the attached receipt."""
    return Filled(
        answers={
            code: Answer(part.get("yes"), part.get("explanation", ""))
            for code, part in content.get("answers", {}).items()
        },
        figures={
            code: {int(year): Decimal(value) for year, value in values.items()}
            for code, values in content.get("figures", {}).items()
        },
        reasons=dict(content.get("reasons", {})),
        summary=content.get("summary", ""),
        plan=content.get("plan", ""),
        receipt_no=content.get("receipt_no", ""),
        receipt_attached=bool(receipt),
    )


def read_content(typed: Mapping[str, str], *, year: int) -> dict[str, Any]:
    """Return the content of what was typed into the form of *year*.

    Args:
        typed: the form's names → texts: `answer-<code>`, `explain-<code>`, `figure-<code>-<year>`, `reason-<code>`,
            `project-<line>-<part>`, `summary`, `plan`, `receipt_no`.
        year: calendar year of the form.

    Raises:
        Invalid: every faulty field with its sentence; nothing is to be kept then.
    """
    content, errors = _read(typed, year)
    if errors:
        raise Invalid(errors)
    return content


@dataclass(frozen=True, slots=True)
class Lacking:
    """What keeps a typed form from being filed: field → sentences; `questions`: what looks wrong about its figures."""

    errors: Mapping[str, list[str]]
    questions: Sequence[SanityWarning]


def lacking(typed: Mapping[str, str], *, year: int, level: Level, receipt: str, committed: bool) -> Lacking:
    """Return everything that stands against filing the form as it was typed, each fault at its field.

    Args:
        typed: as of `read_content`.
        year: calendar year of the form.
        level: level it is filed for.
        receipt: public id of the attached receipt, "" without.
        committed: whether the commitment was ticked.
    """
    content, errors = _read(typed, year)
    state = filled(content, receipt=receipt)
    newest = year - 1
    for code, sentence in missing_parts(state, year=year, level=level):
        errors.setdefault(_field(code, state, newest), []).append(sentence)
    for warning in unexplained(state, year=year):
        name = f"figure-{warning.codes[0]}-{newest}"
        errors.setdefault(name, []).append(warning.message)
    if not committed:
        errors["committed"] = ["请确认真实性承诺。"]
    # A field that could not be read is not missing as well.
    return Lacking(
        {name: list(dict.fromkeys(found[:1])) for name, found in errors.items()},
        questioned(state.figures, year=year),
    )


def _field(code: str, state: Filled, newest: int) -> str:
    """Return the field at which a missing part is shown."""
    if code in _FIGURE_CODES:
        return f"figure-{code}-{newest}"
    if code in _QUESTION_CODES:
        return f"answer-{code}" if state.answers.get(code, Answer()).yes is None else f"explain-{code}"
    return code


def _read(typed: Mapping[str, str], year: int) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the content as far as it can be read, and what is wrong with the rest by field."""
    reader = _Reader(typed)
    answers = {
        question.code: {
            "yes": _YES.get(typed.get(f"answer-{question.code}", "")),
            "explanation": reader.text(f"explain-{question.code}", f"{question.label}的说明", _SHORT),
        }
        for question in (*CHANGES, *COMPLIANCE)
    }
    figures: dict[str, dict[str, str]] = {}
    for figure in FIGURES:
        for one in data_years(year):
            number = reader.number(f"figure-{figure.code}-{one}", f"{one}年{figure.label}")
            if number is not None:
                figures.setdefault(figure.code, {})[str(one)] = plain(number)
    content = {
        "answers": answers,
        "figures": figures,
        "reasons": {
            figure.code: reason
            for figure in FIGURES
            if (reason := reader.text(f"reason-{figure.code}", f"{figure.label}的说明", _SHORT))
        },
        "projects": [line for line in (_project(reader, at) for at in range(PROJECTS)) if any(line.values())],
        "summary": reader.text("summary", "年度总结", _LONG, multiline=True),
        "plan": reader.text("plan", "下年计划", _LONG, multiline=True),
        "receipt_no": reader.text("receipt_no", "回执编号", 60),
    }
    for code, one, sentence in out_of_range(filled(content).figures):
        reader.errors.setdefault(f"figure-{code}-{one}", []).append(sentence)
    return content, reader.errors


def typed_of(content: Mapping[str, Any], *, year: int) -> dict[str, str]:
    """Return stored content as the names and texts of the form, the reverse of `read_content`."""
    typed = {name: str(content.get(name, "")) for name in ("summary", "plan", "receipt_no")}
    words = {True: "yes", False: "no", None: ""}
    for code, part in content.get("answers", {}).items():
        typed[f"answer-{code}"] = words[part.get("yes")]
        typed[f"explain-{code}"] = part.get("explanation", "")
    for code, values in content.get("figures", {}).items():
        typed |= {
            f"figure-{code}-{one}": value for one, value in values.items() if int(one) in data_years(year)
        }
    typed |= {f"reason-{code}": reason for code, reason in content.get("reasons", {}).items()}
    for at, line in enumerate(content.get("projects", [])):
        typed |= {f"project-{at}-{part}": line.get(part, "") for part in PROJECT_PARTS}
    return typed


def _project(reader: _Reader, at: int) -> dict[str, str]:
    return {
        part: reader.text(f"project-{at}-{part}", f"项目{at + 1}{label}", limit)
        for part, (label, limit) in PROJECT_PARTS.items()
    }


class _Reader:
    """Reads typed fields and collects what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.errors: dict[str, list[str]] = {}

    def text(self, name: str, label: str, limit: int, *, multiline: bool = False) -> str:
        """Return a cleaned text, "" with an error noted when it cannot be taken."""
        try:
            return clean_text(
                self.typed.get(name, ""), field=name, label=label, limit=limit, multiline=multiline
            )
        except Invalid as refusal:
            self.errors.update(refusal.errors)
            return ""

    def number(self, name: str, label: str) -> Decimal | None:
        """Return a number, None when the field is empty or cannot be read (noted)."""
        sent = unicodedata.normalize("NFKC", self.typed.get(name, "")).replace(",", "").strip()
        if not sent:
            return None
        try:
            return to_decimal(sent)
        except NotANumber as error:
            self.errors[name] = [f"{label}：{error}。"]
            return None
