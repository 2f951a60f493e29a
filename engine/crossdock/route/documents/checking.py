"""Checks all mappings and all expressions of a project against the documents they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crossdock.errors import Finding
from crossdock.mapping.lookup import Tables
from crossdock.mapping.shapes.checking import Sides, around, check_mapping, located
from crossdock.mapping.shapes.infer import Inference
from crossdock.mapping.shapes.shape import ANYTHING, Entry, Record, Shape
from crossdock.mapping.shapes.written import used_in
from crossdock.message import Document
from crossdock.route.asked import AS_IT_CAME, Asked
from crossdock.route.compiled import CompiledRoute
from crossdock.route.documents.known import Documents
from crossdock.route.documents.naming import undescribed
from crossdock.route.materials import Materials
from crossdock.route.topic import matches
from crossdock.yaml_source import Authored

#: An order that text can never have: conditions are judged for that where they stand (route/judged.py).
_TOLD_BEFORE = frozenset({"M159"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is to check: mappings and routes, the files of the routes, and what is known of documents."""

    documents: Documents
    materials: Materials
    routes: Mapping[str, CompiledRoute]
    authored: Mapping[str, Authored]


def check_documents(ground: Ground) -> Iterator[Finding]:
    """What mappings and expressions ask of documents that they never have, and make of them what they must not."""
    added = {name: frozenset(added_by(source.value)) for name, source in ground.authored.items()}
    yield from _mappings(ground, frozenset().union(*added.values()))
    yield from _routes(ground, added)


def _mappings(ground: Ground, later: frozenset[str]) -> Iterator[Finding]:
    """A mapping that others use stands on whatever they give it, so nothing is known of its source."""
    every, documents = ground.materials.written, ground.documents
    used = {name for mapping in every.values() for name in used_in(mapping.fields)}
    unknown = set(_of_undescribed_versions(ground))
    found: dict[str, list[Finding]] = {}
    for name, mapping in every.items():
        if name not in used:
            source = ANYTHING if name in unknown else documents.read_as(mapping.file.reads)
            sides = Sides(source, documents.made_as(mapping.file.makes), later)
            found[name] = check_mapping(mapping, sides, ground.materials.tables).findings
    yield from undescribed(ground.materials, documents)
    yield from _told_once(found, {name: mapping.file.extends for name, mapping in every.items()})


def _told_once(found: Mapping[str, list[Finding]], extends: Mapping[str, str | None]) -> Iterator[Finding]:
    """Without fields that a mapping leaves to those that extend it, and without what its base is told of already."""
    missing = {name: {_said(one) for one in findings if one.code == "M161"} for name, findings in found.items()}
    extending: dict[str, list[set[str]]] = {}
    for name, base in extends.items():
        if base is not None and name in missing:
            extending.setdefault(base, []).append(missing[name])
    for name, findings in found.items():
        above = missing.get(extends.get(name) or "", set())
        below = extending.get(name, [])
        for one in findings:
            completed = bool(below) and not any(_said(one) in each for each in below)
            if one.code != "M161" or not (_said(one) in above or completed):
                yield one


def _said(finding: Finding) -> str:
    return f"{finding.message}; {finding.hint}"


def _of_undescribed_versions(ground: Ground) -> Iterator[str]:
    """The mappings of partners who send a version nobody describes: their documents are read by their structure alone."""
    for partner in ground.materials.partners.roster.partners.values():
        for number, agreed in partner.profile.receives.items():
            for one in agreed if isinstance(agreed, list) else [agreed]:
                if (
                    one.map is not None
                    and one.version is not None
                    and not ground.documents.describes(number, one.version)
                ):
                    yield one.map.mapping


def added_by(route: Document) -> Iterator[str]:
    """The fields that steps of a route add to its documents: those of ``set``, and what stands under ``as``."""
    match route:
        case dict():
            for key, value in route.items():
                if key == "as" and isinstance(value, str):
                    yield value
                elif key == "set" and isinstance(value, dict) and isinstance(fields := value.get("fields"), dict):
                    yield from (name.partition(".")[0] for name in fields)
                yield from added_by(value)
        case list():
            for inner in route:
                yield from added_by(inner)


def _routes(ground: Ground, added: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    for name, route in ground.routes.items():
        shapes = _Shapes(ground, route, added)
        for asked in dict.fromkeys(_key(one) for one in route.traits.asked):
            yield from _judged(
                asked.asked, shapes.of(asked.asked.of, added.get(name, frozenset())), ground.materials.tables
            )


@dataclass(frozen=True, slots=True)
class _Once:
    """An expression at its place: compiled twice (a route is read again where it has mistakes), judged once."""

    place: tuple[object, ...]
    asked: Asked

    def __hash__(self) -> int:
        return hash(self.place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once) and self.place == other.place


def _key(asked: Asked) -> _Once:
    return _Once((asked.path, asked.offset, asked.text), asked)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """The shapes of one route's documents."""

    ground: Ground
    route: CompiledRoute
    added: Mapping[str, frozenset[str]]

    def of(self, name: str | None, added: frozenset[str]) -> Shape:
        """The shape called so, with fields that the route adds."""
        if name != AS_IT_CAME:
            return _with(self.ground.documents.read_as(name), added)
        brought = self._brought()
        return _with(self.ground.documents.read_as(brought[0]), added | brought[1]) if brought else ANYTHING

    def _brought(self) -> tuple[str, frozenset[str]] | None:
        """The one contract of all that the route's topics bring, and what their publishers add; None if it is not one."""
        names: set[str | None] = set()
        added: set[str] = set()
        for other in self.ground.routes.values():
            for one in other.traits.publications:
                if any(matches(pattern, one.topic) for pattern in self.route.topics):
                    names.add(one.shape)
                    added |= self.added.get(other.name, frozenset())
        only = next(iter(names)) if len(names) == 1 else None
        return (only, frozenset(added)) if only is not None else None


def _with(shape: Shape, added: Iterable[str]) -> Shape:
    more = {name: Entry(ANYTHING) for name in added}
    if not more or not isinstance(shape, Record):
        return shape
    return Record(shape.what, lambda: {**shape.fields, **more}, shape.more, shape.doubtful)


def _judged(asked: Asked, shape: Shape, tables: Tables) -> Iterator[Finding]:
    inference = Inference(around(shape), tables)
    inference.of(asked.text, shape)
    for doubt in inference.doubts:
        if doubt.code not in _TOLD_BEFORE:
            yield located(doubt, asked.text, asked.source, asked.path, asked.offset)
