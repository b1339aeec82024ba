"""Papers of the enterprise: the self-evaluation report (F-02) and the receipt of its submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.applications import selectors as applications
from apps.applications.profile_fields import Kind
from apps.applications.selectors import ApplicationFile, FieldValue
from apps.applications.states import EDITABLE
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.documents.forms.common import (
    Built,
    address,
    as_reader,
    authority_of,
    batch_of,
    day_of,
    level_label,
    level_text,
    paragraphs,
    phone_of,
    scheme_text,
    section,
)
from apps.documents.rendering.filters import cn_date
from apps.documents.rendering.papers import (
    Contact,
    DimensionAnswers,
    EvidenceFile,
    IndicatorAnswer,
    ProfileEntry,
    RequirementAnswer,
    SelfEvaluationReport,
    SubmissionReceipt,
)
from apps.evidence import selectors as evidence
from apps.evidence.selectors import UseRow
from apps.evidence.states import BY_ENTERPRISE, ITEM, ORIGINS, REQUIREMENT
from apps.parameters.selectors import in_force
from apps.scoring import selectors as scoring
from apps.scoring.selectors import ItemView, SheetView
from apps.scoring.states import SELF

_PARTS_OF_TWO = ("infrastructure", "management", "resources", "products", "emissions", "performance")
_WIDE = 14
_MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class _Proofs:
    """The list of proofs and where each file is used, by its number in the list."""

    files: tuple[EvidenceFile, ...]
    numbers: Mapping[tuple[str, str], tuple[int, ...]]

    def index(self, place: str, code: str) -> str:
        """Return the numbers of the files at a place, as the tables print them."""
        return "、".join(str(number) for number in self.numbers.get((place, code), ()))


def report(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build 附件2 评价报告: what was handed in, or what stands in the draft.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: no evaluation scheme has been chosen yet.
    """
    file = applications.application_file(actor=actor, public_id=public_id)
    case = file.case
    sheet = scoring.current_sheet(actor=actor, application_id=case.id, kind=SELF)
    if sheet is None or case.scheme_id is None:
        raise WrongStep("尚未选定评价体系，不能生成评价报告。")
    view = scoring.sheet_view(actor=actor, public_id=sheet.public_id)
    proofs = _proofs(evidence.uses_of(actor=actor, application_id=case.id))
    scheme = scoring.scheme(actor=actor, scheme_id=case.scheme_id)
    final = case.submitted_at is not None and case.state not in EDITABLE
    newest = file.versions[0] if file.versions else None
    texts = {part.section.code: part.text for part in file.report}
    titles = {part.section.code: part.section.title for part in file.report}
    total = Decimal(view.total_text or "0")
    return Built(
        paper=SelfEvaluationReport(
            issuer=case.enterprise_name,
            dated=day_of(newest.at, on) if final and newest is not None else on,
            application_number=case.number or "提交后生成",
            enterprise=case.enterprise_name,
            uscc=case.uscc,
            district=case.district_name,
            applied_level=level_label(case.level),
            scheme=scheme_text(scheme),
            prepared_by=case.third_party_name or case.enterprise_name,
            profile=profile_of(file),
            overview=paragraphs(texts["overview"]),
            conditions=tuple(section(titles[code], texts[code]) for code in _PARTS_OF_TWO),
            conclusion=paragraphs(texts["conclusion"]),
            next_steps=paragraphs(texts["next_steps"]),
            requirements=tuple(
                RequirementAnswer(
                    code=row.code,
                    rule=row.text,
                    met=bool(row.conforms),
                    explanation=row.explanation,
                    evidence=proofs.index(REQUIREMENT, row.code),
                )
                for row in file.basics
            ),
            dimensions=_dimensions(view, proofs),
            total=total,
            level=level_text(total),
            evidence=proofs.files,
            reconstructed=scheme.is_reconstruction,
            verification=address(f"/receipt/{newest.receipt_no}/", "扫码核对提交内容")
            if final and newest is not None
            else None,
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=final,
        number=case.number or "",
        enterprise=case.enterprise_id,
        district=case.district,
    )


def profile_of(file: ApplicationFile, *, complete: bool = False) -> tuple[ProfileEntry, ...]:
    """Return the fields of the 企业基本信息表; `complete` keeps optional fields that are empty."""
    case = file.case
    head: tuple[ProfileEntry, ...] = (
        ProfileEntry(label="企业名称", value=case.enterprise_name, wide=True),
        ProfileEntry(label="统一社会信用代码", value=case.uscc, wide=True),
        ProfileEntry(
            label="所属行业（代码）", value=f"{case.industry_name}（{case.industry_code}）", wide=True
        ),
        ProfileEntry(label="申报批次", value=batch_of(case.round_code)),
        ProfileEntry(label="申报级别", value=f"{case.level_label}级"),
    )
    if complete:
        head = (*head[:3], ProfileEntry(label="属地", value=case.district_name, wide=True))
    return head + tuple(
        ProfileEntry(
            label=row.field.label,
            value=_shown(row),
            wide=row.field.kind in {Kind.LONG_TEXT, Kind.EMAIL, Kind.CREDIT_CODE} or len(row.display) > _WIDE,
        )
        for row in file.profile
        if complete or row.field.required or row.display
    )


def _shown(row: FieldValue) -> str:
    """Return a field as papers write it: days in Chinese, the rest as on the page."""
    if row.field.kind is Kind.DATE and row.value:
        return cn_date(date.fromisoformat(row.value))
    return row.display


def _dimensions(view: SheetView, proofs: _Proofs) -> tuple[DimensionAnswers, ...]:
    return tuple(
        DimensionAnswers(
            name=part.name,
            full=Decimal(part.weight_text),
            self_score=Decimal(part.points_text or "0"),
            items=tuple(
                IndicatorAnswer(
                    code=item.code,
                    group=group.name,
                    requirement=item.name,
                    mandatory=item.mandatory,
                    full=item.max_points,
                    self_score=item.points,
                    value=_value(item),
                    evidence=proofs.index(ITEM, item.code),
                    not_applicable=item.not_applicable,
                )
                for group in part.groups
                for item in group.items
            ),
        )
        for part in view.dimensions
    )


def _value(item: ItemView) -> str:
    """Return what the enterprise reported: the computed figure, the chosen step, or the step claimed."""
    if item.not_applicable:
        return item.reason
    chosen = "、".join(choice.label for choice in item.choices if choice.chosen)
    claimed = "、".join(choice.label for choice in item.claims if choice.chosen)
    parts = [part for part in (item.value_text, chosen, f"申报{claimed}" if claimed else "") if part]
    return "；".join(parts)


def _proofs(uses: Sequence[UseRow]) -> _Proofs:
    """Number the enterprise's files in the order of their first use."""
    order: dict[str, int] = {}
    places: dict[tuple[str, str], list[int]] = {}
    used_by: dict[str, list[str]] = {}
    own = [use for use in uses if use.file.origin_label == ORIGINS[BY_ENTERPRISE]]
    for use in own:
        number = order.setdefault(use.file.digest, len(order) + 1)
        numbers = places.setdefault((use.place, use.code), [])
        if number not in numbers:
            numbers.append(number)
        codes = used_by.setdefault(use.file.digest, [])
        if use.code not in codes:
            codes.append(use.code)
    by_digest = {use.file.digest: use.file for use in own}
    files = tuple(
        EvidenceFile(
            number=number,
            name=by_digest[digest].name,
            kind=by_digest[digest].kind_label,
            pages=by_digest[digest].pages,
            sha256=digest,
            used_by=_codes(used_by[digest]),
        )
        for digest, number in order.items()
    )
    return _Proofs(files, {place: tuple(numbers) for place, numbers in places.items()})


def _codes(codes: Sequence[str]) -> str:
    more = f"等{len(codes)}项" if len(codes) > _MOST_CODES else ""
    return "、".join(codes[:_MOST_CODES]) + more


def receipt(*, actor: Actor, public_id: str, on: date) -> Built:
    """Build the receipt of the newest submission, from the frozen version it stands for.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        WrongStep: nothing has been handed in yet.
    """
    del on
    file = applications.application_file(actor=actor, public_id=public_id)
    if not file.versions:
        raise WrongStep("尚未提交申报，没有回执。")
    case, newest = file.case, file.versions[0]
    content = applications.version_content(actor=actor, version_public_id=newest.public_id)
    with as_reader(actor) as reader:
        scheme = scoring.scheme(actor=reader, scheme_id=case.scheme_id)
        items = len(scoring.scheme_spec(actor=reader, scheme_id=scheme.id).items)
        days = in_force(on=day_of(newest.at, case.changed_at.date())).form_check_workdays
    authority = authority_of(content["district"])
    return Built(
        paper=SubmissionReceipt(
            issuer=authority,
            dated=day_of(newest.at, case.changed_at.date()),
            application_number=content["number"],
            receipt_number=newest.receipt_no,
            enterprise=content["enterprise"]["name"],
            uscc=content["enterprise"]["uscc"],
            district=case.district_name,
            batch=batch_of(content["round"]),
            applied_level=content["level"],
            scheme=scheme_text(scheme),
            submitted_at=newest.at,
            submitted_by=newest.by,
            self_total=Decimal(content["sheet"]["total"]),
            item_count=items,
            evidence_count=len({row["digest"] for row in content["evidence"]}),
            content_sha256=newest.digest,
            next_step="属地主管部门受理和形式审查" if newest.turn == 0 else "属地主管部门审查补正材料",
            expected=f"受理后{days}个工作日内完成形式审查",
            contact=Contact(person=f"{authority}受理经办", phone=phone_of(content["district"])),
            reconstructed=scheme.is_reconstruction,
            verification=address(f"/receipt/{newest.receipt_no}/", "扫码查验回执"),
        ),
        subject_type="applications.application",
        subject_id=public_id,
        final=True,
        number=newest.receipt_no,
        enterprise=case.enterprise_id,
        district=case.district,
    )
