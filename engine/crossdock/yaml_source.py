"""YAML as its author wrote it: plain data plus the place of every key and value.

One pass over libyaml's event stream builds both, so the guards (depth, aliases, tags, duplicate keys) act before any
structure exists: the C composer itself crashes on 100,000 nested brackets. Scalars follow the YAML 1.2 core schema,
narrowed: only ``null ~ true false``, decimal integers and decimal fractions are typed, everything else is text
(``NO``, ``12:30``, ``010``, ``2026-11-20``, ``0x1F`` stay what they look like). Fractions become ``Decimal``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crossdock.errors import ConfigError, Finding, Place
from crossdock.message import Document

MAX_BYTES = 4 * 1024 * 1024  # far above any authored file; a larger one is generated or hostile
MAX_DEPTH = 50  # promises.md, security controls

Path: TypeAlias = tuple[str | int, ...]

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

    def at(self, path: Path) -> Document:
        """The value at ``path``, which must exist."""
        here = self.value
        for step in path:
            here = here[step]  # type: ignore[index,call-overload]  # the caller knows the path exists
        return here


def suggest(word: str, known: Iterable[str]) -> str | None:
    """``did you mean 'x'?`` for a word that is close to a known one, else the short list of what is known."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= 12 else None


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
    if event.style is not None:  # quoted or block: text, always
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

    def build(self) -> Authored:
        loader = yaml.CSafeLoader(self.text)
        try:
            value = self._document(loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(file=self.file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=self.file)
            hint = "indent with spaces, not tabs" if "\\t" in str(error.problem) else None
            raise _error("Y003", f"not valid YAML: {error.problem or error.context}", place, hint) from error
        except yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, error.position) + 1
            place = Place(file=self.file, line=line, column=1)
            raise _error("Y003", f"not valid YAML: {error.reason}", place) from error
        finally:
            loader.dispose()
        return Authored(self.file, self.text, value, self.values, self.keys)

    def _document(self, loader: yaml.CSafeLoader) -> Document:
        loader.get_event()  # StreamStart
        if loader.check_event(yaml.StreamEndEvent):
            return None
        loader.get_event()  # DocumentStart
        value = self._node(loader, ())
        loader.get_event()  # DocumentEnd
        if not loader.check_event(yaml.StreamEndEvent):
            raise _error("Y004", "more than one YAML document in the file", self._place(loader.get_event()))
        return value

    def _place(self, event: yaml.Event) -> Place:
        return Place(file=self.file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)

    def _node(self, loader: yaml.CSafeLoader, path: Path) -> Document:
        event = loader.get_event()
        self._guard(event, path)
        self.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loader, path)
        return self._mapping(loader, path)

    def _guard(self, event: yaml.Event, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _error("Y005", "anchors and aliases are not allowed here", self._place(event), "write it out")
        if event.tag is not None and event.tag != "!":
            raise _error("Y006", f"tag '{event.tag}' is not allowed", self._place(event), "remove the tag")
        if len(path) > MAX_DEPTH:
            raise _error("Y007", f"nested deeper than {MAX_DEPTH}", self._place(event))

    def _sequence(self, loader: yaml.CSafeLoader, path: Path) -> list[Document]:
        items: list[Document] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node(loader, (*path, len(items))))
        loader.get_event()
        return items

    def _mapping(self, loader: yaml.CSafeLoader, path: Path) -> dict[str, Document]:
        fields: dict[str, Document] = {}
        while not loader.check_event(yaml.MappingEndEvent):
            key = self._key(loader, path, fields)
            fields[key] = self._node(loader, (*path, key))
        loader.get_event()
        return fields

    def _key(self, loader: yaml.CSafeLoader, path: Path, fields: dict[str, Document]) -> str:
        event = loader.get_event()
        if not isinstance(event, yaml.ScalarEvent):
            raise _error("Y008", "a key must be plain text", self._place(event))
        self._guard(event, path)
        key: str = event.value
        if key in fields:
            first = self.keys[(*path, key)]
            hint = f"it stands on line {first[0]} already"
            raise _error("Y009", f"key '{key}' appears twice", self._place(event), hint)
        self.keys[(*path, key)] = (event.start_mark.line + 1, event.start_mark.column + 1)
        return key


def findings_of(
    error: ValidationError, source: Authored, base: Path, model: type[BaseModel], code: str
) -> list[Finding]:
    """One located finding per mistake pydantic found when it read the value at ``base`` of ``source`` as ``model``."""
    return [_finding_of(detail, source, base, model, code) for detail in error.errors(include_url=False)]


def _finding_of(detail: ErrorDetails, source: Authored, base: Path, model: type[BaseModel], code: str) -> Finding:
    path: Path = base + detail["loc"]
    name = str(path[-1]) if path else ""
    if detail["type"] == "extra_forbidden":
        place, hint = source.place(path, key=True), suggest(name, _keys_at(model, detail["loc"][:-1]))
        return Finding(code=code, message=f"unknown key '{name}'", place=place, value=name, hint=hint)
    if detail["type"] == "missing":
        return Finding(code=code, message=f"required key '{name}' is missing", place=source.place(path[:-1], key=True))
    return Finding(code=code, message=detail["msg"], place=source.place(path), value=str(detail["input"])[:80])


def _keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys an author may write at ``loc`` of ``model``: aliases where a field has one."""
    for step in loc:
        info = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        inner = _model_in(info.annotation) if info else model
        if inner is None:
            return []
        model = inner
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
