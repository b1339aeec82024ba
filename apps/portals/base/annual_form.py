"""The yearly table (F-15) laid out for a page: the same lines for filling in, for the review and for the city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.monitoring.annual_content import PROJECT_PARTS, PROJECTS
from apps.monitoring.annual_forms import AnnualFile
from apps.policy.annual_form import CHANGES, COMPLIANCE, FIGURES, KeyFigure
from apps.policy.annual_form import Question as Asked

_WORDS = {"changes": (("yes", "是"), ("no", "否")), "compliance": (("yes", "有"), ("no", "无"))}


def layout(
    file: AnnualFile, *, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """Return the lines of parts B to F.

    Args:
        file: the form.
        typed: what stands in the fields: stored, or sent just now.
        errors: field → sentences of a refused save.
    """
    faults = errors or {}
    return {
        "questions": [
            {"title": title, "head": head, "rows": _answers(asked, _WORDS[kind], file, typed, faults)}
            for kind, title, head, asked in (
                ("changes", "B 重大变更", "是否变更", CHANGES),
                ("compliance", "C 合规情况", "有无", COMPLIANCE),
            )
        ],
        "figures": [_figure(figure, file, typed, faults) for figure in FIGURES],
        "projects": (projects := [_project(at, typed, faults) for at in range(PROJECTS)]),
        "any_project": any(row["filled"] for row in projects),
        "project_heads": [label for label, _ in PROJECT_PARTS.values()],
    }


def _answers(
    asked: Sequence[Asked],
    words: Sequence[tuple[str, str]],
    file: AnnualFile,
    typed: Mapping[str, str],
    faults: Mapping[str, Sequence[str]],
) -> list[dict[str, Any]]:
    return [
        {
            "code": question.code,
            "label": question.label,
            "options": words,
            "answer": typed.get(f"answer-{question.code}", ""),
            "word": dict(words).get(typed.get(f"answer-{question.code}", ""), ""),
            "explanation": typed.get(f"explain-{question.code}", ""),
            "errors": faults.get(f"explain-{question.code}", []),
            "answer_errors": faults.get(f"answer-{question.code}", []),
            "returned": file.returned.get(question.code, ""),
        }
        for question in asked
    ]


def _figure(
    figure: KeyFigure, file: AnnualFile, typed: Mapping[str, str], faults: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    mine = [question for question in file.questions if figure.code in question.codes]
    return {
        "code": figure.code,
        "label": figure.label,
        "unit": figure.unit,
        "optional": not figure.required,
        "cells": [
            {
                "name": f"figure-{figure.code}-{year}",
                "year": year,
                "value": typed.get(f"figure-{figure.code}-{year}", ""),
                "errors": faults.get(f"figure-{figure.code}-{year}", []),
            }
            for year in file.years
        ],
        "questions": mine,
        "reason": typed.get(f"reason-{figure.code}", ""),
        "reason_errors": faults.get(f"reason-{figure.code}", []),
        "asks": bool(mine) or bool(typed.get(f"reason-{figure.code}")),
        "returned": file.returned.get(figure.code, ""),
    }


def reworked(file: AnnualFile, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what a form filed again was returned for and what changed since: returned parts first.

    Args:
        file: the form; nothing is listed for one that was never returned, or is with the enterprise.
        labels: code of every part → its label.
    """
    if not file.returned_before:
        return []
    rows = []
    for code, label in labels.items():
        before = _words(code, file, file.typed_before, file.receipt_before)
        now = _words(code, file, file.typed, file.receipt_name)
        reason = file.returned_before.get(code, "")
        if reason or before != now:
            rows.append(
                {"label": label, "reason": reason, "before": before, "now": now, "changed": before != now}
            )
    return sorted(rows, key=lambda row: not row["reason"])


def _words(code: str, file: AnnualFile, typed: Mapping[str, str], receipt_name: str) -> str:
    """Return what stands in one part, in one text."""
    match code:
        case "summary" | "plan":
            return typed.get(code, "")
        case "receipt":
            return "，".join(filter(None, (typed.get("receipt_no", ""), receipt_name)))
        case "projects":
            lines = (
                [typed.get(f"project-{at}-{part}", "") for part in PROJECT_PARTS] for at in range(PROJECTS)
            )
            return "；".join("，".join(filter(None, line)) for line in lines if any(line))
    if any(figure.code == code for figure in FIGURES):
        values = ((year, typed.get(f"figure-{code}-{year}", "")) for year in file.years)
        said = [f"{year} 年 {value}" for year, value in values if value]
        reason = typed.get(f"reason-{code}", "")
        return "，".join([*said, *([f"说明：{reason}"] if reason else [])])
    words = dict(_WORDS["changes" if any(asked.code == code for asked in CHANGES) else "compliance"])
    answer = words.get(typed.get(f"answer-{code}", ""), "")
    return "：".join(filter(None, (answer, typed.get(f"explain-{code}", ""))))


def _project(at: int, typed: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    cells = [
        {
            "name": f"project-{at}-{part}",
            "label": f"项目 {at + 1} {label}",
            "head": label,
            "limit": limit,
            "value": typed.get(f"project-{at}-{part}", ""),
            "errors": faults.get(f"project-{at}-{part}", []),
        }
        for part, (label, limit) in PROJECT_PARTS.items()
    ]
    return {"number": at + 1, "cells": cells, "filled": any(cell["value"] for cell in cells)}
