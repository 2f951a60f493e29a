"""Sets, segments and elements as people read them: aligned lines of at most 100 columns.

Everything is plain text; a line that begins with ``#`` is a head, for who prints them to show in bold.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import UNLIMITED, Element, Field, Node, Segment, TransactionSet
from crossdock.codecs.edi.usage import Usage
from crossdock.codecs.edi.words import (
    agreements,
    codes_in_words,
    demand_in_words,
    key_of,
    kind_in_words,
    length_in_words,
    maximum_in_words,
    notes_in_words,
    use_of,
    use_of_field,
)

WIDTH = 100
_USES = {"M": "mandatory", "O": "optional", "-": "not used"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: ``rail`` draws the loops it stands in."""

    node: Node
    rail: str
    path: tuple[str, ...]


def rows_of(nodes: Sequence[Node], path: tuple[str, ...] = ()) -> list[Row]:
    """The places in order, each loop in a bracket."""
    rows: list[Row] = []
    for node in nodes:
        here = (*path, node.name)
        if not node.children:
            rows.append(Row(node, "", here))
            continue
        inner = rows_of(node.children, here)
        rows.append(Row(node, "┌ ", here))
        rows += [Row(row.node, f"{'└' if row is inner[-1] else '│'} {row.rail}", row.path) for row in inner]
    return rows


def set_title(definition: TransactionSet, dictionary: Dictionary) -> str:
    """``850 purchase order, X12 005010, group PO``."""
    name = dictionary.set_name(definition.number)
    group = f", group {definition.group}" if definition.group != definition.number else ""
    owner = f", as {definition.owner} narrows it" if definition.owner else ""
    return f"{definition.number} {name}".rstrip() + f", {definition.rule}{group}{owner}"


def print_set(definition: TransactionSet, dictionary: Dictionary) -> Iterator[str]:
    """The whole set: its tree, and what must agree across it."""
    yield f"# {set_title(definition, dictionary)}"
    yield ""
    yield from tree(definition.nodes, definition, dictionary)
    if definition.base is not None:
        yield from ("", "  ◂ what the standard has; elements: rules about elements of the segment")
    yield from _section("what must agree", agreements(definition))
    yield from _section(f"rules of {definition.owner}", [demand_in_words(one) for one in definition.demands])


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"# {title}"
        for line in lines:
            yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")


def tree(nodes: Sequence[Node], definition: TransactionSet, dictionary: Dictionary) -> Iterator[str]:
    """The places under a head: number, use, maximum, the loops they stand in, what they are."""
    rows = rows_of(nodes)
    width = max(len(row.rail + row.node.name) for row in rows)
    yield f"#    no  use      max  {'place':{width}}  what it is"
    for number, row in enumerate(rows, start=1):
        node = row.node
        name = dictionary.segment_name(node.tag)
        said = f"{name} ({node.tag})" if node.name != node.tag else name
        most = maximum_in_words(node.maximum) if node.maximum else "-"
        line = f"  {number:>4}   {use_of(node)}  {most:>7}  {row.rail + node.name:{width}}  {said}"
        yield (line.rstrip() + _standard_has(definition, row))[:WIDTH]


def node_at(nodes: Sequence[Node], path: Sequence[str]) -> Node | None:
    """The place a path of names leads to."""
    node = next((one for one in nodes if one.name == path[0]), None)
    return node if node is None or len(path) == 1 else node_at(node.children, path[1:])


def _standard_has(definition: TransactionSet, row: Row) -> str:
    """What the standard says where a partner's rules say something else."""
    if definition.base is None:
        return ""
    before = node_at(definition.base.nodes, row.path)
    if before is None or (before.required, before.maximum) == (row.node.required, row.node.maximum):
        return "" if before is None or before.segment == row.node.segment else "  ◂ elements"
    return f"  ◂ {use_of(before)} {maximum_in_words(before.maximum)}"


def print_place(node: Node, definition: TransactionSet, dictionary: Dictionary) -> Iterator[str]:
    """A place of a set: its loop where it opens one, and its elements."""
    name = dictionary.segment_name(node.tag)
    said = ", ".join(word for word in (_USES[use_of(node)], _times(node.maximum)) if word)
    yield f"# {node.name} {name}, {said}, in {set_title(definition, dictionary)}"
    if node.children:
        yield ""
        yield from tree([node], definition, dictionary)
    yield ""
    yield from _elements(node.segment)


def print_segment(segment: Segment, title: str, usage: Sequence[str]) -> Iterator[str]:
    """A segment or composite by itself, and where it is used."""
    yield f"# {title}"
    yield ""
    yield from _elements(segment)
    yield from _section("stands in", [" ".join(usage)] if usage else [])


def _times(maximum: int) -> str:
    if maximum >= UNLIMITED:
        return "any number"
    return f"up to {maximum_in_words(maximum)}" if maximum > 1 else ""


def _elements(segment: Segment) -> Iterator[str]:
    if not segment.fields:
        yield "  known by its tag; its elements are not described here"
        return
    lines = list(_element_lines(segment))
    keys = max((len(line[0]) for line in lines), default=3)
    names = min(46, max((len(line[5]) for line in lines), default=4))
    yield f"#  {'key':{keys}}  number  use  type  length   {'name':{names}}  codes"
    for key, number, use, kind, length, name, codes in lines:
        head = f"   {key:{keys}}  {number:<6}   {use}   {kind:<4}  {length:<7}  {name:{names}}"
        wrapped = textwrap.wrap(codes, max(16, WIDTH - len(head) - 2)) or [""]
        yield f"{head}  {wrapped[0]}".rstrip()
        yield from (f"{'':{len(head)}}  {more}" for more in wrapped[1:])
    if segment.open:
        yield "   …  more elements follow; they are read as they come"
    yield from _section("syntax", notes_in_words(segment))
    pairs = [f"{key_of(segment.tag, q)} says what {key_of(segment.tag, v)} is" for q, v in segment.pairs[:1]]
    yield from _section("in the document", [f"_ids has each id by its qualifier: {pair}, and so on" for pair in pairs])


def _element_lines(segment: Segment) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    for position, field in enumerate(segment.fields, start=1):
        yield _line(key_of(segment.tag, position), field, use_of_field(segment, position, field))
        for component, part in enumerate(field.parts, start=1):
            key = f"  {key_of(segment.tag, position, component)}"
            yield _line(key, part, "M" if part.required else "O")


def _line(key: str, field: Field, use: str) -> tuple[str, str, str, str, str, str, str]:
    element = field.element
    repeats = ", repeats" if field.repeats else ""
    if field.parts:
        return key, element.number, use, "", "", f"{element.name}{repeats}:", ""
    codes = codes_in_words(element, most=60)
    return key, element.number, use, element.kind, length_in_words(element), f"{element.name}{repeats}", codes


def print_element(element: Element, title: str, usage: Usage) -> Iterator[str]:
    """An element by itself, and where it is used."""
    yield f"# {title}"
    yield ""
    length = length_in_words(element)
    yield f"  {kind_in_words(element)} ({element.kind}), {length} characters"
    if element.codes is not None:
        yield from _section("codes", [" ".join(sorted(element.codes))])
    elif element.kind == "ID":
        yield "  every code of the right length is taken as sent"
    yield from _section("stands in", [" ".join(usage.of_element(element.number))])
