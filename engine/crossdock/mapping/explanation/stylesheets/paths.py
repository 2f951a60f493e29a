"""XPath 1.0 read as far as it takes to know which nodes an expression looks at.

Precedence of operators does not matter for that: an expression is its operands, and an operand is a path, a variable,
a call with arguments, or written out. What stands in a predicate is asked for, and no part of the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

MAX_DEPTH = 60  # of brackets
MAX_PARTS = 40  # of one expression

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<literal>"[^"]*"|'[^']*')
      | (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<variable>\$\s*[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<name>[^\W\d][\w.-]*(?::(?!:)(?:\*|[^\W\d][\w.-]*))?)
      | (?P<sign>\.\.|::|//|!=|<=|>=|[./|+\-=<>()\[\]@,*])
    )""",
    re.VERBOSE,
)
_NODE_TYPES = frozenset({"text", "node", "comment", "processing-instruction"})
_WORDS = frozenset({"and", "or", "mod", "div"})
_BETWEEN = frozenset({"+", "-", "=", "!=", "<", "<=", ">", ">=", "*"}) | _WORDS
_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">="})
#: Functions that look at every node they are given; the others take the first (XPath 1.0, 4.2).
_EVERY = frozenset({"count", "sum"})
#: Those of EXSLT that do so too, by their local names.
_EVERY_OF_EXSLT = frozenset(
    {"node-set", "concat", "distinct", "difference", "intersection", "leading", "trailing", "has-same-node"}
)
_ASKING = frozenset({"key", "id"})
_NODES = frozenset({"key", "id", "current"})
#: What begins with a step, and no call.
_DOWN = re.compile(r"[@.*]|(?:text|node|comment|processing-instruction)\(|[^\W\d][\w.:*-]*(?![\w.:*-]|\s*\()")
_SIMPLE = re.compile(r"[^\W\d][\w.-]*(?:/[^\W\d][\w.-]*)*(?:/@[^\W\d][\w.-]*)?\Z|@[^\W\d][\w.-]*\Z")


class UnreadableError(Exception):
    """This is no XPath 1.0, or more of it than anybody writes."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A path or a variable in an expression; ``every`` says that all its nodes count, not the first alone.

    ``members`` are the paths of a union.
    """

    text: str
    every: bool = False
    variable: str | None = None
    members: tuple[Operand, ...] = ()

    @property
    def simple(self) -> bool:
        """Whether it only goes down by names: ``address/city``, ``@id``."""
        return _SIMPLE.match(self.text) is not None


@dataclass(slots=True)
class Operands:
    """What an expression is made of, and what its predicates ask for. ``sole``: it is one path and nothing else."""

    values: list[Operand] = field(default_factory=list)
    asked: list[Operand] = field(default_factory=list)
    sole: bool = False

    def add(self, other: Operands, *, as_asked: bool = False) -> None:
        """Take over those of a part."""
        (self.asked if as_asked else self.values).extend(other.values)
        self.asked += other.asked


def operands_of(text: str, *, every: bool = False) -> Operands:
    """The operands of an expression. Raises ``UnreadableError``."""
    reader = _Reader(text)
    found = reader.expression(every=every)
    if reader.at < len(reader.tokens) or len(found.values) + len(found.asked) > MAX_PARTS:
        raise UnreadableError(text)
    return found


def pieces_of(template: str) -> list[tuple[bool, str]]:
    """An attribute value template as (is an expression, text) in order (XSLT 1.0, 7.6.2). Raises ``UnreadableError``."""
    pieces: list[tuple[bool, str]] = []
    plain, at = "", 0
    while at < len(template):
        char = template[at]
        if char in "{}" and template[at : at + 2] == char * 2:
            plain, at = plain + char, at + 2
        elif char == "{":
            end = _end_of(template, at + 1)
            pieces += [(False, plain), (True, template[at + 1 : end])]
            plain, at = "", end + 1
        elif char == "}":
            raise UnreadableError(template)
        else:
            plain, at = plain + char, at + 1
    return [one for one in [*pieces, (False, plain)] if one[1]]


def _end_of(template: str, start: int) -> int:
    quote = ""
    for at in range(start, len(template)):
        char = template[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "}":
            return at
    raise UnreadableError(template)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise UnreadableError(text)
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup), found.end())
        at = found.end()


class _Reader:
    """One expression, token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0
        self._depth = 0

    # --- tokens ---

    def _ahead(self, by: int = 0) -> str:
        at = self.at + by
        return self.tokens[at].text if at < len(self.tokens) and self.tokens[at].kind != "literal" else ""

    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def _take(self, wanted: str = "") -> _Token:
        if self.at >= len(self.tokens) or (wanted and self._ahead() != wanted):
            raise UnreadableError(self.text)
        self.at += 1
        return self.tokens[self.at - 1]

    def _since(self, start: int) -> str:
        """The text from a character to the end of what was read."""
        return self.text[start : self.tokens[self.at - 1].end]

    # --- the grammar ---

    def expression(self, *, every: bool = False) -> Operands:
        """Operands with operators between them."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableError(self.text)
        parts, signs = [self._operand(every=every)], set[str]()
        while self._ahead() in _BETWEEN:
            signs.add(self._take().text)
            parts.append(self._operand(every=every))
        self._depth -= 1
        if not signs:
            return parts[0]
        found = Operands()
        for part in parts:
            found.add(part)
        if signs & _COMPARES:
            found.values = [replace(one, every=True) for one in found.values]
        return found

    def _operand(self, *, every: bool) -> Operands:
        negative = False
        while self._ahead() == "-":
            self._take()
            negative = True
        start = self.tokens[self.at].start if self.at < len(self.tokens) else 0
        found = self._path(every=every)
        if self._ahead() == "|":
            found = self._union(start, found, every=every)
        found.sole = found.sole and not negative
        return found

    def _union(self, start: int, found: Operands, *, every: bool) -> Operands:
        while self._ahead() == "|":
            self._take()
            found.add(self._path(every=every))
        whole = Operand(self._since(start), every=every, members=tuple(found.values))
        return Operands([whole], found.asked, sole=True)

    def _path(self, *, every: bool) -> Operands:
        if self.at >= len(self.tokens):
            raise UnreadableError(self.text)
        first, found = self.tokens[self.at], Operands()
        variable = first.text[1:].strip() if first.kind == "variable" else None
        primary = self._is_primary()
        if primary:
            found = self._primary(every=every)
            if self._ahead() not in ("[", "/", "//"):
                return found
            if first.kind == "variable" or first.text == "(":  # its nodes are not what is taken
                found.values.clear()
            self._predicates(first.start, found)
        if not primary or self._ahead() in ("/", "//"):
            self._steps(first.start, found)
        found.values.append(Operand(self._since(first.start), every=every, variable=variable))
        found.sole = True
        return found

    def _is_primary(self) -> bool:
        if self._kind() in ("literal", "number", "variable") or self._ahead() == "(":
            return True
        return self._kind() == "name" and self._ahead(1) == "(" and self._ahead() not in _NODE_TYPES

    def _primary(self, *, every: bool) -> Operands:
        token = self._take()
        if token.kind == "variable":
            return Operands([Operand(token.text, every=every, variable=token.text[1:].strip())], sole=True)
        if token.kind in ("literal", "number"):
            return Operands()
        if token.text == "(":
            found = self.expression(every=every)
            self._take(")")
            return found
        return self._call(token)

    def _call(self, name: _Token) -> Operands:
        found = Operands()
        self._take("(")
        prefix, _, local = name.text.rpartition(":")
        every = local in (_EVERY_OF_EXSLT if prefix else _EVERY)
        while self._ahead() != ")":
            inner = self.expression(every=every)
            found.add(inner, as_asked=name.text in _ASKING)
            if self._ahead() != ")":
                self._take(",")
        self._take(")")
        if name.text in _NODES and self._ahead() not in ("[", "/", "//"):
            found.values.append(Operand(self._since(name.start)))
            found.sole = True
        return found

    def _steps(self, start: int, found: Operands) -> None:
        if self._ahead() in ("/", "//"):
            self._take()
            if not self._begins_step():  # the root alone
                return
        self._step(start, found)
        while self._ahead() in ("/", "//"):
            self._take()
            self._step(start, found)

    def _begins_step(self) -> bool:
        return self._kind() == "name" or self._ahead() in (".", "..", "@", "*")

    def _step(self, start: int, found: Operands) -> None:
        if self._ahead() in (".", ".."):
            self._take()
            return
        if self._ahead() == "@":
            self._take()
        elif self._kind() == "name" and self._ahead(1) == "::":
            self.at += 2
        token = self._take()
        if token.kind != "name" and token.text != "*":
            raise UnreadableError(self.text)
        if self._ahead() == "(":  # a node type
            self._take()
            if self._kind() == "literal":
                self._take()
            self._take(")")
        self._predicates(start, found)

    def _predicates(self, start: int, found: Operands) -> None:
        while self._ahead() == "[":
            before = self._since(start)
            self._take()
            inner = self.expression(every=True)
            self._take("]")
            found.asked += below(before, [*inner.values, *inner.asked])


def below(path: str, operands: Iterable[Operand]) -> list[Operand]:
    """Operands as they are seen from outside of the nodes of a path; what cannot be told from there is left out."""
    found = []
    for one in operands:
        if one.members:
            found += below(path, one.members)
        elif one.variable is not None or one.text.startswith(("/", "current(")):
            found.append(one)
        elif _DOWN.match(one.text):
            found.append(Operand(f"({path})/{one.text}", every=True))
    return found
