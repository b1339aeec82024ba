"""Figures and files that are probably wrong (数据疑点), with what the enterprise says about them.

A doubt never stops anybody: the enterprise corrects or explains it, the 属地 sees which are left unexplained. Doubts
are found anew whenever somebody looks, so that a file another enterprise uploads later is noticed, too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from apps.applications.models import Application, DoubtNote
from apps.applications.selectors.cases import visible_row
from apps.core.actor import Actor
from apps.evidence import selectors as evidence
from apps.scoring import selectors as scoring

FIGURE, FILE = "figure", "file"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt: `kind` is figure or file, `text` says what is wrong, `note` what the enterprise answers."""

    key: str
    kind: str
    text: str
    note: str

    @property
    def explained(self) -> bool:
        """Whether the enterprise has said something about it."""
        return bool(self.note)


def doubts(*, actor: Actor, public_id: str) -> tuple[Doubt, ...]:
    """Return the doubts about one application, those about figures first.

    Raises:
        NotVisible: no such application for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    return doubts_of(actor=actor, application_ids=[row.pk]).get(row.pk, ())


def doubts_of(*, actor: Actor, application_ids: Collection[int]) -> dict[int, tuple[Doubt, ...]]:
    """Return application id → its doubts; a constant number of queries for any number of applications."""
    questioned = scoring.questioned_figures(actor=actor, application_ids=application_ids)
    shared = evidence.shared_files(actor=actor, application_ids=application_ids)
    notes: dict[tuple[int, str], str] = {
        (application_id, key): text
        for application_id, key, text in DoubtNote.objects.filter(
            application__in=Application.objects.visible_to(actor).filter(pk__in=list(application_ids))
        ).values_list("application_id", "key", "text")
    }
    found: dict[int, list[Doubt]] = {}
    for application_id, figures in questioned.items():
        for one in figures:
            key = f"{FIGURE}:{','.join(one.codes)}"
            found.setdefault(application_id, []).append(
                Doubt(key, FIGURE, one.message, notes.get((application_id, key), ""))
            )
    for application_id, files in shared.items():
        for file in files:
            key = f"{FILE}:{file.public_id}"
            found.setdefault(application_id, []).append(
                Doubt(key, FILE, _of_file(file), notes.get((application_id, key), ""))
            )
    return {application_id: tuple(rows) for application_id, rows in found.items()}


def with_open_doubts(*, actor: Actor, states: Collection[str]) -> list[int]:
    """Return the ids of the visible applications in *states* that have a doubt without an explanation."""
    ids = list(
        Application.objects.visible_to(actor).filter(state__in=list(states)).values_list("pk", flat=True)
    )
    found = doubts_of(actor=actor, application_ids=ids)
    return [pk for pk in ids if any(not one.explained for one in found.get(pk, ()))]


def _of_file(file: evidence.SharedFile) -> str:
    named = f"（{'、'.join(file.named)}）" if file.named else ""
    return f"文件“{file.name}”与另外{file.others}家企业上传的文件完全相同{named}，请核对是否传错，或说明共用原因。"
