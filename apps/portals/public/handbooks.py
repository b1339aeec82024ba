"""The handbooks inside the product: docs/handbooks shown as pages, from the little Markdown they are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from apps.core.audience import open_to_all
from apps.portals.base.http import page

#: File name → who it is for; the order of the list.
HANDBOOKS: dict[str, str] = {
    "enterprise": "企业",
    "district": "属地主管部门",
    "municipal": "市工业和信息化局",
    "expert": "专家",
    "auditor": "审计管理员",
    "administrator": "系统管理员、安全管理员",
}
_PICTURE = re.compile(r"^!\[([^\]]*)\]\(([a-z0-9-]+\.png)\)$")
_STEP = re.compile(r"^\d+\. (.+)$")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Handbook:
    """A handbook as a page shows it."""

    title: str
    body: SafeString


def folder() -> Path:
    """Return where the handbooks and their pictures lie."""
    return Path(settings.BASE_DIR) / "docs" / "handbooks"


def rendered(source: str) -> Handbook:
    """Return the handbook of a text: `#` title, `##` headings, numbered steps, pictures, paragraphs, `code`.

    Everything else is shown as it stands: nothing in the text can become markup.
    """
    title = ""
    blocks: list[str] = []
    steps: list[str] = []

    def close() -> None:
        if steps:
            blocks.append("<ol>" + "".join(f"<li>{step}</li>" for step in steps) + "</ol>")
            steps.clear()

    for raw in source.splitlines():
        line = raw.strip()
        found = _STEP.match(line)
        if found:
            steps.append(_inline(found.group(1)))
            continue
        close()
        if line.startswith("## "):
            blocks.append(f"<h2>{_inline(line[3:])}</h2>")
        elif line.startswith("# "):
            title = line[2:]
        elif picture := _PICTURE.match(line):
            blocks.append(_picture(*picture.groups()))
        elif line:
            blocks.append(f"<p>{_inline(line)}</p>")
    close()
    return Handbook(title, mark_safe("\n".join(blocks)))  # noqa: S308  (every part was escaped above)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _picture(label: str, name: str) -> str:
    if not (folder() / name).is_file():
        return ""
    url = reverse("public:handbook_picture", args=[name])
    return format_html('<figure><img class="shot" src="{}" alt="{}" loading="lazy"></figure>', url, label)


@lru_cache(maxsize=len(HANDBOOKS))
def _read(slug: str, stamp: int) -> Handbook:
    del stamp
    return rendered((folder() / f"{slug}.md").read_text(encoding="utf-8"))


@open_to_all
@require_safe
def handbook(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one handbook; they hold nothing that is not public."""
    if slug not in HANDBOOKS:
        raise Http404
    found = _read(slug, (folder() / f"{slug}.md").stat().st_mtime_ns)
    context = {
        "handbook": found,
        "others": [(one, label) for one, label in HANDBOOKS.items() if one != slug],
        "crumbs": [("首页", "/"), ("帮助", reverse("public:help")), (found.title, "")],
    }
    return page(request, "public/handbook.html", context)


@open_to_all
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out a picture of a handbook."""
    del request
    path = folder() / name
    if not re.fullmatch(r"[a-z0-9-]+\.png", name) or not path.is_file():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response
