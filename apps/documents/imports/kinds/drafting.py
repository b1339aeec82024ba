"""Taking an evaluation system that was read, from a workbook or a text, as a draft; saying what it replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.documents.imports.importer import Context, Outcome
from apps.scoring import selectors as scoring
from apps.scoring import services as scores
from apps.scoring.states import DRAFT


def draft(context: Context, content: Mapping[str, Any], industries: Sequence[str], *, items: int) -> Outcome:
    """Store *content* as a draft; *items*: how many lines it has.

    Raises:
        Invalid: by path, what is wrong with it.
    """
    code = str(content.get("code", ""))
    waiting = next(
        (
            row
            for row in scoring.schemes(actor=context.actor, status=None)
            if row.code == code and row.status == DRAFT
        ),
        None,
    )
    made = scores.import_scheme(
        actor=context.actor, clock=context.clock, content=content, industries=industries
    )
    replaced = ""
    if waiting is not None:
        replaced = f"将替换该体系现有的草案“{waiting.name}”（第 {waiting.version} 版，其中的修改不再保留）。"
    return Outcome(
        summary=f"评价体系草案：{content['name']}，{items} 个条目。{replaced}由第二人核对后发布。",
        effects=["写入草案"] * items,
        changes=items,
        link=f"/m/schemes/{made}/",
    )
