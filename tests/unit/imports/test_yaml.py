"""An evaluation system as a YAML file: there and back, and every bad file told by path and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.core.errors import NotVisible
from apps.core.scoping import enter
from apps.documents import services
from apps.documents.imports.importer import IMPORTERS
from apps.documents.imports.kinds.scheme_text import to_text
from apps.documents.imports.reading import WorkbookRefused
from apps.documents.imports.yamltext import TextFile, check_text, marked_text, read_text
from apps.policy.evaluation.loading import load_scheme
from apps.policy.evaluation.serialising import digest, scheme_to_mapping
from apps.scoring import selectors as scoring
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_kinds import _stored

TEMPLATE = (Path(services.__file__).parents[1] / "imports" / "kinds" / "scheme_template.yaml").read_text(
    encoding="utf-8"
)


def read(tmp_path: Path, text: str | bytes) -> TextFile:
    path = tmp_path / "one.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    check_text(path)
    return read_text(path)


def told(found: TextFile) -> list[tuple[int, str, str]]:
    return [(one.row, one.sheet, one.reason) for one in found.faults]


@pytest.mark.parametrize("name", ["szgf-2023r1.yaml", "gbt36132-2025.yaml"])
def test_a_system_survives_the_text(name: str, tmp_path: Path) -> None:
    """Through YAML and back the digest is the same; numbers stand there as numbers."""
    stored = _stored(name)
    text = to_text(stored, ["26", "39"])
    found = read(tmp_path, text)
    assert found.faults == ()
    assert found.value.pop("industries") == ["26", "39"]
    assert digest(scheme_to_mapping(load_scheme(found.value))) == digest(stored)
    assert "total_points: 100\n" in text
    assert "max_points: '" not in text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &x [1]\nb: *x\n", (1, "a", "不能使用锚点和引用（&、*）。")),
        ("a: !!python/object/apply:os.system ['id']\n", (1, "a", "不能使用类型标签（!）。")),
        ("a: 1\nb:\n  c: 2\n  c: 3\n", (4, "b.c", "字段“c”在同一处写了两次（第 3 行已有）。")),
        ("a: 1\n---\nb: 2\n", (2, "", "文件中有多份内容（以 --- 分隔）。")),
        ("? [a, b]\n: 1\n", (1, "", "字段名只能是一个词。")),
        ('a: "\\0b"\n', (1, "a", "文字含有不可见或控制字符，请删除后重新填写。")),
        ("a: \u202e反\n", (1, "a", "文字含有不可见或控制字符，请删除后重新填写。")),
        (f"a: {'长' * 4001}\n", (1, "a", "文字最多 4000 字，当前 4001 字。")),
        ("a:\n\t- 1\n", (2, "", "用了制表符缩进。")),
        ("a: 1\n b: 2\n", (2, "", "冒号的位置不对，或上一行的缩进、引号有误。")),
        ("a:\n  - b: [1, 2\nc: 3\n", (3, "", "方括号或花括号没有闭合，或缺少逗号。")),
        ("a: 'b\n", (2, "", "引号没有闭合。")),
        ("a: @b\n", (1, "", "此处不符合 YAML 格式。")),
        ("# 只有说明\n", (0, "", "文件中没有内容。")),
        ("", (0, "", "文件中没有内容。")),
        ("a: \x01\n", (0, "", "文件中有不能识别的字符。")),
    ],
)
def test_what_a_text_may_not_say(tmp_path: Path, text: str, fault: tuple[int, str, str]) -> None:
    assert fault in told(read(tmp_path, text))


def test_a_bomb_is_never_expanded(tmp_path: Path) -> None:
    """Nine lists of nine references would be 9⁹ values; here each reference is one fault and nothing else."""
    lines = ["a: &a [x]"] + [
        f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]" for a, b in ("ab", "bc", "cd", "de")
    ]
    found = read(tmp_path, "\n".join(lines))
    assert found.value["e"] == [None] * 9
    assert {reason for _, _, reason in told(found)} == {"不能使用锚点和引用（&、*）。"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 400 + "]" * 400, "第 1 行起嵌套超过 20 层"),
        ("[" + "1," * 50_001 + "]", "内容超过 50000 项"),
        ("苏州: 绿色".encode("gb18030"), "不是 UTF-8 编码"),
        (b"PK\x03\x04\0\0", "不是 YAML 文本"),
        (b"a: 1\n" * 110_000, "超过 YAML 文件 512 KB 的上限"),
    ],
)
def test_a_file_beyond_bounds_is_not_read(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(WorkbookRefused, match=message):
        read(tmp_path, content)


def test_the_marked_copy_says_it_above_the_line(tmp_path: Path) -> None:
    found = read(tmp_path, "a: 1\nb:\n  c: 2\n  c: 3\n")
    marked = marked_text(found, found.faults)
    assert marked.splitlines()[3] == "  # 问题：b.c：字段“c”在同一处写了两次（第 3 行已有）。请只保留一个。"
    assert read(tmp_path, marked).value == found.value


def test_the_template_is_a_system_and_its_faults_have_path_and_line(city: Desk) -> None:
    """One walk: two faults with their places, the marked copy, mended, preview, confirmed, a draft."""
    spoiled = TEMPLATE.replace("max_points: 15", "max_points: 很多", 1).replace("true     #", "是     #")
    found = city.checked(spoiled.encode(), kind="schemes", name="体系.YML")
    line = next(at for at, one in enumerate(TEMPLATE.splitlines(), 1) if "max_points: 15" in one)
    places = {(one["sheet"], one["cell"]): (one["value"], one["reason"]) for one in found.findings}
    assert places["dimensions[0].secondary[0].items[0].max_points", f"第 {line} 行"] == (
        "很多",
        "“很多”不是数字。",
    )
    assert places["dimensions[0].secondary[0].items[0].onsite_check", f"第 {line + 7} 行"][1] == (
        "应为 true 或 false。"
    )
    enter(city.actor)
    marked = services.marked_copy(actor=city.actor, public_id=found.row.public_id)
    assert marked.name == "体系（标注问题）.yaml"
    assert (
        "# 问题：dimensions[0].secondary[0].items[0].max_points：“很多”不是数字。" in marked.path.read_text()
    )

    ready = city.checked(TEMPLATE.encode(), kind="schemes", name="体系.yaml")
    assert (ready.row.state, ready.row.rows) == ("ready", 7)
    assert ready.preview[0]["number"] == line - 3
    assert ready.preview[0]["effect"] == "写入草案"
    done = city.confirm(ready.row.public_id)
    assert "评价体系草案：苏州市绿色工厂评价体系（示例），7 个条目" in done.row.summary
    enter(city.actor)
    (draft,) = [one for one in scoring.schemes(actor=city.actor, status=None) if one.code == "SZGF-EXAMPLE"]
    assert draft.status == "draft"
    exported = services.import_template(
        actor=city.actor, kind="schemes", params={"scheme": draft.public_id}, as_text=True
    )
    assert exported.name == "评价体系 SZGF-EXAMPLE 第1版.yaml"
    again = city.checked(exported.content, kind="schemes", name="again.yaml")
    assert again.row.state == "faulty"
    assert again.findings[0]["reason"].startswith("相同内容的评价体系已存在：")
    other = city.checked(TEMPLATE.replace("（示例）", "（修订）").encode(), kind="schemes", name="b.yaml")
    assert "将替换该体系现有的草案“苏州市绿色工厂评价体系（示例）”（第 1 版" in other.row.summary


@pytest.mark.parametrize("content", ["- 1\n- 2\n", "只有一句话\n", "dimensions: 5\n", "industries: 26\n"])
def test_a_wrong_shape_is_a_fault_not_an_error(city: Desk, content: str) -> None:
    found = city.checked(content.encode(), kind="schemes", name="one.yaml")
    assert (found.row.state, found.error) == ("faulty", "")


def test_only_a_kind_that_is_a_tree_takes_text(city: Desk) -> None:
    with pytest.raises(WorkbookRefused, match="导入只接受 XLSX 工作簿，不能使用 \\.yaml 文件"):
        city.send(b"a: 1", name="企业.yaml")
    with pytest.raises(WorkbookRefused, match="导入只接受 XLSX 工作簿或 YAML 文件"):
        city.send(b"a: 1", kind="schemes", name="体系.json")
    with pytest.raises(NotVisible):
        services.import_template(actor=city.actor, kind="enterprises", as_text=True)
    assert [one.code for one in IMPORTERS.values() if one.text] == ["schemes"]
