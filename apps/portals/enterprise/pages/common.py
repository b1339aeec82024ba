"""What the pages of one application share: the moment shown, the five steps, crumbs, answers in JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from apps.applications import profile_fields
from apps.applications.selectors import ApplicationFile
from apps.core.errors import DomainError, Invalid
from apps.core.moment import SHANGHAI, Moment, shown_at
from apps.portals.base.http import refusal_context
from apps.scoring.selectors import SheetHead

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
STEP_LABELS = (
    ("application_profile", "基本信息"),
    ("basics", "基本要求"),
    ("evaluate", "自评打分"),
    ("report", "评价报告"),
    ("check", "核对提交"),
)


def shown_now() -> Moment:
    """Return the web server's present moment, for pages that only show; acts ask the database clock."""
    return Moment.of(shown_at())


def code_of(text: str | None) -> str:
    """Return *text* when it can be the code of an item, requirement or section, else ""."""
    return text if text and _CODE.fullmatch(text) else ""


def wants_json(request: HttpRequest) -> bool:
    """Return whether the page's script asked (autosave, upload), not a form."""
    return request.headers.get("Accept", "").startswith("application/json")


def clock_text(moment: Moment) -> str:
    """Return the Shanghai wall-clock time shown beside "已自动保存"."""
    return f"{moment.at.astimezone(SHANGHAI):%H:%M}"


def saved_json(
    *,
    version: int,
    fields: Mapping[str, object],
    replace: Mapping[str, str] | None = None,
    following: str = "",
) -> JsonResponse:
    """Return what the autosave script needs: new versions for the hidden fields, texts to put in place.

    *following* is the page to go on to when the person pressed a button that leads on, else "".
    """
    return JsonResponse(
        {
            **({"next": following} if following else {}),
            "version": version,
            "saved_at": clock_text(shown_now()),
            "fields": {name: str(value) for name, value in fields.items()},
            "replace": dict(replace or {}),
        }
    )


def refused_json(
    request: HttpRequest, refusal: DomainError, *, fields: Mapping[str, object] | None = None, **context: Any
) -> JsonResponse:
    """Return a refusal for the script: the sentence, the errors by field, and the panel to show, with its status.

    *fields* are the hidden fields with which the person may save their own entries over the newer version.
    """
    panel = render_to_string(
        "enterprise/_problems.html", {**refusal_context(refusal), **context, "scripted": True}, request
    )
    return JsonResponse(
        {
            "error": refusal.message,
            "errors": refusal.errors if isinstance(refusal, Invalid) else {},
            "html": panel,
            "fields": {name: str(value) for name, value in (fields or {}).items()},
        },
        status=refusal.status,
    )


def application_crumbs(file: ApplicationFile, here: str = "") -> list[tuple[str, str]]:
    """Return the path to a page of an application; *here* is the page's own name ("" on the file itself)."""
    name = f"{file.case.round_code} · {file.case.level_label} 级"
    crumbs = [("我的申报", reverse("enterprise:applications"))]
    if not here:
        return [*crumbs, (name, "")]
    return [*crumbs, (name, reverse("enterprise:application", args=[file.case.public_id])), (here, "")]


def steps_of(file: ApplicationFile, sheet: SheetHead | None, current: str = "") -> list[dict[str, str]]:
    """Return the five steps of filling in, each done, current or to do."""
    values = {one.field.code: one.value for one in file.profile}
    done = {
        "application_profile": not profile_fields.missing(values),
        "basics": all(answer.conforms is not None for answer in file.basics),
        "evaluate": sheet is not None and sheet.answered == sheet.item_count,
        "report": all(one.text for one in file.report if one.section.required),
        "check": file.case.submitted_at is not None,
    }
    return [
        {
            "label": label,
            "state": "current" if code == current else ("done" if done[code] else "todo"),
            "code": code,
            "url": reverse(f"enterprise:{code}", args=[file.case.public_id]),
        }
        for code, label in STEP_LABELS
    ]
