"""What still stands between a draft and its submission: every blocker with its rule and the place to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Subquery

from apps.applications import profile_fields, report_sections
from apps.applications.models import Application, Exemption
from apps.applications.selectors.cases import visible_row
from apps.applications.selectors.commitment import commitment_is_current
from apps.applications.selectors.schemes import Offer, offer_of
from apps.applications.selectors.windows import latest_extension, window_for
from apps.applications.states import ABANDONED, APPROVED
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.parameters.selectors import in_force
from apps.policy.basic_requirements import requirements_for
from apps.policy.eligibility import COMMITMENT_WANTED, SubmissionFacts, Window, may_submit
from apps.policy.evaluation.results import Blocker as SheetBlocker
from apps.policy.evaluation.results import SheetPurpose
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import rule as policy_rule
from apps.policy.verdict import Refusal, Verdict
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to mend: what is missing where, by which rule.

    `part` is profile, basic, report, item, scheme, evidence, commitment or rule; `code` the place in it.
    """

    part: str
    code: str
    label: str
    reason: str
    remedy: str
    rule: str
    clause: str
    waivable: bool = False


@dataclass(frozen=True, slots=True)
class PartProgress:
    """How far one part is."""

    part: str
    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """Everything that blocks, and progress by part; `ready` when the application may be submitted now."""

    blockers: Sequence[Blocker]
    parts: Sequence[PartProgress]

    @property
    def ready(self) -> bool:
        """Whether nothing stands against submission."""
        return not self.blockers

    @property
    def done(self) -> int:
        """Entries made."""
        return sum(part.done for part in self.parts)

    @property
    def total(self) -> int:
        """Entries asked for."""
        return sum(part.total for part in self.parts)


def completeness(*, actor: Actor, public_id: str, moment: Moment) -> Completeness:
    """Return what an application still lacks for submission at *moment*.

    Raises:
        NotVisible: no such application for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    content = content_blockers(row, sheet_blockers(actor, sheet))
    verdict = submission_verdict(row, read(row, actor, moment), actor, moment, missing=())
    return Completeness([*content, *(_blocker(refusal) for refusal in verdict.refusals)], _parts(row, sheet))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a decision on handing in reads beside the row: each thing once, asked by every check that follows."""

    window: Window
    offer: Offer
    waived: frozenset[str]
    other_open_in_round: bool
    parameters: Parameters


def read(row: Application, actor: Actor, moment: Moment) -> Reading:
    """Return what is to be read beside *row* (loaded with enterprise, round and scheme): three statements."""
    others = (
        Application.objects.filter(enterprise_id=row.enterprise_id, round_id=row.round_id, level=row.level)
        .exclude(pk=row.pk)
        .exclude(state__in=ABANDONED)
    )
    offered, waived, until, other = (
        Application.objects.filter(pk=row.pk)
        .values_list(
            ArraySubquery(
                row.round.schemes.through.objects.filter(round_id=row.round_id).values("scheme__code")
            ),
            ArraySubquery(
                Exemption.objects.filter(application_id=row.pk, state=APPROVED).values("rule"),
            ),
            Subquery(latest_extension(row.round_id, row.enterprise_id)[:1]),
            Exists(others),
        )
        .get()
    )
    return Reading(
        window=window_for(row.round, district=row.district_id, extended_until=until),
        offer=offer_of(actor, row.round, offered),
        waived=frozenset(waived),
        other_open_in_round=other,
        parameters=in_force(on=moment.on),
    )


def sheet_blockers(actor: Actor, sheet: scoring.SheetHead | None) -> Sequence[SheetBlocker] | None:
    """Return what the self-evaluation still lacks (nothing when it is signed); None: there is no sheet."""
    if sheet is None or sheet.state != "open":
        return None if sheet is None else ()
    result = scoring.sheet_result(actor=actor, public_id=sheet.public_id)
    return result.blockers_for(SheetPurpose.SELF)


def content_blockers(row: Application, lacking: Sequence[SheetBlocker] | None) -> list[Blocker]:
    """Return what the form and the report still lack, and the self-evaluation (*lacking*, see `sheet_blockers`)."""
    found = [
        _missing("profile", field.code, field.label, f"基本信息表未填写“{field.label}”")
        for field in profile_fields.missing(row.profile)
    ]
    found += [
        _missing("report", section.code, section.title, f"评价报告未填写“{section.number}、{section.title}”")
        for section in report_sections.REPORT_SECTIONS
        if section.required and not row.report.get(section.code)
    ]
    if row.scheme_id is None or lacking is None:
        found.append(_missing("scheme", "", "评价体系", "尚未选择评价体系"))
    else:
        found += [
            _missing("item", blocker.code, blocker.code, f"自评表{blocker.code}：{blocker.message}")
            for blocker in lacking
        ]
    return found


def submission_verdict(
    row: Application, reading: Reading, actor: Actor, moment: Moment, *, missing: Sequence[str]
) -> Verdict:
    """Return the policy's verdict on submitting *row* at *moment*, after the approved exemptions.

    Args:
        row: loaded with enterprise, round and scheme.
        reading: what `read` says about it.
        actor: who would submit.
        moment: when.
        missing: what the report lacks, in the user's words.
    """
    level = Level(row.level)
    parameters = reading.parameters
    facts = SubmissionFacts(
        level=level,
        window=reading.window,
        standing=titles.standing_of(actor=actor, enterprise_id=row.enterprise_id),
        conformity=conformity(row),
        missing=missing,
        prerequisite_required=row.round.prerequisite_required,
        other_open_in_round=reading.other_open_in_round,
        round_levels=[Level(one) for one in row.round.levels],
        scheme_allowed=reading.offer.verdict(
            row.scheme.code, industry_code=row.enterprise.industry_code, parameters=parameters
        )
        if row.scheme is not None
        else Verdict(),
        commitment_current=parameters.commitment_scan_required and commitment_is_current(row, actor),
    )
    return may_submit(facts, at=moment.at, on=moment.on, parameters=parameters).waiving(reading.waived)


def conformity(row: Application) -> dict[str, bool | None]:
    """Return the enterprise's answers as the policy reads them."""
    return {code: answer.get("conforms") for code, answer in row.basics.items()}


def waived_rules(row: Application) -> frozenset[str]:
    """Return the rules waived for this application by approved exemptions."""
    return frozenset(Exemption.objects.filter(application=row, state=APPROVED).values_list("rule", flat=True))


def _parts(row: Application, sheet: scoring.SheetHead | None) -> list[PartProgress]:
    fields = [field for field in profile_fields.PROFILE_FIELDS if field.required]
    asked = requirements_for(Level(row.level))
    sections = [section for section in report_sections.REPORT_SECTIONS if section.required]
    return [
        PartProgress(
            "profile", "基本信息表", len(fields) - len(profile_fields.missing(row.profile)), len(fields)
        ),
        PartProgress(
            "basics",
            "基本要求",
            sum(row.basics.get(item.code, {}).get("conforms") is not None for item in asked),
            len(asked),
        ),
        PartProgress("sheet", "指标自评", sheet.answered if sheet else 0, sheet.item_count if sheet else 0),
        PartProgress(
            "report",
            "评价报告",
            sum(bool(row.report.get(section.code)) for section in sections),
            len(sections),
        ),
    ]


def _missing(part: str, code: str, label: str, reason: str) -> Blocker:
    row = policy_rule("R-12")
    return Blocker(part, code, label, reason.rstrip("。") + "。", "请补充后再提交。", row.id, row.clause)


def _blocker(refusal: Refusal) -> Blocker:
    part = {"R-10": "basic", "R-07": "scheme"}.get(refusal.rule, "rule")
    if refusal.reason == COMMITMENT_WANTED:
        part = "commitment"
    code = (
        next((item.code for item in requirements_for(Level.A3) if item.code in refusal.reason), "")
        if part == "basic"
        else ""
    )
    return Blocker(
        part,
        code,
        refusal.rule,
        refusal.reason,
        refusal.remedy,
        refusal.rule,
        refusal.clause,
        refusal.in_principle,
    )
