"""Document numbers: one after the other, whoever asks at once; nothing is lost, nothing is given twice."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.numbering import selectors, services, verification
from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import CERTIFICATE, SUPPLEMENT, Register
from apps.numbering.models import IssuedNumber, NumberSeries
from apps.numbering.services import Wanted
from tests import worlds
from tests.unit.foundation import at_once, rows

WORD = "苏工信节能"


def take(actor: Actor, clock: FixedClock, text: str = f"{WORD}〔2026〕号") -> str:
    enter(actor)
    return services.settle_number(
        actor=actor, moment=clock.now(), text=text, purpose="测试", field="document_no"
    )


def test_numbers_follow_one_another(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    assert [take(city, clock) for _ in range(3)] == [f"{WORD}〔2026〕{n}号" for n in (1, 2, 3)]
    assert take(city, clock, f"{WORD}〔2026〕4号") == f"{WORD}〔2026〕4号"
    assert [row.ordinal for row in selectors.register(actor=city, word=WORD, year=2026)] == [1, 2, 3, 4]
    enter(Actor.system())
    assert list(verification.problems()) == []


@pytest.mark.parametrize("ordinal", ["1", "4", "99"])
def test_a_gap_or_a_repetition_is_refused(db: None, clock: FixedClock, ordinal: str) -> None:
    city = worlds.municipal_staff(clock).handler
    take(city, clock)
    take(city, clock)
    with pytest.raises(Invalid, match="下一个号是3号"):
        take(city, clock, f"{WORD}〔2026〕{ordinal}号")


@pytest.mark.parametrize(
    "typed", ["〔2026〕", "[2026]3号", "（2026）第3号", "【2026】3", " 〔2026〕 03 号", "(2026)号"]
)
def test_no_spelling_passes_the_register_by(db: None, clock: FixedClock, typed: str) -> None:
    city = worlds.municipal_staff(clock).handler
    enter(city)
    services.open_series(actor=city, clock=clock, word=WORD, year=2026, start=3)
    assert take(city, clock, f"{WORD}{typed}") == f"{WORD}〔2026〕3号"
    with pytest.raises(Invalid, match="下一个号是4号"):
        take(city, clock, f"{WORD}[2026]9")


def test_without_a_register_a_full_number_is_taken_as_it_is(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    assert take(city, clock, f"{WORD}〔2026〕58号") == f"{WORD}〔2026〕58号"
    assert take(city, clock, f"{WORD}[2026]058") == f"{WORD}〔2026〕58号"
    assert take(city, clock, "没有格式的文号") == "没有格式的文号"
    assert not NumberSeries.objects.exists()


def test_a_register_can_begin_in_the_middle(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    enter(city)
    services.open_series(actor=city, clock=clock, word=WORD, year=2026, start=59)
    assert take(city, clock) == f"{WORD}〔2026〕59号"
    with pytest.raises(Invalid, match="不能重设"):
        services.open_series(actor=city, clock=clock, word=WORD, year=2026, start=70)


def test_another_year_is_refused(db: None, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="应为2026年"):
        take(worlds.municipal_staff(clock).handler, clock, f"{WORD}〔2025〕号")


def test_an_act_that_fails_gives_its_number_back(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    with transaction.atomic():
        take(city, clock)
        transaction.set_rollback(True)
    assert take(city, clock) == f"{WORD}〔2026〕1号"


def test_a_voided_number_stays_and_is_never_given_again(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    take(city, clock)
    row = selectors.register(actor=city, word=WORD, year=2026)[0]
    with pytest.raises(Invalid, match="作废原因"):
        services.void_number(actor=city, clock=clock, public_id=row.public_id, reason=" ")
    services.void_number(actor=city, clock=clock, public_id=row.public_id, reason="文件未印发")
    assert take(city, clock) == f"{WORD}〔2026〕2号"
    kept = selectors.register(actor=city, word=WORD, year=2026)
    assert [(part.ordinal, part.void_reason) for part in kept] == [(1, "文件未印发"), (2, "")]
    with pytest.raises(WrongStep, match="已作废"):
        services.void_number(actor=city, clock=clock, public_id=row.public_id, reason="再作废")


def test_each_bureau_has_its_own_registers(db: None, clock: FixedClock) -> None:
    kunshan, taicang = worlds.district_staff(clock).handler, worlds.district_staff(clock, "320585").handler
    assert take(kunshan, clock, "昆工信〔2026〕号") == "昆工信〔2026〕1号"
    with pytest.raises(Forbidden, match="其他部门"):
        take(taicang, clock, "昆工信〔2026〕号")
    assert selectors.register(actor=taicang, word="昆工信", year=2026) == []
    enter(taicang)
    assert rows("select count(*) from numbering_issuednumber") == [(0,)]
    enter(kunshan)
    row = selectors.register(actor=kunshan, word="昆工信", year=2026)[0]
    enter(taicang)
    with pytest.raises(NotVisible):
        services.void_number(actor=taicang, clock=clock, public_id=row.public_id, reason="越权")


def test_a_gap_is_found(db: None, clock: FixedClock) -> None:
    take(worlds.municipal_staff(clock).handler, clock)
    enter(Actor.system())
    NumberSeries.objects.update(last=3)
    assert [text for text in verification.problems() if "缺号" in text]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_in_a_row(clock: FixedClock) -> None:
    with transaction.atomic():
        city = worlds.municipal_staff(clock).handler

    def one(_number: int) -> str:
        with transaction.atomic():
            return take(city, clock)

    given = at_once(8, one)
    assert set(given) == {f"{WORD}〔2026〕{number}号" for number in range(1, 9)}
    with transaction.atomic():
        enter(Actor.system())
        assert IssuedNumber.objects.count() == 8


def test_one_document_may_decide_on_several_cases(db: None, clock: FixedClock) -> None:
    bureau = worlds.district_staff(clock).handler

    def rule(text: str, purpose: str = "评定1A、2A级绿色工厂") -> str:
        enter(bureau)
        return services.settle_number(
            actor=bureau, moment=clock.now(), text=text, purpose=purpose, field="document_no", shared=True
        )

    first = rule("昆工信〔2026〕号")
    assert rule(first) == first
    assert [row.ordinal for row in selectors.register(actor=bureau, word="昆工信", year=2026)] == [1]
    with pytest.raises(Invalid, match="下一个号是2号"):
        rule(first, purpose="推荐3A级绿色工厂")
    row = selectors.register(actor=bureau, word="昆工信", year=2026)[0]
    services.void_number(actor=bureau, clock=clock, public_id=row.public_id, reason="文件未印发")
    with pytest.raises(Invalid, match="下一个号是2号"):
        rule(first)


CERTIFICATES = Register(CERTIFICATE, "SZLC-2A", 2026, joint=True)


def certificate(actor: Actor, clock: FixedClock) -> str:
    enter(actor)
    return services.take_number(
        actor=actor,
        moment=clock.now(),
        register=CERTIFICATES,
        purpose="2A级称号证书",
        district=actor.district,
    )


def test_bureaus_share_one_run_and_each_sees_its_own_numbers(db: None, clock: FixedClock) -> None:
    kunshan, taicang = worlds.district_staff(clock).handler, worlds.district_staff(clock, "320585").handler
    given = [certificate(actor, clock) for actor in (kunshan, taicang, kunshan)]
    assert given == [f"SZLC-2A-2026-{number:04d}" for number in (1, 2, 3)]
    enter(taicang)
    seen = selectors.register(actor=taicang, word="SZLC-2A", year=2026, kind=CERTIFICATE)
    assert [row.text for row in seen] == ["SZLC-2A-2026-0002"]
    shown = selectors.series_page(actor=taicang, year=2026)
    assert [(row.heading, row.given, row.register.joint) for row in shown.rows] == [("SZLC-2A-2026", 3, True)]
    assert selectors.upcoming(actor=taicang, on=clock.now().on) == []
    refused = pytest.raises(WrongStep, match="不能单独作废")
    with refused:
        services.void_number(actor=taicang, clock=clock, public_id=seen[0].public_id, reason="不发")


def test_a_number_in_use_is_passed_by_and_leaves_no_gap(db: None, clock: FixedClock) -> None:
    city = worlds.municipal_staff(clock).handler
    enter(city)
    wanted = [Wanted(CERTIFICATES, "新证书"), Wanted(CERTIFICATES, "历史补录", ordinal=2)]
    take = {"actor": city, "moment": clock.now()}
    assert services.take_numbers(**take, wanted=wanted) == ["SZLC-2A-2026-0001", "SZLC-2A-2026-0002"]
    services.take_numbers(**take, wanted=[Wanted(CERTIFICATES, "历史补录", ordinal=5)])
    assert [certificate(city, clock)[-4:] for _ in range(3)] == ["0003", "0004", "0006"]
    with pytest.raises(Conflict, match="已编给其他事项"):
        services.take_numbers(**take, wanted=[Wanted(CERTIFICATES, "历史补录", ordinal=4)])
    enter(Actor.system())
    assert list(verification.problems()) == []
    assert next(selectors.astray(kind=CERTIFICATE, borne=["SZLC-2A-2026-0009"])) == (
        "证书编号SZLC-2A-2026-0009不在编号登记中。"
    )


@pytest.mark.django_db(transaction=True)
def test_takers_at_once_leave_no_gap_though_every_other_one_fails(clock: FixedClock) -> None:
    with transaction.atomic():
        bureaus = [worlds.district_staff(clock, code).handler for code in ("320583", "320585")]

    def one(number: int) -> str:
        with transaction.atomic():
            text = certificate(bureaus[number % 2], clock)
            if number < 4:
                transaction.set_rollback(True)
                return ""
        return text

    kept = sorted(text for text in at_once(8, one) if text)
    assert kept == [f"SZLC-2A-2026-{number:04d}" for number in range(1, 5)]
    with transaction.atomic():
        enter(Actor.system())
        assert list(verification.problems()) == []


def test_older_numbers_are_absorbed_as_they_are(db: None, clock: FixedClock) -> None:
    at, supplements = clock.now().at, Register(SUPPLEMENT, "补正-320583", 2025, "320583")
    borne = [
        Borne(supplements, 1, "补正-GF2A-2025A-320583-0001-1", "一", at, "320583"),
        Borne(supplements, 3, "补正-GF2A-2025A-320583-0002-1", "二", at, "320583"),
        Borne(supplements, 7, "补正-GF2A-2025A-320583-0009-1", "三", at, "320583"),
    ]
    with connection.schema_editor() as editor:
        absorb(apps, editor, borne=borne, last={supplements: 4})
    enter(Actor.system())
    assert list(verification.problems()) == []
    bureau = worlds.district_staff(clock).handler
    kept = selectors.register(actor=bureau, word="补正-320583", year=2025, kind=SUPPLEMENT)
    assert [(row.ordinal, bool(row.void_reason)) for row in kept] == [
        (1, False), (2, True), (3, False), (4, True), (7, False)
    ]  # fmt: skip
    assert kept[0].text == "补正-GF2A-2025A-320583-0001-1"
    enter(bureau)
    given = [
        services.take_number(actor=bureau, moment=clock.now(), register=supplements, purpose="新")
        for _ in range(3)
    ]
    assert given == [f"补正-320583-2025-{number:04d}" for number in (5, 6, 8)]
