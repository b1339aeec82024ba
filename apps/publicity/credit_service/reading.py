"""Reading a file of credit results: CSV in UTF-8 or GB 18030, every faulty line named, the others taken."""

from __future__ import annotations

import csv
import io
from datetime import date

from apps.core.days import read_day
from apps.core.errors import Invalid
from apps.core.text import clean_text
from apps.policy.award import CreditResult
from apps.publicity.credit_service.contract import CreditAnswer, FaultyLine, ResultFile

COLUMNS = ("查询编号", "统一社会信用代码", "查询平台", "查询日期", "报告编号", "查询结果", "异常事项")
_REQUIRED = COLUMNS[:-1]
_RESULTS = {
    **{one.label: one.value for one in CreditResult},
    "无异常": CreditResult.NORMAL.value,
    "有异常": CreditResult.ADVERSE.value,
}
_MOST_LINES = 5000
_MATTERS = 1000


def read_answers(file: ResultFile) -> tuple[list[CreditAnswer], list[FaultyLine]]:
    """Return the answers of a file and the lines that are none.

    A file that cannot be read at all is one faulty line (the first).
    """
    text = _text(file.content)
    if text is None:
        return [], [FaultyLine(1, "", "文件不是 UTF-8 或 GB 18030 编码的文本，整个文件未登记。")]
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        return [], [FaultyLine(1, "", f"文件不是规范的 CSV（{error}），整个文件未登记。")]
    heading = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in _REQUIRED if name not in heading]
    if missing:
        return [], [FaultyLine(1, "", f"表头缺少：{'、'.join(missing)}。整个文件未登记。")]
    if len(rows) > _MOST_LINES + 1:
        return [], [FaultyLine(1, "", f"一个文件最多 {_MOST_LINES} 行，请拆分。整个文件未登记。")]
    answers: list[CreditAnswer] = []
    faults: list[FaultyLine] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        try:
            answer = _answer(number, cells)
        except Invalid as refusal:
            words = "".join(message for found in refusal.errors.values() for message in found)
            faults.append(FaultyLine(number, cells.get(COLUMNS[0], ""), words))
            continue
        if answer.query_no in seen:
            faults.append(FaultyLine(number, answer.query_no, "同一查询编号在文件中出现多次，只取第一行。"))
            continue
        seen.add(answer.query_no)
        answers.append(answer)
    return answers, faults


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _answer(line: int, cells: dict[str, str]) -> CreditAnswer:
    """Read one line.

    Raises:
        Invalid: everything that is wrong with it.
    """
    errors: dict[str, list[str]] = {name: [f"缺少{name}。"] for name in _REQUIRED if not cells.get(name)}
    result = _RESULTS.get(cells.get("查询结果", ""))
    if cells.get("查询结果") and result is None:
        errors["查询结果"] = [
            f"查询结果「{cells['查询结果'][:20]}」不是{'、'.join(list(_RESULTS)[:4])}之一。"
        ]
    checked_on: date | None = None
    try:
        checked_on = read_day(cells.get("查询日期", ""), field="查询日期", label="查询日期")
    except Invalid as refusal:
        errors.update(refusal.errors)
    if errors or result is None or checked_on is None:
        raise Invalid(errors)
    words = {
        name: clean_text(cells.get(name, ""), field=name, label=name, limit=limit)
        for name, limit in (
            ("查询编号", 30),
            ("统一社会信用代码", 18),
            ("查询平台", 60),
            ("报告编号", 60),
            ("异常事项", _MATTERS),
        )
    }
    return CreditAnswer(
        line=line,
        query_no=words["查询编号"].upper(),
        uscc=words["统一社会信用代码"].upper(),
        platform=words["查询平台"],
        checked_on=checked_on,
        report_no=words["报告编号"],
        result=result,
        matters=words["异常事项"],
    )
