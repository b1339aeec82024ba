"""Papers say what the rooms say: every builder against the played city, and who may have which paper."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.documents import forms, kinds
from apps.documents.forms import Built, orders
from apps.documents.forms.common import CITY, authority_of
from apps.documents.rendering.papers import (
    CancellationDecision,
    Certificate,
    FilingTable,
    PanelOpinion,
    PublicNotice,
    RecognitionDocument,
    RecommendationLetter,
    RectificationNotice,
    ScoreSheet,
    SelfEvaluationReport,
    SubmissionReceipt,
    SupplementNotice,
    fingerprint,
)
from apps.evidence import selectors as evidence
from apps.monitoring import selectors as monitoring
from apps.policy.calendar import chinese
from apps.policy.levels import Level, Tier
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles
from tests.unit.documents.conftest import City


def build(city: City, actor: Actor, kind: str, public_id: str) -> Built:
    return forms.build(actor=city.be(actor), kind=kind, public_id=public_id, on=city.clock.now().on)


def test_certificate_says_what_the_register_says(city: City) -> None:
    actor = city.enterprise("rectifying")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 3)
    built = build(city, actor, kinds.CERTIFICATE, title.public_id)
    paper = built.paper
    assert isinstance(paper, Certificate)
    assert (paper.number, paper.enterprise, paper.uscc) == (
        title.certificate_no,
        title.enterprise_name,
        title.uscc,
    )
    assert paper.level == "3A"
    assert paper.batch == "2025年第一批"
    assert paper.issuer == "苏州市工业和信息化局"
    assert paper.dated == title.awarded_on
    assert paper.verification is not None
    assert paper.verification.url == f"https://green.example.cn/verify/{title.verify_token}/"
    assert built.final


def test_certificate_of_a_district_is_signed_by_the_district(city: City) -> None:
    actor = city.enterprise("confirmable")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 2)
    paper = build(city, actor, kinds.CERTIFICATE, title.public_id).paper
    assert isinstance(paper, Certificate)
    assert paper.issuer != "苏州市工业和信息化局"
    assert paper.procedure == "评价"


def test_cancelled_title_has_no_certificate(city: City) -> None:
    actor = city.enterprise("cancelled")
    title = next(row for row in titles.titles_of(actor=actor) if row.level == 3)
    with pytest.raises(WrongStep):
        build(city, actor, kinds.CERTIFICATE, title.public_id)


def test_content_is_the_same_for_every_reader(city: City) -> None:
    enterprise = city.enterprise("rectifying")
    order = monitoring.rectifications(actor=enterprise)[0].public_id
    readers = [enterprise, city.bureau("rectifying"), city.handler]
    assert len({fingerprint(build(city, who, kinds.RECTIFICATION, order).paper) for who in readers}) == 1


def test_notice_is_the_one_that_was_published(city: City) -> None:
    notices = publicity.notices_page(actor=city.handler).rows
    file = publicity.notice_file(actor=city.handler, public_id=notices[0].public_id)
    built = build(city, city.handler, kinds.NOTICE, file.row.public_id)
    paper = built.paper
    assert isinstance(paper, PublicNotice)
    assert paper.title == file.row.title
    assert "\n" in paper.heading
    assert "".join(paper.text) == file.basis
    assert [row.uscc for row in paper.enterprises] == [row.uscc for row in file.entries]
    assert (paper.starts_on, paper.ends_on, paper.working_days) == (
        file.row.starts_on,
        file.row.ends_on,
        file.days,
    )
    assert paper.day_kind == "个工作日"
    assert built.public


def test_recognition_lists_names_with_their_certificates(city: City) -> None:
    row = publicity.recognitions(actor=city.handler, state="signed")[0]
    built = build(city, city.handler, kinds.RECOGNITION, row.public_id)
    paper = built.paper
    assert isinstance(paper, RecognitionDocument)
    assert paper.number == row.document_no
    assert paper.dated == row.decided_on
    assert [entry.certificate_number for entry in paper.enterprises] == list(row.certificates)
    for entry in paper.enterprises:
        found = titles.verify(certificate_no=entry.certificate_number).row
        assert found is not None
        assert found.uscc == entry.uscc
    assert built.public


def test_recommendation_quotes_figures_and_prior_title(city: City) -> None:
    rows = review.recommendations(actor=city.bureau("objection"))
    wanted = next(
        row for row in rows if any(i.case.uscc == city.companies["objection"].uscc for i in row.items)
    )
    built = build(city, city.bureau("objection"), kinds.RECOMMENDATION, wanted.public_id)
    paper = built.paper
    assert isinstance(paper, RecommendationLetter)
    case = city.case("objection", level=3)
    line = next(row for row in paper.enterprises if row.uscc == case.uscc)
    assert (line.self_score, line.preliminary_score) == (case.self_total, case.prelim_total)
    assert line.output_wan == Decimal(city.companies["objection"].output_wan)
    assert line.energy_tce is not None
    assert line.energy_tce > 0
    held = next(row for row in titles.titles_of(actor=city.enterprise("objection")) if row.level == 2)
    assert line.prior_title == f"{held.awarded_on.year}年{held.awarded_on.month}月"
    assert built.final
    assert built.district == city.companies["objection"].district


def test_filing_table_has_the_citys_answer(city: City) -> None:
    bureau = city.bureau("confirmable")
    filing = review.filings(actor=bureau)[0]
    built = build(city, bureau, kinds.FILING, filing.public_id)
    paper = built.paper
    assert isinstance(paper, FilingTable)
    assert filing.state == "acknowledged"
    assert paper.filing_number == filing.number
    assert (paper.reporter, paper.reporter_phone) == (bureau.name, "0512-00000002")
    assert paper.city_opinion == "同意备案。"
    assert paper.acknowledged_on is not None
    ruling = review.ruling_of(actor=bureau, public_id=city.case("confirmable", level=2).public_id)
    assert ruling is not None
    line = next(row for row in paper.titles if row.uscc == ruling.case.uscc)
    assert (line.score, line.level, line.document_number) == (ruling.total, "2A", ruling.document_no)


def test_score_sheet_agrees_with_the_signed_total(city: City) -> None:
    case = city.case("confirmable", level=3)
    built = build(city, city.bureau("confirmable"), kinds.SCORE_SHEET, case.public_id)
    paper = built.paper
    assert isinstance(paper, ScoreSheet)
    assert (paper.self_total, paper.total) == (case.self_total, case.prelim_total)
    assert sum(part.score for part in paper.dimensions) == paper.total
    assert sum(part.full for part in paper.dimensions) == 100
    assert sum(len(part.items) for part in paper.dimensions) == 97
    assert paper.conclusion == "推荐"
    assert paper.scorer != paper.signer
    assert paper.signed_on is not None
    differing = [item for part in paper.dimensions for item in part.items if item.difference]
    assert differing
    assert all(item.reason for item in differing)
    assert built.enterprise is None


def test_panel_opinion_names_the_experts_and_their_mean(city: City) -> None:
    case = city.case("confirmable", level=3)
    paper = build(city, city.handler, kinds.PANEL_OPINION, case.public_id).paper
    assert isinstance(paper, PanelOpinion)
    assert len(paper.experts) == 3
    assert paper.experts[0].role == "组长"
    assert paper.panel_score == case.panel_total
    assert str(paper.panel_score) in paper.method
    assert paper.conclusion == "建议评定"


def test_report_is_what_was_handed_in(city: City) -> None:
    case = city.case("submitted")
    built = build(city, city.enterprise("submitted"), kinds.REPORT, case.public_id)
    paper = built.paper
    assert isinstance(paper, SelfEvaluationReport)
    assert paper.total == case.self_total
    assert sum(part.self_score for part in paper.dimensions) == paper.total
    file = applications.application_file(actor=city.enterprise("submitted"), public_id=case.public_id)
    assert [row.code for row in paper.requirements] == [row.code for row in file.basics]
    assert all(row.met for row in paper.requirements)
    assert len(paper.evidence) == 1
    used = [item for part in paper.dimensions for item in part.items if item.evidence]
    uses = evidence.uses_of(actor=city.enterprise("submitted"), application_id=case.id, place="item")
    assert {item.code for item in used} == {use.code for use in uses}
    assert used
    assert all(item.evidence == "1" for item in used)
    assert built.final
    sheet = scoring.current_sheet(actor=city.enterprise("submitted"), application_id=case.id, kind="self")
    assert sheet is not None
    items = {item.code: item for part in paper.dimensions for item in part.items}
    result = scoring.sheet_result(actor=city.enterprise("submitted"), public_id=sheet.public_id)
    assert all(items[row.code].self_score == row.points for row in result.items)


def test_report_of_a_draft_is_a_draft_and_the_bureaus_do_not_see_it(city: City) -> None:
    case = city.case("draft")
    built = build(city, city.enterprise("draft"), kinds.REPORT, case.public_id)
    assert not built.final
    with pytest.raises(NotVisible):
        build(city, city.bureau("draft"), kinds.REPORT, case.public_id)
    with pytest.raises(NotVisible):
        build(city, city.handler, kinds.REPORT, case.public_id)


def test_receipt_is_the_frozen_version(city: City) -> None:
    case = city.case("submitted")
    actor = city.enterprise("submitted")
    paper = build(city, actor, kinds.RECEIPT, case.public_id).paper
    assert isinstance(paper, SubmissionReceipt)
    version = applications.versions(actor=actor, public_id=case.public_id)[0]
    assert (paper.receipt_number, paper.content_sha256) == (version.receipt_no, version.digest)
    assert paper.submitted_at == version.at
    assert paper.submitted_by == city.companies["submitted"].contact
    assert (paper.self_total, paper.item_count, paper.evidence_count) == (case.self_total, 97, 1)
    assert paper.verification is not None
    assert paper.verification.url == f"https://green.example.cn/receipt/{version.receipt_no}/"


def test_nothing_to_print_yet(city: City) -> None:
    draft = city.case("draft").public_id
    for kind in (kinds.RECEIPT, kinds.SUPPLEMENT):
        with pytest.raises(WrongStep):
            build(city, city.enterprise("draft"), kind, draft)


def test_supplement_notice_says_everything_once(city: City) -> None:
    case = city.case("supplementing")
    actor = city.enterprise("supplementing")
    paper = build(city, actor, kinds.SUPPLEMENT, case.public_id).paper
    assert isinstance(paper, SupplementNotice)
    returned = applications.returned_items(actor=actor, public_id=case.public_id)
    assert [row.finding for row in paper.deficiencies] == [row.reason for row in returned]
    assert [row.demand for row in paper.deficiencies] == [row.wanted for row in returned]
    assert paper.deficiencies[0].item == "H5-01 温室气体核算与报告"
    assert paper.due_on == returned[0].due_on
    assert paper.working_days == 10
    assert paper.submitted_on <= paper.dated <= paper.due_on


def test_rectification_notice_carries_service_and_last_day(city: City) -> None:
    actor = city.enterprise("rectifying")
    row = monitoring.rectifications(actor=actor)[0]
    paper = build(city, actor, kinds.RECTIFICATION, row.public_id).paper
    assert isinstance(paper, RectificationNotice)
    assert paper.score < paper.threshold == 80
    assert (paper.served_on, paper.due_on) == (row.served_on, row.deadline)
    assert [item.finding for item in paper.deficiencies] == [item.problem for item in row.items]


def test_cancellation_decision_names_ban_and_defence(city: City) -> None:
    actor = city.enterprise("cancelled")
    row = monitoring.cancellations(actor=actor)[0]
    paper = build(city, actor, kinds.CANCELLATION, row.public_id).paper
    assert isinstance(paper, CancellationDecision)
    assert (paper.number, paper.dated) == (row.document_no, row.decided_on)
    assert paper.banned_until == row.ban_until
    assert f"{chinese(row.ban_until)}起可以重新申报" in paper.ruling
    assert paper.facts == (row.facts,)
    assert "未提出陈述申辩" in paper.defence[0]
    assert paper.certificate_number
    assert (paper.issuer, paper.copies_to) == (CITY, authority_of(city.companies["cancelled"].district))


def test_a_district_signs_the_cancellation_of_its_own_titles(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "cancellation_decider", {Level.A3: Tier.DISTRICT}.__getitem__)
    actor = city.enterprise("cancelled")
    row = monitoring.cancellations(actor=actor)[0]
    paper = build(city, actor, kinds.CANCELLATION, row.public_id).paper
    assert isinstance(paper, CancellationDecision)
    assert (paper.issuer, paper.copies_to) == (authority_of(city.companies["cancelled"].district), CITY)


@pytest.mark.parametrize("kind", [kinds.NOTICE, kinds.RECOGNITION, kinds.PANEL_OPINION, kinds.SCORE_SHEET])
def test_papers_of_the_bureaus_are_not_made_for_enterprises(city: City, kind: str) -> None:
    with pytest.raises(Forbidden):
        build(city, city.enterprise("confirmable"), kind, city.case("confirmable", level=3).public_id)


def test_other_jurisdictions_do_not_exist(city: City) -> None:
    case = city.case("submitted")
    title = titles.titles_of(actor=city.enterprise("rectifying"))[0].public_id
    order = monitoring.rectifications(actor=city.enterprise("rectifying"))[0].public_id
    for kind, public_id, life in (
        (kinds.REPORT, case.public_id, "submitted"),
        (kinds.RECEIPT, case.public_id, "submitted"),
        (kinds.CERTIFICATE, title, "rectifying"),
        (kinds.RECTIFICATION, order, "rectifying"),
    ):
        with pytest.raises(NotVisible):
            build(city, city.other_bureau(life), kind, public_id)
        with pytest.raises(NotVisible):
            build(city, city.enterprise("confirmable"), kind, public_id)


def test_unknown_kind_does_not_exist(city: City) -> None:
    with pytest.raises(NotVisible):
        build(city, city.handler, "letter", "x")
