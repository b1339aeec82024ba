"""Paragraphs and runs of the Word templates: the inline content of a page template."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from apps.documents.word.source import Element, Node, Statement, Text, Value

_BLOCKS: Final = frozenset({"div", "section", "p", "h1", "h2", "h3", "table", "ol", "ul", "li"})


def is_block(node: Node) -> bool:
    """Return whether a node stands in paragraphs of its own."""
    if isinstance(node, Element):
        return node.tag in _BLOCKS or "day" in node.classes
    if isinstance(node, Statement):
        return any(is_block(child) for arm in node.branches for child in arm.children)
    return False


def paragraph(style: str, runs: str, properties: str = "") -> str:
    """Return a paragraph of a style around finished runs."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def run(text: str, *, strong: bool = False) -> str:
    """Return a run of text; `strong` sets it in 黑体."""
    look = '<w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr>' if strong else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def runs_of(nodes: list[Node], *, strong: bool = False) -> str:
    """Return the runs of inline nodes; white space at both ends is dropped."""
    parts: list[str] = []
    for at, node in enumerate(nodes):
        match node:
            case Text(text):
                shown = text.lstrip(" ") if at == 0 else text
                parts.append(run(shown.rstrip(" ") if at == len(nodes) - 1 else shown, strong=strong))
            case Value(expression):
                parts.append(run(f"{{{{ {expression} }}}}", strong=strong))
            case Statement():
                for arm in node.branches:
                    parts.append(run(f"{{% {arm.head} %}}", strong=strong))
                    parts.append(runs_of(arm.children, strong=strong))
                parts.append(run(f"{{% {node.end} %}}", strong=strong))
            case Element(tag="br"):
                parts.append("<w:r><w:br/></w:r>")
            case Element(tag="img"):
                if node.attributes.get("src") == "{{ qr }}":
                    parts.append(run("{{ qr }}"))
            case Element():
                parts.append(runs_of(node.children, strong=strong or node.tag in {"b", "strong"}))
    return "".join(parts)
