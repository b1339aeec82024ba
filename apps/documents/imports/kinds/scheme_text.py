"""An evaluation system as a YAML file, and back: the same content as the workbook's, the same digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.documents.imports.importer import Context, Outcome, PathsRefused, TextForm
from apps.documents.imports.kinds import scheme_book as book
from apps.documents.imports.kinds.drafting import draft
from apps.policy.evaluation.loading import read_draft
from apps.policy.evaluation.serialising import scheme_to_mapping
from apps.scoring import selectors as scoring

_TEMPLATE: Final = Path(__file__).with_name("scheme_template.yaml")
_INDUSTRIES: Final = "industries"
#: Fields of a system that are numbers; the stored form keeps them as exact text.
_NUMBERS: Final = frozenset(
    {
        "schema_version",
        "total_points",
        "item_count",
        "secondary_count",
        "weight",
        "raw_total",
        "mandatory_raw",
        "optional_raw",
        "raw_points",
        "max_points",
        "ratio",
        "value",
        "otherwise",
        "multiple_gte",
        "multiple_lte",
        "lead_value",
        "base_value",
        "full_at",
        "max_options",
        "seq",
    }
)
_HEAD: Final = (
    "# 评价体系 {name}（{version}）。在此文件上修改后，可在“数据导入—评价体系”上传，先成为草案。\n"
    "# 以 # 开头的是说明，不导入。字段含义见该页的 YAML 模板。\n"
)


class _Number(str):
    """Digits that are written without quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes lists indented under their field, and numbers as they are."""

    def increase_indent(self, *args: Any, **more: Any) -> None:
        """Indent a list under its field, as people write it."""
        super().increase_indent(*args, **{**more, "indentless": False})


def _number(dumper: yaml.SafeDumper, value: _Number) -> yaml.ScalarNode:
    kind = "float" if "." in value else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", str(value))


_Dumper.add_representer(_Number, _number)


def to_text(scheme: Mapping[str, Any], industries: Sequence[str]) -> str:
    """Return the YAML of a stored scheme (`scheme_to_mapping`)."""
    plain = _written(scheme)
    if industries:
        plain = {**plain, _INDUSTRIES: list(industries)}
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def _written(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _written(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    return _Number(value) if key in _NUMBERS and not isinstance(value, bool) else value


def _write(actor: Actor, params: Mapping[str, str]) -> tuple[str, str]:
    """Return name and text of an existing system to start from (`scheme`), or of the explained template.

    Raises:
        NotVisible: no such system.
    """
    wanted = params.get("scheme", "")
    if not wanted:
        return "评价体系模板（2026版）", _TEMPLATE.read_text(encoding="utf-8")
    row = scoring.scheme(actor=actor, public_id=wanted)
    content = scheme_to_mapping(scoring.scheme_spec(actor=actor, scheme_id=row.id))
    head = _HEAD.format(name=row.name, version=f"第 {row.version} 版")
    return f"评价体系 {row.code} 第{row.version}版", head + to_text(content, row.industries)


def _parted(value: Any) -> tuple[dict[str, Any], Any]:
    """Return the system as the rules of evaluation know it, and the industries it is made for."""
    if not isinstance(value, Mapping):
        return {}, []
    return {key: one for key, one in value.items() if key != _INDUSTRIES}, value.get(_INDUSTRIES) or []


def _act(context: Context, value: Any) -> Outcome:
    if not isinstance(value, Mapping):
        raise PathsRefused([("", "最外层应为一组字段（schema_version、code、name、dimensions 等）。")])
    content, industries = _parted(value)
    if not isinstance(industries, list) or not all(isinstance(code, str) for code in industries):
        raise PathsRefused([(_INDUSTRIES, "应为一列行业代码。")])
    try:
        return draft(context, content, industries, items=len(_lines(value)))
    except Invalid as refusal:
        raise PathsRefused(
            [(path, _sentence(text)) for path, texts in refusal.errors.items() for text in texts]
        ) from None


def _sentence(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"


def _lines(value: Any) -> list[tuple[str, Sequence[object]]]:
    """Return the items with their paths and the cells the workbook would have for them."""
    spec, _ = read_draft(_parted(value)[0])
    if not spec.dimensions:
        return []
    paths = [
        f"dimensions[{at}].items[{place}]"
        if group.implicit
        else f"dimensions[{at}].secondary[{own}].items[{place}]"
        for at, part in enumerate(spec.dimensions)
        for own, group in enumerate(part.secondaries)
        for place, _ in enumerate(group.items)
    ]
    return list(zip(paths, book.to_lines(scheme_to_mapping(spec), [])[book.ITEMS], strict=True))


YAML: Final = TextForm(
    label="YAML",
    suffix=".yaml",
    others=(".yml",),
    content_type="text/yaml; charset=utf-8",
    act=_act,
    lines=_lines,
    write=_write,
    notes=(
        "YAML 文件与工作簿内容相同，层次为 dimensions → secondary → items；问题按字段路径和行号指出。",
        "YAML 文件 512 KB 以内、UTF-8 编码；不能使用锚点、引用和类型标签，同一处的字段名不能重复。",
    ),
)
