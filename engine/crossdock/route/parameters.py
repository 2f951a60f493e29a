"""A mapping as a route, a destination, a question or an agreement names it, with values for its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.profile import Clock, Documents, Spent
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.bench import Bench
from crossdock.route.condition import Value
from crossdock.yaml_source import suggest
from crossdock.yaml_source.named_mapping import NamedMapping


@dataclass(frozen=True, slots=True)
class GivenMapping:
    """A mapping whose parameters get the values that expressions have over the document it is applied to."""

    inner: CompiledMapping
    values: Mapping[str, Value]

    @property
    def name(self) -> str:
        """As the mapping's."""
        return self.inner.name

    @property
    def reads(self) -> str | None:
        """As the mapping's."""
        return self.inner.reads

    @property
    def makes(self) -> str | None:
        """As the mapping's."""
        return self.inner.makes

    @property
    def parameters(self) -> Mapping[str, bool]:
        """As the mapping's; what is given need not be given again."""
        return {name: needed and name not in self.values for name, needed in self.inner.parameters.items()}

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject``."""
        return self.inner.apply(document, self._around(document, scope))

    def profile(self, documents: Documents, clock: Clock) -> list[Spent]:
        """As the mapping's."""
        return self.inner.profile([(one, self._around(one, scope)) for one, scope in documents], clock)

    def _around(self, document: Document, scope: Scope) -> Scope:
        return replace(scope, given={name: value(document, scope) for name, value in self.values.items()})


def named_mapping(bench: Bench, named: NamedMapping) -> CompiledMapping | None:
    """The mapping that is named where ``bench`` stands; None where there is none of that name."""
    mapping = bench.at("mapping").mapping(named.mapping, named.given)
    for name in named.given:
        if mapping is not None and name not in mapping.parameters:
            message = f"mapping '{named.mapping}' has no parameter '{name}'"
            hint = suggest(name, mapping.parameters) or f"name it under 'parameters' of '{named.mapping}'"
            bench.at("with", name).report("M323", message, hint=hint, key=True)
    values = {name: bench.at("with", name).expression(text) for name, text in named.given.items()}
    return mapping if mapping is None or not values else GivenMapping(mapping, values)
