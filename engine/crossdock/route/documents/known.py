"""The shapes of a project by name: what a mapping's ``from`` and ``to`` say, and what a route has at a step."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import Resources
from crossdock.errors import ConfigError
from crossdock.mapping.shapes.contract import shape_of_contract
from crossdock.mapping.shapes.shape import ANYTHING, Shape
from crossdock.route.dictionaries import STANDARDS, standards

if TYPE_CHECKING:
    from crossdock.codecs.edi.dictionary import Dictionary


class Side(enum.StrEnum):
    """Whether a document is read, or made to be written: a writer takes more than a reader gives."""

    READ = "read"
    MADE = "made"


class Documents:
    """Finds a shape by its name and keeps it: dictionaries are read when the first mapping asks for them."""

    def __init__(self, contracts: Mapping[str, Contract], resources: Resources) -> None:
        self._contracts = contracts
        self._resources = resources
        self._found: dict[tuple[str, Side], Shape] = {}
        self._dictionaries: dict[str, Dictionary] = {}
        self._sets: dict[str, frozenset[str]] = {}

    def read_as(self, name: str | None) -> Shape:
        """The shape of what is read under a name such as ``x12/850``, ``order/v1``, ``fixed/erp-order``."""
        return self._of(name, Side.READ)

    def made_as(self, name: str | None) -> Shape:
        """The shape of what has to be made under that name."""
        return self._of(name, Side.MADE)

    def _of(self, name: str | None, side: Side) -> Shape:
        if name is None:
            return ANYTHING
        key = (name, side)
        if key not in self._found:
            self._found[key] = self._shape(name, side)
        return self._found[key]

    def _shape(self, name: str, side: Side) -> Shape:
        if name in self._contracts:
            return shape_of_contract(self._contracts[name])
        kind, _, rest = name.partition("/")
        make = _KINDS.get(kind)
        return make(self, rest, side) or ANYTHING if make and rest else ANYTHING

    def describes(self, number: str, version: str) -> bool:
        """Whether a set is described at that version: if it is not, it is read by its structure."""
        return any(self._dictionary(standard).find(number, version) for standard in STANDARDS)

    def sets_of(self, kind: str) -> Collection[str]:
        """The sets, messages or types of a standard that are described; none where names of that kind are free."""
        if kind not in self._sets:
            self._sets[kind] = frozenset(self._every(kind))
        return self._sets[kind]

    def _every(self, kind: str) -> Iterator[str]:
        if kind == "idoc":
            from crossdock.codecs.idoc.described import shipped

            described = [*shipped(), *self._resources.idoc_descriptions()]
            yield from (key.partition("/")[0] for each in described for key in each.types)
        elif kind.upper() in STANDARDS:
            yield from (one for one, _ in self._dictionary(kind.upper()).known())

    def _dictionary(self, standard: str) -> Dictionary:
        if standard not in self._dictionaries:
            from crossdock.codecs.edi.dictionary import Dictionary

            local = self._resources.local_versions(standard)
            self._dictionaries[standard] = Dictionary(standards()[standard], local)
        return self._dictionaries[standard]

    def _edi(self, standard: str, number: str, side: Side) -> Shape | None:
        from crossdock.route.documents.edi import shape_of_set

        dictionary = self._dictionary(standard)
        return shape_of_set(number, dictionary, written=side is Side.MADE)

    def x12(self, number: str, side: Side) -> Shape | None:
        """A transaction set."""
        return self._edi("X12", number, side)

    def edifact(self, number: str, side: Side) -> Shape | None:
        """A message."""
        return self._edi("EDIFACT", number, side)

    def idoc(self, name: str, side: Side) -> Shape | None:
        """A basic type."""
        from crossdock.route.documents.idoc import shape_of_idoc

        return shape_of_idoc(name, self._resources.idoc_descriptions(), written=side is Side.MADE)

    def fixed(self, name: str, side: Side) -> Shape | None:
        """A layout; None where there is none of that name, or it has mistakes, which is told elsewhere."""
        from crossdock.route.documents.fixed import shape_of_layout

        try:
            return shape_of_layout(name, self._resources.layout(name), written=side is Side.MADE)
        except ConfigError:
            return None


_KINDS: Mapping[str, Callable[[Documents, str, Side], Shape | None]] = {
    "x12": Documents.x12,
    "edifact": Documents.edifact,
    "idoc": Documents.idoc,
    "fixed": Documents.fixed,
}
