"""Templates keep the promises of the design: known attributes, no inline style or script, no outside address.

django-cotton passes an unknown attribute through in silence and prints undeclared dynamic values without escaping, so
both are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template
from django_cotton.compiler_regex import CottonCompiler, Tag

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "templates", ROOT / "tests" / "architecture" / "templates"]
TEMPLATES = sorted(path for folder in FOLDERS for path in folder.rglob("*.html"))
#: Printed documents are styled in place and never served under the content security policy.
PAGES = [path for path in TEMPLATES if "documents" not in path.parts]
COMPONENTS = {path.stem: path for path in (ROOT / "templates" / "cotton").glob("*.html")}
SPRITE = set(
    re.findall(r'<symbol id="i-([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text("utf-8"))
)

HTML_ATTRIBUTES = {
    "accept", "action", "alt", "autocomplete", "autofocus", "capture", "checked", "class", "cols",
    "colspan", "dir", "download", "enctype", "for", "form", "formaction", "formmethod", "formnovalidate",
    "height", "hidden", "href", "id", "inputmode", "lang", "list", "max", "maxlength", "method", "min",
    "minlength", "multiple", "name", "novalidate", "open", "pattern", "placeholder", "readonly", "rel",
    "required", "role", "rows", "scope", "selected", "size", "spellcheck", "src", "step", "tabindex",
    "target", "title", "type", "value", "width",
}  # fmt: skip
PREFIXES = ("aria-", "data-", "hx-")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
DJANGO = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""", re.DOTALL)
VARS = re.compile(r"<c-vars\s(.*?)/>", re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text("utf-8"))


def declared(component: Path) -> dict[str, str | None]:
    """Return the names in a component's <c-vars> with their default (None when it has none)."""
    match = VARS.search(text_of(component))
    if not match:
        return {}
    return {key.lstrip(":"): value or None for key, value in ATTRIBUTE.findall(match[1])}


DECLARED = {name: declared(path) for name, path in COMPONENTS.items()}


def uses(path: Path) -> Iterator[tuple[str, list[tuple[str, str]], str | None]]:
    """Yield (component, attributes, enclosing component) of every cotton tag, and slots as component "slot"."""
    html, ignored = CottonCompiler().exclude_ignorables(VARS.sub("", text_of(path)))
    words = dict(ignored)
    stack: list[str] = []
    for match in Tag.tag_pattern.finditer(html):
        tag = Tag(match)
        name = tag.tag_name[2:].replace("-", "_")
        if tag.is_closing:
            assert stack, f"{name_of(path)}: </c-{name}> closes nothing"
            assert stack.pop() == name, f"{name_of(path)}: <c-{name}> is closed out of order"
            continue
        attributes = [
            (key, re.sub(r"__COTTON_IGNORE_\d+__", lambda found: words[found[0]], value))
            for key, value in ATTRIBUTE.findall(tag.attrs)
        ]
        yield name, attributes, next((outer for outer in reversed(stack) if outer != "slot"), None)
        if not tag.is_self_closing:
            stack.append(name)
    assert not stack, f"{name_of(path)}: <c-{stack[-1]}> is never closed" if stack else ""


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_cotton_attributes_are_known_and_safe(path: Path) -> None:
    for component, attributes, outer in uses(path):
        if component == "slot":
            slot = dict(attributes).get("name", "").strip("\"'")
            assert outer is not None, f"a <c-slot> stands outside a component: {slot}"
            assert slot in DECLARED[outer], f"<c-{outer}> has no slot {slot!r}"
            continue
        assert component in COMPONENTS, f"there is no component <c-{component}>"
        prints_attributes = "{{ attrs }}" in COMPONENTS[component].read_text("utf-8")
        for key, value in attributes:
            where = f"<c-{component} {key}={value}>"
            assert not key.startswith("__"), f"{where}: no template tag between attributes"
            dynamic, name = key.startswith(":"), key.lstrip(":").replace("-", "_")
            known = name in DECLARED[component]
            if not value:
                assert known or key.startswith("data-"), f"{where}: unknown attribute without a value"
                continue
            assert value[0] in "\"'", f"{where}: quote the value"
            if dynamic:
                assert known, f"{where}: a dynamic value that is not declared is printed without escaping"
                assert "|" not in value, f"{where}: filters do not work in a dynamic attribute"
                assert "{" not in value, f"{where}: an expression needs no braces"
            html = name.replace("_", "-") in HTML_ATTRIBUTES or key.startswith(PREFIXES)
            assert known or html, f"{where}: unknown attribute"
            assert known or prints_attributes, f"{where}: this component drops attributes it does not declare"


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_every_component_attribute_has_a_default(name: str) -> None:
    """Without a default a component would take a variable of the same name from the page around it."""
    assert [key for key, default in DECLARED[name].items() if default is None] == []


@pytest.mark.parametrize("path", [path for path in PAGES if path.is_relative_to(FOLDERS[0])], ids=name_of)
def test_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(FOLDERS[0])))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_inline(path: Path) -> None:
    html = DJANGO.sub("", text_of(path))
    tags = re.findall(r"<[a-zA-Z][^>]*>", html)
    assert [tag for tag in tags if re.search(r"\sstyle\s*=", tag)] == []
    assert [tag for tag in tags if re.search(r"\son[a-z]+\s*=", tag)] == []
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert "javascript:" not in html


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_outside_address(path: Path) -> None:
    html = text_of(path).replace("http://www.w3.org/2000/svg", "")
    assert (
        re.findall(r"""(?:src|href|action|content|url\()\s*=?\s*["']?(?:https?:)?//[^"'\s)]+""", html) == []
    )


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_post_forms_carry_the_token(path: Path) -> None:
    for form in re.findall(
        r"<form\b[^>]*method=\"post\".*?</form>", text_of(path), re.DOTALL | re.IGNORECASE
    ):
        assert "{% csrf_token %}" in form, form[:120]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_icons_are_in_the_sprite(path: Path) -> None:
    html = text_of(path)
    named = set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", html))
    named |= set(re.findall(r"""<c-icon\b[^>]*\sname=["']([\w-]+)["']""", html))
    named |= set(re.findall(r"""\sicon(?:_end)?=["']([\w-]+)["']""", html))
    assert named - SPRITE == set()


def test_icons_of_the_navigation_are_in_the_sprite() -> None:
    from apps.portals.base.navigation import TABLE

    named = {entry.icon for groups in TABLE.values() for _, entries in groups for entry in entries}
    assert named - SPRITE == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_fullwidth_punctuation(path: Path) -> None:
    text = DJANGO.sub("", text_of(path))
    assert re.findall(r"[\u4e00-\u9fff][,;:?!()][\u4e00-\u9fff]", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_house_words(path: Path) -> None:
    """The plan's words only (DESIGN 11): a case is returned for supplement, a title is awarded or cancelled."""
    assert re.findall(r"驳回|打回|摘牌|>\s*确定\s*<|>\s*OK\s*<", text_of(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_images_have_alternatives_and_tables_have_captions(path: Path) -> None:
    html = text_of(path)
    assert [tag for tag in re.findall(r"<img\b[^>]*>", html) if " alt=" not in tag] == []
    assert html.count("<table") <= html.count("<caption")


def test_fixed_links_of_the_shells_lead_somewhere() -> None:
    """Addresses written out in the shells and error pages must exist in the real site."""
    from django.urls import get_urlconf, is_valid_path

    shells = [*(ROOT / "templates" / "base").glob("*.html"), *(ROOT / "templates").glob("*.html")]
    links = {
        link
        for path in shells
        for link in re.findall(r'(?:href|action)="(/[\w/-]*)"', text_of(path))
        if path.name != "gallery.html"
    }
    assert "/home/" in links
    assert [link for link in sorted(links) if not is_valid_path(link, get_urlconf())] == []


def test_no_date_has_a_default_that_never_shows() -> None:
    """The date filters say “—” for nothing: a `default` behind them is dead, and the page says less than it means."""
    dead = re.compile(r"\|cn_(?:date|datetime)\w*\|default")
    assert [name_of(path) for path in TEMPLATES if dead.search(text_of(path))] == []
