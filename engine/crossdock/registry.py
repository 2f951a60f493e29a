"""Name -> plug-in, through Python entry points: the same door for built-ins and third parties.

Groups: ``crossdock.connectors`` (``connector.Connector``), ``crossdock.codecs`` (``codecs.contract.CodecKind``).
Nothing is imported before it is asked for, so an unused connector costs no start-up time and no memory.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from crossdock.errors import ConfigError

P = TypeVar("P")


class Registry(Generic[P]):
    """The plug-ins of one group. ``extra`` adds objects directly: fakes in tests, local modules of a project.

    ``made`` are further ones that are made when they are asked for by name: presets. ``found`` are the entry points,
    where they have been looked for already.
    """

    def __init__(
        self,
        group: str,
        kind: type[P],
        extra: Mapping[str, P] | None = None,
        made: Mapping[str, Callable[[], P]] | None = None,
        found: Mapping[str, importlib.metadata.EntryPoint] | None = None,
    ) -> None:
        self._group = group
        self._kind = kind
        self._loaded: dict[str, P] = dict(extra or {})
        self._made = dict(made or {})
        self._found: dict[str, importlib.metadata.EntryPoint] = dict(found or {})
        for point in () if found is not None else importlib.metadata.entry_points(group=group):
            self._found.setdefault(point.name, point)

    def extended(self, extra: Mapping[str, P], made: Mapping[str, Callable[[], P]] | None = None) -> Registry[P]:
        """The same plug-ins and ``extra``, and what is ``made`` when it is asked for."""
        if not extra and not made:
            return self
        further = Registry(self._group, self._kind, {**self._loaded, **extra}, {**self._made, **(made or {})})
        further._found = self._found
        return further

    def names(self) -> list[str]:
        """Every known name, sorted, without importing anything."""
        return sorted({*self._loaded, *self._found, *self._made})

    def get(self, name: str) -> P | None:
        """The plug-in of that name, imported now if need be; None where there is none. Raises ``ConfigError``."""
        if name not in self._loaded and name in self._found:
            self._loaded[name] = self._import(self._found[name])
        elif name not in self._loaded and name in self._made:
            self._loaded[name] = self._made[name]()
        return self._loaded.get(name)

    def all(self) -> Iterable[tuple[str, P]]:
        """Every plug-in with its name, without those that are made on demand. Imports them all."""
        for name in sorted({*self._loaded, *self._found} - self._made.keys()):
            plugin = self.get(name)
            if plugin is not None:
                yield name, plugin

    def _import(self, point: importlib.metadata.EntryPoint) -> P:
        where = f"{point.value} (entry point '{point.name}' of group '{self._group}')"
        try:
            plugin = point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigError("G101", f"plug-in {where} cannot be imported: {error}") from error
        if not isinstance(plugin, self._kind):
            raise ConfigError("G102", f"plug-in {where} is not a {self._kind.__name__}")
        return plugin
