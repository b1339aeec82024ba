"""A case comes back from 初评 for named items, and goes on with every score kept (R-14)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.review import selectors
from apps.review import services as review
from apps.review.models import FormCheck
from apps.scoring import selectors as scoring
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

ITEM = applications.ReturnItem("item", "计量器具配备率与台账不符。", "请核对台账后更正。", "J1-01")


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_prelim()
    review.claim_preliminary(actor=flow.be(flow.district.handler), clock=flow.clock, public_id=flow.case)
    return flow


stage = built_once(_build)
scene = played()


def _score(scene: scenes.Flow, code: str, points: str) -> None:
    review.score_items(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.case,
        answers={code: {"judged_points": points, "reason": "佐证材料仅覆盖部分车间。"}},
    )


def _points(scene: scenes.Flow, code: str) -> Decimal | None:
    actor = scene.be(scene.district.handler)
    found = selectors.preliminary_of(actor=actor, public_id=scene.case)
    return scoring.sheet_result(actor=actor, public_id=found.sheet_public_id).item(code).points


def _return(scene: scenes.Flow, *items: applications.ReturnItem) -> applications.Returned:
    return review.return_for_supplement(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.case,
        items=items or (ITEM,),
    )


def _supplement(scene: scenes.Flow) -> None:
    actor = scene.be(scene.enterprise)
    for item in _open_items(scene):
        applications.answer_item(actor=actor, clock=scene.clock, item_public_id=item, answer="已核对并更正。")
    applications.resubmit(
        actor=actor,
        clock=scene.clock,
        public_id=scene.case,
        token=f"supplement-{scene.case}",
        pledge=True,
        signatory="周敏",
    )


def _open_items(scene: scenes.Flow) -> list[str]:
    rows = applications_read.returned_items(actor=scene.be(scene.enterprise), public_id=scene.case)
    return [row.public_id for row in rows if row.answered_at is None]


@pytest.mark.rule("R-14")
def test_named_items_go_back_and_scoring_goes_on_with_its_scores(scene: scenes.Flow) -> None:
    _score(scene, "K5-01", "0.30")
    assert _return(scene).count == 1
    assert scene.state() == "supplementing"
    refused(
        WrongStep,
        review.score_items,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.case,
        answers={"K5-01": {"judged_points": "0.10", "reason": "补正期间不能评分。"}},
    )
    actor = scene.be(scene.enterprise)
    row = scene.row(scene.case)
    scene.be(actor)
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    assert sheet is not None
    assert sheet.open_items == ("J1-01",)
    _supplement(scene)
    assert scene.state() == "form_check"
    review.pass_form_check(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.case,
        rows=scenes.FORM_ROWS,
    )
    assert scene.state() == "prelim"
    found = selectors.preliminary_of(actor=scene.be(scene.district.handler), public_id=scene.case)
    assert (found.state, found.scorer_id) == ("scoring", scene.district.handler.user_id)
    assert _points(scene, "K5-01") == Decimal("0.30")
    assert list(FormCheck.objects.order_by("turn").values_list("turn", flat=True)) == [1, 2]
    _score(scene, "K5-01", "0.20")
    assert _points(scene, "K5-01") == Decimal("0.20")


@pytest.mark.rule("R-14")
@pytest.mark.parametrize(
    "item",
    [
        applications.ReturnItem("item", "整张表有问题。", "请更正。"),
        applications.ReturnItem("scheme", "体系不对。", "请更换。"),
        applications.ReturnItem("item", "没有这一条。", "请更正。", "X9-99"),
    ],
    ids=["whole sheet", "scheme", "unknown"],
)
def test_only_named_items_go_back_while_scoring(scene: scenes.Flow, item: applications.ReturnItem) -> None:
    with pytest.raises(Invalid):
        _return(scene, item)
    assert scene.state() == "prelim"


def test_who_may_return_while_scoring(scene: scenes.Flow) -> None:
    def attempt(error: type[Exception], actor: object) -> None:
        refused(
            error,
            review.return_for_supplement,
            actor=scene.be(actor),  # type: ignore[arg-type]  # an actor of the scene
            clock=scene.clock,
            public_id=scene.case,
            items=[ITEM],
        )

    attempt(NotVisible, scene.other_district.handler)
    attempt(Forbidden, scene.second_handler)
    attempt(Forbidden, scene.enterprise)
    attempt(Forbidden, scene.city.handler)
    assert scene.state() == "prelim"
    review.return_for_supplement(
        actor=scene.be(scene.district.signer), clock=scene.clock, public_id=scene.case, items=[ITEM]
    )
    attempt(WrongStep, scene.district.handler)


@pytest.mark.rule("R-14")
def test_an_incomplete_form_check_does_not_pass(scene: scenes.Flow) -> None:
    _return(scene)
    _supplement(scene)
    bad = [*scenes.FORM_ROWS, {"item": "证明材料", "complete": False, "problem": "缺检测报告。"}]
    rules = broken(
        review.pass_form_check,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.case,
        rows=bad,
    )
    assert rules == ["R-14"]
    assert scene.state() == "form_check"
