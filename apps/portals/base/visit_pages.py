"""The on-site record on a phone or at a desk: signatures of both sides, photos; shared by the city and the experts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.audience import actor_of
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import FormFaults, required_day, text, time_of_day
from apps.portals.base.visible import must_be_visible, seen
from apps.review import selectors as review
from apps.review import services
from apps.review.services import PEOPLE_AT_LEAST, Signing, Visit

#: Lines of findings that the form offers.
FINDING_LINES = range(1, 9)
_LONGEST_DRAWING = 200_000


def visit_of(request: HttpRequest) -> Visit:
    """Return the record as typed: participants one per line, findings in numbered lines.

    Raises:
        Invalid: everything that is missing or unreadable, by its field.
    """
    with FormFaults() as faults:
        on = faults.reads(lambda: required_day(request, "visited_on", "核实日期"))
        opening = faults.reads(lambda: time_of_day(request, "opening_at", "首次会议时间"))
        closing = faults.reads(lambda: time_of_day(request, "closing_at", "末次会议时间"))
        findings = _findings(request, faults)
        conclusion = faults.wanted(request, "conclusion", "现场核实结论")
        typed = text(request, "people").replace("，", "、").replace("、", "\n").splitlines()
        people = list(dict.fromkeys(name.strip() for name in typed if name.strip()))
        if len(people) < PEOPLE_AT_LEAST:
            faults.add("people", f"现场核实人员不少于 {PEOPLE_AT_LEAST} 人，当前 {len(people)} 人。")
    return Visit(
        visited_on=on,
        place=text(request, "place"),
        people=people,
        conclusion=conclusion,
        accompanied_by=text(request, "accompanied_by"),
        opening_at=opening,
        closing_at=closing,
        problems=text(request, "problems"),
        findings=findings,
    )


def _findings(request: HttpRequest, faults: FormFaults) -> list[dict[str, object]]:
    """Return the numbered lines that say anything; a line without its item or its finding is a fault."""
    findings: list[dict[str, object]] = []
    for number in FINDING_LINES:
        item, filed, found = (
            text(request, f"{part}-{number}").strip() for part in ("item", "filed", "found")
        )
        if not (item or filed or found):
            continue
        if not item or not found:
            faults.add("findings", f"第 {number} 条核查记录请写明核查内容和现场情况。")
        agrees = text(request, f"agrees-{number}") == "on"
        findings.append({"item": item, "filed": filed, "found": found, "agrees": agrees})
    return findings


def typed_findings(request: HttpRequest) -> list[dict[str, object]]:
    """Return the numbered lines of the form as they were sent."""
    return [
        {
            "number": number,
            "item": text(request, f"item-{number}"),
            "filed": text(request, f"filed-{number}"),
            "found": text(request, f"found-{number}"),
            "agrees": text(request, f"agrees-{number}"),
        }
        for number in FINDING_LINES
    ]


@dataclass(frozen=True, slots=True)
class VisitPages:
    """The pages of one record in one portal.

    `portal`: namespace of its addresses (`site_visit`, `sign_visit`, `visit_photo`); `files`: where its files are;
    `may_write`: may this actor add to the record of this panel? `context`: what its template needs beside.
    """

    portal: str
    template: str
    files: str
    may_write: Callable[[Actor, review.PanelFile], bool]
    context: Callable[[Actor, review.PanelFile], dict[str, Any]]

    def show(
        self,
        request: HttpRequest,
        public_id: str,
        *,
        refusal: DomainError | None = None,
        side: str = "",
    ) -> HttpResponseBase:
        """Show the record with the forms for what is still missing."""
        actor = actor_of(request)
        row, application = seen(review.site_visit, actor=actor, public_id=public_id)
        panel = seen(review.panel_of, actor=actor, public_id=application)
        writable = panel.state != "concluded" and self.may_write(actor, panel)
        signed = {signature.name for signature in row.signatures if signature.side == "checkers"}
        unsigned = [name for name in row.people if name not in signed]
        factory_signed = any(signature.side == "factory" for signature in row.signatures)
        return page(
            request,
            self.template,
            {
                "visit": row,
                "panel": panel,
                "case": panel.case,
                "writable": writable,
                "sides": [
                    {"code": code, "label": label, "current": side == code}
                    for code, label in review.signature_sides()
                    if (unsigned if code == "checkers" else not factory_signed)
                ],
                "unsigned": unsigned,
                "typed": request.POST,
                "files": self.files,
                "urls": {
                    "sign": reverse(f"{self.portal}:sign_visit", args=[public_id]),
                    "photo": reverse(f"{self.portal}:visit_photo", args=[public_id]),
                },
                **self.context(actor, panel),
            },
            refusal=refusal,
        )

    def sign(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Put a signature under the record."""
        side = text(request, "side")
        try:
            signing = Signing(
                side=side,
                name=text(request, "name"),
                position=text(request, "position"),
                strokes=_drawing(text(request, "strokes")),
                scan=_sent(request, "scan"),
                refused="refused" in request.POST,
                note=text(request, "note"),
            )
        except Invalid as invalid:
            return self.show(request, public_id, refusal=invalid, side=side)
        _, refusal = attempt(
            services.sign_site_visit,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=public_id,
            signing=signing,
        )
        must_be_visible(refusal)
        if refusal is not None:
            return self.show(request, public_id, refusal=refusal, side=side)
        say(request, "签名已记录，不可更改。")
        return redirect(f"{self.portal}:site_visit", public_id)

    def photo(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        """Keep photos taken on site."""
        uploads = request.FILES.getlist("files")
        refusal: DomainError | None = None
        if not uploads:
            refusal = Invalid.of("files", "请选择或拍摄照片。")
        for upload in uploads:
            _, refusal = attempt(
                services.add_visit_photo,
                actor=actor_of(request),
                clock=DatabaseClock(),
                public_id=public_id,
                upload=upload,
            )
            if refusal is not None:
                if isinstance(refusal, Invalid):
                    refusal = Invalid({"files": [f"{upload.name}：{line}" for line in _lines(refusal)]})
                break
        must_be_visible(refusal)
        if refusal is not None:
            return self.show(request, public_id, refusal=refusal)
        say(request, f"已保存 {len(uploads)} 张照片。")
        return redirect(f"{self.portal}:site_visit", public_id)


def _lines(refusal: Invalid) -> list[str]:
    return [line for lines in refusal.errors.values() for line in lines]


def _sent(request: HttpRequest, name: str) -> UploadedFile[Any] | None:
    found = request.FILES.get(name)
    return found if isinstance(found, UploadedFile) else None


def _drawing(sent: str) -> list[Any]:
    """Return the drawn lines of a posted signature, [] when none were drawn.

    Raises:
        Invalid: not what the page sends.
    """
    if not sent.strip():
        return []
    fault = Invalid.of("strokes", "手写签名无法识别，请清除后重新签写。")
    if len(sent) > _LONGEST_DRAWING:
        raise fault
    try:
        found = json.loads(sent)
    except ValueError:
        raise fault from None
    if not isinstance(found, list) or not all(
        isinstance(stroke, list)
        and all(
            isinstance(point, list)
            and len(point) == 2  # noqa: PLR2004  (x, y)
            and all(type(part) in {int, float} and abs(part) < _LONGEST_DRAWING for part in point)
            for point in stroke
        )
        for stroke in found
    ):
        raise fault
    return found
