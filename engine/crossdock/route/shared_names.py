"""Destinations that write files of the same name into the same folder: one holds up, or replaces, what another wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossdock.connector.folders.options import FilledFolder
from crossdock.connector.template import Template
from crossdock.errors import Finding, Severity
from crossdock.route.compiled import CompiledRoute
from crossdock.route.loops import Folder, folder
from crossdock.route.topic import matches
from crossdock.route.traits import Outlet

#: What makes a name one of its own: of each delivery, and of each route.
_OF_DELIVERY, _OF_ROUTE, _OF_MESSAGE = "$key", "$route", "$id"


@dataclass(frozen=True, slots=True)
class _File:
    route: CompiledRoute
    outlet: Outlet
    name: Template

    @property
    def holes(self) -> set[str]:
        return {part.text for part in self.name.parts if not isinstance(part, str)}

    @property
    def conditional(self) -> bool:
        return self.outlet.conditional or self.route.traits.selective


def shared_names(routes: Mapping[str, CompiledRoute]) -> Iterator[Finding]:
    """A finding at the second of two destinations whose files would have one name."""
    for files in _by_name(routes).values():
        for at, one in enumerate(files):
            first = next((other for other in files[:at] if _meet(other, one)), None)
            if first is not None:
                where = f"{first.route.file}, line {first.outlet.place.line}"
                message = f"files named '{one.name}' are written into this folder by two destinations"
                hint = f"the other is in {where}; put {{$route}} into the name, or say exists: number"
                place = one.outlet.place
                yield Finding(code="R252", message=message, severity=Severity.WARNING, place=place, hint=hint)


def _by_name(routes: Mapping[str, CompiledRoute]) -> Mapping[tuple[Folder, str], list[_File]]:
    found: dict[tuple[Folder, str], list[_File]] = defaultdict(list)
    for route in routes.values():
        for one in route.destinations:
            outlet = route.traits.outlets.get(one.slot)
            if outlet is not None and isinstance(one.options, FilledFolder) and one.options.exists != "number":
                place = folder(one.connector, one.options, one.options.path.text)
                found[place, one.options.name.text].append(_File(route, outlet, one.options.name))
    return found


def _meet(one: _File, other: _File) -> bool:
    """Whether both may come to the same name: not where a condition may keep what they get apart."""
    holes = one.holes
    if _OF_DELIVERY in holes or (not holes.isdisjoint({_OF_ROUTE, _OF_MESSAGE}) and one.route is not other.route):
        return False
    if not any(not hole.startswith("$now") for hole in holes):
        return True  # nothing of the document is in the name
    same_documents = one.route is other.route or _read_alike(one.route, other.route)
    return not (same_documents and one.conditional and other.conditional)


def _read_alike(one: CompiledRoute, other: CompiledRoute) -> bool:
    return any(matches(mine, yours) or matches(yours, mine) for mine in one.topics for yours in other.topics)
