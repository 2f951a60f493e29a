"""Text -> nodes: the official parser's tree with the author's columns and exact decimals.

The official tree has no positions. Its function calls and literals stand in the same order as the tokens they came
from, so the tokens give both: the column of every call, and the text of every literal (whose fractions the parser
made floats).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Any, TypeAlias, cast

from jmespath import exceptions, lexer, parser

from crossdock.mapping.jmespath.scan import KEPT, PREFIX, Scanned, scan
from crossdock.mapping.names import OF_LOOPS
from crossdock.message import Document
from crossdock.yaml_source import suggest

MAX_LENGTH = 10_000  # characters of one expression
MAX_DEPTH = 220  # levels of the tree; the official suite has 104 projections in a row, two levels each
MAX_NESTING = 200  # brackets of one kind in a literal

Numbers: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in an expression; ``column`` counts from 1 in the author's text."""

    code: str
    message: str
    column: int | None = None
    hint: str | None = None


class ExpressionError(Exception):
    """An expression cannot be compiled; every mistake found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Node:
    """One node, named as the official tree names it.

    ``name`` is a key, function or operator; ``numbers`` an index or the three parts of a slice; ``column`` is known of
    fields, calls, literals, slices and what begins with ``&``.
    """

    kind: str
    children: tuple[Node, ...] = ()
    name: str = ""
    numbers: Numbers = ()
    literal: Document = None
    column: int | None = None


def first_column(node: Node) -> int | None:
    """The column of the first of the tree that has one."""
    if node.column is not None:
        return node.column
    return next((column for column in map(first_column, node.children) if column is not None), None)


def parse(text: str, names: frozenset[str]) -> Node:
    """The tree of an expression that may use ``$`` and these names. Raises ``ExpressionError``."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(Problem("M118", f"expression is longer than {MAX_LENGTH} characters"))
    _check_names(scan(text), names)
    return _tree(text)


@lru_cache(maxsize=KEPT)
def _tree(text: str) -> Node:
    """The tree, whatever the names in it; kept, for a text is parsed to be compiled, to be judged, and in other places."""
    scanned = scan(text)
    literals = _literals(scanned)
    raw = _official(scanned)
    tokens = cast("list[_Raw]", list(lexer.Lexer().tokenize(scanned.text)))
    _check_calls(tokens, scanned)
    return _Reader(tokens, scanned, literals).node(raw)


def _check_names(scanned: Scanned, names: frozenset[str]) -> None:
    problems = [
        Problem("M113", f"unknown name '${variable.name}'", variable.start + 1, _suggest_name(variable.name, names))
        if variable.name
        else Problem("M110", "expected a name after '$'", variable.start + 1)
        for variable in scanned.variables
        if variable.name not in names
    ]
    if problems:
        raise ExpressionError(*problems)


def _suggest_name(name: str, names: frozenset[str]) -> str | None:
    if name in OF_LOOPS:
        return f"${name} is known inside 'each' only"
    return suggest(f"${name}", [f"${known}" for known in names])


def _literals(scanned: Scanned) -> list[Document]:
    """The values of the literals in backticks, fractions as ``Decimal``."""
    values: list[Document] = []
    problems: list[Problem] = []
    for start, inner in scanned.literals:
        try:
            values.append(_json(inner.replace("\\`", "`")))
        except (ValueError, RecursionError):
            problems.append(Problem("M110", f"`{inner}` is not JSON", start + 1, "text stands in 'single quotes'"))
    if problems:
        raise ExpressionError(*problems)
    return values


def _json(text: str) -> Document:
    if max(text.count("["), text.count("{")) > MAX_NESTING:
        raise ValueError("nested too deeply")
    value: Document = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    return value


def _no_constant(word: str) -> Document:
    raise ValueError(word)


_Raw: TypeAlias = dict[str, Any]  # a node of the official tree


def _official(scanned: Scanned) -> _Raw:
    """The official parser's tree, if it is not too deep for us."""
    try:
        raw = cast("_Raw", parser.Parser().parse(scanned.text).parsed)
    except exceptions.EmptyExpressionError as error:
        raise ExpressionError(Problem("M110", "the expression is empty")) from error
    except exceptions.ParseError as error:
        raise ExpressionError(_problem_of(error, scanned)) from error
    except RecursionError as error:
        raise ExpressionError(_too_deep()) from error
    except ValueError as error:  # an index with more digits than Python reads
        longest = max(_DIGITS.finditer(scanned.text), key=lambda found: found.end() - found.start())
        raise ExpressionError(Problem("M110", "the index is too large", scanned.column(longest.start()))) from error
    if _depth(raw) > MAX_DEPTH:
        raise ExpressionError(_too_deep())
    return raw


_DIGITS = re.compile(r"-?[0-9]+")


def _too_deep() -> Problem:
    return Problem("M118", f"expression is nested deeper than {MAX_DEPTH}")


_CHAINS = frozenset({"subexpression", "index_expression"})  # nodes the official parser keeps flat: ``a.b.c``


def _depth(raw: _Raw) -> int:
    """Levels of the tree, of which each link of a chain is one: a term is made for each."""
    deepest, waiting = 0, [(raw, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        links = len(node["children"]) - 1 if node["type"] in _CHAINS else 1
        below = depth + max(links, 1)
        waiting += [(child, below) for child in node["children"] if isinstance(child, dict)]
    return deepest


_SIGNS = {
    "rbracket": "]", "lbracket": "[", "rparen": ")", "lparen": "(", "rbrace": "}", "lbrace": "{", "colon": ":",
    "comma": ",", "dot": ".", "star": "*", "current": "@", "flatten": "[]", "filter": "[?", "pipe": "|", "or": "||",
    "and": "&&", "expref": "&", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
}  # fmt: skip
_WORDS = {
    "quoted_identifier": "a name", "unquoted_identifier": "a name", "number": "an index", "literal": "a literal",
    "eof": "the end",
}  # fmt: skip
_EXPECTING = re.compile(r"Expecting: (?P<wanted>.+), got: (?P<got>\w+)\Z")


def _word(token: str) -> str:
    return f"'{_SIGNS[token]}'" if token in _SIGNS else _WORDS.get(token, token)


def _words(tokens: str) -> str:
    words = list(dict.fromkeys(_word(token) for token in re.findall(r"\w+", tokens)))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _problem_of(error: exceptions.ParseError, scanned: Scanned) -> Problem:
    if isinstance(error, exceptions.LexerError):
        return _lexer_problem(error, scanned)
    at = min(int(error.lex_position), len(scanned.text))
    if isinstance(error, exceptions.IncompleteExpressionError):
        return Problem("M110", "the expression ends too early", scanned.column(at))
    wanted = _EXPECTING.match(str(error.msg))
    found = str(error.token_value)
    if wanted:
        return Problem("M110", f"expected {_words(wanted['wanted'])}, found '{found}'", scanned.column(at))
    if str(error.msg).startswith("Quoted identifier"):
        return Problem("M110", f'the function name "{found}" is quoted', scanned.column(at), "write it without quotes")
    if str(error.msg).startswith("Invalid function name"):
        return Problem("M110", f"'{found}' is not a function name", scanned.column(at))
    number = _NUMBER.match(scanned.text, at) if error.token_type == "NUMBER" else None
    written, hint = (number[0], _number_hint(number[0])) if number else (found, _IN_WORDS.get(found.lower()))
    return Problem("M110", f"unexpected '{written}'", scanned.column(at), hint)


def _number_hint(written: str) -> str:
    """How a number is written; one that begins with a zero, such as ``007``, is a code, and would lose it."""
    if re.match(r"-?0[0-9]", written):
        return f"write text in single quotes: '{written}'"
    return f"write numbers in backticks: `{written}`"


_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_IN_WORDS = {"and": "and is written &&", "or": "or is written ||", "not": "not is written !"}
_UNKNOWN_SIGNS = {
    "=": "compare with '=='",
    "-": 'quote names that have a hyphen: "ship-to"',
    "+": "there is no arithmetic; see the functions sum_of and multiply",
    "/": 'quote names that have a slash: "a/b"',
    "#": 'quote names that have a sign: "#text"',
}


def _lexer_problem(error: exceptions.LexerError, scanned: Scanned) -> Problem:
    at = int(error.lexer_position)
    column = scanned.column(min(at, len(scanned.text)))
    message = str(error.message)
    if message.startswith("Unclosed"):
        return Problem("M110", f"the quote {scanned.text[at : at + 1]} is never closed", column)
    if message.startswith("Unknown token"):
        sign = str(error.lexer_value)
        return Problem("M110", f"unexpected '{sign}'", column, _UNKNOWN_SIGNS.get(sign))
    return Problem("M110", f"not a valid name in quotes: {message}", column)


def _check_calls(tokens: list[_Raw], scanned: Scanned) -> None:
    """Refuse calls of the names that variables are rewritten to, where the author wrote them."""
    problems = [
        Problem("M111", f"unknown function '{token['value']}'", scanned.column(token["start"]))
        for token, following in pairwise(tokens)
        if token["type"] == "unquoted_identifier"
        and following["type"] == "lparen"
        and token["value"].startswith(PREFIX)
        and token["start"] not in scanned.starts
    ]
    if problems:
        raise ExpressionError(*problems)


def _steps_of_slices(tokens: list[_Raw]) -> Iterator[int]:
    """Where the last part of each slice stands: of ``[a:b:c]`` the step."""
    for at, token in enumerate(tokens):
        if token["type"] == "lbracket":
            inner = list(takewhile(lambda one: one["type"] in ("number", "colon"), tokens[at + 1 :]))
            if any(one["type"] == "colon" for one in inner):
                yield inner[-1]["start"]


class _Reader:
    """Copies the official tree, taking columns and literals from the tokens as it passes them."""

    def __init__(self, tokens: list[_Raw], scanned: Scanned, literals: list[Document]) -> None:
        self.scanned = scanned
        self.exact = iter(literals)
        self.calls = iter(
            token["start"]
            for token, following in pairwise(tokens)
            if token["type"] == "unquoted_identifier" and following["type"] == "lparen"
        )
        self.starts = iter(token["start"] for token in tokens if token["type"] == "literal")
        self.expressions = iter(token["start"] for token in tokens if token["type"] == "expref")
        self.slices = iter(_steps_of_slices(tokens))
        self.fields = iter(
            token["start"]
            for token, following in pairwise(tokens)
            if token["type"] in _NAMES and following["type"] not in {"lparen", "colon"}
        )

    def node(self, raw: _Raw) -> Node:
        """The node with everything below it."""
        read = _READERS.get(raw["type"])
        return read(self, raw) if read else Node(raw["type"], self._children(raw), name=str(raw.get("value", "")))

    def _children(self, raw: _Raw) -> tuple[Node, ...]:
        return tuple([self.node(child) for child in raw["children"]])

    def filter(self, raw: _Raw) -> Node:
        """The condition is the last child but stands before what follows it."""
        left, right, condition = raw["children"]
        first, last = self.node(left), self.node(condition)
        return Node("filter_projection", (first, self.node(right), last))

    def call(self, raw: _Raw) -> Node:
        """A function call, with its column."""
        column = self._column(self.calls)
        return Node("function_expression", self._children(raw), name=raw["value"], column=column)

    def field(self, raw: _Raw) -> Node:
        """The name of a field, with its column."""
        return Node("field", name=str(raw["value"]), column=self._column(self.fields))

    def _column(self, starts: Iterator[int]) -> int:
        return self.scanned.column(next(starts))

    def literal(self, raw: _Raw) -> Node:
        """A literal, with its column and its exact value."""
        start = next(self.starts)
        value: Document = next(self.exact) if self.scanned.text[start] == "`" else raw["value"]
        return Node("literal", literal=value, column=self.scanned.column(start))

    def index(self, raw: _Raw) -> Node:
        """The index of an element."""
        return Node("index", numbers=(raw["value"],))

    def slice(self, raw: _Raw) -> Node:
        """Start, stop and step; the column is where the last of them stands."""
        return Node("slice", numbers=tuple(raw["children"]), column=self._column(self.slices))

    def expression(self, raw: _Raw) -> Node:
        """What stands behind ``&``, whose column it has."""
        column = self._column(self.expressions)
        return Node("expref", self._children(raw), column=column)


_NAMES = frozenset({"unquoted_identifier", "quoted_identifier"})  # a call has '(' behind it, a key of an object ':'
_READERS: dict[str, Callable[[_Reader, _Raw], Node]] = {
    "filter_projection": _Reader.filter,
    "function_expression": _Reader.call,
    "field": _Reader.field,
    "literal": _Reader.literal,
    "index": _Reader.index,
    "slice": _Reader.slice,
    "expref": _Reader.expression,
}
