"""Reads the notation of the tables (a dictionary's elements, segments and sets say how it looks).

A mistake in a table is a mistake of ours, found by the first test that touches it: plain ``ValueError``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from crossdock.codecs.edi.model import (
    UNLIMITED,
    Balance,
    Check,
    Element,
    Field,
    Node,
    Note,
    Segment,
    Step,
    TransactionSet,
)

_ELEMENT = re.compile(r"(\S+)\s+(AN|ID|R|DT|TM|B|A|N\d?)\s+(\d+)/(\d+)\s+([^{]+?)\s*(?:\{(.*)\})?")
_GROUP = re.compile(r"\(([^()]*)\)\*(\d+)")
_SPAN = re.compile(r"(\w)(\d+)-(\d+)")
_BOUND = r"(?P<required{0}>\s+M)?(?:\s+(?P<maximum{0}>\d+|\*))?"
_PLACE = re.compile(
    r"(?P<tag>\w+)(?:=(?P<name>\w+))?(?:@(?P<until><)?(?P<mark>\w+))?"
    + _BOUND.format("")
    + r"(?:\s+@(?P<since>\w+):"
    + _BOUND.format("_since")
    + ")?"
)
_RELEASE = re.compile(r"D?\d\w*")
_CHECK = re.compile(r"check (\w+) (?:==|~=) (count|sum|invoice)\(([\w.]+)(?: \+ ([\w.]+))?\)")
_BALANCE = re.compile(r"check (\w+\[\w+\]) (?:==|~=) (count|sum)\(([^()]+)\)")
_QUALIFIED = re.compile(r"(\w+)(?:\[(\w+)\])?")
_DIRECTORY = re.compile(r"D(\d\d)([A-Z])")
_TOKEN = re.compile(r"[{};]|[^{};]+")


def _codes(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    listed: set[str] = set()
    for word in text.split():
        first, dash, last = word.partition("-")
        listed.update(f"{n:0{len(first)}}" for n in range(int(first), int(last) + 1)) if dash else listed.add(word)
    return frozenset(listed)


def release_order(release: str) -> str:
    """What releases of one standard are compared by: 004010 before 005010, D96A before D01B, D3 before 41."""
    directory = _DIRECTORY.fullmatch(release)
    if directory:
        century = "19" if directory[1] > "80" else "20"  # the first directory that is named so is D93A
        return f"{century}{directory[1]}{directory[2]}"
    return release.removeprefix("D")


def _lines(table: str, release: str) -> Iterator[tuple[str, str]]:
    """(key, rest) of each line that applies to the release, later ones winning."""
    now = release_order(release)
    for line in filter(None, table.splitlines()):
        key, _, rest = line.partition(" ")
        name, _, since = key.partition("@")
        if not since or release_order(since) <= now:
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
    word, repeated, most = word.partition("^")
    number = word.rstrip("!")
    required, repeats, bound = word != number, bool(repeated), int(most) if most else UNLIMITED
    composite = composites.get(number)
    if composite is None:
        return Field(elements[number], required, repeats, (), bound)
    whole = Element(number, "AN", 1, UNLIMITED, composite.fields[0].element.name)
    return Field(whole, required, repeats, composite.fields, bound)


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


def _nodes(tokens: Iterator[str], segments: Mapping[str, Segment], release: str) -> tuple[Node, ...]:
    nodes: list[Node | None] = []
    place = ""
    for token in tokens:
        if token == "{":
            nodes.append(_node(place, segments, _nodes(tokens, segments, release), release))
            place = ""
            continue
        if token in (";", "}") and place:
            nodes.append(_node(place, segments, (), release))
        if token == "}":
            break
        place = token.strip(" \n;")
    return tuple(node for node in nodes if node is not None)


def _node(place: str, segments: Mapping[str, Segment], children: tuple[Node, ...], release: str) -> Node | None:
    """The place as it is at the release; None where it is not yet there or no longer."""
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ValueError(f"place not understood: {place!r}")
    if match["mark"] and _reached(match["mark"], release) == bool(match["until"]):
        return None
    later = "_since" if match["since"] and _reached(match["since"], release) else ""
    maximum = match[f"maximum{later}"] or "1"
    bound = UNLIMITED if maximum == "*" else int(maximum)
    required = bool(match[f"required{later}"])
    return Node(segments[match["tag"]], match["name"] or match["tag"], bound, required, children)


def _marked(line: str) -> tuple[str, str]:
    """(``check`` with its release mark, the line without the mark) of a check line; an empty word for every other."""
    word, _, rest = line.partition(" ")
    return (word, f"check {rest}") if word.partition("@")[0] == "check" else ("", line)


def _applies(word: str, release: str) -> bool:
    """``check@005010`` holds from that release on, ``check@<005010`` before it, ``check`` always."""
    mark = word.partition("@")[2]
    return not mark or _reached(mark.removeprefix("<"), release) != mark.startswith("<")


def _reached(since: str, release: str) -> bool:
    return release_order(since) <= release_order(release)


def _check(line: str) -> Check:
    match = _CHECK.fullmatch(line.strip(" ;"))
    if match is None:
        raise ValueError(f"check not understood: {line}")
    return Check(match[1], match[2], tuple(match[3].split(".")), tuple(match[4].split(".")) if match[4] else ())


def _step(word: str) -> Step:
    """``MOA[79]``: the entries whose first component says 79, as EDIFACT qualifies amounts, quantities and totals."""
    match = _QUALIFIED.fullmatch(word)
    if match is None:
        raise ValueError(f"path not understood: {word}")
    return Step(match[1], f"{match[1].partition('_')[0]}0101", match[2]) if match[2] else Step(match[1])


def _balance(line: str) -> Balance:
    match = _BALANCE.fullmatch(line.strip(" ;"))
    if match is None:
        raise ValueError(f"check not understood: {line}")
    paths = (tuple(map(_step, path.split("."))) for path in match[3].split(" or "))
    return Balance(_step(match[1]), match[2], tuple(paths))


def set_texts(table: str) -> Iterable[tuple[str, str, str]]:
    """(number, release, text) of every set in the table, once for each release that its first line names."""
    for text in re.split(r"^set ", table.strip(), flags=re.MULTILINE)[1:]:
        head, _, body = text.partition("\n")
        number, *words = head.split()
        releases = [word for word in words if _RELEASE.fullmatch(word)]
        group = " ".join(word for word in words if word not in releases)
        for release in releases:
            yield number, release, f"{number} {release} {group}\n{body}"


def read_set(text: str, segments: Mapping[str, Segment], standard: str = "X12") -> TransactionSet:
    """One set from its text (as ``set_texts`` gives it). A message of EDIFACT travels under its own name."""
    head, *lines = text.strip().splitlines()
    number, release, *group = head.split()
    told = [line for word, line in map(_marked, lines) if word and _applies(word, release)]
    checks = tuple(_check(line) for line in told if "[" not in line)
    balances = tuple(_balance(line) for line in told if "[" in line)
    body = "\n".join(line for line in lines if not line.startswith("check"))
    nodes = _nodes(iter(_TOKEN.findall(body)), segments, release)
    tags = frozenset(below.tag for node in nodes for below in node.walk())
    return TransactionSet(
        number, release, group[0] if group else number, nodes, checks, tags, standard, balances=balances
    )
