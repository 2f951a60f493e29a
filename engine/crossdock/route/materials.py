"""The named things of a project that routes refer to, and the registries that know connectors and codecs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import AnyCodecKind, Codec, Resources
from crossdock.connector import Connector
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.lookup import Tables
from crossdock.mapping.shapes.written import Written
from crossdock.registry import Registry
from crossdock.route.condition import Value
from crossdock.route.partners.known import Partners
from crossdock.route.project import Project
from crossdock.route.watching import Watch

#: In ``broken``: the settings have mistakes, so that nobody knows all they say.
UNSOUND = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """Everything a route may name. ``texts`` has the text of every file, by name, for the version of a route.

    ``broken`` are the names of mappings, tables and layouts that exist but have findings of their own, and of the
    settings: a route that uses one is not to blame. ``samples`` are the paths of all files that cases may name, None where
    nobody asks for them: work goes on without the samples of tests. Expressions are kept by their text: 200 routes
    share few. ``partners`` are known only when everything else is. ``watch`` is told what cases come to.
    ``written`` are the YAML mappings as their authors wrote them, those with mistakes too.
    """

    settings: Project
    connectors: Registry[Connector]
    codecs: Registry[AnyCodecKind]
    contracts: Mapping[str, Contract]
    mappings: Mapping[str, CompiledMapping]
    tables: Tables
    layouts: Resources
    texts: Mapping[str, str] = field(default_factory=dict)
    samples: frozenset[str] | None = frozenset()
    broken: frozenset[str] = frozenset()
    expressions: dict[str, Value] = field(default_factory=dict)
    opened: dict[str, Codec] = field(default_factory=dict)
    partners: Partners = field(default_factory=Partners)
    watch: Watch | None = None
    written: Mapping[str, Written] = field(default_factory=dict)

    def broken_of(self, kind: str) -> list[str]:
        """The names in ``broken`` that are of mappings, tables or layouts."""
        return [name for name in self.broken if name.startswith(f"{kind} ")]
