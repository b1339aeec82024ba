"""The whole look into a file: name, bytes, then a real parser in a child process with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from apps.evidence.inspection.detect import (
    Looks,
    NotTaken,
    extension_kind,
    is_test_virus,
    look,
    mismatch,
    refuse_old_office,
)
from apps.evidence.states import FileKind

_log = structlog.get_logger(__name__)
_CHILD = Path(__file__).with_name("child.py")
_SECONDS = 30
_SIDE = 10_000
#: Bounds of a compressed document (SECURITY R20) and of a picture; the number of pages is a setting of the bureau.
_LIMITS = {
    "members": 3000,
    "directory": 2 * 1024 * 1024,
    "inflated": 400 * 1024 * 1024,
    "ratio": 200,
    "side": _SIDE,
    "pixels": 60_000_000,
}
_WORDS = {
    "pdf_encrypted": "PDF 已加密，无法审阅，请去除密码后上传。",
    "pdf_broken": "PDF 已损坏，无法打开，请重新导出后上传。",
    "scripted": "PDF 含脚本（JavaScript），未接收。请用“打印为 PDF”另存一份不含脚本的文件后上传。",
    "launches": "PDF 含启动程序或播放媒体的动作，未接收。请用“打印为 PDF”另存后上传。",
    "form_scripts": "PDF 是动态表单（XFA），内容因人而变，未接收。请用“打印为 PDF”另存后上传。",
    "embedded_pdf": "PDF 内嵌其他文件，未接收。请移除附件后上传；内嵌的文件请单独上传。",
    "two_files": "文件同时包含另一种文件（网页或压缩包），未接收，请用原始软件重新导出后上传。",
    "image_broken": "图片无法读取，请重新导出为 JPG 或 PNG 后上传。",
    "office_broken": "文件结构异常，未接收，请用 Office 或 WPS 重新保存后上传。",
    "office_encrypted": "文档已加密，请取消密码后上传。",
    "macros": "文档含宏，请另存为不含宏的格式后上传。",
    "external_links": "文档含外部链接，请断开链接并另存后上传。",
    "embedded": "文档内嵌其他文件，请移除后上传；内嵌的文件请单独上传。",
    "dtd": "文件结构异常，未接收。",
    "bomb": "文件结构异常（解压后过大），未接收。",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What an accepted file is."""

    kind: FileKind
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def inspect(path: Path, *, name: str, most_pages: int) -> Finding:
    """Look into the file at *path* that was sent as *name*.

    Args:
        path: the received bytes, in a place of ours.
        name: the sender's name; only its extension counts.
        most_pages: pages a PDF may have.

    Raises:
        NotTaken: with the sentence for the user.
    """
    promised = extension_kind(name)
    if is_test_virus(path):
        raise NotTaken("virus", "检测到病毒，文件已拒绝。")
    found = look(path)
    if found.word == "ole":
        raise refuse_old_office(path) if promised.code in {"docx", "xlsx"} else mismatch(promised, found)
    if found.word == "zip":
        container = _ask("which", path, _LIMITS)
        if not container.get("ok") and promised.code in {"docx", "xlsx"}:
            raise _refusal(container, promised, most_pages)
        found = Looks(container.get("kind", "zip"))
    if found.word != promised.code:
        raise mismatch(promised, found)
    answer = _ask(promised.code, path, {**_LIMITS, "pages": most_pages})
    if not answer.get("ok"):
        raise _refusal(answer, promised, most_pages)
    return Finding(promised, answer.get("pages"), answer.get("width"), answer.get("height"))


def _ask(kind: str, path: Path, limits: dict[str, int]) -> dict[str, Any]:
    """Run the child; an answer that does not come in time, or not at all, refuses the file."""
    command = [sys.executable, "-I", str(_CHILD), kind, str(path), json.dumps(limits)]
    try:
        done = subprocess.run(  # noqa: S603  (our own script; the path is ours, the name never reaches it)
            command,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"PYTHONUTF8": "1", "PATH": ""},
            cwd=path.parent,
        )
    except subprocess.TimeoutExpired:
        _log.warning("evidence.probe_timeout", kind=kind)
        return {"refused": _unreadable(kind)}
    if done.returncode != 0:
        _log.warning("evidence.probe_died", kind=kind, code=done.returncode, said=done.stderr[-500:])
        return {"refused": _unreadable(kind)}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _unreadable(kind: str) -> str:
    """A parser that ran out of time or memory: the file is as good as broken."""
    return {"pdf": "pdf_broken", "jpg": "image_broken", "png": "image_broken"}.get(kind, "bomb")


def _refusal(answer: dict[str, Any], promised: FileKind, most_pages: int) -> NotTaken:
    code = str(answer["refused"])
    if code == "too_many_pages":
        return NotTaken(code, f"页数 {answer['pages']}，超过 {most_pages} 页上限，请拆分后上传。")
    if code == "too_many_pixels":
        size = f"{answer['width']}×{answer['height']}"
        return NotTaken(
            code, f"图片 {size} 像素，超过 {_SIDE}×{_SIDE}（总计 6000 万像素）上限，请缩小后上传。"
        )
    if code == "not_this_kind":
        return NotTaken(code, f"文件内容不是 {promised.label}，请用原始 {promised.label} 文件上传。")
    return NotTaken(code, _WORDS[code])
