"""The ``fields:`` of a mapping as its author wrote them: which part is an expression, a shape, a loop, a constant.

What stands directly under ``fields:`` is a shape: its keys are names of the result, whatever they are. Below, text is an
expression, a list is a list, and a map is one of two things:

* *options*, if it has one of the words ``expr``, ``each``, ``fields``, ``default``, ``required``, ``omit_empty``, or
  if ``value`` is its only key. Every key must then be an option.
* a *shape* otherwise: ``{id: $ship.N104, name: $ship.N102}``, and also ``{scheme: "'GLN'", value: N104}``.

A result field that is called like an option is written under ``fields:``: ``{fields: {default: N101}}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.errors import Finding
from crossdock.mapping.fault import quoted
from crossdock.message import Document
from crossdock.yaml_source import Authored, Path, suggest

MAX_LOOPS = 10  # ``each`` inside ``each``; no business document has half as many

_FLAGS = ("required", "omit_empty")
OPTIONS = ("expr", "each", "fields", "value", "default", *_FLAGS)
_MARKS = frozenset(OPTIONS) - {"value"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to do about a value that is absent: nothing (the field is left out), a default, or a finding."""

    default: Document = None
    has_default: bool = False
    required: bool = False
    omit_empty: bool = False


PLAIN = Options()


@dataclass(frozen=True, slots=True)
class Expr:
    """A JMESPath expression."""

    path: Path
    text: str
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class Constant:
    """A value, always written, null included."""

    path: Path
    value: Document


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these fields; absent if all of them are."""

    path: Path
    fields: tuple[tuple[str, Spec], ...]
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class Items:
    """A list of what is there of these; absent if nothing is."""

    path: Path
    items: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A list with one ``body`` for every element of what ``text`` gives; absent if that is null."""

    path: Path
    text_path: Path
    text: str
    body: Spec
    options: Options = PLAIN


Spec: TypeAlias = Expr | Constant | Shape | Items | Each


def read_fields(source: Authored, path: Path) -> tuple[Spec, list[Finding]]:
    """The fields at ``path`` of a mapping file, and every mistake in how they are written."""
    reader = _Reader(source)
    return reader.top(source.at(path), path, 0), reader.findings


class _Reader:
    """Reads one file's fields; a part that is wrong is read as a constant null and reported."""

    def __init__(self, source: Authored) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def top(self, value: Document, path: Path, loops: int) -> Spec:
        """What stands under ``fields:``, where a map is always a shape."""
        return self._shape(value, path, loops) if isinstance(value, dict) else self.spec(value, path, loops)

    def spec(self, value: Document, path: Path, loops: int) -> Spec:
        """What stands below."""
        if isinstance(value, str):
            return Expr(path, value)
        if isinstance(value, list):
            return Items(path, tuple([self.spec(item, (*path, at), loops) for at, item in enumerate(value)]))
        if not isinstance(value, dict):
            hint = f"a constant is written {{value: {quoted(value)}}}"
            return self._wrong("M103", f"expected an expression, found {quoted(value)}", path, hint)
        if value.keys() & _MARKS or value.keys() == {"value"}:
            return self._options(value, path, loops)
        return self._shape(value, path, loops)

    def _wrong(self, code: str, message: str, path: Path, hint: str | None = None, *, key: bool = False) -> Constant:
        place = self.source.place(path, key=key)
        self.findings.append(Finding(code=code, message=message, place=place, hint=hint))
        return Constant(path, None)

    def _shape(self, value: dict[str, Document], path: Path, loops: int, options: Options = PLAIN) -> Spec:
        if not value:
            return self._wrong("M103", "there are no fields", path)
        fields = [(name, self.spec(part, (*path, name), loops)) for name, part in value.items()]
        return Shape(path, tuple(fields), options)

    def _options(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        for key in value.keys() - set(OPTIONS):
            hint = suggest(key, OPTIONS)
            if not hint or not hint.startswith("did you mean"):
                hint = "options and result fields do not mix: put the fields under 'fields:'"
            self._wrong("M102", f"unknown option '{key}'", (*path, key), hint, key=True)
        leads = tuple(sorted(value.keys() & {"expr", "each", "fields", "value"}))
        read = _LEADS.get(leads)
        if read is None:
            return self._no_lead(leads, path)
        return read(self, value, path, loops)

    def _no_lead(self, leads: tuple[str, ...], path: Path) -> Spec:
        if not leads:
            return self._wrong("M104", "options without a value", path, "add 'expr:', 'each:' or 'fields:'")
        if leads == ("each",):
            return self._wrong("M104", "'each' needs 'fields': what to make of every element", path)
        words = " and ".join(f"'{lead}'" for lead in leads)
        return self._wrong("M104", f"{words} do not go together", path)

    def expression(self, value: dict[str, Document], path: Path, _loops: int) -> Spec:
        """``expr`` with options."""
        text = value["expr"]
        if not isinstance(text, str):
            return self._wrong("M103", f"expected an expression, found {quoted(text)}", (*path, "expr"))
        return Expr((*path, "expr"), text, self._flags(value, path))

    def constant(self, value: dict[str, Document], path: Path, _loops: int) -> Spec:
        """``value``."""
        for key in value.keys() & {"default", *_FLAGS}:
            self._wrong("M104", f"'{key}' has no use beside 'value'", (*path, key), key=True)
        return Constant((*path, "value"), value["value"])

    def fields(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        """``fields`` with options."""
        inner, options = value["fields"], self._flags(value, path)
        if not isinstance(inner, dict):
            return self._wrong("M103", "'fields' without 'each' is a map of fields", (*path, "fields"))
        return self._shape(inner, (*path, "fields"), loops, options)

    def loop(self, value: dict[str, Document], path: Path, loops: int) -> Spec:
        """``each`` with ``fields``."""
        text = value["each"]
        if not isinstance(text, str):
            return self._wrong("M103", f"expected an expression, found {quoted(text)}", (*path, "each"))
        if loops == MAX_LOOPS:
            return self._wrong("M104", f"more than {MAX_LOOPS} loops inside each other", path)
        body = self.top(value["fields"], (*path, "fields"), loops + 1)
        return Each(path, (*path, "each"), text, body, self._flags(value, path))

    def _flags(self, value: dict[str, Document], path: Path) -> Options:
        for flag in _FLAGS:
            if not isinstance(value.get(flag, False), bool):
                self._wrong("M103", f"'{flag}' is true or false", (*path, flag))
        if "default" in value and value.get("required") is True:
            self._wrong("M104", "'required' has no use beside 'default'", (*path, "required"), key=True)
        return Options(
            default=value.get("default"),
            has_default="default" in value,
            required=value.get("required") is True,
            omit_empty=value.get("omit_empty") is True,
        )


_LEADS: dict[tuple[str, ...], Callable[[_Reader, dict[str, Document], Path, int], Spec]] = {
    ("expr",): _Reader.expression,
    ("value",): _Reader.constant,
    ("fields",): _Reader.fields,
    ("each", "fields"): _Reader.loop,
}
