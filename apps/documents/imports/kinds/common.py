"""What several imports share: districts and levels as choices, credit codes, faults of services put on lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from apps.accounts import uscc as credit_code
from apps.accounts.services.contacts import checked_email, checked_phone
from apps.core.errors import Invalid
from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import Row, RowsRefused

#: The ten 属地 as bureaus write them → code (docs/policy/glossary.md).
DISTRICTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "张家港市": "320582",
        "张家港": "320582",
        "常熟市": "320581",
        "常熟": "320581",
        "太仓市": "320585",
        "太仓": "320585",
        "昆山市": "320583",
        "昆山": "320583",
        "吴江区": "320509",
        "吴江": "320509",
        "吴中区": "320506",
        "吴中": "320506",
        "相城区": "320507",
        "相城": "320507",
        "姑苏区": "320508",
        "姑苏": "320508",
        "苏州工业园区": "SIP",
        "工业园区": "SIP",
        "园区": "SIP",
        "苏州高新区": "320505",
        "高新区": "320505",
        "虎丘区": "320505",
    }
)
LEVELS: Final[Mapping[str, str]] = MappingProxyType({f"{level}A": str(level) for level in range(1, 6)})
_LINE = re.compile(r"^第 (\d+) 行：(.*)$", re.DOTALL)


def uscc_column(key: str = "uscc", label: str = "统一社会信用代码", *, required: bool = True) -> ImportColumn:
    """Return the column of a credit code: blanks, quotes and full width are folded, the check digit is verified."""
    return ImportColumn(
        key=key,
        label=label,
        kind=CellKind.CODE,
        required=required,
        synonyms=("信用代码", "社会信用代码", "统一信用代码", "企业信用代码"),
        limit=60,
        width=24,
        check=credit_code.check,
        help="18 位，按文本填写。",
    )


def phone(text: str) -> str:
    """Return a phone number; raises Invalid."""
    return checked_phone(text, field="phone")


def email(text: str) -> str:
    """Return a mail address; raises Invalid."""
    return checked_email(text, field="email")


def by_place(refusal: Invalid) -> RowsRefused:
    """Turn faults keyed `<place>.<field>` into faults of lines; a key without a place stands on the first one."""
    faults: list[tuple[int, str, str]] = []
    for key, messages in refusal.errors.items():
        place, _, name = key.partition(".")
        at, field = (int(place), name) if place.isdecimal() else (0, key)
        faults += [(at, field, message) for message in messages]
    return RowsRefused(faults)


def by_line(refusal: Invalid, rows: Sequence[Row], field: str) -> RowsRefused | None:
    """Turn messages that begin with “第 n 行：” (counted from 1) into faults of lines; None when there are none."""
    faults: list[tuple[int, str, str]] = []
    for message in refusal.errors.get(field, []):
        found = _LINE.match(message)
        if found is not None and int(found.group(1)) <= len(rows):
            faults.append((int(found.group(1)) - 1, "", found.group(2)))
    return RowsRefused(faults) if faults else None
