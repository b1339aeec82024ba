"""Repeat a draw of spot checks from its public record: python3 replay_sample.py record.json

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


def replay(record: dict[str, Any]) -> tuple[str, dict[str, list[str]]]:
    """Return seed and drawn codes by district; ValueError when the record contradicts itself."""
    keys = ("algorithm", "number", "strata", "source", "secret_digest")
    content = {key: record[key] for key in keys}
    digest = sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    if digest != record["commitment"]:
        raise ValueError("名单或数量与封存时的摘要不符")
    if sha256(record["secret"]) != record["secret_digest"]:
        raise ValueError("随机数与封存时的摘要不符")
    value = "".join(letter for letter in record["public_value"].upper() if letter.isalnum())
    seed = sha256(f"{digest}|{record['secret']}|{value}")
    drawn = {}
    for stratum in record["strata"]:
        ordered = sorted(stratum["results"], key=lambda code: sha256(f"{seed}:{code}"))
        drawn[stratum["district"]] = ordered[: stratum["size"]]
    return seed, drawn


def main(path: str) -> int:
    """Print the repeated result; 0 when it is the published one."""
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    seed, drawn = replay(record)
    for district, codes in drawn.items():
        print(f"{district}：{'、'.join(codes)}")
    same = (seed, drawn) == (record["seed"], record["drawn"])
    print("与公布结果一致" if same else "与公布结果不一致")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
