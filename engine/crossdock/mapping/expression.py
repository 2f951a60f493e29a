"""One expression over a document: conditions, keys and values in routes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias, cast

from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.fault import Fault, shown
from crossdock.mapping.jmespath.emit import Emitter
from crossdock.mapping.jmespath.growth import Growth
from crossdock.mapping.jmespath.lower import lower
from crossdock.mapping.jmespath.syntax import ExpressionError, Problem
from crossdock.mapping.jmespath.term import Term, Terms
from crossdock.mapping.jmespath.trace import Traced, Tracer
from crossdock.mapping.lookup import Tables
from crossdock.mapping.names import SURROUNDINGS
from crossdock.mapping.scope import Scope
from crossdock.message import Document

Inside: TypeAlias = Callable[[int], Place]
_NONE: Mapping[str, Document] = MappingProxyType({})


class Expression:
    """A compiled expression: called with a document, its scope, and the values of the names it was compiled with."""

    def __init__(self, text: str, term: Term, root: Term, names: Mapping[str, Term]) -> None:
        self.text = text
        self._term = term
        self._root = root
        self._names = names

    @cached_property
    def _run(self) -> Callable[..., Document]:
        """The code: made when the first document comes, so that checking a project of many routes is quick."""
        return _load(self.text, self._term, self._root, self._names)

    def __call__(self, document: Document, scope: Scope, values: Mapping[str, Document] = _NONE) -> Document:
        """The value. Raises ``Reject`` with the place of the value that a function refused."""
        given = [values.get(name) for name in self._names]
        try:
            return self._run(scope, document, *given)
        except Fault as fault:
            raise Reject.of([self._finding(fault, document, scope, given)]) from fault

    def traced(self, document: Document, scope: Scope) -> Traced:
        """The value, slowly, with what it was made of. Raises ``Fault``."""
        return Tracer(scope, {self._root.uid: Traced(document, "")}).value(self._term)

    def _finding(self, fault: Fault, document: Document, scope: Scope, given: list[Document]) -> Finding:
        known = {term.uid: Traced(value) for term, value in zip(self._names.values(), given, strict=True)}
        tracer = Tracer(scope, known | {self._root.uid: Traced(document, "")})
        try:
            tracer.value(self._term)
        except Fault as traced:
            fault = traced
        return Finding(
            code=fault.code,
            message=f"{fault.message}, in: {brief(self.text)}",
            place=place_of(fault.pointer, scope),
            value=shown(fault.value),
            hint=fault.hint,
        )


def place_of(pointer: str | None, scope: Scope) -> Place:
    """Where the value at a pointer stands in the payload; just the pointer where nobody knows."""
    return Place() if pointer is None else scope.place(pointer) or Place(pointer=pointer)


def _load(text: str, term: Term, root: Term, names: Mapping[str, Term]) -> Callable[..., Document]:
    emitter = Emitter()
    parameters = [f"x{at}" for at in range(len(names))]
    variables = {root: "root", **dict(zip(names.values(), parameters, strict=True))}
    with emitter.region(0, (term,), variables):
        value = emitter.name(term)
        if not Growth().is_modest(term):
            emitter.to.line(f"weigh({value})")
        emitter.to.line(f"return {value}")
    emitter.to.finish("run", ", ".join(["s", *variables.values()]))
    return cast("Callable[..., Document]", emitter.to.load("run", f"expression {brief(text)}"))


#: What a caret stands under: text and names in quotes, literals, words with their ``$``, numbers, signs.
_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.)*+'?|"(?:[^"\\]|\\.)*+"?|`(?:[^`\\]|\\.)*+`?|\$?\w+|-?[0-9.]+|[=!<>]=|&&|\|\||\S"""
)


def compile_expression(
    text: str, *, place: Place, tables: Tables, names: Collection[str] = (), inside: Inside | None = None
) -> Expression:
    """Compile the expression that stands at ``place``; ``names`` are the ``$names`` it may use beside the usual ones.

    Raises ``ConfigError`` with every mistake: M110 syntax, M111 to M119 and M121 to M123 calls, names and tables.
    """
    terms = Terms()
    root = terms.variable(0)
    extra = {name: terms.variable(0) for name in names}
    try:
        term = lower(text, terms, root, {**standard_names(terms, root), **extra}, tables, 1)
    except ExpressionError as error:
        raise ConfigError.of(findings_of(error, text, place, inside)) from error
    return Expression(text, term, root, extra)


def standard_names(terms: Terms, root: Term) -> dict[str, Term]:
    """The names every expression may use: ``$root`` and what the scope knows."""
    return {"root": root} | {name: terms.make("surroundings", (), name=name) for name in SURROUNDINGS}


def findings_of(error: ExpressionError, text: str, place: Place, inside: Inside | None = None) -> list[Finding]:
    """One finding for each mistake in the expression at ``place``; ``inside`` gives the place of a character of it."""
    return [_located(_finding_of(problem, text, place), problem, text, inside) for problem in error.problems]


def _located(finding: Finding, problem: Problem, text: str, inside: Inside | None) -> Finding:
    """The finding at the token that is wrong, where one is and it is known where it stands."""
    token = _token_at(text, problem.column - 1) if problem.column is not None and inside is not None else None
    if inside is None or token is None:
        return finding
    return replace(finding, place=inside(token.start()), value=token[0].partition("\n")[0])


def _token_at(text: str, offset: int) -> re.Match[str] | None:
    """The token that begins at a character; the last one, where the text ends before it goes on."""
    return _TOKEN.match(text, offset) or next(reversed([*_TOKEN.finditer(text)]), None)


def _finding_of(problem: Problem, text: str, place: Place) -> Finding:
    where = f", at column {problem.column}" if problem.column is not None else ""
    message = f"JMESPath: {problem.message}{where} of: {brief(text, problem.column or 1)}"
    return Finding(code=problem.code, message=message, place=place, value=brief(text), hint=problem.hint)


def brief(text: str, column: int = 1, width: int = 100) -> str:
    """One line of an expression, around a column."""
    line = "".join(char if char.isprintable() else " " for char in text)
    if len(line) <= width:
        return line
    start = max(0, min(column - 1 - width // 2, len(line) - width))
    return f"{'…' if start else ''}{line[start : start + width]}{'…' if start + width < len(line) else ''}"
