"""``set``: a few fields, headers, the partner or the correlation, without a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MappingProxyType

from crossdock.errors import Finding, Reject
from crossdock.message import Document
from crossdock.partner.choosing import Roster
from crossdock.route.bench import Bench
from crossdock.route.condition import Value
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.template import plain

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
_HEADER = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Set(Authorable):
    """Sets fields of the document (a dotted name reaches inwards), headers, the partner or the correlation id.

    Every value is an expression over the document as it was before the step; constants are quoted text. The partner
    may be one of the numbers by which a profile is ``known_as``: it becomes the name of that partner.

    ```yaml
    - set:
        fields: {status: "'accepted'", buyer.region: "'EU'"}
        headers: {order-number: number}
        correlation: number
    ```
    """

    fields: dict[str, Expression] = {}
    headers: dict[str, Expression] = {}
    partner: Expression | None = None
    correlation: Expression | None = None


_Change = Callable[[Passage, Document], None]


def compile_set(config: Set, bench: Bench, builder: Builder) -> Run:
    """All changes, each computed from the document as it was."""
    if config.fields:
        _refuse_without_document(bench, builder)
    changes = (*_fields(config, bench.at("fields")), *_headers(config, bench.at("headers")), *_origins(config, bench))

    def run(passage: Passage) -> None:
        before = passage.document
        for change in changes:
            change(passage, before)

    return run


def _fields(config: Set, bench: Bench) -> Iterator[_Change]:
    for name, text in config.fields.items():
        at = bench.at(name)
        if not _FIELD.match(name):
            at.report("R218", f"'{name}' is not a field name", hint="plain names, joined by dots", key=True)
        yield _field(tuple(name.split(".")), at.expression(text))


def _headers(config: Set, bench: Bench) -> Iterator[_Change]:
    for name, text in config.headers.items():
        at = bench.at(name)
        if not _HEADER.match(name):
            at.report("R218", f"'{name}' is not a header name", hint="letters, digits, - and _", key=True)
        yield _header(name.lower(), at.expression(text))


def _origins(config: Set, bench: Bench) -> Iterator[_Change]:
    if config.partner:
        yield _partner(bench.at("partner").expression(config.partner), bench.materials.partners.roster)
    if config.correlation:
        yield _correlation(bench.at("correlation").expression(config.correlation))


def _refuse_without_document(bench: Bench, builder: Builder) -> None:
    if not builder.flow.document:
        bench.report("R209", "'set' needs a document for its fields", hint="put 'decode' first", key=True)


def _field(path: tuple[str, ...], value: Value) -> _Change:
    def change(passage: Passage, before: Document) -> None:
        passage.document = _with(passage.document, path, value(before, passage.scope))

    return change


def _with(document: Document, path: tuple[str, ...], value: Document) -> Document:
    if not path:
        return value
    if document is not None and not isinstance(document, dict):
        message = f"field '{path[0]}' cannot be set: it would stand in something that is not an object"
        raise Reject.of([Finding(code="R408", message=message)])
    inner = document or {}
    return {**inner, path[0]: _with(inner.get(path[0]), path[1:], value)}


def _text(value: Document, what: str) -> str:
    text = plain(value)
    if not text or any(ord(character) < ord(" ") for character in text):
        message = f"{what} must be one line of text or a number"
        raise Reject.of([Finding(code="R408", message=message, value=None if text is None else text[:80])])
    return text


def _header(name: str, value: Value) -> _Change:
    def change(passage: Passage, before: Document) -> None:
        text = _text(value(before, passage.scope), f"header '{name}'")
        passage.headers = MappingProxyType({**passage.headers, name: text})
        passage.scope = replace(passage.scope, headers=passage.headers)

    return change


def _partner(value: Value, roster: Roster) -> _Change:
    def change(passage: Passage, before: Document) -> None:
        text = _text(value(before, passage.scope), "the partner")
        passage.partner = roster.named(text) or text
        passage.scope = replace(passage.scope, partner=passage.partner)

    return change


def _correlation(value: Value) -> _Change:
    def change(passage: Passage, before: Document) -> None:
        passage.correlation = _text(value(before, passage.scope), "the correlation id")

    return change


STEP = StepKind(name="set", config=Set, compile=compile_set, before_split=True, reshapes=True)
