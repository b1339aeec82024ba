"""Cleaning of typed text: what is invisible or can deceive the eye never reaches the database (SECURITY R64)."""

from __future__ import annotations

import unicodedata

from apps.core.errors import Invalid

#: Zero-width and bidirectional characters: accepted by Django's fields, able to disguise a name (M31).
_INVISIBLE = {
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x206A),
    0xFEFF,
}
_LINE_BREAKS = {"\n", "\t"}


def clean_text(value: str, *, field: str, label: str, limit: int, multiline: bool = False) -> str:
    """Return *value* in NFC without surrounding blanks.

    Args:
        value: what was typed.
        field: form field the message belongs to.
        label: Chinese name of the field, for the message.
        limit: most characters allowed.
        multiline: line breaks are kept.

    Raises:
        Invalid: control or invisible characters, or too long.
    """
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip().strip("\u3000").strip()
    for character in text:
        if multiline and character in _LINE_BREAKS:
            continue
        if unicodedata.category(character) in {"Cc", "Cs"} or ord(character) in _INVISIBLE:
            raise Invalid.of(field, f"{label}含有不可见或控制字符，请删除后重新填写。")
    if len(text) > limit:
        raise Invalid.of(field, f"{label}最多 {limit} 字，当前 {len(text)} 字。")
    return text
