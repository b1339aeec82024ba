"""The district changes the evaluation system with a reason; the enterprise supplements on the new one (R-07)."""

from __future__ import annotations

import pytest

from apps.applications import selectors
from apps.applications import services as applications
from apps.core.errors import Forbidden, NotVisible, RuleBroken, WrongStep
from apps.deadlines.models import Obligation
from apps.scoring import selectors as scoring
from tests.unit.applications.scenes import Scene

pytestmark = pytest.mark.django_db
OTHER = "GBT36132-2025"


def _change(scene: Scene, public_id: str, *, code: str = OTHER, reason: str = "产品属通用评价范围。") -> None:
    applications.change_scheme(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=public_id,
        scheme_code=code,
        reason=reason,
    )


@pytest.mark.rule("R-07")
def test_the_case_goes_back_on_the_new_system_and_figures_stay(scene: Scene) -> None:
    public_id = scene.accepted()
    enterprise = scene.be(scene.enterprise)
    row = scene.row(public_id)
    before = row.scheme_id
    old = scoring.current_sheet(actor=enterprise, application_id=row.pk, kind="self")
    assert old is not None
    _change(scene, public_id)
    row = scene.row(public_id)
    assert (row.state, row.turn) == ("supplementing", 1)
    assert row.scheme_id != before
    assert row.scheme_note == "产品属通用评价范围。"
    scene.be(enterprise)
    sheet = scoring.current_sheet(actor=enterprise, application_id=row.pk, kind="self")
    assert sheet is not None
    assert (sheet.scheme_code, sheet.state, sheet.turn, sheet.open_items) == (OTHER, "open", 2, None)
    kept = scoring.sheet_head(actor=enterprise, public_id=old.public_id)
    assert (kept.state, kept.scheme_code, kept.total) == ("signed", old.scheme_code, old.total)
    (item,) = selectors.returned_items(actor=enterprise, public_id=public_id)
    assert (item.part, item.code, item.reason) == ("scheme", OTHER, "产品属通用评价范围。")
    kinds = Obligation.objects.filter(state="open").values_list("kind", flat=True)
    assert "application.supplement" in kinds
    assert "application.form_check" not in kinds


@pytest.mark.rule("R-07")
def test_the_enterprise_fills_in_the_new_system_but_does_not_choose_again(scene: Scene) -> None:
    public_id = scene.accepted()
    chosen = scene.row(public_id).scheme
    assert chosen is not None
    _change(scene, public_id)
    enterprise = scene.be(scene.enterprise)
    with pytest.raises(RuleBroken, match="没有退回"):
        applications.choose_scheme(
            actor=enterprise,
            clock=scene.clock,
            public_id=public_id,
            scheme_code=chosen.code,
            version=scene.row(public_id).version,
        )
    scene.fill_sheet(public_id)
    scene.be(enterprise)
    sheet = scoring.current_sheet(actor=enterprise, application_id=scene.row(public_id).pk, kind="self")
    assert sheet is not None
    scene.be(enterprise)
    applications.save_measurements(
        actor=enterprise,
        clock=scene.clock,
        public_id=public_id,
        version=sheet.version,
        values={"ecm_functions": "6"},
    )
    applications.save_answers(
        actor=enterprise, clock=scene.clock, public_id=public_id, answers={"N11": {"claimed_ratio": "0.6"}}
    )
    for item in selectors.returned_items(actor=enterprise, public_id=public_id):
        applications.answer_item(
            actor=enterprise, clock=scene.clock, item_public_id=item.public_id, answer="已按新体系填报。"
        )
    applications.resubmit(
        actor=enterprise,
        clock=scene.clock,
        public_id=public_id,
        token="token-on-the-new-system",
        pledge=True,
        signatory="周敏",
    )
    assert scene.row(public_id).state == "form_check"


@pytest.mark.rule("R-07")
def test_refusals_of_changing_the_system(scene: Scene) -> None:
    public_id = scene.submitted()
    with pytest.raises(WrongStep):
        _change(scene, public_id)
    applications.accept(actor=scene.be(scene.district.handler), clock=scene.clock, public_id=public_id)
    with pytest.raises(RuleBroken, match="写明理由"):
        _change(scene, public_id, reason=" ")
    with pytest.raises(RuleBroken):
        _change(scene, public_id, code="NO-SUCH-SYSTEM")
    same = scene.row(public_id).scheme
    assert same is not None
    with pytest.raises(WrongStep, match="无需更换"):
        _change(scene, public_id, code=same.code)
    for actor, error in (
        (scene.other_district.handler, NotVisible),
        (scene.enterprise, Forbidden),
        (scene.city.handler, Forbidden),
    ):
        with pytest.raises(error):
            applications.change_scheme(
                actor=scene.be(actor),
                clock=scene.clock,
                public_id=public_id,
                scheme_code=OTHER,
                reason="理由充分。",
            )
    assert scene.row(public_id).state == "form_check"
