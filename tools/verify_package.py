"""Verify an evidence package of the platform offline, with nothing but Python's standard library.

    python3 verify_package.py 取证包.zip [--head DIGEST]

Checks, and names every row that does not hold:
1. every file has the SHA-256 that manifest.json states;
2. every link of the chain joins the one before: digest = SHA-256(previous digest + canonical text);
3. every line of events.csv says what the canonical text of its event says;
4. with --head: the package ends in the digest that was noted down independently (the page 审计链核验 shows it).

Exit status 0: everything holds; 1: something does not; 2: this is no package.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

GENESIS = "0" * 64
#: Column of events.csv → field of the canonical text.
COLUMNS = {
    "时间（UTC）": "at",
    "角色": "actor_role",
    "账户": "actor_user_id",
    "姓名": "actor_name",
    "来源地址": "address",
    "事项": "event",
    "结果": "outcome",
    "对象类别": "subject_type",
    "对象编号": "subject_id",
    "对象": "subject_label",
    "依据": "rule",
    "变更前": "before",
    "变更后": "after",
    "说明": "note",
    "属地": "district_id",
}


def text_of(value: object) -> str:
    """Return a field of the canonical text as events.csv writes it."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(value)


def file_problems(package: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for every file that is missing or is not what the manifest states."""
    names = set(package.namelist())
    for name, digest in manifest["files"].items():
        if name not in names:
            yield f"缺少文件 {name}。"
        elif hashlib.sha256(package.read(name)).hexdigest() != digest:
            yield f"文件 {name} 的校验值与 manifest.json 不符。"


def chain_problems(links: list[dict[str, Any]], manifest: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for every link that does not join the one before or does not match its text."""
    previous = manifest["first_previous"]
    expected = manifest["first_sequence"]
    for link in links:
        name = f"审计链第 {link['sequence']} 节（事件 {link['event_id']}）"
        if link["sequence"] != expected:
            yield f"审计链第 {expected} 节缺失。"
            expected = link["sequence"]
        if link["previous"] != previous:
            yield f"{name}与上一节不衔接。"
        if "canonical" in link:
            made = hashlib.sha256((link["previous"] + link["canonical"]).encode()).hexdigest()
            if made != link["digest"]:
                yield f"{name}的内容与摘要不符，该行已被改动。"
        previous = link["digest"]
        expected += 1
    if previous != manifest["last_digest"]:
        yield "审计链末节摘要与 manifest.json 不符。"


def row_problems(rows: list[dict[str, str]], links: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a sentence for every line of events.csv that differs from its event, is missing, or is too many."""
    texts = {str(link["event_id"]): json.loads(link["canonical"]) for link in links if "canonical" in link}
    for row in rows:
        number = row["编号"]
        if number not in texts:
            yield f"events.csv 中的事件 {number} 不在审计链上。"
            continue
        told = texts.pop(number)
        for column, field in COLUMNS.items():
            if row[column] != text_of(told[field]):
                yield f"events.csv 中事件 {number} 的“{column}”与审计链不符，该行已被改动。"
    for number in texts:
        yield f"events.csv 中缺少事件 {number}。"


def problems(source: str | IO[bytes], head: str = "") -> Iterator[str]:
    """Yield a Chinese sentence for everything in the package *source* (path or file) that does not hold."""
    csv.field_size_limit(1 << 30)
    with zipfile.ZipFile(source) as package:
        manifest = json.loads(package.read("manifest.json"))
        yield from file_problems(package, manifest)
        links = [json.loads(line) for line in package.read("chain.jsonl").decode().splitlines()]
        rows = list(csv.DictReader(io.StringIO(package.read("events.csv").decode("utf-8-sig"), newline="")))
    yield from chain_problems(links, manifest)
    yield from row_problems(rows, links)
    if head and head != manifest["last_digest"]:
        yield "包内末节摘要与给定的摘要（--head）不符。"


def main() -> int:
    """Verify the package named on the command line."""
    parser = argparse.ArgumentParser(description="核验取证包（离线，只用标准库）")
    parser.add_argument("package", help="取证包 zip 文件")
    parser.add_argument("--head", default="", help="另行抄存的末节摘要")
    asked = parser.parse_args()
    if Path(asked.package).is_dir():
        print("这是文件夹：请指定下载得到的 zip 文件，不要先解压。", file=sys.stderr)
        return 2
    try:
        found = list(problems(asked.package, asked.head))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        print(f"不是完整的取证包：{error}", file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print(f"核验未通过：{len(found)} 处。" if found else "核验通过：文件、审计链与明细一致。")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
