"""Reads the notation of the tables (elements.py, segments.py, sets.py say how it looks).

A mistake in a table is a mistake of ours, found by the first test that touches it: plain ``ValueError``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from crossdock.codecs.edi.model import UNLIMITED, Check, Element, Field, Node, Note, Segment, TransactionSet

_ELEMENT = re.compile(r"(\S+)\s+(AN|ID|R|DT|TM|B|N\d)\s+(\d+)/(\d+)\s+([^{]+?)\s*(?:\{(.*)\})?")
_GROUP = re.compile(r"\(([^()]*)\)\*(\d+)")
_SPAN = re.compile(r"(\w)(\d+)-(\d+)")
_PLACE = re.compile(r"(?P<tag>\w+)(?:=(?P<name>\w+))?(?P<required>\s+M)?(?:\s+(?P<maximum>\d+|\*))?")
_CHECK = re.compile(r"check (\w+) (?:==|~=) (count|sum)\(([\w.]+)\)")
_TOKEN = re.compile(r"[{};]|[^{};]+")


def _codes(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    listed: set[str] = set()
    for word in text.split():
        first, dash, last = word.partition("-")
        listed.update(f"{n:0{len(first)}}" for n in range(int(first), int(last) + 1)) if dash else listed.add(word)
    return frozenset(listed)


def _lines(table: str, release: str) -> Iterator[tuple[str, str]]:
    """(key, rest) of each line that applies to the release, later ones winning."""
    for line in table.strip().splitlines():
        key, _, rest = line.partition(" ")
        name, _, since = key.partition("@")
        if since <= release:
            yield name, rest.strip()


def read_elements(table: str, release: str) -> dict[str, Element]:
    """The data elements as they are at a release."""
    elements: dict[str, Element] = {}
    for number, rest in _lines(table, release):
        match = _ELEMENT.fullmatch(f"{number} {rest}")
        if match is None:
            raise ValueError(f"element not understood: {number} {rest}")
        _, kind, low, high, name, codes = match.groups()
        elements[number] = Element(number, kind, int(low), int(high), name, _codes(codes))
    return elements


def _spread(text: str) -> list[str]:
    """The positions with every repeated group written out."""
    return _GROUP.sub(lambda match: " ".join([match[1]] * int(match[2])), text).split()


def _notes(text: str) -> Iterator[Note]:
    for word in text.split():
        span = _SPAN.fullmatch(word)
        if span:
            first, last = int(span[2]), int(span[3])
            yield from (Note(span[1], (n, n + 1)) for n in range(first, last, 2))
        else:
            yield Note(word[0], tuple(int(word[n : n + 2]) for n in range(1, len(word), 2)))


def _field(word: str, elements: Mapping[str, Element], composites: Mapping[str, Segment]) -> Field:
    number = word.rstrip("!^")
    composite = composites.get(number)
    marks = word[len(number) :]
    if composite is None:
        return Field(elements[number], "!" in marks, "^" in marks)
    whole = Element(number, "AN", 1, UNLIMITED, composite.fields[0].element.name)
    return Field(whole, "!" in marks, "^" in marks, composite.fields)


def _segment(tag: str, text: str, field: Callable[[str], Field]) -> Segment:
    positions, _, notes = text.partition("|")
    words = _spread(positions)
    fields = tuple(field(word) for word in words if word != "...")
    pairs = tuple(
        (n + 1, n + 2)
        for n, (left, right) in enumerate(pairwise(fields))
        if (left.element.number, right.element.number) == ("235", "234")
    )
    return Segment(tag, fields, tuple(_notes(notes)), pairs, "..." in words)


def read_segments(table: str, composites: str, elements: Mapping[str, Element], release: str) -> dict[str, Segment]:
    """The segments as they are at a release."""
    known: dict[str, Segment] = {}
    for name, text in _lines(composites, release):
        known[name] = _segment(name, text, lambda word: _field(word, elements, {}))
    return {
        tag: _segment(tag, text, lambda word: _field(word, elements, known)) for tag, text in _lines(table, release)
    }


def _nodes(tokens: Iterator[str], segments: Mapping[str, Segment]) -> tuple[Node, ...]:
    nodes: list[Node] = []
    place = ""
    for token in tokens:
        if token == "{":
            nodes.append(_node(place, segments, _nodes(tokens, segments)))
            place = ""
            continue
        if token in (";", "}") and place:
            nodes.append(_node(place, segments, ()))
        if token == "}":
            break
        place = token.strip(" \n;")
    return tuple(nodes)


def _node(place: str, segments: Mapping[str, Segment], children: tuple[Node, ...]) -> Node:
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ValueError(f"place not understood: {place!r}")
    maximum = match["maximum"] or "1"
    bound = UNLIMITED if maximum == "*" else int(maximum)
    return Node(segments[match["tag"]], match["name"] or match["tag"], bound, bool(match["required"]), children)


def _check(line: str) -> Check:
    match = _CHECK.fullmatch(line.strip(" ;"))
    if match is None:
        raise ValueError(f"check not understood: {line}")
    return Check(match[1], match[2], tuple(match[3].split(".")))


def set_texts(table: str) -> Iterable[tuple[str, str, str]]:
    """(number, release, text) of every set in the table."""
    for text in re.split(r"^set ", table.strip(), flags=re.MULTILINE)[1:]:
        number, release, _ = text.split(maxsplit=2)
        yield number, release, text


def read_set(text: str, segments: Mapping[str, Segment]) -> TransactionSet:
    """One set from its text (as ``set_texts`` gives it)."""
    head, *lines = text.strip().splitlines()
    number, release, group = head.split()
    checks = tuple(_check(line) for line in lines if line.startswith("check "))
    body = "\n".join(line for line in lines if not line.startswith("check "))
    nodes = _nodes(iter(_TOKEN.findall(body)), segments)
    tags = frozenset(below.tag for node in nodes for below in node.walk())
    return TransactionSet(number, release, group, nodes, checks, tags)
