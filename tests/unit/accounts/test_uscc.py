"""统一社会信用代码: each fault has its own sentence (SECURITY I01–I06)."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc as stdnum_uscc

from apps.accounts import uscc
from apps.core.errors import Invalid
from tests import worlds

GOOD = worlds.credit_code(3)


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        GOOD.lower(),
        f" {GOOD[:6]} {GOOD[6:]} ",
        f"{GOOD[:8]}-{GOOD[8:]}",
        f"'{GOOD}",
        "".join(chr(ord(c) + 0xFEE0) for c in GOOD),
    ],
)
def test_what_people_paste_is_normalised(typed: str) -> None:
    assert uscc.check(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请填写统一社会信用代码。"),
        (GOOD[:17], "统一社会信用代码应为 18 位，当前 17 位。"),
        ("123456789", "请填写 18 位统一社会信用代码（三证合一后的新代码）。"),
        ("320583000012345", "请填写 18 位统一社会信用代码（三证合一后的新代码）。"),
        (GOOD[:9] + "I" + GOOD[10:], "统一社会信用代码第 10 位“I”不是允许的字符（不含 I、O、S、V、Z）。"),
        (GOOD[:4] + "O" + GOOD[5:], "统一社会信用代码第 5 位“O”不是允许的字符（不含 I、O、S、V、Z）。"),
        ("0" * 18, "统一社会信用代码不能全为 0，请按营业执照填写。"),
        (GOOD + "1", "统一社会信用代码应为 18 位，当前 19 位。"),
        ("12" + GOOD[2:], "该代码不是企业的统一社会信用代码（企业代码以 91 开头）。"),
    ],
)
def test_every_fault_has_its_sentence(typed: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        uscc.check(typed)
    assert refused.value.errors == {"uscc": [message]}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "第 1 至 8 位或第 18 位"),
        (GOOD[:3] + ("1" if GOOD[3] != "1" else "2") + GOOD[4:], "第 1 至 8 位或第 18 位"),
        (GOOD[:12] + ("7" if GOOD[12] != "7" else "8") + GOOD[13:], "第 9 至 17 位"),
        (GOOD[:16] + ("7" if GOOD[16] != "7" else "8") + GOOD[17:], "第 9 至 17 位"),
    ],
)
def test_a_slip_breaks_the_check_digit_and_the_message_says_where(wrong: str, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        uscc.check(wrong, field="code")
    assert refused.value.errors == {
        "code": [f"统一社会信用代码校验位（第 18 位）不正确，{where}可能有误，请核对营业执照。"]
    }


def test_the_inner_check_digit_counts_even_when_the_last_one_fits() -> None:
    body = GOOD[:16] + ("7" if GOOD[16] != "7" else "8")
    with pytest.raises(Invalid) as refused:
        uscc.check(body + stdnum_uscc.calc_check_digit(body))
    assert refused.value.errors == {
        "uscc": ["统一社会信用代码第 9 至 17 位（主体标识码）的校验位不正确，请核对营业执照。"]
    }


@pytest.mark.parametrize(
    ("body", "digit"),
    # 组织机构代码 of large listed companies, as printed in their public filings
    [("19220382", "1"), ("71526726", "X"), ("79965505", "8")],
)
def test_the_inner_check_digit_is_the_standards(body: str, digit: str) -> None:
    assert uscc.body_check_digit(body) == digit


def test_the_registering_authority_is_a_hint() -> None:
    assert uscc.registration_area(GOOD) == "320583"
