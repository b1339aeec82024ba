"""统一社会信用代码 (GB 32100-2015): normalised, then checked with a message that names the fault.

The last digit guards the whole code; the 17th guards positions 9–16 by itself (GB 11714-1997).
"""

from __future__ import annotations

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from apps.core.errors import Invalid

_LENGTH = 18
_OLD_LENGTHS = {9, 15}
#: Positions 9–17 are 主体标识码: eight characters and their own check digit (GB 11714-1997), these its weights.
_BODY = slice(8, 16)
_BODY_CHECK = 16
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MODULUS = 11
_TEN = 10
_ALPHABET = set("0123456789ABCDEFGHJKLMNPQRTUWXY")
#: 登记管理部门 9 = 市场监管, 机构类别 1 = 企业.
_ENTERPRISE_PREFIX = "91"


def normalise(text: str) -> str:
    """Return *text* in half width and upper case, without blanks, quotes and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if not c.isspace() and c not in "'-·—" and c.isprintable())


def check(text: str, *, field: str = "uscc") -> str:
    """Return the normalised code of an enterprise.

    Raises:
        Invalid: with the exact fault (length, character and its position, all zeros, not an enterprise, the check
            digit of positions 9–17, the last check digit).
    """
    code = normalise(text)
    if not code:
        raise Invalid.of(field, "请填写统一社会信用代码。")
    if len(code) in _OLD_LENGTHS:
        raise Invalid.of(field, "请填写 18 位统一社会信用代码（三证合一后的新代码）。")
    if len(code) != _LENGTH:
        raise Invalid.of(field, f"统一社会信用代码应为 18 位，当前 {len(code)} 位。")
    for position, character in enumerate(code, start=1):
        if character not in _ALPHABET:
            raise Invalid.of(
                field, f"统一社会信用代码第 {position} 位“{character}”不是允许的字符（不含 I、O、S、V、Z）。"
            )
    if not code.strip("0"):
        raise Invalid.of(field, "统一社会信用代码不能全为 0，请按营业执照填写。")
    if not code.startswith(_ENTERPRISE_PREFIX):
        raise Invalid.of(field, "该代码不是企业的统一社会信用代码（企业代码以 91 开头）。")
    _check_digits(code, field)
    return code


def body_check_digit(body: str) -> str:
    """Return the check digit of the eight characters of a 主体标识码 (GB 11714-1997): 0–9 or X."""
    total = sum(weight * int(character, 36) for weight, character in zip(_BODY_WEIGHTS, body, strict=True))
    rest = (_MODULUS - total % _MODULUS) % _MODULUS
    return "X" if rest == _TEN else str(rest)


def _check_digits(code: str, field: str) -> None:
    """Compare both check digits; together they tell in which part of the code to look for the slip."""
    body_is_right = code[_BODY_CHECK] == body_check_digit(code[_BODY])
    try:
        uscc.validate(code)
    except InvalidChecksum:
        where = "第 1 至 8 位或第 18 位" if body_is_right else "第 9 至 17 位"
        raise Invalid.of(
            field, f"统一社会信用代码校验位（第 18 位）不正确，{where}可能有误，请核对营业执照。"
        ) from None
    except ValidationError:
        raise Invalid.of(field, "统一社会信用代码格式不正确，请核对营业执照。") from None
    if not body_is_right:
        raise Invalid.of(field, "统一社会信用代码第 9 至 17 位（主体标识码）的校验位不正确，请核对营业执照。")


def registration_area(code: str) -> str:
    """Return digits 3–8: the registering authority; only a hint of the 属地 (R-13)."""
    return code[2:8]
