"""Repeat a draw of experts from its public record: python3 replay_draw.py record.json

Needs nothing but Python. Follows docs/policy/draw.md line by line and imports nothing of the platform.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def commitment_digest(record: dict[str, Any]) -> str:
    """The digest that was published before the public value was known."""
    keys = ("algorithm", "number", "pool", "seats", "source", "secret_digest")
    content = {key: record[key] for key in keys}
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def fits(seat: dict[str, str], expert: dict[str, Any]) -> bool:
    """Does the expert have the field and the industry the seat asks for?"""
    return (not seat["field"] or seat["field"] in expert["fields"]) and (
        not seat["industry"] or seat["industry"] in expert["industries"]
    )


def replay(record: dict[str, Any]) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Return seed, picks and reserves; ValueError when the record contradicts itself."""
    digest = commitment_digest(record)
    if digest != record["commitment"]:
        raise ValueError("名册或条件与封存时的摘要不符")
    if sha256(record["secret"]) != record["secret_digest"]:
        raise ValueError("随机数与封存时的摘要不符")
    value = "".join(letter for letter in record["public_value"].upper() if letter.isalnum())
    seed = sha256(f"{digest}|{record['secret']}|{value}")
    pool = [expert for expert in record["pool"] if not expert["barred"]]
    taken: list[dict[str, Any]] = []
    picks: list[dict[str, Any]] = []
    for number, seat in enumerate(record["seats"]):
        units = {expert["unit"] for expert in taken}
        left = [expert for expert in pool if expert["unit"] not in units]
        fitting = [expert for expert in left if fits(seat, expert)]
        order = {sha256(f"{seed}|{number}|{expert['code']}"): expert for expert in fitting or left}
        found = order[min(order)]
        taken.append(found)
        picks.append({"seat": number, "code": found["code"], "relaxed": not fitting})
    rest = [expert["code"] for expert in pool if expert not in taken]
    return seed, picks, sorted(rest, key=lambda code: sha256(f"{seed}|reserve|{code}"))


def main(path: str) -> int:
    """Print the repeated result; 0 when it is the published one."""
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    seed, picks, reserves = replay(record)
    for pick in picks:
        print(f"席位 {pick['seat'] + 1}：{pick['code']}{'（放宽条件）' if pick['relaxed'] else ''}")
    same = (seed, picks, reserves) == (record["seed"], record["picks"], record["reserves"])
    print("与公布结果一致" if same else "与公布结果不一致")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
