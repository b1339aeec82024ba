"""Evaluation systems and benchmark values as dated data: load, import, publish, retire, replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, require
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.policy.evaluation.benchmarks import (
    benchmark_problems,
    normal_code,
)
from apps.policy.evaluation.benchmarks import (
    load_benchmarks as read_benchmarks,
)
from apps.policy.evaluation.loading import load_scheme, scheme_problems
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.serialising import bundle, digest, scheme_to_mapping
from apps.policy.evaluation.spec import MetricSpec
from apps.policy.schemes import may_publish_scheme
from apps.policy.separation import may_sign
from apps.scoring.models import BenchmarkValue, Scheme, SchemeImpact, ScoreSheet
from apps.scoring.selectors.schemes import retirement_warning, spec_of_digest
from apps.scoring.states import DRAFT, PUBLISHED, RETIRED, SCHEME_LIFE, SIGNED

_LIBRARY, _CHECKLISTS, _BENCHMARKS = "metrics.yaml", "ecm_functions.yaml", "benchmarks_demo.yaml"
_LONGEST_REASON = 200
_LOADED = "随平台装入的体系数据"


def folder() -> Path:
    """Return the folder of the evaluation systems delivered with the product."""
    return Path(settings.BASE_DIR) / "fixtures" / "evaluation_systems"


def _read(name: str) -> dict[str, Any]:
    with (folder() / name).open(encoding="utf-8") as stream:
        content = yaml.safe_load(stream)
    if not isinstance(content, dict):
        message = f"{name}: a mapping is expected"
        raise TypeError(message)
    return content


@transaction.atomic
def load_schemes(*, clock: Clock) -> list[str]:
    """Load every scheme of `fixtures/evaluation_systems` that is not there yet and publish it as the system.

    A file whose content changed becomes the next version and retires the one before; applications keep the
    version they pinned. Running it again changes nothing.

    Returns:
        Codes of the schemes that were published.

    Raises:
        Invalid: a file is no valid scheme; the messages name the places.
    """
    system = Actor.system()
    library, checklists = _read(_LIBRARY), _read(_CHECKLISTS)
    loaded: list[str] = []
    for path in sorted(folder().glob("*.yaml")):
        raw = _read(path.name)
        if "dimensions" not in raw:
            continue
        content = bundle(raw, library, checklists)
        industries = [str(code) for code in raw.get("industries", ())]
        row, created = _draft(actor=system, content=content, industries=industries, moment=clock.now())
        if created:
            _publish(system, row, clock.now(), _LOADED)
            loaded.append(row.code)
    return loaded


@transaction.atomic
def import_scheme(
    *, actor: Actor, clock: Clock, content: Mapping[str, Any], industries: Sequence[str] = ()
) -> str:
    """Take a scheme as a draft (a further sector standard, a new edition). A draft of the same code is replaced.

    Args:
        actor: municipal 经办.
        clock: when.
        content: self-contained mapping (see `policy.evaluation.serialising.bundle`).
        industries: GB/T 4754 code prefixes a sector standard is made for; empty for a general scheme.

    Returns:
        Public id of the draft.

    Raises:
        Forbidden: another role.
        Invalid: the scheme is not valid, or the very same content exists.
    """
    _require_municipal(actor, Duty.HANDLER)
    row, created = _draft(actor=actor, content=content, industries=industries, moment=clock.now())
    if not created:
        raise Invalid.of("", f"相同内容的评价体系已存在：{row}。")
    return row.public_id


@transaction.atomic
def publish_scheme(*, actor: Actor, clock: Clock, public_id: str, reason: str = "") -> bool:
    """Publish a draft; the version published before under the same code is retired.

    Returns:
        Whether there was one to retire.

    Raises:
        NotVisible, WrongStep, Forbidden: no such draft, not a draft, another duty.
        RuleBroken: a person who made or changed the draft cannot publish it; what it would change for past
            applications has not been simulated as it stands; it would take effect in the past.
        Invalid: something in the draft is still wrong, or it says the same as the version in use.
    """
    row = _locked(actor, public_id)
    SCHEME_LIFE.step(row.status, "publish", actor)
    makers = [row.made_by_id, *row.edited_by] if row.made_by_id is not None else row.edited_by
    if makers:
        require(may_sign(prepared_by=makers, signer=actor.user_id))
    _refuse(scheme_problems(row.spec))
    if Scheme.objects.filter(code=row.code, status=PUBLISHED, digest=row.digest).exists():
        raise Invalid.of("", "草案与现行版本的内容完全相同，没有需要发布的修改。")
    moment = clock.now()
    require(
        may_publish_scheme(
            simulated=SchemeImpact.objects.filter(scheme=row, digest=row.digest).exists(),
            past_applications=ScoreSheet.objects.visible_to(actor).filter(state=SIGNED).exists(),
            effective_from=row.effective_from,
            on=moment.on,
        )
    )
    note = clean_text(reason, field="reason", label="发布说明", limit=_LONGEST_REASON, multiline=True)
    return _publish(actor, row, moment, note)


@transaction.atomic
def retire_scheme(
    *, actor: Actor, clock: Clock, public_id: str, reason: str, confirmed: bool = False
) -> None:
    """Retire a published scheme: applications that pinned it keep it, new ones cannot choose it.

    Args:
        actor: municipal 签批.
        clock: when.
        public_id: of the version.
        reason: why, at most 200 characters.
        confirmed: the person knows that it leaves industries without any system to evaluate by.

    Raises:
        NotVisible, WrongStep, Forbidden: as for publishing.
        Invalid: no reason is given; or (at `confirmed`) industries would be left without a system, unconfirmed.
    """
    row = _locked(actor, public_id)
    SCHEME_LIFE.step(row.status, "retire", actor)
    faults = Faults()
    note = faults.text(reason, field="reason", label="停用说明", limit=_LONGEST_REASON, multiline=True)
    if not note:
        faults.note("reason", "请填写停用说明。")
    warning = retirement_warning(actor=actor, scheme_id=row.pk)
    if warning and not confirmed:
        faults.note("confirmed", f"{warning}请勾选确认后再停用。")
    faults.settle()
    _retire(actor, row, clock.now(), note)


def _draft(
    *, actor: Actor, content: Mapping[str, Any], industries: Sequence[str], moment: Moment
) -> tuple[Scheme, bool]:
    """Store a valid scheme as a draft; (row, False) when the newest version already says the same."""
    _refuse(scheme_problems(dict(content)))
    spec = load_scheme(dict(content))
    stored = scheme_to_mapping(spec)
    seal = digest(stored)
    versions = list(
        Scheme.objects.select_for_update(of=("self",)).filter(code=spec.code).order_by("-version")
    )
    if versions and versions[0].digest == seal and versions[0].industries == list(industries):
        return versions[0], False
    bad = [code for code in industries if not (code.isdigit() and 2 <= len(code) <= 4)]  # noqa: PLR2004  (GB/T 4754)
    if bad:
        raise Invalid.of("industries", f"行业代码前缀应为 2 至 4 位数字：{'、'.join(bad)}。")
    for old in versions:
        if old.status == DRAFT:
            old.delete()
    kept = [old.version for old in versions if old.status != DRAFT]
    row = Scheme.objects.create(
        code=spec.code,
        version=max(kept, default=0) + 1,
        name=spec.name,
        status=DRAFT,
        spec=stored,
        digest=seal,
        effective_from=_day(spec.effective_from),
        effective_to=_day(spec.effective_to),
        industries=list(industries),
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
        after={"code": row.code, "version": row.version, "digest": seal},
    )
    return row, True


def _publish(actor: Actor, row: Scheme, moment: Moment, reason: str) -> bool:
    before = Scheme.objects.select_for_update(of=("self",)).filter(code=row.code, status=PUBLISHED).first()
    if before is not None:
        _retire(actor, before, moment, f"由第 {row.version} 版替代")
    row.status = SCHEME_LIFE.step(row.status, "publish", actor).target
    row.published_by_id, row.published_at, row.publish_reason = actor.user_id, moment.at, reason
    row.save(update_fields=["status", "published_by", "published_at", "publish_reason"])
    audit.record(
        actor=actor,
        event="scheme.publish",
        subject=row,
        moment=moment,
        rule="R-07",
        before={"status": DRAFT},
        after={"status": PUBLISHED, "code": row.code, "version": row.version, "digest": row.digest},
        note=reason,
    )
    return before is not None


def _retire(actor: Actor, row: Scheme, moment: Moment, reason: str) -> None:
    row.status = SCHEME_LIFE.step(row.status, "retire", actor).target
    row.retired_by_id, row.retired_at, row.retire_reason = actor.user_id, moment.at, reason
    row.effective_to = moment.on
    row.save(update_fields=["status", "retired_by", "retired_at", "retire_reason", "effective_to"])
    audit.record(
        actor=actor,
        event="scheme.retire",
        subject=row,
        moment=moment,
        rule="R-07",
        before={"status": PUBLISHED},
        after={"status": RETIRED},
        note=reason,
    )


@transaction.atomic
def load_benchmarks(*, clock: Clock) -> int:
    """Load the example benchmark values delivered with the product (marked 示例); return how many were new."""
    content = _read(_BENCHMARKS)
    moment = clock.now()
    since = _day(content.get("valid_from")) or moment.on
    return _record_benchmarks(Actor.system(), moment, content.get("rows", []), valid_from=since)


@transaction.atomic
def record_benchmarks(*, actor: Actor, clock: Clock, rows: Sequence[Mapping[str, Any]]) -> int:
    """Enter benchmark values; a value for the same metric, industry, kind and pollutant retires the old one.

    Returns:
        How many values are new; rows that say what is in force already are passed over.

    Raises:
        Forbidden: not a municipal 经办.
        Invalid: wrong rows, each addressed as `rows[n].field`.
    """
    _require_municipal(actor, Duty.HANDLER)
    moment = clock.now()
    return _record_benchmarks(actor, moment, rows, valid_from=moment.on)


def _known_metrics() -> list[MetricSpec]:
    """Return the metrics of every scheme that is or may come into use: a value for any other one is a slip."""
    digests = Scheme.objects.exclude(status=RETIRED).values_list("digest", flat=True)
    found = {metric.code: metric for seal in digests for metric in spec_of_digest(seal).metrics}
    return list(found.values())


def _record_benchmarks(
    actor: Actor, moment: Moment, rows: Sequence[Mapping[str, Any]], *, valid_from: date
) -> int:
    _refuse(benchmark_problems({"rows": rows}, _known_metrics()))
    created = 0
    for value in read_benchmarks({"rows": rows}).rows:
        key = {
            "metric": value.metric,
            "subject": value.subject,
            "industry_code": normal_code(value.industry_code),
            "kind": value.kind.value,
        }
        content = {
            "value": value.value,
            "unit": value.unit,
            "source": value.source,
            "period": value.period,
            "approved_by": value.approved_by,
            "is_example": value.example,
        }
        old = BenchmarkValue.objects.select_for_update().filter(**key, retired_on=None).first()
        if old is not None and all(getattr(old, name) == wanted for name, wanted in content.items()):
            continue
        if old is not None:
            old.retired_on = moment.on
            old.save(update_fields=["retired_on"])
        row = BenchmarkValue.objects.create(
            **key, **content, valid_from=valid_from, recorded_at=moment.at, recorded_by_id=actor.user_id
        )
        audit.record(
            actor=actor,
            event="benchmark.record",
            subject=row,
            moment=moment,
            rule="R-15",
            before={} if old is None else {"value": old.value, "source": old.source},
            after={**key, **content},
        )
        created += 1
    return created


def _locked(actor: Actor, public_id: str) -> Scheme:
    row: Scheme | None = (
        Scheme.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    return row


def _require_municipal(actor: Actor, duty: Duty) -> None:
    if actor.role is not Role.MUNICIPAL or not actor.has(duty):
        raise Forbidden("评价体系和行业基准由市工业和信息化局经办人员维护。")


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        errors: dict[str, list[str]] = {}
        for problem in problems:
            errors.setdefault(problem.path, []).append(problem.message)
        raise Invalid(errors)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
