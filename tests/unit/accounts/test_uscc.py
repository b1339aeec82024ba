"""统一社会信用代码: each fault has its own sentence (SECURITY I01–I06)."""

from __future__ import annotations

import pytest

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
        ("", "统一社会信用代码应为 18 位，当前 0 位。"),
        (GOOD[:17], "统一社会信用代码应为 18 位，当前 17 位。"),
        ("123456789", "请填写 18 位统一社会信用代码（三证合一后的新代码）。"),
        ("320583000012345", "请填写 18 位统一社会信用代码（三证合一后的新代码）。"),
        (GOOD[:9] + "I" + GOOD[10:], "统一社会信用代码第 10 位“I”不是允许的字符（不含 I、O、S、V、Z）。"),
        (GOOD[:4] + "O" + GOOD[5:], "统一社会信用代码第 5 位“O”不是允许的字符（不含 I、O、S、V、Z）。"),
        ("12" + GOOD[2:], "该代码不是企业的统一社会信用代码（企业代码以 91 开头）。"),
    ],
)
def test_every_fault_has_its_sentence(typed: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        uscc.check(typed)
    assert refused.value.errors == {"uscc": [message]}


def test_a_swapped_digit_breaks_the_check_digit() -> None:
    last = "0" if GOOD[-1] != "0" else "1"
    for wrong in (GOOD[:-1] + last, GOOD[:12] + GOOD[13] + GOOD[12] + GOOD[14:]):
        if wrong == GOOD:
            continue
        with pytest.raises(Invalid) as refused:
            uscc.check(wrong, field="code")
        assert refused.value.errors == {"code": ["统一社会信用代码校验位不正确，请核对营业执照。"]}


def test_the_registering_authority_is_a_hint() -> None:
    assert uscc.registration_area(GOOD) == "320583"
