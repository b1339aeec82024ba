"""One application with everything a page shows, its returned items, versions, exemptions and receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from apps.accounts import selectors as accounts
from apps.applications import profile_fields, report_sections
from apps.applications.models import ApplicationVersion, Exemption, ReturnedItem
from apps.applications.selectors.cases import CaseRow, case_row, visible_row
from apps.applications.selectors.windows import window_of
from apps.applications.states import EDITABLE, EXEMPTION_LIFE
from apps.audit.chain import canonical_text
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.masking import masked_address, masked_phone
from apps.core.scoping import acting_as
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.policy.rules import rule as policy_rule
from apps.scoring import selectors as scoring

RECEIPT_SALT = "apps.applications.receipt"


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of the profile with its value."""

    field: profile_fields.ProfileField
    value: str
    display: str

    @property
    def masked(self) -> str:
        """The value for people who have not said why they need it whole (SECURITY R25)."""
        match self.field.kind:
            case profile_fields.Kind.PHONE | profile_fields.Kind.MOBILE:
                return masked_phone(self.display)
            case profile_fields.Kind.EMAIL:
                return masked_address(self.display)
        return self.display


@dataclass(frozen=True, slots=True)
class BasicAnswer:
    """One basic requirement with the enterprise's answer (`conforms` None: not answered)."""

    code: str
    name: str
    text: str
    polarity: str
    conforms: bool | None
    explanation: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """One section of the report with its text."""

    section: report_sections.ReportSection
    text: str


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One returned item; `returned_by` is empty for the enterprise (SECURITY R05)."""

    public_id: str
    turn: int
    notice_no: str
    part: str
    part_label: str
    code: str
    label: str
    reason: str
    wanted: str
    due_on: date
    returned_at: datetime
    returned_by: str
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One handed-in version."""

    public_id: str
    turn: int
    receipt_no: str
    digest: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    """One exemption (F-20)."""

    public_id: str
    application_public_id: str
    enterprise_name: str
    round_code: str
    level_label: str
    rule: str
    rule_title: str
    clause: str
    reason: str
    basis: str
    file_public_id: str
    file_name: str
    state: str
    state_label: str
    requested_at: datetime
    opinion: str
    endorsed_by_id: int | None
    endorsed_at: datetime | None
    decision_note: str
    decided_at: datetime | None
    requested_by_id: int
    decided_by_id: int | None
    enterprise_id: int
    district: str


@dataclass(frozen=True, slots=True)
class ApplicationFile:
    """Everything about one application but its score sheets and evidence, which their rooms show.

    `extended_from` is the end that held before an extension for this enterprise, None while none counts.
    """

    case: CaseRow
    editable: bool
    scheme_code: str
    scheme_label: str
    is_reconstruction: bool
    opens_at: datetime
    ends_at: datetime
    profile: Sequence[FieldValue]
    third_party: Sequence[FieldValue]
    basics: Sequence[BasicAnswer]
    report: Sequence[SectionText]
    part_versions: dict[str, int]
    returned: Sequence[ReturnedRow]
    exemptions: Sequence[ExemptionRow]
    versions: Sequence[VersionRow]
    extended_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """Whether a receipt is the platform's and its content unchanged since (R79)."""

    receipt_no: str
    number: str
    enterprise_name: str
    at: datetime
    digest: str
    intact: bool


def application_file(*, actor: Actor, public_id: str, with_history: bool = True) -> ApplicationFile:
    """Return one application for its page; a constant number of queries.

    Without *with_history* the exemptions and the handed-in versions are left out: two queries less for the pages
    that are filled in and do not show them.

    Raises:
        NotVisible: no such application for *actor*.
    """
    row = visible_row(actor, public_id=public_id)
    scheme = scoring.scheme_row(row.scheme) if row.scheme is not None else None
    window = window_of(row)
    return ApplicationFile(
        case=case_row(row),
        editable=actor.role is Role.ENTERPRISE and row.state in EDITABLE,
        scheme_code=scheme.code if scheme else "",
        scheme_label=scheme.label if scheme else "",
        is_reconstruction=bool(scheme and scheme.is_reconstruction),
        opens_at=window.opens_at,
        ends_at=window.ends_at,
        extended_from=window.usual_end if window.ends_at > window.usual_end else None,
        profile=_values(row.profile, profile_fields.PROFILE_FIELDS),
        third_party=_values(row.profile, profile_fields.THIRD_PARTY_FIELDS),
        basics=[
            BasicAnswer(
                item.code,
                item.name,
                item.text,
                item.polarity.value,
                row.basics.get(item.code, {}).get("conforms"),
                row.basics.get(item.code, {}).get("explanation", ""),
            )
            for item in requirements_for(Level(row.level))
        ],
        report=[SectionText(one, row.report.get(one.code, "")) for one in report_sections.REPORT_SECTIONS],
        part_versions={part: int(version) for part, version in row.part_versions.items()},
        returned=_returned(actor, row.pk),
        exemptions=[_exemption(one) for one in _exemptions(actor).filter(application_id=row.pk)]
        if with_history
        else [],
        versions=_versions(row.pk) if with_history else [],
    )


def _values(
    stored_profile: Mapping[str, str], fields: Sequence[profile_fields.ProfileField]
) -> list[FieldValue]:
    """Return *fields* with what is stored, choices in words."""
    stored = {field.code: stored_profile.get(field.code, "") for field in fields}
    return [
        FieldValue(field, stored[field.code], dict(field.choices).get(stored[field.code], stored[field.code]))
        for field in fields
    ]


def returned_items(*, actor: Actor, public_id: str) -> list[ReturnedRow]:
    """Return the returned items of an application, newest turn first.

    Raises:
        NotVisible: no such application for *actor*.
    """
    return _returned(actor, visible_row(actor, public_id=public_id).pk)


def versions(*, actor: Actor, public_id: str) -> list[VersionRow]:
    """Return the handed-in versions of an application, newest first.

    Raises:
        NotVisible: no such application for *actor*.
    """
    return _versions(visible_row(actor, public_id=public_id).pk)


def version_content(*, actor: Actor, version_public_id: str) -> dict[str, Any]:
    """Return the frozen content of one version.

    Raises:
        NotVisible: no such version for *actor*.
    """
    version = ApplicationVersion.objects.filter(public_id=version_public_id).first()
    if version is None:
        raise NotVisible
    visible_row(actor, application_id=version.application_id)
    return dict(version.snapshot)


def exemptions(*, actor: Actor, state: str = "") -> list[ExemptionRow]:
    """Return the exemptions *actor* may see, newest first; *state* narrows."""
    rows = _exemptions(actor)
    return [_exemption(row) for row in (rows.filter(state=state) if state else rows)[:500]]


def exemption(*, actor: Actor, public_id: str) -> ExemptionRow:
    """Return one exemption.

    Raises:
        NotVisible: no such exemption for *actor*.
    """
    row = _exemptions(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return _exemption(row)


def verify_receipt(*, actor: Actor, receipt_no: str) -> ReceiptCheck:
    """Recompute a receipt's digest and seal from what is stored, for whoever holds the receipt (R79).

    Raises:
        NotVisible: no such receipt.
    """
    # The number with its random ending, printed on the receipt only, is the right to look: whoever is shown a
    # receipt may check it. What is answered stands on the receipt itself.
    with acting_as(Actor.system(), then=actor):
        version = (
            ApplicationVersion.objects.select_related("application__enterprise")
            .filter(receipt_no=receipt_no.strip().upper())
            .first()
        )
    if version is None:
        raise NotVisible
    return ReceiptCheck(
        receipt_no=version.receipt_no,
        number=version.application.number or "",
        enterprise_name=version.application.enterprise.name,
        at=version.at,
        digest=version.digest,
        intact=is_intact(version),
    )


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical text of *content* (hex)."""
    return hashlib.sha256(canonical_text(content).encode()).hexdigest()


def seal_of(*, digest: str, receipt_no: str, by_id: int | None, at: datetime) -> str:
    """Return the platform's seal over content, receipt, person and time (R79): only the server can make it."""
    text = canonical_text({"digest": digest, "receipt_no": receipt_no, "by": by_id, "at": at.timestamp()})
    return salted_hmac(RECEIPT_SALT, text, algorithm="sha256").hexdigest()


def is_intact(version: ApplicationVersion) -> bool:
    """Return whether content, digest, person and time of a version still fit its seal."""
    seal = seal_of(digest=version.digest, receipt_no=version.receipt_no, by_id=version.by_id, at=version.at)
    return digest_of(version.snapshot) == version.digest and constant_time_compare(seal, version.seal)


def _returned(actor: Actor, application_id: int) -> list[ReturnedRow]:
    rows = list(ReturnedItem.objects.filter(application_id=application_id).order_by("-turn", "pk"))
    named = actor.role in {Role.DISTRICT, Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}
    names = accounts.names_of(user_ids=sorted({row.returned_by_id for row in rows})) if named and rows else {}
    return [
        ReturnedRow(
            row.public_id,
            row.turn,
            row.notice_no,
            row.part,
            row.get_part_display(),
            row.code,
            row.label,
            row.reason,
            row.wanted,
            row.due_on,
            row.returned_at,
            names.get(row.returned_by_id, ""),
            row.answer,
            row.answered_at,
        )
        for row in rows
    ]


def _versions(application_id: int) -> list[VersionRow]:
    rows = (
        ApplicationVersion.objects.filter(application_id=application_id)
        .select_related("by")
        .only("public_id", "turn", "receipt_no", "digest", "at", "by__name")
        .order_by("-turn")
    )
    return [
        VersionRow(row.public_id, row.turn, row.receipt_no, row.digest, row.at, row.by.name) for row in rows
    ]


def _exemptions(actor: Actor) -> Any:
    return (
        Exemption.objects.visible_to(actor)
        .select_related("enterprise", "round")
        .order_by("-requested_at", "-pk")
    )


def _exemption(row: Exemption) -> ExemptionRow:
    rule = policy_rule(row.rule)
    return ExemptionRow(
        public_id=row.public_id,
        application_public_id=row.application_public_id,
        enterprise_name=row.enterprise.name,
        round_code=row.round.code,
        level_label=Level(row.level).label,
        rule=row.rule,
        rule_title=rule.title,
        clause=rule.clause,
        reason=row.reason,
        basis=row.basis,
        file_public_id=row.file_public_id,
        file_name=row.file_name,
        state=row.state,
        state_label=EXEMPTION_LIFE.label(row.state),
        requested_at=row.requested_at,
        opinion=row.opinion,
        endorsed_by_id=row.endorsed_by_id,
        endorsed_at=row.endorsed_at,
        decision_note=row.decision_note,
        decided_at=row.decided_at,
        requested_by_id=row.requested_by_id,
        decided_by_id=row.decided_by_id,
        enterprise_id=row.enterprise_id,
        district=row.district_id,
    )
