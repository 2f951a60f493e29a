"""YAML as its author wrote it: plain data plus the place of every key and value.

One pass over libyaml's event stream builds both, so the guards (depth, aliases, tags, duplicate keys) act before any
structure exists: the C composer itself crashes on 100,000 nested brackets. Scalars follow the YAML 1.2 core schema,
narrowed: only ``null ~ true false``, decimal integers and decimal fractions are typed, everything else is text
(``NO``, ``12:30``, ``010``, ``2026-11-20``, ``0x1F`` stay what they look like). Fractions become ``Decimal``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

import yaml

from crossdock.errors import ConfigError, Finding, Place
from crossdock.message import Document
from crossdock.yaml_source.remedies import remedy_of
from crossdock.yaml_source.secrecy import is_masked
from crossdock.yaml_source.within import position_within

MAX_BYTES = 4 * 1024 * 1024  # far above any authored file; a larger one is generated or hostile
MAX_DEPTH = 50  # promises.md, security controls

Path: TypeAlias = tuple[str | int, ...]

_CURLY = "\u201c\u201d\u2018\u2019\u201e\u201a"  # quotes as word processors set them
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Authored:
    """A loaded YAML file: ``value`` is plain data; ``values`` and ``keys`` map a path to its (line, column)."""

    file: str
    text: str
    value: Document
    values: dict[Path, tuple[int, int]] = field(repr=False)
    keys: dict[Path, tuple[int, int]] = field(repr=False)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value (or key) at ``path`` stands; of a path that is not there, its nearest parent's."""
        marks = (self.keys, self.values) if key else (self.values, self.keys)
        while True:
            mark = marks[0].get(path) or marks[1].get(path)
            if mark or not path:
                line, column = mark or (1, 1)
                return Place(file=self.file, line=line, column=column)
            path = path[:-1]

    def within(self, path: Path, offset: int) -> Place:
        """Where the character ``offset`` (from 0) of the text at ``path`` stands; of the text, where nobody can tell."""
        value = self.at(path) if path in self.values else None
        if isinstance(value, str):
            found = position_within(self.text, self.values[path], value, offset)
            if found is not None:
                return Place(file=self.file, line=found[0], column=found[1])
        return self.place(path)

    def depth(self, path: Path) -> int:
        """How much of a path is written: all of it, or as far as its nearest parent."""
        while path and path not in self.values and path not in self.keys:
            path = path[:-1]
        return len(path)

    def at(self, path: Path) -> Document:
        """The value at ``path``, which must exist."""
        here = self.value
        for step in path:
            here = here[step]  # type: ignore[index]  # the caller knows the path exists
        return here


def load(data: bytes, file: str) -> Authored:
    """Read one YAML document. Raises ``ConfigError`` with the place of what is wrong."""
    return _Builder(_text_of(data, file), file).build()


def _text_of(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise _error("Y001", f"file is larger than {MAX_BYTES} bytes", Place(file=file, line=1, column=1))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise _error("Y002", "not UTF-8 text", Place(file=file, line=line, column=column)) from error


def _error(code: str, message: str, place: Place, hint: str | None = None) -> ConfigError:
    return ConfigError.of([Finding(code=code, message=message, place=place, hint=hint)])


def _scalar(event: yaml.ScalarEvent) -> Document:
    text: str = event.value
    if event.style:  # quoted or block: text, always (libyaml calls plain "")
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _FRACTION.match(text):
        return Decimal(text)
    return text


class _Builder:
    """Builds value and marks from the event stream, recursing at most ``MAX_DEPTH`` deep."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.twice: list[Finding] = []

    def build(self) -> Authored:
        loader = yaml.CSafeLoader(self.text)
        try:
            value = self._document(loader)
        except yaml.MarkedYAMLError as error:
            raise self._not_yaml(error) from error
        except yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, error.position) + 1
            column = error.position - (self.text.rfind("\n", 0, error.position) + 1) + 1
            place = Place(file=self.file, line=line, column=column)
            raise _error("Y003", f"not valid YAML: {error.reason}", place) from error
        finally:
            loader.dispose()
        if self.twice:
            raise ConfigError.of(self.twice)
        return Authored(self.file, self.text, value, self.values, self.keys)

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> ConfigError:
        remedy = remedy_of(error, self.text.split("\n"))
        place = Place(file=self.file, line=remedy.line, column=remedy.column)
        return _error("Y003", f"not valid YAML: {remedy.message}", place, remedy.hint)

    def _document(self, loader: yaml.CSafeLoader) -> Document:
        _next(loader)  # StreamStart
        if loader.check_event(yaml.StreamEndEvent):
            return None
        _next(loader)  # DocumentStart
        value = self._node(loader, ())
        _next(loader)  # DocumentEnd
        if not loader.check_event(yaml.StreamEndEvent):
            raise _error("Y004", "more than one YAML document in the file", self._place(_next(loader)))
        return value

    def _place(self, event: yaml.Event) -> Place:
        line, column = _mark(event)
        return Place(file=self.file, line=line, column=column)

    def _node(self, loader: yaml.CSafeLoader, path: Path) -> Document:
        event = _next(loader)
        if event.anchor is not None or event.tag is not None or len(path) > MAX_DEPTH:
            self._refuse(event, path)
        self.values[path] = _mark(event)
        if isinstance(event, yaml.ScalarEvent):
            self._guard_quotes(event)
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loader, path)
        return self._mapping(loader, path)

    def _refuse(self, event: yaml.NodeEvent, path: Path) -> None:
        """Raises for what YAML has and we have not: anchors, tags, depth without end. A tag ``!`` says nothing."""
        if event.anchor is not None:
            hint = "write it out; an expression that begins with & or * needs quotes"
            raise _error("Y005", "anchors and aliases are not allowed here", self._place(event), hint)
        tag = event.tag
        if tag is not None and tag != "!":
            hint = "remove the tag; an expression that begins with ! needs quotes"
            raise _error("Y006", "a tag, which begins with !, is not allowed", self._place(event), hint)
        if len(path) > MAX_DEPTH:
            raise _error("Y007", f"nested deeper than {MAX_DEPTH}", self._place(event))

    def _guard_quotes(self, event: yaml.ScalarEvent) -> None:
        if not event.style and len(event.value) > 1 and event.value[0] in _CURLY and event.value[-1] in _CURLY:
            place = self._place(event)
            shown = not is_masked(self.text.splitlines(), place.line, place.column)
            hint = f'type straight quotes: "{event.value[1:-1]}"' if shown else "type straight quotes"
            what = f"{event.value} has them" if shown else "it has them"
            raise _error("Y010", f"quotes of a word processor: {what} as part of the text", place, hint)

    def _sequence(self, loader: yaml.CSafeLoader, path: Path) -> list[Document]:
        items: list[Document] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node(loader, (*path, len(items))))
        _next(loader)
        return items

    def _mapping(self, loader: yaml.CSafeLoader, path: Path) -> dict[str, Document]:
        fields: dict[str, Document] = {}
        while True:
            event = _next(loader)
            if isinstance(event, yaml.MappingEndEvent):
                return fields
            key = self._key(event, path, fields)
            fields[key] = self._node(loader, (*path, key))

    def _key(self, event: yaml.Event, path: Path, fields: dict[str, Document]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _error("Y008", "a key must be plain text", self._place(event))
        if event.anchor is not None or event.tag is not None:
            self._refuse(event, path)
        key: str = event.value
        if key == "<<" and not event.style:
            raise _error("Y005", "keys are not merged here", self._place(event), "write them out")
        if key in fields:
            hint = f"it stands on line {self.keys[(*path, key)][0]} already"
            message = f"key '{key}' appears twice"
            self.twice.append(Finding(code="Y009", message=message, place=self._place(event), value=key, hint=hint))
        self.keys[(*path, key)] = _mark(event)
        return key


def _next(loader: yaml.CSafeLoader) -> yaml.Event:
    event = loader.get_event()
    assert event is not None  # noqa: S101 - libyaml ends with StreamEnd, and nobody here reads past it
    return event


def _mark(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
