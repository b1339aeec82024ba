"""The runs behind `spreadsheets`: each is one process, so that its peak memory can be told."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import django
import xlsxwriter

_EXPORTED, _IMPORTED, _COLUMNS = 14_000, 5_000, 14


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        yield (
            number,
            f"昆山示例{number}号新材料科技有限公司",
            "91320583MA0000000X",
            *["示例内容"] * (_COLUMNS - 3),
        )


def export(folder: Path) -> Callable[[], object]:
    """Write a long list through the product's writer."""
    from apps.documents.sheets import Column, Kind, SheetTable, write_table_xlsx

    columns = (Column(label="序号", kind=Kind.INTEGER), *(Column(label=f"列{n}") for n in range(1, _COLUMNS)))

    def run() -> None:
        with (folder / "list.xlsx").open("w+b") as stream:
            write_table_xlsx(stream, SheetTable(title="名单", columns=columns, rows=_rows(_EXPORTED)))

    return run


def floor(folder: Path) -> Callable[[], object]:
    """Write the same cells with the bare library."""

    def run() -> None:
        book = xlsxwriter.Workbook(str(folder / "bare.xlsx"), {"constant_memory": True})
        sheet = book.add_worksheet()
        for at, row in enumerate(_rows(_EXPORTED)):
            sheet.write_row(at, 0, row)
        book.close()

    return run


def read(folder: Path) -> Callable[[], object]:
    """Read and check a filled-in template of 5,000 lines."""
    from apps.documents.imports.importer import IMPORTERS
    from apps.documents.imports.mapping import map_book
    from apps.documents.imports.reading import Bounds, check_container, read_book
    from apps.documents.imports.template import write_template

    importer, path = IMPORTERS["enterprises"], folder / "enterprises.xlsx"
    with path.open("w+b") as stream:
        write_template(stream, importer, rows={importer.main.name: [_line(n) for n in range(_IMPORTED)]})

    def run() -> None:
        check_container(path, name=path.name)
        mapped = map_book(read_book(path, Bounds(rows=_IMPORTED)), importer, most_rows=_IMPORTED)
        if mapped.faults:
            msg = f"{mapped.faults} faults: {mapped.findings[0]}"
            raise RuntimeError(msg)

    return run


def apply(folder: Path) -> Callable[[], object]:
    """Enter 5,000 enterprises in one transaction, and take them back."""
    del folder
    from django.db import transaction

    from apps.accounts import services as accounts
    from apps.core.actor import Actor, Duty, Role
    from apps.core.moment import DatabaseClock
    from apps.core.scoping import enter

    lines = [_line(number) for number in range(_IMPORTED)]
    rows = [
        accounts.KnownEnterprise(
            name=str(line[0]),
            uscc=str(line[1]),
            district="320583",
            industry_code="2651",
            site_address="示例路 1 号",
            legal_representative="周敏",
            contact_name="沈洁",
            contact_phone="13800000001",
        )
        for line in lines
    ]

    @transaction.atomic
    def run() -> None:
        actor = Actor(role=Role.MUNICIPAL, name="测量", duties=frozenset({Duty.HANDLER}))
        enter(actor)
        accounts.record_known_enterprises(actor=actor, clock=DatabaseClock(), rows=rows, source="bench")
        transaction.set_rollback(True)

    return run


def _line(number: int) -> tuple[object, ...]:
    return (
        f"昆山测量{number}号有限公司",
        _code(number),
        "昆山市",
        "2651",
        "昆山开发区示例路 1 号",
        "周敏",
        "沈洁",
        "13800000001",
        *[""] * 7,
    )


def _code(number: int) -> str:
    from stdnum.cn import uscc

    from apps.accounts.uscc import body_check_digit

    subject = f"MB{number:06d}"
    body = f"91320583{subject}{body_check_digit(subject)}"
    return body + str(uscc.calc_check_digit(body))


RUNS: Final = {"export": export, "floor": floor, "read": read, "apply": apply}


def _worked() -> float:
    """Return the processor seconds of this process and its ended children: other work here is not in them."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(name: str) -> None:
    """Prepare, then measure once; print one JSON object."""
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        run = RUNS[name](Path(folder))
        started, worked = time.perf_counter(), _worked()
        run()
        seconds, processor = time.perf_counter() - started, _worked() - worked
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(json.dumps({"seconds": seconds, "processor": processor, "kilobytes": peak}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
