"""docs/forms.md: every form of RULES.md §3 with its origin, its source, its formats and a sample."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Final

from django.conf import settings

from apps.core.actor import ROLE_LABELS, Role
from apps.documents.forms import BUILDERS
from apps.documents.kinds import KINDS, PaperKind
from apps.documents.rendering.papers import PAPERS, Origin, Paper
from apps.documents.services import WORKBOOKS

#: Kind → page template, where they are not called alike.
_TEMPLATE_OF: Final = {
    "notice": "public_notice",
    "visit": "visit_record",
    "recheck": "visit_record",
    "district_award": "recognition",
}
SAMPLES: Final = "forms"
_ORIGINS: Final = {
    Origin.SEEN: "依据公开格式 [S]",
    Origin.PARTLY_OWN: "部分自拟 [S]/[O]",
    Origin.OWN: "自拟 [O]",
}


def paper_of(kind: PaperKind) -> type[Paper]:
    """Return the class of a kind's page data."""
    wanted = f"{_TEMPLATE_OF.get(kind.code, kind.code)}.html"
    return next(paper for paper in PAPERS if paper.template == wanted)


def sample_path(kind: str) -> Path:
    """Return where the picture of a kind's sample lies."""
    return Path(settings.BASE_DIR) / "docs" / SAMPLES / f"{kind}.png"


def forms_page() -> str:
    """Return docs/forms.md."""
    lines = [
        "# 表单与文书",
        "",
        (
            "由代码生成（`python3 manage.py generate_docs`），请勿手改；样张由 `python3 manage.py sample_forms` "
            "自演示数据生成。"
        ),
        "",
        (
            "一份数据，两种输出：PDF 为正式文本（嵌入字体、内容校验码、查验二维码），Word 供编辑，"
            "两者内容由测试逐字核对。"
        ),
        (
            "Word 模板在 `templates/documents/word/`，由 `word_templates` 命令生成。"
            "主管部门要改版式时，用 Word 修改副本，"
            "放入状态目录的 `word_templates/` 文件夹（文件名不变），即优先使用；模板有错时会指明文件和位置。"
        ),
        "标注“自拟”的版式没有上级统一格式，纸面上印有“版式自拟”字样。",
        "",
        "| 表单 | 名称 | 版式来源 | 针对 | 数据类 | 取数 | 格式 | 可取得者 | 模板 | 样张 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS.values():
        paper = paper_of(kind)
        builder = BUILDERS[kind.code]
        place = f"{inspect.getmodule(builder).__name__}.{builder.__name__}"  # type: ignore[union-attr,attr-defined]  # functions
        roles = "、".join(ROLE_LABELS[role] for role in sorted(kind.roles) if role is not Role.SYSTEM)
        stem = paper.template.removesuffix(".html")
        formats = "PDF、Word" + ("、Excel" if kind.code in WORKBOOKS else "")
        sample = f"[图]({SAMPLES}/{kind.code}.png)" if sample_path(kind.code).is_file() else "—"
        lines.append(
            f"| {kind.form} | {kind.label} | {_ORIGINS[paper.origin]} | {kind.of} | `{paper.__name__}` | "
            f"`{place}` | {formats} | {roles} | `{stem}.html`、`word/{stem}.docx` | {sample} |"
        )
    return "\n".join(lines) + "\n"
