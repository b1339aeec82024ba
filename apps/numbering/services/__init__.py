"""What rooms above may ask of the register of numbers."""

from apps.numbering.services.documents import open_series, settle_number, void_number
from apps.numbering.services.giving import Wanted, hold_register, take_number, take_numbers

__all__ = [
    "Wanted",
    "hold_register",
    "open_series",
    "settle_number",
    "take_number",
    "take_numbers",
    "void_number",
]
