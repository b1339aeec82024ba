"""统一社会信用代码 (GB 32100-2015): normalised, then checked with a message that names the fault."""

from __future__ import annotations

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from apps.core.errors import Invalid

_LENGTH = 18
_OLD_LENGTHS = {9, 15}
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
        Invalid: with the exact fault (length, character and its position, check digit, not an enterprise).
    """
    code = normalise(text)
    if len(code) in _OLD_LENGTHS:
        raise Invalid.of(field, "请填写 18 位统一社会信用代码（三证合一后的新代码）。")
    if len(code) != _LENGTH:
        raise Invalid.of(field, f"统一社会信用代码应为 18 位，当前 {len(code)} 位。")
    for position, character in enumerate(code, start=1):
        if character not in _ALPHABET:
            raise Invalid.of(
                field, f"统一社会信用代码第 {position} 位“{character}”不是允许的字符（不含 I、O、S、V、Z）。"
            )
    if not code.startswith(_ENTERPRISE_PREFIX):
        raise Invalid.of(field, "该代码不是企业的统一社会信用代码（企业代码以 91 开头）。")
    try:
        uscc.validate(code)
    except InvalidChecksum:
        raise Invalid.of(field, "统一社会信用代码校验位不正确，请核对营业执照。") from None
    except ValidationError:
        raise Invalid.of(field, "统一社会信用代码格式不正确，请核对营业执照。") from None
    return code


def registration_area(code: str) -> str:
    """Return digits 3–8: the registering authority; only a hint of the 属地 (R-13)."""
    return code[2:8]
