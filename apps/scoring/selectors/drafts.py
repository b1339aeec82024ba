"""Reading a draft for its editor: the tree, what is still wrong and where, and the fields of one part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.evaluation.differing import PartChange, scheme_changes
from apps.policy.evaluation.editing import EditRefused, Part, entry_of, part_at, parts_of
from apps.policy.evaluation.loading import read_draft
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import Scheme
from apps.scoring.selectors.schemes import SchemeRow, scheme, scheme_row, scheme_spec
from apps.scoring.states import PUBLISHED


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """Something still wrong, and the part to open for it."""

    part: Part
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its editor shows it. `content` is the stored mapping; `names` who wrote it."""

    row: SchemeRow
    spec: SchemeSpec
    content: Mapping[str, Any]
    problems: tuple[DraftProblem, ...]
    made_by_ids: tuple[int, ...]

    def entry(self, part: Part, code: str) -> Mapping[str, Any]:
        """Return the stored fields of one part; NotVisible when the draft has none of this code."""
        try:
            return entry_of(self.content, part, code)
        except EditRefused:
            raise NotVisible from None

    def problems_of(self, part: Part, code: str) -> tuple[DraftProblem, ...]:
        """Return what is wrong with one part."""
        return tuple(one for one in self.problems if one.part is part and one.code == code)


def draft(*, actor: Actor, public_id: str) -> DraftView:
    """Return a scheme with everything still wrong in it; of a published version nothing is.

    Raises:
        NotVisible: there is none, or it is a draft and *actor* is not of the city.
    """
    found = Scheme.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible
    spec, problems = read_draft(found.spec)
    return DraftView(
        row=scheme_row(found),
        spec=spec,
        content=found.spec,
        problems=tuple(
            DraftProblem(*part_at(found.spec, problem.path), f"{problem.message.rstrip('。')}。")
            for problem in problems
        ),
        made_by_ids=tuple(
            dict.fromkeys(maker for maker in (found.made_by_id, *found.edited_by) if maker is not None)
        ),
    )


def metric_codes(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return code and name of every metric of a stored scheme, for a form to choose from."""
    return [
        (str(entry["code"]), f"{entry['code']} {entry['name']}")
        for part, _, entry in parts_of(content)
        if part is Part.METRIC
    ]


def versions_of(*, actor: Actor, code: str) -> list[SchemeRow]:
    """Return every version of a system *actor* may see, newest first."""
    rows = Scheme.objects.visible_to(actor).filter(code=code).defer("spec").order_by("-version")
    return [scheme_row(row) for row in rows]


def compared_version(*, actor: Actor, row: SchemeRow) -> SchemeRow | None:
    """Return what a version is compared with unless another is asked for.

    The version before it, else the one in use; of a system that is new, the system in use with which it shares
    most items: that is the one it was made from. None where there is nothing to compare with.
    """
    versions = versions_of(actor=actor, code=row.code)
    older = [one for one in versions if one.version < row.version]
    if older:
        return older[0]
    in_use = next((one for one in versions if one.status == PUBLISHED and one.id != row.id), None)
    return in_use or _nearest(actor, row)


def _nearest(actor: Actor, row: SchemeRow) -> SchemeRow | None:
    """Return the published system sharing most item codes with *row*, the newer among equals."""
    own = {item.code for item in scheme_spec(actor=actor, scheme_id=row.id).items}
    rows = Scheme.objects.visible_to(actor).filter(status=PUBLISHED).exclude(code=row.code).defer("spec")
    near: Scheme | None = max(
        rows.order_by("-id"),
        key=lambda one: len(own & {item.code for item in scheme_spec(actor=actor, scheme_id=one.pk).items}),
        default=None,
    )
    return scheme_row(near) if near is not None else None


def differences(*, actor: Actor, before: str, after: str) -> tuple[SchemeRow, SchemeRow, list[PartChange]]:
    """Return two versions and what differs between them.

    Raises:
        NotVisible: one of them does not exist for *actor*.
    """
    old, new = scheme(actor=actor, public_id=before), scheme(actor=actor, public_id=after)
    changes = scheme_changes(
        scheme_spec(actor=actor, scheme_id=old.id), scheme_spec(actor=actor, scheme_id=new.id)
    )
    return old, new, changes
