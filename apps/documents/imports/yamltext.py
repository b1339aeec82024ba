"""Reading an uploaded YAML file: bounded, without references or tags, every value with the line it stands on.

The text is walked event by event and nothing is ever expanded, so that a small file cannot become a large value.
Plain scalars stay text (numbers are read by whoever knows the field, in decimals); only `true`, `false` and nothing
are recognised. What is wrong with the text itself is told line by line and reading goes on where it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from apps.core.errors import Invalid
from apps.core.text import clean_text
from apps.documents.imports.importer import Finding
from apps.documents.imports.reading import WorkbookRefused
from apps.evidence.inspection.detect import is_test_virus

#: The city's whole system (97 items with metrics) is about 90 KB.
MOST_KB: Final = 512
_KB: Final = 1024
#: A tier of a rule of an item lies ten levels deep.
_DEEPEST: Final = 20
_MOST_NODES: Final = 50_000
_MOST_FAULTS: Final = 200
_LONGEST_TEXT: Final = 4000
_LONGEST_KEY: Final = 60
_SHOWN: Final = 60
_NOTHING: Final = {"", "~", "null", "Null", "NULL"}
_FLAGS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_AGAIN: Final = "请更正后重新上传。"
#: What the parser says, and what a person can do about it.
_SAID: Final = (
    ("\\t", "用了制表符缩进。", "YAML 只能用空格缩进，请把制表符换成空格。"),
    (
        "mapping values are not allowed",
        "冒号的位置不对，或上一行的缩进、引号有误。",
        "含冒号的文字请加引号。",
    ),
    (
        "could not find expected ':'",
        "这一项缺少冒号，或冒号后没有空格。",
        "写成“名称: 内容”，冒号用半角并后接空格。",
    ),
    ("expected <block end>", "缩进与上文不一致。", "同一层的各项请左对齐。"),
    ("unexpected end of stream", "引号没有闭合。", "请补上另一半引号。"),
    ("expected ',' or", "方括号或花括号没有闭合，或缺少逗号。", "请补全括号与逗号。"),
)
_UNKNOWN: Final = ("此处不符合 YAML 格式。", "请检查缩进、冒号后的空格和引号。")


class _Stop(Exception):
    """Nothing more is read: too deep, too much, or too much wrong."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A YAML file that was read. `value` is None when the text as a whole could not be."""

    text: str
    value: Any
    lines: Mapping[str, int]
    faults: tuple[Finding, ...]

    def line_of(self, path: str) -> int:
        """Return the line (from 1) of a value, or of the nearest thing around it; 0: the whole file."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 0

    def shown(self, path: str) -> str:
        """Return what stands at a path, shortened; of a list how long it is, "" for a group of fields."""
        found = self.value
        for step in path.replace("[", ".[").split("."):
            if isinstance(found, Mapping):
                found = found.get(step)
            elif isinstance(found, list) and step[1:-1].isdecimal() and int(step[1:-1]) < len(found):
                found = found[int(step[1:-1])]
            else:
                return ""
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, list):
            return f"（{len(found)} 项）"
        return found[:_SHOWN] if isinstance(found, str) else ""


def check_text(path: Path) -> None:
    """Look at an uploaded text before anything is read from it: size, encoding, no binary content.

    Raises:
        WorkbookRefused: too large, not UTF-8, binary, or the scanners' test string.
    """
    size = path.stat().st_size
    if size > MOST_KB * _KB:
        text = f"文件 {-(-size // _KB)} KB，超过 YAML 文件 {MOST_KB} KB 的上限。"
        raise WorkbookRefused("too_large", text)
    if is_test_virus(path):
        raise WorkbookRefused("virus", "检测到病毒，文件已拒绝。")
    _decoded(path)


def read_text(path: Path) -> TextFile:
    """Return what a YAML file says, with everything wrong with it as a text.

    Raises:
        WorkbookRefused: not UTF-8, or nested or filled beyond all bounds.
    """
    text = _decoded(path)
    walk = _Walk(text)
    try:
        value = walk.document()
    except _Stop:
        value = None
    except yaml.MarkedYAMLError as error:
        walk.fault(_line(error.problem_mark or error.context_mark), "", *_told(str(error.problem)))
        value = None
    except yaml.YAMLError:
        walk.fault(0, "", "文件中有不能识别的字符。", "请另存为 UTF-8 编码的纯文本后上传。")
        value = None
    return TextFile(text, value, walk.lines, tuple(walk.faults))


def marked_text(found: TextFile, findings: Sequence[Finding]) -> str:
    """Return the same text with every finding as a remark above the line it is about."""
    remarks: dict[int, list[str]] = {}
    for one in findings:
        where = f"{one.sheet}：" if one.sheet else ""
        said = " ".join(f"{where}{one.reason}{one.remedy}".split())
        remarks.setdefault(one.row, []).append(f"# {'问题' if one.error else '提示'}：{said}")
    lines = list(remarks.get(0, ()))
    for number, line in enumerate(found.text.splitlines(), start=1):
        indent = line[: len(line) - len(line.lstrip(" "))]
        lines += [f"{indent}{remark}" for remark in remarks.get(number, ())]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _decoded(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WorkbookRefused("encoding", "文件不是 UTF-8 编码的纯文本，请另存为 UTF-8 后上传。") from None
    if "\0" in text:
        raise WorkbookRefused("not_this_kind", "文件内容不是 YAML 文本，请用原始文件上传。")
    return text


def _told(problem: str) -> tuple[str, str]:
    return next(((said, remedy) for word, said, remedy in _SAID if word in problem), _UNKNOWN)


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark is not None else 0


class _Walk:
    """Lays out one document from the parser's events."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._nodes = 0
        self.lines: dict[str, int] = {}
        self.faults: list[Finding] = []

    def fault(self, line: int, path: str, reason: str, remedy: str = _AGAIN, value: str = "") -> None:
        """Note something that stands against the file."""
        self.faults.append(Finding(path, line, 0, value, reason, remedy))
        if len(self.faults) >= _MOST_FAULTS:
            raise _Stop

    def document(self) -> Any:
        """Return the value of the only document."""
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            self.fault(0, "", "文件中没有内容。", "请填写后重新上传。")
            return None
        value = self._value(next(self._events), "", 0)
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            text = "文件中有多份内容（以 --- 分隔）。"
            self.fault(_line(event.start_mark), "", text, "一个文件只写一套评价体系。")
        return value

    def _value(self, event: Any, path: str, depth: int) -> Any:
        self._nodes += 1
        line = _line(event.start_mark)
        if depth > _DEEPEST or self._nodes > _MOST_NODES:
            text = f"嵌套超过 {_DEEPEST} 层" if depth > _DEEPEST else f"内容超过 {_MOST_NODES} 项"
            raise WorkbookRefused("text_bomb", f"第 {line} 行起{text}，未读取。请按模板的层次填写。")
        self.lines.setdefault(path, line)
        if getattr(event, "anchor", None) is not None:
            self.fault(line, path, "不能使用锚点和引用（&、*）。", "请写出完整内容。")
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None:
            self.fault(line, path, "不能使用类型标签（!）。", "请去掉标签，只写内容。")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._scalar(event, path, line)

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event.start_mark)
            if not isinstance(event, yaml.ScalarEvent):
                self.fault(line, path, "字段名只能是一个词。", "请写成“名称: 内容”。")
                self._value(event, f"{path}.?", depth + 1)
                self._value(next(self._events), f"{path}.?", depth + 1)
                continue
            key = self._words(str(event.value), path, line, _LONGEST_KEY)
            at = f"{path}.{key}" if path else key
            if key in found:
                text = f"字段“{key[:_SHOWN]}”在同一处写了两次（第 {self.lines[at]} 行已有）。"
                again = self._value(next(self._events), f"{at}.?", depth + 1)
                self.fault(line, at, text, "请只保留一个。", again[:_SHOWN] if isinstance(again, str) else "")
                continue
            self.lines[at] = line
            found[key] = self._value(next(self._events), at, depth + 1)
        return found

    def _sequence(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{path}[{len(found)}]", depth + 1))
        return found

    def _scalar(self, event: Any, path: str, line: int) -> str | bool | None:
        text = str(event.value)
        if event.style is None and text in _NOTHING:
            return None
        if event.style is None and text in _FLAGS:
            return _FLAGS[text]
        return self._words(text, path, line, _LONGEST_TEXT)

    def _words(self, text: str, path: str, line: int, limit: int) -> str:
        try:
            return clean_text(text, field="text", label="文字", limit=limit, multiline=True)
        except Invalid as refusal:
            shown = text[:_SHOWN] if text.isprintable() else ""
            self.fault(line, path, refusal.errors["text"][0], value=shown)
            return ""
