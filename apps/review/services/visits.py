"""现场核实记录 (F-10): who was there, what was found, photos, and both sides' signatures (R-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.evidence import services as evidence
from apps.policy.site_visit import MEETINGS_REVERSED, meetings_reversed
from apps.review.models import Panel, SiteSignature, SiteVisit, VisitPhoto
from apps.review.services.cases import jurisdiction, locked_case
from apps.review.services.completion import locked_panel
from apps.review.states import CONCLUDED

_TEXT, _LINE = 1000, 300
PEOPLE_AT_LEAST = 2
#: Bounds of a drawn signature: strokes, points in one, and the square it is drawn in.
_STROKES, _POINTS, _SQUARE = 60, 2000, 1000
_LEAST_POINTS = 4
_FINDINGS = 60


@dataclass(frozen=True, slots=True)
class Visit:
    """现场核实记录 (F-10): at least two people; each finding has `item`, `found`, and may have `filed`, `agrees`.

    `opening_at`, `closing_at`: Shanghai time of day of the first and the last meeting, None where there was none.
    """

    visited_on: date
    place: str
    people: Sequence[str]
    conclusion: str
    accompanied_by: str = ""
    opening_at: time | None = None
    closing_at: time | None = None
    problems: str = ""
    findings: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature: a typed name with a drawn line (`strokes`: lists of x, y from 0 to 1000) or a `scan`.

    The enterprise may refuse to sign: `refused` with a `note` saying so stands in its place.
    """

    side: str
    name: str
    position: str = ""
    strokes: Sequence[Sequence[Sequence[float]]] = field(default_factory=tuple)
    scan: UploadedFile[Any] | None = None
    refused: bool = False
    note: str = ""


def _open_panel(*, actor: Actor, public_id: str) -> tuple[CaseRow, Panel]:
    """Return case and panel of an application for somebody who may keep its on-site record.

    Raises:
        Forbidden: neither municipal 经办 nor a member of the panel.
        WrongStep: the opinion is out.
        NotVisible: gate 2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    panel = locked_panel(actor=actor, application_id=case.id)
    leads = actor.role is Role.EXPERT and panel.leader_id == actor.expert_id
    if not leads and not (actor.role is Role.MUNICIPAL and actor.has(Duty.HANDLER)):
        raise Forbidden("现场核实由市局经办或专家组长登记。")
    if panel.state == CONCLUDED:
        raise WrongStep("评估意见已经出具，不能再登记现场核实。")
    return case, panel


@transaction.atomic
def record_site_visit(*, actor: Actor, clock: Clock, public_id: str, visit: Visit) -> str:
    """Keep the record of an on-site visit; by the city or by the panel's leader. Signatures and photos follow.

    Returns:
        The record's public id.

    Raises:
        Invalid: fewer than two people, no conclusion, a date in the future, a finding without its item or what
            was found.
        Forbidden: neither municipal 经办 nor the leader.
        NotVisible: gate 2.
    """
    case, panel = _open_panel(actor=actor, public_id=public_id)
    moment = clock.now()
    people = [clean_text(name, field="people", label="核实人员", limit=50) for name in visit.people]
    people = list(dict.fromkeys(name for name in people if name))
    errors: dict[str, list[str]] = {}
    if len(people) < PEOPLE_AT_LEAST:
        errors["people"] = [f"现场核实人员不少于 {PEOPLE_AT_LEAST} 人，当前 {len(people)} 人。"]
    if visit.visited_on > moment.on:
        errors["visited_on"] = ["核实日期不能晚于今天。"]
    conclusion = clean_text(visit.conclusion, field="conclusion", label="结论", limit=_TEXT, multiline=True)
    if not conclusion:
        errors["conclusion"] = ["请填写现场核实结论。"]
    if meetings_reversed(visit.opening_at, visit.closing_at):
        errors["closing_at"] = [MEETINGS_REVERSED]
    if len(visit.findings) > _FINDINGS:
        errors["findings"] = [f"核查条目最多 {_FINDINGS} 条。"]
    findings = [_finding(finding) for finding in visit.findings[:_FINDINGS]]
    blank = [
        n for n, finding in enumerate(findings, 1) if not finding.get("item") or not finding.get("found")
    ]
    if blank:
        errors["findings"] = [f"第 {blank[0]} 条核查记录请写明核查内容和现场情况。"]
    if errors:
        raise Invalid(errors)
    row = SiteVisit.objects.create(
        **jurisdiction(case),
        panel=panel,
        visited_on=visit.visited_on,
        place=clean_text(visit.place, field="place", label="地点", limit=200),
        people=people,
        accompanied_by=clean_text(visit.accompanied_by, field="accompanied_by", label="企业陪同", limit=100),
        opening_at=visit.opening_at,
        closing_at=visit.closing_at,
        findings=findings,
        problems=clean_text(visit.problems, field="problems", label="问题", limit=_TEXT, multiline=True),
        conclusion=conclusion,
        recorded_by_id=actor.account,
        recorded_at=moment.at,
    )
    record(
        actor=actor,
        event="site_visit.record",
        subject=row,
        moment=moment,
        rule="R-21",
        after={"visited_on": visit.visited_on, "people": people},
    )
    return str(row.public_id)


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding with clean texts; what is not text (agreement) stays as it is."""
    return {
        key: clean_text(value, field="findings", label="核查记录", limit=_LINE)
        if isinstance(value, str)
        else value
        for key, value in finding.items()
    }


def _locked_visit(*, actor: Actor, public_id: str) -> tuple[CaseRow, SiteVisit]:
    """Return case and record for somebody who may still add to it.

    Raises:
        NotVisible, Forbidden, WrongStep: see `_open_panel`.
    """
    found = (
        SiteVisit.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    case, _ = _open_panel(actor=actor, public_id=found)
    return case, SiteVisit.objects.select_for_update(of=("self",)).get(public_id=public_id)


@transaction.atomic
def sign_site_visit(*, actor: Actor, clock: Clock, public_id: str, signing: Signing) -> None:
    """Put one signature under an on-site record (public id of the record); a signature is never changed.

    Raises:
        Invalid: unknown side, no name, neither a drawn line nor a scan, signed already, refusal without a note; a
            scan that is not a picture or PDF.
        NotVisible, Forbidden, WrongStep: see `record_site_visit`.
    """
    case, visit = _locked_visit(actor=actor, public_id=public_id)
    moment = clock.now()
    name = clean_text(signing.name, field="name", label="姓名", limit=50)
    note = clean_text(signing.note, field="note", label="说明", limit=200)
    strokes = _strokes(signing.strokes)
    errors: dict[str, list[str]] = {}
    if signing.side not in SiteSignature.SIDES:
        errors["side"] = ["请选择签名方。"]
    if not name:
        errors["name"] = ["请填写签名人姓名。"]
    if signing.side == SiteSignature.CHECKERS and name and name not in visit.people:
        errors["name"] = [f"{name}不在核实人员中：{'、'.join(visit.people)}。"]
    if signing.refused and (signing.side != SiteSignature.FACTORY or not note):
        errors["note"] = ["企业拒绝签名的，请写明情况；核实人员须签名。"]
    if not signing.refused and not strokes and signing.scan is None:
        errors["strokes"] = ["请手写签名，或上传签名扫描件。"]
    if SiteSignature.objects.filter(visit=visit, side=signing.side, name=name).exists():
        errors["name"] = [f"{name}已经签名。"]
    if errors:
        raise Invalid(errors)
    scan = None
    if signing.scan is not None and not signing.refused:
        scan = _kept(actor=actor, clock=clock, case=case, visit=visit, upload=signing.scan, note="签名扫描件")
    row = SiteSignature.objects.create(
        visit=visit,
        side=signing.side,
        name=name,
        position=clean_text(signing.position, field="position", label="职务", limit=50),
        strokes=[] if signing.refused else strokes,
        scan_id=scan,
        refused=signing.refused,
        note=note,
        taken_by_id=actor.account,
        signed_at=moment.at,
    )
    record(
        actor=actor,
        event="site_visit.sign",
        subject=visit,
        moment=moment,
        rule="R-21",
        after={"side": row.side, "name": name, "refused": row.refused},
        note=note,
    )


def _strokes(given: Sequence[Sequence[Sequence[float]]]) -> list[list[list[int]]]:
    """Return the drawn lines as whole numbers inside the square; too short a scribble counts as nothing.

    Raises:
        Invalid: not a drawing, or beyond its bounds.
    """
    fault = Invalid.of("strokes", "手写签名无法识别，请清除后重新签写。")
    found: list[list[list[int]]] = []
    if len(given) > _STROKES:
        raise fault
    for stroke in given:
        if len(stroke) > _POINTS:
            raise fault
        points = []
        for point in stroke:
            if len(point) != 2 or any(isinstance(part, (str, bool)) for part in point):  # noqa: PLR2004  (x, y)
                raise fault
            x, y = (round(part) for part in point)
            if not (0 <= x <= _SQUARE and 0 <= y <= _SQUARE):
                raise fault
            points.append([x, y])
        if points:
            found.append(points)
    return found if sum(len(stroke) for stroke in found) >= _LEAST_POINTS else []


@transaction.atomic
def add_visit_photo(*, actor: Actor, clock: Clock, public_id: str, upload: UploadedFile[Any]) -> str:
    """Keep a photo taken on site with the record (public id of the record); the same photo twice is once.

    Returns:
        The public id of the evidence file.

    Raises:
        Invalid: not a picture or PDF, too large (see `evidence.store_upload`).
        NotVisible, Forbidden, WrongStep: see `record_site_visit`.
    """
    case, visit = _locked_visit(actor=actor, public_id=public_id)
    kept = _kept(actor=actor, clock=clock, case=case, visit=visit, upload=upload, note="现场照片")
    photo = VisitPhoto.objects.filter(visit=visit, file_id=kept).first()
    if photo is None:
        photo = VisitPhoto.objects.create(visit=visit, file_id=kept)
        record(
            actor=actor,
            event="site_visit.photo",
            subject=visit,
            moment=clock.now(),
            rule="R-21",
            after={"file": photo.file.public_id, "digest": photo.file.digest},
        )
    return str(photo.file.public_id)


def _kept(
    *, actor: Actor, clock: Clock, case: CaseRow, visit: SiteVisit, upload: UploadedFile[Any], note: str
) -> int:
    """Store a file of the visit as evidence of the case and return its id."""
    of_case = evidence.Case(
        application_id=case.id, enterprise_id=case.enterprise_id, district=case.district, editable=False
    )
    stored = evidence.store_upload(actor=actor, clock=clock, upload=upload, case=of_case)
    evidence.attach(
        actor=actor,
        clock=clock,
        public_id=stored.public_id,
        case=of_case,
        place="section",
        code=f"site-visit-{visit.public_id}",
        note=note,
    )
    return stored.id
