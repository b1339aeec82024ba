"""Owns metric formulas: a small arithmetic language, parsed by hand and evaluated in decimals.

The language has numbers, input names, + - * / and parentheses; nothing else can be expressed, and no text is
ever handed to the interpreter. Evaluation returns one of three outcomes instead of raising: a value with its
working, the inputs that are missing, or the denominator that is zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.policy.evaluation.decimals import WORKING, clean, equals, plain

MAX_LENGTH = 500
MAX_DEPTH = 40

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[-+*/()]))")
_SIGNS = {"+": " + ", "-": " - ", "*": " × ", "/": " ÷ "}
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": WORKING.add,
    "-": WORKING.subtract,
    "*": WORKING.multiply,
    "/": WORKING.divide,
}
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


class FormulaError(ValueError):
    """The text is no formula of this language; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """An input, by its code."""

    code: str


@dataclass(frozen=True, slots=True)
class Negated:
    """A leading minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and one of + - * /."""

    operator: str
    left: Node
    right: Node


Node = Number | Name | Negated | Operation


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value and its working, for example "(3200 + 0) ÷ 5000 = 0.64"."""

    value: Decimal
    working: str


@dataclass(frozen=True, slots=True)
class MissingInputs:
    """Codes of inputs that have no value yet, in the order of the formula."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DividedByZero:
    """The denominator that came to zero, written with the inputs' codes and with their values."""

    codes: tuple[str, ...]
    working: str


Evaluation = Evaluated | MissingInputs | DividedByZero


class _ZeroDenominator(Exception):
    def __init__(self, denominator: Node) -> None:
        super().__init__()
        self.denominator = denominator


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula; equal to another when its text is."""

    source: str
    tree: Node = field(repr=False, compare=False)
    codes: tuple[str, ...] = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Decimal]) -> Evaluation:
        """Compute the formula from input codes to values; see the three outcomes above."""
        missing = tuple(code for code in self.codes if code not in values)
        if missing:
            return MissingInputs(missing)
        try:
            value = clean(_compute(self.tree, values))
        except _ZeroDenominator as zero:
            return DividedByZero(tuple(_codes(zero.denominator)), _write(zero.denominator, _writer(values)))
        if isinstance(self.tree, Name | Number):
            return Evaluated(value, plain(value))
        return Evaluated(value, f"{_write(self.tree, _writer(values))} {equals(value)}")

    def in_words(self, names: Mapping[str, str]) -> str:
        """The formula with the inputs' names, for example "综合能耗 ÷ 合格产品产量"."""
        return _write(self.tree, lambda code: names.get(code, code))


def parse(source: str) -> Formula:
    """Parse a formula. Raises FormulaError with the place and the reason."""
    if len(source) > MAX_LENGTH:
        raise FormulaError(f"公式不能超过 {MAX_LENGTH} 个字符")
    tree = _Parser(source).parse()
    return Formula(source, tree, tuple(dict.fromkeys(_codes(tree))))


class _Parser:
    """Recursive descent: expression of terms, term of factors, factor of number, name, minus or brackets."""

    def __init__(self, source: str) -> None:
        self.tokens = list(_tokens(source))
        self.position = 0

    def parse(self) -> Node:
        tree = self.expression(0)
        if self.position < len(self.tokens):
            raise FormulaError(f"公式在“{self.tokens[self.position][1]}”处不能识别")
        return tree

    def expression(self, depth: int) -> Node:
        return self.chain("+-", self.term, depth)

    def term(self, depth: int) -> Node:
        return self.chain("*/", self.factor, depth)

    def chain(self, operators: str, operand: Callable[[int], Node], depth: int) -> Node:
        left = operand(depth)
        while self.peek() in {("mark", operator) for operator in operators}:
            operator = self.take()[1]
            left = Operation(operator, left, operand(depth))
        return left

    def factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError(f"公式括号不能超过 {MAX_DEPTH} 层")
        kind, text = self.take()
        if kind == "number":
            return Number(Decimal(text))
        if kind == "name":
            return Name(text)
        if text == "-":
            return Negated(self.factor(depth + 1))
        if text == "(":
            inner = self.expression(depth + 1)
            if self.take() != ("mark", ")"):
                raise FormulaError("公式缺少右括号")
            return inner
        raise FormulaError(f"公式在“{text}”处不能识别" if text else "公式不完整")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.position += 1
        return token


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise FormulaError(f"公式含有不能识别的字符“{source[position:].strip()[0]}”")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


def _codes(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.code
    elif isinstance(node, Negated):
        yield from _codes(node.operand)
    elif isinstance(node, Operation):
        yield from _codes(node.left)
        yield from _codes(node.right)


def _compute(node: Node, values: Mapping[str, Decimal]) -> Decimal:
    if isinstance(node, Name):
        return values[node.code]
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negated):
        return WORKING.minus(_compute(node.operand, values))
    left, right = _compute(node.left, values), _compute(node.right, values)
    if node.operator == "/" and right == 0:
        raise _ZeroDenominator(node.right)
    return _ARITHMETIC[node.operator](left, right)


def _writer(values: Mapping[str, Decimal]) -> Callable[[str], str]:
    def write(code: str) -> str:
        text = plain(values[code])
        return f"({text})" if text.startswith("-") else text

    return write


def _write(node: Node, name: Callable[[str], str], above: int = 0) -> str:
    """Write a tree with no more parentheses than it needs; `above` is the precedence it stands under."""
    if isinstance(node, Name):
        return name(node.code)
    if isinstance(node, Number):
        return plain(node.value)
    if isinstance(node, Negated):
        text = f"-{_write(node.operand, name, 3)}"
        return f"({text})" if above else text
    own = _PRECEDENCE[node.operator]
    right_above = own + 1 if node.operator in "-/" else own
    text = _write(node.left, name, own) + _SIGNS[node.operator] + _write(node.right, name, right_above)
    return f"({text})" if own < above else text
