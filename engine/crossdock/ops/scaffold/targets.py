"""The fields of a contract that a sample may have something for: plain values, and those of its main list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from crossdock.canonical.contract import Contract
from crossdock.message import Document

_DEPTH = 4
_PARTY, _LINES = "Party", "lines"
_LISTED = ("notes", "street")  # lists of text that a sample may have as one text


@dataclass(frozen=True, slots=True)
class Target:
    """One field: ``kind`` is the format of its schema, or the type; ``party`` the length of the path to its party."""

    path: tuple[str, ...]
    kind: str
    codes: tuple[str, ...] = ()
    required: bool = False
    about: str = ""
    party: int = 0
    listed: bool = False

    @property
    def name(self) -> str:
        """The name of the field itself."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Targets:
    """The fields at the head, the main list (None if there is none), its fields, and the required parties.

    The main list is the one that is demanded, else ``lines``.
    """

    word: str
    head: tuple[Target, ...]
    list_name: str | None
    lines: tuple[Target, ...]
    parties: frozenset[str]
    demanded: bool = True  # the list must be there


@cache
def targets_of(contract: Contract) -> Targets:
    """What a contract has."""
    schema = contract.json_schema()
    definitions = _map(schema.get("$defs"))
    properties, required = _map(schema.get("properties")), _names(schema.get("required"))
    lists = [name for name, one in properties.items() if _item(one, definitions)]
    main = next((name for name in lists if name in required), _LINES if _LINES in lists else None)
    lines = tuple(_fields(_item(properties[main], definitions), definitions, ())) if main else ()
    parties = frozenset(name for name in required if _reference(properties.get(name)) == _PARTY)
    word, head = contract.name.partition("/")[0], tuple(_fields(schema, definitions, ()))
    return Targets(word, head, main, lines, parties, main in required)


def _fields(
    schema: Mapping[str, Document], definitions: Mapping[str, Document], above: tuple[str, ...], party: int = 0
) -> Iterator[Target]:
    required = _names(schema.get("required"))
    for name, one in _map(schema.get("properties")).items():
        field, path = _map(one), (*above, name)
        below = _reference(field)
        if below and len(path) < _DEPTH:
            inner = _map(definitions.get(below))
            yield from _fields(inner, definitions, path, len(path) if below == _PARTY else party)
            continue
        listed = field.get("type") == "array"
        kind = _kind(_map(field.get("items")) if listed else field)
        if kind is not None and (not listed or name in _LISTED):
            codes = tuple(str(code) for code in _list(field.get("enum")))
            must = name in required and not above
            yield Target(path, kind, codes, must, str(field.get("description", "")), party, listed)


def _kind(field: Mapping[str, Document]) -> str | None:
    form, type_ = field.get("format"), field.get("type")
    if isinstance(form, str):
        return form
    return type_ if isinstance(type_, str) and type_ not in ("array", "object") else None


def _item(field: Document, definitions: Mapping[str, Document]) -> Mapping[str, Document]:
    """The schema of the objects in a list; empty where it is no list of objects."""
    below = _reference(_map(field).get("items"))
    return _map(definitions.get(below)) if below else {}


def _reference(field: Document) -> str | None:
    written = _map(field).get("$ref")
    return written.rpartition("/")[2] if isinstance(written, str) else None


def _map(value: Document) -> dict[str, Document]:
    return value if isinstance(value, dict) else {}


def _list(value: Document) -> list[Document]:
    return value if isinstance(value, list) else []


def _names(value: Document) -> frozenset[str]:
    return frozenset(str(one) for one in _list(value))
