"""The main flow over HTTP leaves exactly the trace that the same flow through the services leaves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.applications import report_sections
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.review import selectors as reviews
from tests.api.callers import caller
from tests.unit.applications.scenes import PROFILE
from tests.unit.review import scenes

Trace = list[tuple[str, str, str, str]]


def trace_since(last: int) -> Trace:
    """Return event, rule, kind of row and role of every audit row after *last*, in order."""
    enter(Actor.system())
    rows = AuditEvent.objects.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("event", "rule", "subject_type", "actor_role"))


def last_event() -> int:
    """Return the newest audit row."""
    enter(Actor.system())
    return int(AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


#: What a refused attempt leaves in the trace.
REFUSED = ("access.refused", "", "", "municipal")


def through_services(scene: scenes.Flow) -> Trace:
    """Play the flow through the services, read its trace, and take it back."""
    start, morning = last_event(), scene.clock.moment
    with transaction.atomic():
        scene.awarded()
        trace = trace_since(start)
        transaction.set_rollback(True)
    scene.case, scene.clock.moment = "", morning
    return trace


def through_http(scene: scenes.Flow) -> tuple[Trace, str]:
    """Play the same flow over HTTP; return its trace and the application."""
    start = last_event()
    case = _fill_in(scene)
    _district(scene, case)
    _experts(scene, case)
    _city(scene, case)
    return trace_since(start), case


def _fill_in(scene: scenes.Flow) -> str:
    enterprise = caller(scene.enterprise)
    case: str = enterprise.post("applications/", {"round": scene.round_id, "level": 3}, expect=201)[
        "public_id"
    ]
    at = f"applications/{case}/"
    version = enterprise.get(at)["case"]["version"]
    enterprise.post(at + "profile/", {"values": PROFILE, "version": version})
    answers = {
        item.code: {"conforms": True, "explanation": "见证明材料。"} for item in requirements_for(Level.A3)
    }
    enterprise.post(at + "basics/", {"answers": answers, "version": version})
    for section in report_sections.REPORT_SECTIONS:
        text = f"{section.title}：情况属实。"
        enterprise.post(at + "report/", {"section": section.code, "text": text, "version": version})
    assert not enterprise.get(at + "completeness/")["ready"]
    scene.fill_sheet(case)
    assert enterprise.get(at + "completeness/")["ready"]
    body = {"token": "token-of-this-test", "pledge": True, "signatory": "周敏"}
    receipt = enterprise.post(at + "submit/", body)
    assert enterprise.post(at + "submit/", body) == receipt
    return case


def _district(scene: scenes.Flow, case: str) -> None:
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    at = f"applications/{case}/"
    handler.post(at + "accept/", expect=204)
    handler.post(at + "pass-form-check/", {"rows": scenes.FORM_ROWS}, expect=204)
    handler.post(at + "preliminary/claim/", expect=204)
    desk = handler.get(at + "preliminary/")["desk"]
    points = scenes.spread(
        {row["code"]: Decimal(row["max_points"]) for row in desk["rows"]}, Decimal("85.00")
    )
    answers = {
        code: {"judged_points": f"{own:.2f}", "reason": "按佐证判定。"} for code, own in points.items()
    }
    assert handler.post(at + "preliminary/scores/", {"answers": answers})["total"] == "85.00"
    handler.post(at + "preliminary/submit/", {"opinion": scenes.OPINION}, expect=204)
    assert signer.post(at + "preliminary/sign/")["total"] == "85.00"
    listed = handler.post("recommendations/", {"round": scene.round_id}, expect=201)["public_id"]
    sent = signer.post(f"recommendations/{listed}/send/", {"letter_no": "昆工信函〔2026〕8号"})
    assert sent == {"count": 1}


def _experts(scene: scenes.Flow, case: str) -> None:
    city = caller(scene.city.handler)
    at = f"applications/{case}/"
    city.post(at + "city-accept/", expect=204)
    pool = {row["number"]: row["public_id"] for row in city.get(at + "panel/candidates/")["results"]}
    chosen = [pool[f"ZJ{number:04d}"] for number in (1, 2, 3)]
    due = (scene.clock.now().on + timedelta(days=20)).isoformat()
    city.post(at + "panel/", {"experts": chosen, "leader": chosen[0], "due_on": due}, expect=201)
    members = [caller(expert) for expert in scene.experts[:3]]
    tasks = [member.get("assignments/")["results"][0]["public_id"] for member in members]
    for member, task, total in zip(members, tasks, ("84.00", "86.00", "88.00"), strict=True):
        assert member.get(f"assignments/{task}/")["desk"] is None
        member.post(f"assignments/{task}/declare/", expect=204)
        member.post(f"assignments/{task}/adopt/", {})
        _judge(member, task, Decimal(total))
        member.post(f"assignments/{task}/submit/", {"strengths": "计量完善。"}, expect=204)
    opinion = {
        "opinion": "recommend",
        "reasons": "材料完整，指标真实。",
        "site_visited": False,
        "site_reason": "材料充分。",
    }
    members[0].post(at + "panel/draft-opinion/", opinion, expect=204)
    for member, task in zip(members[1:], tasks[1:], strict=True):
        member.post(f"assignments/{task}/sign-opinion/", expect=204)
    members[0].post(at + "panel/conclude/", expect=204)
    assert city.post(at + "panel/take/", {}) == {"outcome": "start_credit_check"}


def _judge(member: Any, task: str, total: Decimal) -> None:
    """Move the adopted points until the sheet shows *total*, as the scene does."""
    rows = member.get(f"assignments/{task}/")["desk"]["rows"]
    gap = total - sum(Decimal(row["own"]["points"] or 0) for row in rows)
    answers = {}
    for row in rows:
        own = Decimal(row["own"]["points"] or 0)
        move = min(gap, Decimal(row["max_points"]) - own) if gap > 0 else max(gap, scenes.CENT - own)
        if move:
            answers[row["code"]] = {"judged_points": f"{own + move:.2f}", "reason": "按佐证判定。"}
            gap -= move
        if not gap:
            break
    if answers:
        member.post(f"assignments/{task}/scores/", {"answers": answers})


def _city(scene: scenes.Flow, case: str) -> None:
    handler, signer, leader = (
        caller(who) for who in (scene.city.handler, scene.city.signer, scene.city.leader)
    )
    credit = {
        "platform": "信用中国",
        "checked_on": scene.clock.now().on.isoformat(),
        "report_no": "XY2026112201",
        "result": "normal",
    }
    handler.post(f"applications/{case}/credit-checks/", credit, expect=201)
    text = {
        name: getattr(scenes.TEXT, name)
        for name in ("title", "contact_person", "contact_phone", "supervision_phone")
    }
    notice = handler.post("notices/", {"round": scene.round_id, "applications": [case], **text}, expect=201)[
        "public_id"
    ]
    public = caller()
    public.get(f"notices/{notice}/", expect=404)
    for who, event in ((handler, "submit"), (signer, "review"), (leader, "approve")):
        who.post(f"notices/{notice}/sign/", {"event": event})
    caller(scene.city.publisher).post(f"notices/{notice}/publish/", {})
    shown = public.get(f"notices/{notice}/")
    assert [entry["state"] for entry in shown["entries"]] == ["standing"]
    assert "chain" not in shown
    scene.notice = notice
    scene.after_notice()
    scene.sweep()
    body = {"round": scene.round_id, "applications": [case], "document_no": "苏工信节能〔2026〕58号"}
    recognition = handler.post("recognitions/", body, expect=201)["public_id"]
    handler.post(f"recognitions/{recognition}/sign/", expect=403)
    titles = leader.post(f"recognitions/{recognition}/sign/")["titles"]
    assert len(titles) == 1


def _boards_agree(scene: scenes.Flow, case: str) -> None:
    """What the boards show over HTTP is what their pages are made of."""
    city, official = caller(scene.city.handler), caller(scene.district.handler)
    [row] = city.get("panels/overview/", sort="line")["results"]
    page = reviews.panel_overview(actor=scene.be(scene.city.handler), on=scene.clock.now().on)
    assert (row["application"], row["spread"], row["deviation"]) == (
        case,
        f"{page.rows[0].spread:.2f}",
        f"{page.rows[0].deviation:.2f}",
    )
    assert [member["total"] for member in row["members"]] == ["84.00", "86.00", "88.00"]
    assert city.get("panels/figures/")["counts"] == page.counts == {"concluded": 1}
    city.get("panels/overview/", sort="random", expect=400)
    official.get("panels/overview/", expect=403)
    board = official.get("board/")
    shown = reviews.board(actor=scene.be(scene.district.handler))
    assert [(one["name"], one["signed"]) for one in board["people"]] == [(shown.people[0].name, 1)]
    assert [(one["step"], one["cases"]) for one in board["steps"]] == [
        (one.label, one.cases) for one in shown.stages
    ]
    assert {state for state, count in board["by_state"].items() if count} == {"awarded"}
    behind = official.get("board/cases/", load="signed")
    assert [line["application"] for line in behind["results"]] == [case]
    assert caller(scene.other_district.handler).get("board/cases/")["total"] == 0
    city.get("board/", expect=403)


def test_the_main_flow_over_http_leaves_the_trace_of_the_services(scene: scenes.Flow) -> None:
    expected = through_services(scene)
    found, case = through_http(scene)
    # The handler tried to sign: refused, and that too is on record.
    assert [entry for entry in found if entry[0] == "access.refused"] == [REFUSED]
    assert [entry for entry in found if entry != REFUSED] == expected
    assert scene.state(case) == "awarded"
    _boards_agree(scene, case)
    public = caller()
    listed = public.get("titles/", level=3)
    assert [row["level"] for row in listed["results"]] == [3]
    own = caller(scene.enterprise).get("titles/mine/")["results"][0]
    checked = public.get("titles/verify/", token=own["verify_token"])
    assert (checked["status"], checked["title"]["certificate_no"]) == ("valid", own["certificate_no"])
