"""Reads a page template of a paper as a tree, with the statements of the template language kept in their places.

The Word templates are derived from the page templates, so that both say the same. Only what the page templates use is
understood; anything else is an error when the Word templates are made, never when a paper is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from apps.documents.rendering.page import TEMPLATES

_TOKEN = re.compile(
    r"{%.*?%}|{{.*?}}|{#.*?#}|<!doctype[^>]*>|<(?=[a-zA-Z/])(?:{%.*?%}|{{.*?}}|[^>{])*>|[^<{]+|.", re.DOTALL
)
_INSIDE = re.compile(r"{%.*?%}")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_FILTER_ARGUMENT = re.compile(r'\|(\w+):("[^"]*"|[\w.]+)')
_VOID: Final = frozenset({"br", "img", "col", "link", "meta"})
_OPENERS: Final = frozenset({"for", "if", "with"})
_MIDDLES: Final = frozenset({"elif", "else"})
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; white space is collapsed as on a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A place where a value of the paper stands, in the notation of the Word templates."""

    expression: str


@dataclass(slots=True)
class Element:
    """One element with its classes and what it contains."""

    tag: str
    classes: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Branch:
    """One arm of a statement: its head (`for row in paper.items`, `if …`, `else`) and what it contains."""

    head: str
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Statement:
    """A loop, a condition or a name given to a value."""

    branches: list[Branch]

    @property
    def end(self) -> str:
        """The word that closes the statement."""
        return f"end{self.branches[0].head.partition(' ')[0]}"


Node = Text | Value | Element | Statement


class NotUnderstood(ValueError):
    """A page template uses something that has no counterpart in Word."""


def tree_of(template: str, folder: Path = TEMPLATES) -> Element:
    """Return the tree of a template with what it extends and includes put in; NotUnderstood."""
    root = Element("root")
    stack: list[Element | Statement] = [root]
    for token in flattened(template, folder):
        _place(token, stack)
    if stack != [root]:
        raise NotUnderstood(f"{template}: not closed")
    return root


def flattened(template: str, folder: Path, blocks: Mapping[str, list[str]] | None = None) -> Iterator[str]:
    """Yield the tokens of a template with its blocks, its parents and its parts put together."""
    tokens = _TOKEN.findall((folder / template).read_text(encoding="utf-8"))
    own = {**_blocks(tokens), **(blocks or {})}
    first = next((token for token in tokens if token.strip()), "")
    if _word(first) == "extends":
        yield from flattened(_argument(first), folder, own)
        return
    yield from _filled(tokens, folder, own)


def _filled(tokens: list[str], folder: Path, blocks: Mapping[str, list[str]]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = _word(token)
        if word == "block":
            end = _end_of_block(tokens, at)
            name = token.split()[2]
            yield from _filled(blocks.get(name, tokens[at + 1 : end]), folder, blocks)
            at = end + 1
            continue
        if word == "include":
            given = token[2:-2].partition(" with ")[2].strip()
            if given:
                yield f"{{% with {given} %}}"
            yield from flattened(_argument(token), folder)
            if given:
                yield "{% endwith %}"
        elif word != "load" and not token.startswith("{#"):
            yield token
        at += 1


def _blocks(tokens: list[str]) -> dict[str, list[str]]:
    """Return what stands in each block of a template."""
    found: dict[str, list[str]] = {}
    for at, token in enumerate(tokens):
        if _word(token) == "block":
            found[token.split()[2]] = tokens[at + 1 : _end_of_block(tokens, at)]
    return found


def _end_of_block(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        word = _word(tokens[at])
        depth += (word == "block") - (word == "endblock")
        if depth == 0:
            return at
    raise NotUnderstood(tokens[start])


def _word(token: str) -> str:
    return token[2:-2].split(maxsplit=1)[0] if token.startswith("{%") else ""


def _argument(token: str) -> str:
    found = re.search(r'"([^"]+)"', token)
    if found is None:
        raise NotUnderstood(token)
    return found[1]


def _place(token: str, stack: list[Element | Statement]) -> None:
    """Put one token where it belongs."""
    if token.startswith("{%"):
        _statement(token[2:-2].strip(), stack)
    elif token.startswith("{{"):
        _children(stack).append(Value(jinja(token[2:-2].strip())))
    elif token.startswith("</"):
        closed = stack.pop()
        if not isinstance(closed, Element) or closed.tag != token[2:-1]:
            raise NotUnderstood(token)
    elif re.match(r"<[a-z]", token):
        # A statement inside a tag only changes looks; Word has its styles for that.
        plain = _INSIDE.sub(" ", token)
        tag = re.match(r"<(\w+)", plain)
        if tag is None:
            raise NotUnderstood(token)
        attributes = dict(_ATTRIBUTE.findall(plain))
        element = Element(tag[1], frozenset(attributes.get("class", "").split()), attributes)
        _children(stack).append(element)
        if tag[1] not in _VOID:
            stack.append(element)
    elif not token.startswith("<!"):
        _children(stack).append(Text(_SPACE.sub(" ", token)))


def _statement(body: str, stack: list[Element | Statement]) -> None:
    word = body.split(maxsplit=1)[0]
    if word in _OPENERS:
        made = Statement([Branch(_head(body))])
        _children(stack).append(made)
        stack.append(made)
    elif word in _MIDDLES:
        top = stack[-1]
        if not isinstance(top, Statement):
            raise NotUnderstood(body)
        top.branches.append(Branch(_head(body)))
    elif word.startswith("end"):
        closed = stack.pop()
        if not isinstance(closed, Statement) or closed.end != word:
            raise NotUnderstood(body)
    else:
        raise NotUnderstood(body)


def _children(stack: list[Element | Statement]) -> list[Node]:
    top = stack[-1]
    return top.children if isinstance(top, Element) else top.branches[-1].children


def _head(body: str) -> str:
    """Return the head of a statement in the notation of the Word templates."""
    if body.startswith("with "):
        given = re.findall(r"(\w+)=(\S+)", body)
        return "with " + ", ".join(f"{name}={jinja(value)}" for name, value in given)
    return jinja(body)


def jinja(expression: str) -> str:
    """Return an expression of the page templates in the notation of the Word templates."""
    translated = _FILTER_ARGUMENT.sub(r"|\1(\2)", expression)
    return translated.replace("forloop.counter", "loop.index").replace(" is None", " is none")


def text_of(nodes: list[Node]) -> str:
    """Return the text of some nodes as it stands in a Word template."""
    parts = []
    for node in nodes:
        match node:
            case Text(text):
                parts.append(text)
            case Value(expression):
                parts.append(f"{{{{ {expression} }}}}")
            case Element():
                parts.append(text_of(node.children))
            case Statement():
                parts.extend(f"{{% {arm.head} %}}{text_of(arm.children)}" for arm in node.branches)
                parts.append(f"{{% {node.end} %}}")
    return "".join(parts)


def find(node: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a class or a tag, in their order."""
    for child in node.children:
        if isinstance(child, Element):
            if name in child.classes or child.tag == name:
                yield child
            yield from find(child, name)
        elif isinstance(child, Statement):
            for arm in child.branches:
                yield from find(Element("arm", children=arm.children), name)
