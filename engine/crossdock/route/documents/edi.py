"""The shape of a transaction set or message: what all releases that describe it have in common, and what only some have.

Which release a document has is known when it comes, so what one release knows is there. Elements that no release
describes, and segments at a place where none has them, come only with documents outside of every description: they are
*doubtful*, not impossible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import Element, Field, Node, Segment
from crossdock.codecs.edi.words import key_of
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    DECIMAL,
    SOME_NUMBER,
    SOME_TEXT,
    TEXT,
    Entry,
    Listed,
    Record,
    Scalar,
    Shape,
    nothing_more,
    one_of,
)

_LEVEL = re.compile(r"HL_\w+\Z")  # what the names of the tree of HL segments look like
_ROOT = ("_std", "_ver", "_set")


def shape_of_set(number: str, dictionary: Dictionary, *, written: bool = False) -> Record | None:
    """The shape of a set as it is read, or of what its writer takes; None where nobody describes it."""
    found = (dictionary.find(number, release) for release in dictionary.releases)
    releases = [definition.nodes for definition in found if definition is not None]
    what = f"{dictionary.name.lower()}/{number}"
    return _Shapes(dictionary, what, written=written).root(releases) if releases else None


class _Shapes:
    """Makes the records of one set. ``written``: a writer takes one segment for a list of them, numbers for text."""

    def __init__(self, dictionary: Dictionary, what: str, *, written: bool) -> None:
        self._dictionary = dictionary
        self._what = what
        self._written = written
        self._hierarchy: Record | None = None
        self._releases: Sequence[Sequence[Node]] = ()

    def root(self, releases: Sequence[Sequence[Node]]) -> Record:
        """The document."""
        tags = {node.tag for nodes in releases for node in nodes}
        levels = next(([one for nodes in releases for one in nodes if one.tag == "HL"] for _ in tags & {"HL"}), [])
        facts = {**{name: Entry(SOME_TEXT) for name in _ROOT}, "_ctl": Entry(ANYTHING), "_env": Entry(ANYTHING)}
        helpers = {**facts, "_order": Entry(ANYTHING), "_object": Entry(ANYTHING)}
        every = len(releases)
        self._releases = releases
        return Record(
            self._what,
            lambda: {**self._places(releases, every), **helpers},
            self._more(levels),
            lambda name: name not in tags and name in self._segments(),
            self._elsewhere,
        )

    def _elsewhere(self, name: str) -> str | None:
        """Where a segment, or an element, stands in the set, as a path over the document."""
        return next(filter(None, (_path_to(name, nodes, "") for nodes in self._releases)), None)

    def _segments(self) -> set[str]:
        return {tag for release in self._dictionary.releases for tag in self._dictionary.segments(release)}

    def _more(self, levels: Sequence[Node]) -> Callable[[str], Shape | None]:
        if self._written and not levels:
            return lambda name: ANYTHING if name.startswith("_") else None
        if not levels:
            return nothing_more

        def tree(name: str) -> Shape | None:
            if _LEVEL.match(name):
                return self._many(self._level(levels))
            return ANYTHING if self._written and name.startswith("_") else None

        return tree

    def _level(self, levels: Sequence[Node]) -> Record:
        if self._hierarchy is None:
            self._hierarchy = self._record(levels, levels)
        return self._hierarchy

    def _many(self, record: Record) -> Shape:
        return one_of([Listed(record), record]) if self._written else Listed(record)

    def _places(self, releases: Sequence[Sequence[Node]], every: int) -> dict[str, Entry]:
        """The segments and loops at one level, by name."""
        named: dict[str, list[Node]] = {}
        for nodes in releases:
            for node in nodes:
                if node.maximum:
                    named.setdefault(node.name, []).append(node)
        return {name: self._place(nodes, every) for name, nodes in named.items()}

    def _place(self, nodes: Sequence[Node], every: int) -> Entry:
        record = self._level(nodes) if nodes[0].tag == "HL" else self._record(nodes)
        kinds = {node.many for node in nodes}
        shapes = [self._many(record) if many or self._written else record for many in kinds]
        numbered = self._written and nodes[0].tag == "HL"  # the writer numbers a tree of them itself
        required = not numbered and len(nodes) == every and all(node.required for node in nodes)
        return Entry(one_of(shapes), self._dictionary.segment_name(nodes[0].tag), required)

    def _record(self, nodes: Sequence[Node], levels: Sequence[Node] = ()) -> Record:
        name, segments = nodes[0].name, list(dict.fromkeys(node.segment for node in nodes))
        below = [node.children for node in nodes]
        element = re.compile(rf"{segments[0].tag}\d\d(\d\d)?\Z")
        open_ends = any(segment.open for segment in segments)
        more = self._more(levels)

        def beyond(key: str) -> Shape | None:
            return SOME_TEXT if open_ends and element.match(key) else more(key)

        return Record(
            f"{name} of {self._what}",
            lambda: {
                **_elements(segments, written=self._written),
                **self._helpers(segments, levels),
                **self._places(below, len(nodes)),
            },
            beyond,
            lambda key: element.match(key) is not None,
            self._elsewhere,
        )

    def _helpers(self, segments: Sequence[Segment], levels: Sequence[Node]) -> dict[str, Entry]:
        ids = Record("product ids", dict, lambda name: SOME_TEXT)
        above = {"_up": Entry(self._level(levels))} if levels else {}
        return {"_ids": Entry(ids), "_dec": Entry(_decimals(segments)), "_bin": Entry(ANYTHING), **above}


def _path_to(name: str, nodes: Sequence[Node], above: str) -> str | None:
    for node in nodes:
        path = f"{above}{node.name}{'[]' if node.many else ''}"
        if node.name == name:
            return path
        if name.startswith(node.tag) and any(key == name for key, _ in _keys(node.segment, written=False)):
            return f"{path}.{name}"
        below = _path_to(name, node.children, f"{path}.")
        if below is not None:
            return below
    return None


def _decimals(segments: Sequence[Segment]) -> Record:
    """``_dec``: exact numbers of those elements that are sent without a decimal point, or with a comma."""
    return Record("_dec", dict, lambda name: SOME_NUMBER if name[: len(segments[0].tag)] == segments[0].tag else None)


def _elements(segments: Sequence[Segment], *, written: bool) -> dict[str, Entry]:
    """The elements of a segment, those of a composite beside the others; of several releases, all."""
    found: dict[str, list[Entry]] = {}
    for segment in segments:
        numbered = written and segment.tag == "HL"
        for key, entry in _keys(segment, written=written):
            found.setdefault(key, []).append(replace(entry, required=False) if numbered else entry)
    return {key: _joined(entries, len(segments)) for key, entries in found.items()}


def _joined(entries: Sequence[Entry], every: int) -> Entry:
    required = len(entries) == every and all(entry.required for entry in entries)
    first = entries[0]
    if all(entry.shape == first.shape for entry in entries):
        return Entry(first.shape, first.title, required)
    shapes = [entry.shape for entry in entries]
    if all(isinstance(shape, Scalar) for shape in shapes):
        return Entry(_either([shape for shape in shapes if isinstance(shape, Scalar)]), first.title, required)
    return Entry(one_of(shapes), first.title, required)


def _either(shapes: Sequence[Scalar]) -> Scalar:
    codes = [code for shape in shapes for code in shape.codes] if all(shape.codes for shape in shapes) else []
    kinds = frozenset().union(*(shape.kinds for shape in shapes))
    return Scalar(kinds, tuple(dict.fromkeys(codes)))


def _keys(segment: Segment, *, written: bool) -> Iterator[tuple[str, Entry]]:
    for position, field in enumerate(segment.fields, start=1):
        key = key_of(segment.tag, position)
        parts = dict(_components(key, field, written=written))
        title = field.element.name
        if field.parts:
            if field.repeats:
                yield key, Entry(Listed(Record(key, partial(dict, parts))), title, field.required)
            if not field.repeats or written:
                yield from parts.items()
        elif field.repeats:
            item = _value(field.element, written=written)
            yield key, Entry(one_of([Listed(item), item]) if written else Listed(item), title, field.required)
        else:
            in_decimals = written and field.element.decimals > 0  # it may stand in _dec as well
            yield key, Entry(_value(field.element, written=written), title, field.required and not in_decimals)


def _components(key: str, field: Field, *, written: bool) -> Iterator[tuple[str, Entry]]:
    for number, part in enumerate(field.parts, start=1):
        required = field.required and part.required
        yield f"{key}{number:02}", Entry(_value(part.element, written=written), part.element.name, required)


def _value(element: Element, *, written: bool) -> Scalar:
    kinds = DECIMAL.kinds if written else frozenset({TEXT})
    return Scalar(kinds, tuple(sorted(element.codes or ())))
