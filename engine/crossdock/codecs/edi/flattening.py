"""From a document back to its segments: what is the same in both standards, whatever their delimiters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossdock.codecs.edi.branches import Tree
from crossdock.codecs.edi.model import Node
from crossdock.errors import Finding, Place
from crossdock.message import Document

KINDS: Mapping[type, str] = {list: "a list", dict: "an object", bool: "true or false"}


@dataclass(slots=True)
class Faults:
    """Collects what cannot be written."""

    findings: list[Finding] = field(default_factory=list)

    def fault(self, code: str, message: str, pointer: str, value: str | None = None, hint: str | None = None) -> None:
        """Keeps a finding at a place of the document."""
        self.findings.append(Finding(code=code, message=message, place=Place(pointer=pointer), value=value, hint=hint))


class Flat(Protocol):
    """What segments are collected in, by the delimiters of one interchange."""

    def text(self, value: Document, pointer: str) -> str:
        """A value as it is sent."""
        ...

    def joined(self, values: Sequence[str]) -> str:
        """Components as one element."""
        ...

    def repeated(self, values: Sequence[str], pointer: str) -> str:
        """Repetitions as one element."""
        ...


def kind_of(value: Document) -> str:
    """What a value is that should be another, for people."""
    return KINDS.get(type(value), "text")


def without_tail(values: Sequence[str]) -> Sequence[str]:
    """The values without the empty ones at their end."""
    while values and not values[-1]:
        values = values[:-1]
    return values


def entries_of(faults: Faults, node: Node, holder: Tree, pointer: str, code: str) -> Iterator[tuple[Tree, str]]:
    """(segment, pointer) of each entry of a place of the set; a fault with ``code`` for what is no segment."""
    value = holder.get(node.name)
    many = isinstance(value, list)
    entries: Sequence[Document] = value if isinstance(value, list) else [] if value is None else [value]
    for index, entry in enumerate(entries):
        place = f"{pointer}/{node.name}/{index}" if many else f"{pointer}/{node.name}"
        if isinstance(entry, dict):
            yield entry, place
        else:
            faults.fault(code, f"{node.name} is {kind_of(entry)}, not a segment", place)


def plain_value(flat: Flat, value: Document, pointer: str) -> str:
    """An element of a segment nobody describes: repetitions are a list, components an object."""
    if isinstance(value, list):
        return flat.repeated([plain_value(flat, one, f"{pointer}/{n}") for n, one in enumerate(value)], pointer)
    if isinstance(value, dict):
        return flat.joined(_components(flat, value, pointer))
    return flat.text(value, pointer)


def _components(flat: Flat, holder: Tree, pointer: str) -> list[str]:
    numbered = {
        int(key[-2:]): flat.text(value, f"{pointer}/{key}") for key, value in holder.items() if key[-2:].isdecimal()
    }
    return _listed(numbered)


def _listed(numbered: Mapping[int, str]) -> list[str]:
    return [numbered.get(n, "") for n in range(1, max(numbered, default=0) + 1)]


def plain_elements(
    flat: Flat, tag: str, holder: Tree, pointer: str, element: Callable[[str, Document], str]
) -> list[str]:
    """The elements of a segment that was read by structure; ``element`` makes one of (key, value)."""
    simple: dict[int, str] = {}
    split: dict[int, Tree] = {}
    for key, value in holder.items():
        digits = key.removeprefix(tag)
        if not (key.startswith(tag) and digits.isdecimal() and digits.isascii() and len(digits) in (2, 4)):
            continue
        if len(digits) == 2:  # noqa: PLR2004 - element; four digits: component
            simple[int(digits)] = element(key, value)
        else:
            split.setdefault(int(digits[:2]), {})[key] = value
    for position, parts in split.items():
        simple[position] = flat.joined(_components(flat, parts, pointer))
    return _listed(simple)
