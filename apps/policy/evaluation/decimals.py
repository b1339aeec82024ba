"""Owns decimal arithmetic of scores: strict conversion, rounding as printed, and how numbers are written.

Work is done with 50 digits and cleaned to 28 before anything is compared or rounded, so that a repeating
quotient (5 ÷ 6) can never push a tie such as 0.025 to the wrong side.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")

WORKING = Context(prec=50, rounding=ROUND_HALF_EVEN)
_CLEAN = Context(prec=28, rounding=ROUND_HALF_EVEN)
_LARGEST = Decimal(10) ** 18
_FINEST_EXPONENT = -12


class NotANumber(ValueError):
    """A value that is no finite number of a size this system accepts; the message is for users."""


def to_decimal(value: object) -> Decimal:
    """Convert a number from JSON, YAML or a form into a Decimal.

    Accepts Decimal, int, str and float (a float by its shortest text, so 0.6 is exactly 0.6).
    Raises NotANumber for anything else, for NaN and infinities, for more than 12 decimal places and for
    magnitudes of 10**18 and above.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str | float):
        raise NotANumber("应填写数字")
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise NotANumber(f"“{value}”不是数字") from None
    if not number.is_finite():
        raise NotANumber("应填写有限的数字")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < _FINEST_EXPONENT:
        trimmed = number.normalize(WORKING)
        exponent = trimmed.as_tuple().exponent
        if isinstance(exponent, int) and exponent < _FINEST_EXPONENT:
            raise NotANumber("小数不能超过 12 位")
        number = trimmed
    if number.copy_abs() >= _LARGEST:
        raise NotANumber("数值过大，请核对单位")
    return number


def clean(value: Decimal) -> Decimal:
    """Drop the noise of the working precision; comparisons and rounding start from this."""
    return _CLEAN.plus(value)


def round_points(value: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Points as printed: two decimals, half up unless the setting in force says otherwise (DECISIONS 1)."""
    return clean(value).quantize(CENT, rounding=rounding, context=WORKING)


def plain(value: Decimal) -> str:
    """Write a number without exponent and without trailing zeros: 3200, 0.64, 0."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def short(value: Decimal, decimals: int = 4) -> tuple[str, bool]:
    """Write a computed number for people, with at least so many decimals or significant digits.

    Returns the text and whether it is exact.
    """
    places = max(decimals, decimals - 1 - value.adjusted()) if value else decimals
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=WORKING)
    return plain(rounded), rounded == value


def with_unit(text: str, unit: str) -> str:
    """A number and its unit: 95%, 0.64 tce/t, 1.25."""
    if unit == "%":
        return f"{text}%"
    return f"{text} {unit}" if unit else text


def equals(value: Decimal) -> str:
    """Write "= 0.64" for an exact figure and "≈ 0.3333" for a shortened one."""
    text, exact = short(value)
    return f"{'=' if exact else '≈'} {text}"


def points_text(value: Decimal) -> str:
    """Points always carry two decimals."""
    return f"{value:.2f}"
