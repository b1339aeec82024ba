"""Which messages come by mail, and the private calendar of one's deadlines; for every signed-in person."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import membership
from apps.accounts import services as account_services
from apps.core.audience import actor_of, audience, open_to_all
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.core.scoping import acting_as
from apps.deadlines import selectors as deadlines
from apps.notifications import selectors as notifications
from apps.notifications import services as notification_services
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.sms import sms_offered
from apps.notifications.template import Group
from apps.parameters.selectors import in_force
from apps.portals.base.calendar_feed import calendar_of
from apps.portals.base.http import attempt, page, say
from apps.portals.base.views import SIGNED_IN
from apps.portals.base.visible import seen

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
#: What only a case fills in, with the word that hangs on it: "评定为{level}级绿色工厂", "已有结论：{enterprise}".
_OF_A_CASE = re.compile(r"\{level\}级|：\{enterprise\}$")
_ALWAYS = (
    (Group.DEADLINE, "时限提醒", "截止前和逾期的提醒、期限变更"),
    (Group.TASK, "待办事项", "需要本人或本单位办理的事项"),
    (Group.RESULT, "办理结果", "受理、退回补正、评定、取消等结果"),
)


@audience(*SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def message_settings(request: HttpRequest) -> HttpResponseBase:
    """Show and keep which progress messages are mailed; deadlines, tasks and results always are."""
    if request.method != "POST":
        return _page(request)
    _, refusal = attempt(
        notification_services.set_mail_preference,
        actor=actor_of(request),
        clock=DatabaseClock(),
        progress_by_mail=request.POST.get("progress_by_mail") == "on",
        muted=[code for code in _optional() if code not in request.POST.getlist("mailed")],
        digest=request.POST.get("digest") == "on",
        sms=request.POST.getlist("sms"),
        phone=request.POST.get("phone", ""),
    )
    if refusal is not None:
        return _page(request, refusal)
    say(request, "消息设置已保存。")
    return redirect("message_settings")


@audience(*SIGNED_IN)
@require_POST
def open_calendar(request: HttpRequest) -> HttpResponseBase:
    """Make a new private calendar address; it is shown on this answer and never again."""
    token = account_services.open_calendar(actor=actor_of(request), clock=DatabaseClock())
    return _page(request, address=f"{settings.PUBLIC_URL}{reverse('calendar_feed', args=[token])}")


@audience(*SIGNED_IN)
@require_POST
def close_calendar(request: HttpRequest) -> HttpResponseBase:
    """End the private calendar address."""
    if account_services.close_calendar(actor=actor_of(request), clock=DatabaseClock()):
        say(request, "日历订阅已停止，原地址不能再使用。")
    return redirect("message_settings")


@open_to_all
@require_GET
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give a calendar program the open deadlines of whose secret address this is."""
    owner = seen(membership.calendar_owner, token=token)
    moment = DatabaseClock().now()
    with acting_as(owner, then=actor_of(request)):
        found = deadlines.calendar_feed_rows(actor=owner, at=moment.at)
    response = HttpResponse(
        calendar_of(found, actor=owner, at=moment.at), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _optional() -> dict[str, str]:
    """Return the progress messages by code, with a title that needs no case."""
    return {
        code: _PLACEHOLDER.sub("", _OF_A_CASE.sub("", row.title).replace("{enterprise}", "企业")).strip(
            "：，"
        )
        for code, row in CATALOGUE.items()
        if not row.group.mandatory
    }


def _page(request: HttpRequest, refusal: DomainError | None = None, **shown: Any) -> HttpResponseBase:
    actor = actor_of(request)
    chosen = notifications.mail_choices(actor=actor)
    context = {
        "always": [
            {
                "code": group.value,
                "label": label,
                "note": note,
                "sms": group.value in (request.POST.getlist("sms") if refusal else chosen.sms),
            }
            for group, label, note in _ALWAYS
        ],
        "sms_offered": sms_offered(),
        "typed_phone": request.POST.get("phone", ""),
        "parameters": in_force(on=DatabaseClock().now().on),
        "optional": [
            {"code": code, "label": label, "mailed": code not in chosen.muted}
            for code, label in _optional().items()
        ],
        "chosen": chosen,
        "calendar_made_at": membership.calendar_made_at(actor=actor),
        **shown,
    }
    return page(request, "base/message_settings.html", context, refusal=refusal)
