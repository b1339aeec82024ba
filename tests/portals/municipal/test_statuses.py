"""Every act around a decision answers over pages and interface: done, not yours, not there, not now, not so."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.applications.models import Round
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, DatabaseClock
from apps.core.scoping import enter
from apps.policy.evaluation.editing import Edit, Part
from apps.portals.municipal import common
from apps.publicity import selectors as publicity_read
from apps.publicity import services as publicity
from apps.scoring import selectors as scoring_read
from apps.scoring import services as scores
from apps.scoring.models import Scheme
from apps.scoring.states import PUBLISHED
from tests.portals.municipal.answers import L, Table
from tests.unit.publicity.letters import LETTER
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.scoring.scenes import SUZHOU
from tests.unit.staging import built_once, played

_OBJECTOR = publicity.ObjectionForm(
    party="unit", person="", unit="示例环保志愿者协会", contact="0512-00000009", matter="夜间噪声较大。"
)


def _letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("盖章函.pdf", LETTER, content_type="application/pdf")


def _build() -> Flow:
    """One candidate on notice with an objection under inquiry and one just filed; one with an adverse credit result."""
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.credit()
    flow.other = flow.second()
    flow.publish(flow.case)
    flow.objection = flow.object()
    publicity.accept_objection(actor=flow.be(flow.city.handler), clock=flow.clock, public_id=flow.objection)
    flow.receipt = publicity.file_objection(
        actor=flow.be(Actor.public()),
        clock=flow.clock,
        entry_public_id=flow.entry(),
        form=_OBJECTOR,
        papers=[_letter()],
    )
    flow.credit(case=flow.other, result="adverse", matters="列入失信名单。")
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def table(scene: Flow, monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setattr(DatabaseClock, "now", mock.Mock(return_value=scene.clock.now()))
    monkeypatch.setattr(common, "shown_at", mock.Mock(return_value=scene.clock.now().at))
    handler = scene.be(scene.city.handler)
    items = publicity_read.correctable_items(actor=handler, objection_public_id=scene.objection)[1]
    item = next(one for one in items if all(points and points > 1 for points in one.given.values()))
    fresh = next(
        row for row in publicity_read.objections(actor=handler) if row.receipt_no == scene.receipt.receipt_no
    )
    paper = publicity_read.objection_file(actor=handler, public_id=fresh.public_id).papers[0]
    enter(Actor.system())
    adverse = scene.row(scene.other)
    inquiry = publicity_read.credit_inquiries(actor=scene.be(scene.city.handler), application_id=adverse.pk)[
        0
    ]
    enter(Actor.system())
    scheme = Scheme.objects.get(code=SUZHOU, status=PUBLISHED)
    people = {
        "handler": scene.city.handler,
        "signer": scene.city.signer,
        "leader": scene.city.leader,
        "district": scene.district.handler,
        "elsewhere": scene.other_district.handler,
        "firm": scene.enterprise,
        "neighbour": scene.neighbour,
        "expert": scene.experts[0],
        "head": scene.district.signer,
        "elsewhere_head": scene.other_district.signer,
        "public": None,
    }
    names = {
        "case": scene.case,
        "other": scene.other,
        "round": scene.round_id,
        "objection": scene.objection,
        "fresh": fresh.public_id,
        "paper": paper.public_id,
        "receipt": scene.receipt.receipt_no,
        "code": scene.receipt.query_code,
        "item": item.code,
        "inquiry": inquiry.public_id,
        "scheme": scheme.public_id,
        "firm_id": scene.row(scene.case).enterprise.public_id,
        "firm_uscc": scene.row(scene.case).enterprise.uscc,
        "other_uscc": scene.row(scene.other).enterprise.uscc,
        "soon": (scene.clock.now().at.astimezone(SHANGHAI) + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
        "today": scene.clock.now().on.isoformat(),
    }

    def simulate(known: dict[str, str]) -> None:
        actor = scene.be(scene.city.handler)
        view = scoring_read.draft(actor=actor, public_id=known["draft"])
        # The copy has the date of the version it was made from: it takes effect when it is published instead.
        scores.revise_draft(
            actor=actor,
            clock=scene.clock,
            public_id=known["draft"],
            seen=view.row.digest,
            change=Edit(Part.HEAD, "", {**view.entry(Part.HEAD, ""), "effective_from": None}),
        )
        scores.simulate(
            actor=actor,
            clock=scene.clock,
            public_id=known["draft"],
            against=SUZHOU,
            tell=lambda *_: None,
        )

    def close(known: dict[str, str]) -> None:
        enter(Actor.system())
        Round.objects.filter(public_id=known["round"]).update(state="closed")

    return Table(people, names, {"simulate": simulate, "close": close})


MARKS_PAGES = (
    L("handler", "GET /m/objections/{objection}/correct/", 200),
    L("district", "GET /m/objections/{objection}/correct/", 403),
    L("firm", "GET /m/objections/{objection}/correct/", 403),
    L("handler", "GET /m/objections/none/correct/", 404),
    L("handler", "GET /m/objections/{fresh}/correct/", 409),
    L(
        "handler",
        "POST /m/objections/{objection}/correct/",
        422,
        act="propose",
        reason="x",
        **{"points-{item}": "甲"},
    ),
    L("handler", "POST /m/objections/{objection}/correct/", 422, act="propose", reason="不能证明。"),
    L(
        "handler",
        "POST /m/objections/{fresh}/correct/",
        409,
        act="propose",
        reason="x",
        **{"points-{item}": "1"},
    ),
    L("handler", "POST /m/objections/{objection}/correct/", 200, act="look", **{"points-{item}": "0.5"}),
    L(
        "signer",
        "POST /m/objections/{objection}/correct/",
        403,
        act="propose",
        reason="不能证明。",
        **{"points-{item}": "0.5"},
    ),
    L(
        "handler",
        "POST /m/objections/{objection}/correct/",
        302,
        act="propose",
        reason="不能证明。",
        keep="correction",
        **{"points-{item}": "0.5"},
    ),
    L(
        "handler",
        "POST /m/objections/{objection}/correct/",
        409,
        act="propose",
        reason="不能证明。",
        **{"points-{item}": "0.5"},
    ),
    L("signer", "GET /m/corrections/{correction}/", 200),
    L("signer", "GET /m/corrections/none/", 404),
    L("district", "GET /m/corrections/{correction}/", 403),
    L("handler", "POST /m/corrections/{correction}/approve/", 403, conclusion="属实。"),
    L("signer", "POST /m/corrections/{correction}/approve/", 422, conclusion=" "),
    L("signer", "POST /m/corrections/{correction}/return/", 422, reason=" "),
    L("signer", "POST /m/corrections/none/approve/", 404, conclusion="属实。"),
    L("signer", "POST /m/corrections/{correction}/return/", 302, reason="依据不足。"),
    L("signer", "POST /m/corrections/{correction}/approve/", 409, conclusion="属实。"),
)
_AT = "/api/v1/objections/{objection}/corrections/"
_POINTS = {"{item}": "0.50"}
MARKS_API = (
    L("handler", f"GET {_AT}", 200),
    L("firm", f"GET {_AT}", 200),
    L("neighbour", f"GET {_AT}", 404),
    L("district", f"GET {_AT}", 403),
    L("public", f"GET {_AT}", 401),
    L("handler", f"POST {_AT}preview/", 200, points=_POINTS),
    L("firm", f"POST {_AT}preview/", 403, points=_POINTS),
    L("handler", f"POST {_AT}", 422, points={"{item}": "甲"}, reason="不能证明。"),
    L("handler", f"POST {_AT}", 422, points={"none": "1"}, reason="不能证明。"),
    L("handler", "POST /api/v1/objections/none/corrections/", 404, points=_POINTS, reason="不能证明。"),
    L("handler", "POST /api/v1/objections/{fresh}/corrections/", 409, points=_POINTS, reason="不能证明。"),
    L("signer", f"POST {_AT}", 403, points=_POINTS, reason="不能证明。"),
    L("handler", f"POST {_AT}", 201, points=_POINTS, reason="不能证明。", keep="correction"),
    L("handler", f"POST {_AT}", 409, points=_POINTS, reason="不能证明。"),
    L("handler", "GET /api/v1/corrections/{correction}/", 200),
    L("firm", "GET /api/v1/corrections/{correction}/", 404),
    L("district", "GET /api/v1/corrections/{correction}/", 403),
    L("handler", "POST /api/v1/corrections/{correction}/approve/", 403, conclusion="属实。"),
    L("signer", "POST /api/v1/corrections/{correction}/approve/", 422, conclusion=" "),
    L("signer", "POST /api/v1/corrections/none/return/", 404, reason="依据不足。"),
    L("signer", "POST /api/v1/corrections/{correction}/approve/", 200, conclusion="部分属实。"),
    L("signer", "POST /api/v1/corrections/{correction}/return/", 409, reason="依据不足。"),
    L("firm", "GET /api/v1/corrections/{correction}/", 200),
    L("neighbour", "GET /api/v1/corrections/{correction}/", 404),
)
PAPERS_PAGES = (
    L("handler", "GET /m/objections/papers/{paper}/", 200),
    L("handler", "GET /m/objections/papers/none/", 404),
    L("firm", "GET /m/objections/papers/{paper}/", 403),
    L("district", "GET /m/objections/papers/{paper}/", 403),
    L(
        "public",
        "POST /objection/papers/",
        200,
        receipt_no="{receipt}",
        query_code="{code}",
        papers=_letter(),
    ),
    L("public", "POST /objection/papers/", 422, receipt_no="{receipt}", query_code="{code}"),
    L(
        "public",
        "POST /objection/papers/",
        404,
        receipt_no="{receipt}",
        query_code="AAAA-AAAA",
        papers=_letter(),
    ),
)
PAPERS_API = (
    L(
        "public",
        "POST /api/v1/objections/papers/",
        201,
        receipt_no="{receipt}",
        query_code="{code}",
        file=_letter(),
    ),
    L(
        "public",
        "POST /api/v1/objections/papers/",
        404,
        receipt_no="{receipt}",
        query_code="AAAA",
        file=_letter(),
    ),
    L("handler", "GET /api/v1/objections/{fresh}/", 200, says="盖章函.pdf"),
    L("firm", "GET /api/v1/objections/{fresh}/", 404),
    L("firm", "GET /api/v1/objections/{objection}/", 200),
    L("neighbour", "GET /api/v1/objections/{objection}/", 404),
    L("district", "GET /api/v1/objections/{objection}/", 403),
)
_CREDIT = {"platform": "信用中国", "checked_on": "{today}", "report_no": "XY9", "result": "normal"}
CREDIT_PAGES = (
    L("handler", "GET /m/credit/{other}/", 200, says="列入失信名单。"),
    L("district", "GET /m/credit/{other}/", 403),
    L("neighbour", "GET /m/credit/{other}/", 403),
    L("handler", "GET /m/credit/none/", 404),
    L("handler", "POST /m/credit/{other}/", 422, **{**_CREDIT, "checked_on": "2099-01-01"}),
    L("handler", "POST /m/credit/{other}/", 422, **{**_CREDIT, "checked_on": "2026-02-30"}),
    L("handler", "POST /m/credit/{other}/", 422, **{**_CREDIT, "result": "adverse"}),
    L("leader", "POST /m/credit/{other}/", 403, **_CREDIT),
    L("handler", "POST /m/credit/none/", 404, **_CREDIT),
    L("handler", "POST /m/credit/{case}/", 409, **_CREDIT),
    L("neighbour", "GET /e/credit/{inquiry}/", 200, says="列入失信名单。"),
    L("firm", "GET /e/credit/{inquiry}/", 404),
    L("handler", "GET /e/credit/{inquiry}/", 403),
    L("neighbour", "POST /e/credit/{inquiry}/", 422, statement=" "),
    L("firm", "POST /e/credit/{inquiry}/", 404, statement="已移出名单。"),
    L("neighbour", "POST /e/credit/{inquiry}/", 302, statement="已移出名单。"),
    L("handler", "POST /m/credit/{other}/", 302, **{**_CREDIT, "result": "explained", "matters": "已移出。"}),
    L("handler", "POST /m/credit/{other}/refuse/", 403, reason="失信。"),
    L("signer", "POST /m/credit/{other}/refuse/", 422, reason=" "),
    L("handler", "POST /m/credit/ask/", 503),
    L("leader", "POST /m/credit/ask/", 403),
    L("handler", "POST /m/credit/collect/", 503),
    L("district", "POST /m/credit/collect/", 403),
    L("handler", "GET /imports/", 200, says="征信"),
)
_CASE = "/api/v1/applications/{other}/"
CREDIT_API = (
    L("handler", f"GET {_CASE}credit-checks/", 200),
    L("neighbour", f"GET {_CASE}credit-checks/", 403),
    L("district", f"GET {_CASE}credit-checks/", 403),
    L("handler", "GET /api/v1/applications/none/credit-checks/", 404),
    L("handler", f"POST {_CASE}credit-checks/", 400, **{**_CREDIT, "checked_on": "2026-02-30"}),
    L("handler", f"POST {_CASE}credit-checks/", 422, **{**_CREDIT, "checked_on": "2099-01-01"}),
    L("leader", f"POST {_CASE}credit-checks/", 403, **_CREDIT),
    L("handler", "POST /api/v1/applications/{case}/credit-checks/", 409, **_CREDIT),
    L("neighbour", f"GET {_CASE}credit-inquiries/", 200),
    L("firm", f"GET {_CASE}credit-inquiries/", 404),
    L("district", f"GET {_CASE}credit-inquiries/", 403),
    L("neighbour", "POST /api/v1/credit-inquiries/{inquiry}/explain/", 422, statement=" "),
    L("firm", "POST /api/v1/credit-inquiries/{inquiry}/explain/", 404, statement="已移出名单。"),
    L("handler", "POST /api/v1/credit-inquiries/{inquiry}/explain/", 403, statement="已移出名单。"),
    L("neighbour", "POST /api/v1/credit-inquiries/{inquiry}/explain/", 204, statement="已移出名单。"),
    L("handler", f"POST {_CASE}refuse-for-credit/", 403, reason="失信。"),
    L("signer", f"POST {_CASE}refuse-for-credit/", 422, reason=" "),
    L("signer", f"POST {_CASE}refuse-for-credit/", 204, reason="列入失信名单。"),
    L("signer", f"POST {_CASE}refuse-for-credit/", 409, reason="列入失信名单。"),
    L("neighbour", "POST /api/v1/credit-inquiries/{inquiry}/explain/", 409, statement="再说明。"),
    L("handler", "POST /api/v1/credit/ask/", 503),
    L("district", "POST /api/v1/credit/read/", 403),
)
_DIMENSION = {"seen": "{seen}", "code_was": "", "code": "Z", "name": "新维度", "weight": "5"}
_DIGEST = "seen=scheme.digest"
SCHEMES_PAGES = (
    L("handler", "GET /m/schemes/{scheme}/", 200),
    L("district", "GET /m/schemes/{scheme}/", 403),
    L("handler", "GET /m/schemes/none/", 404),
    L("signer", "POST /m/schemes/{scheme}/copy/", 403),
    L("handler", "POST /m/schemes/{scheme}/copy/", 302, keep="draft", name="新版"),
    L("handler", "POST /m/schemes/{scheme}/copy/", 409),
    L("handler", "GET /api/v1/schemes/{draft}/", 200, keep=_DIGEST),
    L("handler", "GET /m/schemes/{draft}/dimension/edit/", 200),
    L("firm", "GET /m/schemes/{draft}/dimension/edit/", 403),
    L("handler", "GET /m/schemes/{scheme}/dimension/edit/", 404),
    L("handler", "POST /m/schemes/{draft}/dimension/edit/", 422, **{**_DIMENSION, "weight": "很多"}),
    L("signer", "POST /m/schemes/{draft}/dimension/edit/", 403, **_DIMENSION),
    L("handler", "POST /m/schemes/{draft}/dimension/edit/", 302, **_DIMENSION),
    L("handler", "POST /m/schemes/{draft}/dimension/edit/", 409, **{**_DIMENSION, "code": "Y"}),
    L("leader", "POST /m/schemes/{draft}/publish/", 422, reason="试行稿", says="新维度"),
    L("handler", "GET /api/v1/schemes/{draft}/", 200, keep=_DIGEST),
    L("handler", "POST /m/schemes/{draft}/dimension/remove/", 302, seen="{seen}", code_was="Z"),
    L("leader", "POST /m/schemes/{draft}/publish/", 422, reason="试行稿", says="影响测算"),
    L("leader", "POST /m/schemes/{draft}/retire/", 409, retire_reason="不再使用。"),
    L("handler", "DO simulate", 0),
    L("handler", "POST /m/schemes/{draft}/publish/", 403, reason="试行稿"),
    L("leader", "POST /m/schemes/{draft}/publish/", 302, reason="试行稿"),
    L("leader", "POST /m/schemes/{draft}/publish/", 409, reason="试行稿"),
    L("handler", "GET /m/schemes/{scheme}/", 200, says="已停用"),
    L("handler", "POST /m/schemes/{draft}/retire/", 403, retire_reason="不再使用。"),
    L("leader", "POST /m/schemes/{draft}/retire/", 422, retire_reason=" "),
    L("leader", "POST /m/schemes/none/retire/", 404, retire_reason="不再使用。"),
    L("leader", "POST /m/schemes/{draft}/retire/", 302, retire_reason="不再使用。"),
    L("leader", "POST /m/schemes/{draft}/retire/", 409, retire_reason="不再使用。"),
)
_PART = {"seen": "{seen}", "scheme_part": "dimension", "code": ""}
_ADDED = {**_PART, "fields_of_part": {"code": "Z", "name": "新维度", "weight": "5"}}
_DRAFT = "/api/v1/schemes/{draft}/"
SCHEMES_API = (
    L("handler", "GET /api/v1/schemes/{scheme}/", 200),
    L("district", "GET /api/v1/schemes/{scheme}/", 403),
    L("handler", "GET /api/v1/schemes/none/", 404),
    L("signer", "POST /api/v1/schemes/{scheme}/copy/", 403),
    L("handler", "POST /api/v1/schemes/{scheme}/copy/", 201, keep="draft", name="新版"),
    L("handler", "POST /api/v1/schemes/{scheme}/copy/", 409),
    L("handler", f"GET {_DRAFT}", 200, keep=_DIGEST),
    L("handler", f"POST {_DRAFT}edit/", 400, **{**_ADDED, "scheme_part": "nothing"}),
    L("handler", f"POST {_DRAFT}edit/", 422, **{**_ADDED, "fields_of_part": {"code": "Z", "weight": "很多"}}),
    L("signer", f"POST {_DRAFT}edit/", 403, **_ADDED),
    L("handler", "POST /api/v1/schemes/none/edit/", 404, **_ADDED),
    L("handler", f"POST {_DRAFT}edit/", 200, keep="fresh_digest=digest", **_ADDED),
    L("handler", f"POST {_DRAFT}edit/", 409, **_ADDED),
    L("leader", f"POST {_DRAFT}publish/", 422, reason="试行稿"),
    L("handler", f"POST {_DRAFT}remove/", 200, seen="{fresh_digest}", scheme_part="dimension", code="Z"),
    L("handler", "DO simulate", 0),
    L("handler", f"GET {_DRAFT}differences/", 200, before="{scheme}"),
    L("handler", f"POST {_DRAFT}publish/", 403, reason="试行稿"),
    L("leader", f"POST {_DRAFT}publish/", 204, reason="试行稿"),
    L("leader", f"POST {_DRAFT}publish/", 409, reason="试行稿"),
    L("handler", f"POST {_DRAFT}discard/", 409),
    L("handler", f"POST {_DRAFT}retire/", 403, reason="不再使用。"),
    L("leader", f"POST {_DRAFT}retire/", 422, reason=" "),
    L("leader", f"POST {_DRAFT}retire/", 204, reason="不再使用。"),
    L("leader", f"POST {_DRAFT}retire/", 409, reason="不再使用。"),
)
_LIST = {"level": "4", "year": "2027", "title": "2027 年度省级绿色工厂推荐名单"}
_WHY = "国家级专精特新企业，省厅点名推荐"
_NUMBER = "苏工信节能〔2026〕61号"
UPWARD_PAGES = (
    L("handler", "GET /m/upward/", 200),
    L("district", "GET /m/upward/", 403),
    L("leader", "POST /m/upward/", 403, **_LIST),
    L("handler", "POST /m/upward/", 422, **{**_LIST, "year": "两千"}),
    L("handler", "POST /m/upward/", 302, keep="list", **_LIST),
    L("handler", "GET /m/upward/{list}/", 200),
    L("firm", "GET /m/upward/{list}/", 403),
    L("handler", "GET /m/upward/none/", 404),
    L("handler", "POST /m/upward/{list}/add/", 422, enterprises=["{firm_id}"]),
    L("handler", "POST /m/upward/{list}/add/", 404, enterprises=["none"], exemption_reason=_WHY),
    L("signer", "POST /m/upward/{list}/add/", 403, enterprises=["{firm_id}"], exemption_reason=_WHY),
    L("handler", "POST /m/upward/{list}/add/", 302, enterprises=["{firm_id}"], exemption_reason=_WHY),
    L("leader", "POST /m/upward/{list}/sign/", 422, document_no=_NUMBER),
    L("handler", "GET /api/v1/upward/{list}/", 200, keep="entry=names.0.public_id"),
    L("handler", "POST /m/upward/{list}/{entry}/exempt/", 403),
    L("signer", "POST /m/upward/{list}/none/exempt/", 404),
    L("signer", "POST /m/upward/{list}/{entry}/exempt/", 302),
    L("signer", "POST /m/upward/{list}/{entry}/exempt/", 409),
    L("handler", "POST /m/upward/{list}/sign/", 403, document_no=_NUMBER),
    L("leader", "POST /m/upward/{list}/sign/", 422, document_no=" "),
    L("leader", "POST /m/upward/{list}/sign/", 302, document_no=_NUMBER),
    L("leader", "POST /m/upward/{list}/sign/", 409, document_no=_NUMBER),
    L("handler", "POST /m/upward/{list}/{entry}/remove/", 409),
    L("handler", "POST /m/upward/{list}/withdraw/", 409),
)
_UP = "/api/v1/upward/{list}/"
_SENT = {**_LIST, "level": 4, "year": 2027}
UPWARD_API = (
    L("handler", "GET /api/v1/upward/", 200),
    L("district", "GET /api/v1/upward/", 403),
    L("firm", "GET /api/v1/upward/", 403),
    L("leader", "POST /api/v1/upward/", 403, **_SENT),
    L("handler", "POST /api/v1/upward/", 400, **{**_SENT, "level": 3}),
    L("handler", "POST /api/v1/upward/", 422, **{**_SENT, "title": " "}),
    L("handler", "POST /api/v1/upward/", 201, keep="list", **_SENT),
    L("handler", f"GET {_UP}nominees/", 200),
    L("handler", "GET /api/v1/upward/none/", 404),
    L("handler", f"POST {_UP}add/", 422, enterprises=["{firm_id}"]),
    L("handler", f"POST {_UP}add/", 404, enterprises=["none"], exemption_reason=_WHY),
    L("handler", f"POST {_UP}add/", 200, enterprises=["{firm_id}"], exemption_reason=_WHY),
    L("handler", f"GET {_UP}", 200, keep="entry=names.0.public_id"),
    L("handler", f"POST {_UP}{{entry}}/exempt/", 403),
    L("signer", f"POST {_UP}{{entry}}/exempt/", 204),
    L("signer", f"POST {_UP}{{entry}}/exempt/", 409),
    L("signer", f"POST {_UP}{{entry}}/remove/", 403),
    L("handler", f"POST {_UP}{{entry}}/remove/", 204),
    L("leader", f"POST {_UP}sign/", 422, document_no=_NUMBER),
    L("handler", f"POST {_UP}withdraw/", 204),
    L("handler", f"POST {_UP}withdraw/", 409),
)
DOSSIER_PAGES = (
    L("handler", "POST /dossiers/", 302, of="case", public_id="{case}"),
    L("handler", "POST /dossiers/", 302, of="round", public_id="{round}"),
    L("district", "POST /dossiers/", 302, of="case", public_id="{case}"),
    L("district", "POST /dossiers/", 403, of="round", public_id="{round}"),
    L("elsewhere", "POST /dossiers/", 404, of="case", public_id="{case}"),
    L("firm", "POST /dossiers/", 403, of="case", public_id="{case}"),
    L("expert", "POST /dossiers/", 403, of="case", public_id="{case}"),
    L("handler", "POST /dossiers/", 404, of="case", public_id="none"),
    L("handler", "POST /dossiers/", 403, of="nothing", public_id="{case}"),
)
DOSSIER_API = (
    L("handler", "POST /api/v1/dossiers/", 202, of="case", public_id="{case}"),
    L("handler", "POST /api/v1/dossiers/", 202, of="round", public_id="{round}"),
    L("district", "POST /api/v1/dossiers/", 202, of="case", public_id="{case}"),
    L("district", "POST /api/v1/dossiers/", 403, of="round", public_id="{round}"),
    L("elsewhere", "POST /api/v1/dossiers/", 404, of="case", public_id="{case}"),
    L("firm", "POST /api/v1/dossiers/", 403, of="case", public_id="{case}"),
    L("public", "POST /api/v1/dossiers/", 401, of="case", public_id="{case}"),
    L("handler", "POST /api/v1/dossiers/", 404, of="round", public_id="none"),
    L("handler", "POST /api/v1/dossiers/", 400, of="nothing", public_id="{case}"),
)
_LATER = {"enterprise": "{firm_uscc}", "until": "2027-01-15T17:00", "reason": "系统迁移期间无法上传佐证。"}
WINDOWS_PAGES = (
    L("signer", "GET /m/rounds/{round}/", 200, says="日程"),
    L("firm", "GET /m/rounds/{round}/", 403),
    L("handler", "POST /m/rounds/{round}/extend/", 403, **_LATER),
    L("signer", "POST /m/rounds/none/extend/", 404, **_LATER),
    L(
        "signer",
        "POST /m/rounds/{round}/extend/",
        422,
        says="没有找到这家企业",
        **{**_LATER, "enterprise": "某厂"},
    ),
    # An unknown enterprise does not hide what else is wrong: the day that is past and the reason not given.
    *(
        L(
            "signer",
            "POST /m/rounds/{round}/extend/",
            422,
            says=said,
            enterprise="某厂",
            until="2026-01-01T09:00",
            reason=" ",
        )
        for said in ("没有找到这家企业", "延长后的截止时间应晚于现在。", "请填写延长受理时间的理由。")
    ),
    L("signer", "POST /m/rounds/{round}/extend/", 422, **{**_LATER, "until": "2026-02-30"}),
    L("signer", "POST /m/rounds/{round}/extend/", 422, **{**_LATER, "until": "2026-01-01T09:00"}),
    L("signer", "POST /m/rounds/{round}/extend/", 422, **{**_LATER, "reason": " "}),
    L("signer", "POST /m/rounds/{round}/extend/", 302, **_LATER),
    L("signer", "GET /m/rounds/{round}/", 200, says="系统迁移期间无法上传佐证。"),
    L("district", "GET /d/windows/", 200, says="系统迁移期间无法上传佐证。"),
    L("handler", "GET /d/windows/", 403),
    L("district", "POST /d/windows/{round}/", 403, closes_at="{soon}"),
    L("head", "POST /d/windows/{round}/", 422, closes_at="2099-01-01T09:00"),
    L("head", "POST /d/windows/none/", 404, closes_at="{soon}"),
    L("head", "POST /d/windows/{round}/", 302, closes_at="{soon}"),
    L("head", "GET /d/windows/", 200, says="提前"),
    L("signer", "GET /m/rounds/{round}/", 200, says="昆山截止受理"),
    L("head", "POST /d/windows/{round}/", 302, closes_at=""),
    L("head", "POST /d/windows/{round}/extend/", 422, **{**_LATER, "enterprise": "{other_uscc}"}),
    L("head", "POST /d/windows/{round}/extend/", 302, **{**_LATER, "until": "2027-01-20T17:00"}),
    L("signer", "DO close", 0),
    L("signer", "POST /m/rounds/{round}/extend/", 409, **{**_LATER, "until": "2027-02-20T17:00"}),
    L("head", "POST /d/windows/{round}/", 409, closes_at=""),
)
_ASKED = {"enterprise": "{firm_id}", "until": "2027-01-15T17:00:00+08:00", "reason": "系统迁移。"}
_ROUND = "/api/v1/rounds/{round}/"
WINDOWS_API = (
    L("handler", f"POST {_ROUND}extensions/", 403, **_ASKED),
    L("firm", f"POST {_ROUND}extensions/", 403, **_ASKED),
    L("signer", "POST /api/v1/rounds/none/extensions/", 404, **_ASKED),
    L("elsewhere_head", f"POST {_ROUND}extensions/", 404, **_ASKED),
    L("signer", f"POST {_ROUND}extensions/", 422, **{**_ASKED, "until": "2026-01-01T09:00:00+08:00"}),
    L("head", f"POST {_ROUND}extensions/", 201, **_ASKED),
    L("district", f"GET {_ROUND}extensions/", 200, says="系统迁移。"),
    L("firm", f"GET {_ROUND}extensions/", 403),
    L("signer", "GET /api/v1/rounds/none/extensions/", 404),
    L("signer", f"POST {_ROUND}district-window/", 403, closes_at=None),
    L("district", f"POST {_ROUND}district-window/", 403, closes_at=None),
    L("head", f"POST {_ROUND}district-window/", 422, closes_at="2099-01-01T09:00:00+08:00"),
    L("head", f"POST {_ROUND}district-window/", 204, closes_at=None),
    L("signer", "DO close", 0),
    L("head", f"POST {_ROUND}district-window/", 409, closes_at=None),
)
TABLES = {name: value for name, value in globals().items() if name.endswith(("_PAGES", "_API"))}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_line_of_the_table_is_answered_so(table: Table, name: str) -> None:
    table.holds(TABLES[name])
