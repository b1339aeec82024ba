"""Reading a pasted or uploaded list of the province or the nation into lines (F-19)."""

from __future__ import annotations

import csv
import re

from django.core.files.base import File

from apps.core.errors import Invalid
from apps.titles.selectors.lists import ListRow

_ACTIONS = {
    "新增": "add",
    "入选": "add",
    "列入": "add",
    "移出": "remove",
    "撤销": "remove",
    "更名": "rename",
    "变更": "rename",
}
_USCC = re.compile(r"[0-9A-Za-z]{18}")
_NUMBER = re.compile(r"\d{1,5}[.、．]?")
_HEADS = {"企业名称", "名称", "单位名称", "工厂名称", "序号"}
#: A list of 5,000 lines is about 400 KB.
_LARGEST = 2 * 1024 * 1024


def lines_of(pasted: str, upload: File[bytes] | None) -> str:
    """Return the text of the list: the uploaded CSV when there is one, else what was pasted.

    Raises:
        Invalid: the file is too large or is not text.
    """
    if upload is None:
        return pasted
    if (upload.size or 0) > _LARGEST:
        raise Invalid.of("file", "文件超过 2 MB，请分批导入。")
    raw: bytes = upload.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid.of("file", "文件不是 CSV 文本，请另存为“CSV UTF-8”后上传。")


def read_rows(content: str) -> list[ListRow]:
    """Return the lines of a list: columns in any order of action, name, credit code and (for 更名) the new name.

    A leading number is left out, so is a line of headings. Without an action a line adds the enterprise.

    Raises:
        Invalid: a line without a name; keyed `rows`, naming the line.
    """
    rows: list[ListRow] = []
    problems: list[str] = []
    for number, cells in enumerate(_cells(content), start=1):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled or set(filled) & _HEADS:
            continue
        row = _row(filled)
        if row is None:
            problems.append(f"第 {number} 行没有企业名称：“{'，'.join(filled)[:40]}”。")
        else:
            rows.append(row)
    if problems:
        raise Invalid({"rows": problems[:20]})
    return rows


def _cells(content: str) -> list[list[str]]:
    # Line by line: a list put together from several sources has tabs in one line and commas in the next.
    text = content.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("，", ",")
    try:
        return [
            line.split("\t") if "\t" in line else next(csv.reader([line]), []) for line in text.split("\n")
        ]
    except csv.Error as error:
        raise Invalid.of("rows", "名单中的引号不成对，请检查后重新粘贴。") from error


def _row(cells: list[str]) -> ListRow | None:
    action, uscc = "add", ""
    names: list[str] = []
    for position, cell in enumerate(cells):
        if position == 0 and _NUMBER.fullmatch(cell):
            continue
        if cell in _ACTIONS:
            action = _ACTIONS[cell]
        elif _USCC.fullmatch(cell) and not uscc:
            uscc = cell.upper()
        else:
            names.append(cell)
    if not names:
        return None
    return ListRow(action, names[0], uscc, names[1] if action == "rename" and len(names) > 1 else "")
