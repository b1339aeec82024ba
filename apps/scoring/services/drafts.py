"""Writing an evaluation system part by part: a copy to start from, one change at a time, and throwing it away.

An unfinished draft may still contradict itself as a whole (points that do not add up yet); a part that is wrong in
itself is refused. Publishing (`schemes.publish_scheme`) asks for a draft without any problem left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.policy.evaluation.decimals import NotANumber, to_decimal
from apps.policy.evaluation.differing import scheme_changes
from apps.policy.evaluation.editing import (
    Change,
    Edit,
    EditRefused,
    Part,
    changed,
    path_of,
)
from apps.policy.evaluation.loading import read_draft
from apps.policy.evaluation.serialising import digest, scheme_to_mapping
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import Scheme
from apps.scoring.states import DRAFT, SCHEME_LIFE

_CODE: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{1,39}$")
_INDUSTRY: Final = re.compile(r"^\d{2,4}$")
_LONGEST_NAME = 120
_LONGEST_TEXT = 4000
#: Problems at these places are about the whole: they may stand while the draft is being written.
_WHOLE_OF: Final = {Part.DIMENSION: {"weight", "raw_total", "mandatory_raw", "optional_raw"}}


@transaction.atomic
def copy_scheme(*, actor: Actor, clock: Clock, public_id: str, code: str = "", name: str = "") -> str:
    """Start a draft as a copy of a version that exists.

    Args:
        actor: municipal 经办.
        clock: when.
        public_id: the version copied (published or retired).
        code: of a new system, e.g. for one sector; "" makes the next version of the same system.
        name: of the draft; "" keeps the name.

    Returns:
        Public id of the draft.

    Raises:
        Forbidden: another role or duty.
        NotVisible: no such version.
        WrongStep: it is a draft itself, or the system has an unfinished draft already.
        Invalid: a code or name that cannot be used.
    """
    _require_handler(actor)
    source = Scheme.objects.visible_to(actor).filter(public_id=public_id).first()
    if source is None:
        raise NotVisible
    if source.status == DRAFT:
        raise WrongStep("草案本身可以直接修改，不必复制。")
    wanted = code.strip() or source.code
    if not _CODE.match(wanted):
        raise Invalid.of(
            "code", "体系编号由字母、数字和短横线组成，2 至 40 个字符，以字母或数字开头，如 SZGF-2027。"
        )
    if wanted != source.code and Scheme.objects.filter(code=wanted).exists():
        raise Invalid.of("code", f"体系编号“{wanted}”已在使用，请另取编号。")
    title = clean_text(name, field="name", label="名称", limit=_LONGEST_NAME) or source.name
    versions = list(
        Scheme.objects.select_for_update(of=("self",)).filter(code=wanted).values_list("version", "status")
    )
    if any(status == DRAFT for _, status in versions):
        raise WrongStep("该体系已有一份未发布的草案，请先完成或放弃它。")
    moment = clock.now()
    content = {**source.spec, "code": wanted, "name": title}
    spec, _ = read_draft(content)
    stored = scheme_to_mapping(spec)
    row = Scheme.objects.create(
        code=wanted,
        version=max((version for version, _ in versions), default=0) + 1,
        name=title,
        status=DRAFT,
        spec=stored,
        digest=digest(stored),
        effective_from=source.effective_from,
        industries=source.industries,
        reconstruction=spec.is_reconstruction,
        made_by_id=actor.user_id,
        made_at=moment.at,
    )
    audit.record(
        actor=actor,
        event="scheme.draft",
        subject=row,
        moment=moment,
        rule="R-07",
        after={"code": row.code, "version": row.version, "digest": row.digest, "copied_from": str(source)},
    )
    return row.public_id


@transaction.atomic
def revise_draft(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    seen: str,
    change: Change,
    industries: Sequence[str] | None = None,
) -> str:
    """Make one change to a draft.

    Args:
        actor: municipal 经办; who changes a draft cannot publish it.
        clock: when.
        public_id: the draft.
        seen: digest of the content the person had before them.
        change: of `policy.evaluation.editing`.
        industries: GB/T 4754 code prefixes the system is made for, with the head; None leaves them.

    Returns:
        Digest of the new content.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such scheme, not a draft.
        Conflict: somebody changed the draft after *seen*; `current` carries its digest.
        Invalid: the part is wrong in itself; keyed by the field ("" for the whole).
    """
    _require_handler(actor)
    row = _locked_draft(actor, public_id)
    if row.digest != seen:
        raise Conflict("草案已被他人修改，请核对后再保存。", current={"digest": row.digest})
    before, _ = read_draft(row.spec)
    try:
        content = changed(row.spec, change)
    except EditRefused as error:
        raise Invalid.of(error.field, str(error)) from None
    after, problems = read_draft(content)
    if isinstance(change, Edit):
        _refuse_part(content, change, [(found.path, found.message) for found in problems])
    return _store(actor, clock.now(), row, before, after, industries)


@transaction.atomic
def discard_draft(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Throw a draft away; what was published stays as it is.

    Raises:
        Forbidden, NotVisible, WrongStep: another duty, no such scheme, not a draft.
    """
    _require_handler(actor)
    row = _locked_draft(actor, public_id)
    audit.record(
        actor=actor,
        event="scheme.discard",
        subject=row,
        moment=clock.now(),
        rule="R-07",
        before={"code": row.code, "version": row.version, "digest": row.digest},
    )
    row.delete()


def _store(
    actor: Actor,
    moment: Moment,
    row: Scheme,
    before: SchemeSpec,
    after: SchemeSpec,
    industries: Sequence[str] | None,
) -> str:
    if industries is not None:
        bad = [code for code in industries if not _INDUSTRY.match(code)]
        if bad:
            raise Invalid.of("industries", f"行业代码前缀应为 2 至 4 位数字：{'、'.join(bad)[:60]}。")
    stored = scheme_to_mapping(after)
    seal, kept = digest(stored), row.industries
    row.industries = kept if industries is None else list(dict.fromkeys(industries))
    if seal == row.digest and row.industries == kept:
        return seal
    row.spec, row.digest, row.name = stored, seal, after.name
    row.reconstruction = after.is_reconstruction
    row.effective_from = date.fromisoformat(after.effective_from) if after.effective_from else None
    if actor.user_id is not None and actor.user_id not in row.edited_by:
        row.edited_by = [*row.edited_by, actor.user_id]
    row.save(
        update_fields=[
            "spec",
            "digest",
            "name",
            "industries",
            "reconstruction",
            "effective_from",
            "edited_by",
        ]
    )
    audit.record(
        actor=actor,
        event="scheme.revise",
        subject=row,
        moment=moment,
        rule="R-07",
        before={"industries": kept},
        after={
            "industries": row.industries,
            "digest": seal,
            "changes": [asdict(one) for one in scheme_changes(before, after)],
        },
    )
    return seal


def _refuse_part(content: Mapping[str, Any], edit: Edit, problems: Sequence[tuple[str, str]]) -> None:
    """Refuse what is wrong within the edited part itself, under the name of its field."""
    errors: dict[str, list[str]] = {}
    for name, value in edit.fields.items():
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            errors.setdefault(name, []).append(f"不能超过 {_LONGEST_TEXT} 个字符（当前 {len(value)} 个）。")
    for name in _WHOLE_OF.get(edit.part, set()):
        fault = _not_a_number(edit.fields.get(name))
        if fault:
            errors.setdefault(name, []).append(fault)
    own = path_of(content, edit.part, str(edit.fields.get("code") or "")) if edit.fields else ""
    for path, message in problems:
        field = _field_of(edit.part, own, path)
        if field is not None:
            errors.setdefault(field, []).append(f"{message.rstrip('。')}。")
    if errors:
        raise Invalid(errors)


def _not_a_number(value: object) -> str:
    """Return what is wrong with a figure that may stay wrong as a whole but has to be a number; "" when nothing."""
    if value in (None, ""):
        return ""
    try:
        to_decimal(value)
    except NotANumber as error:
        return f"{str(error).rstrip('。')}。"
    return ""


def _field_of(part: Part, own: str, path: str) -> str | None:
    """Return the form field a problem is about, None when it is not about the edited part itself."""
    if part is Part.HEAD:
        return path if path in {"name", "status", "effective_from", "effective_to"} else None
    if path == own:
        return None
    if not path.startswith(f"{own}."):
        return None
    rest = path.removeprefix(f"{own}.")
    name = re.split(r"[.\[]", rest, maxsplit=1)[0]
    if part in {Part.DIMENSION, Part.GROUP}:
        stands = name in {"items", "secondary"} or name in _WHOLE_OF.get(part, set())
        return None if stands else name
    return {"scoring": _scoring_field(rest)}.get(name, name)


def _scoring_field(rest: str) -> str:
    inner = rest.removeprefix("scoring").lstrip(".")
    return inner if inner in {"method", "metric"} else "detail"


def _locked_draft(actor: Actor, public_id: str) -> Scheme:
    row: Scheme | None = (
        Scheme.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    if row.status != DRAFT:
        raise WrongStep(f"该版本{SCHEME_LIFE.label(row.status)}，不能修改；请复制为新的草案。")
    return row


def _require_handler(actor: Actor) -> None:
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("评价体系由市工业和信息化局经办人员编制。")
