"""What is meant by ``850@005010``, ``C507@D01B``, ``355``: a set, a segment, a composite or an element of a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import Element, Segment, TransactionSet
from crossdock.codecs.edi.notation import release_order
from crossdock.errors import ConfigError, Finding
from crossdock.yaml_source import suggest


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for: one of set, segment (or composite) and element."""

    dictionary: Dictionary
    version: str
    definition: TransactionSet | None = None
    segment: Segment | None = None
    element: Element | None = None


def look_up(asked: str, dictionaries: Mapping[str, Dictionary], *, element: bool = False) -> Found:
    """What ``NAME@RELEASE`` means; without a release, the newest that has it.

    A set goes before an element of the same number, unless an ``element`` is asked for. Raises ``ConfigError``.
    """
    name, at, version = asked.partition("@")
    for dictionary, release in _places(dictionaries, version):
        found = _found(dictionary, name, release, element=element)
        if found is not None:
            return found
    raise _nothing(name, version if at else "", dictionaries)


def find_set(asked: str, dictionaries: Mapping[str, Dictionary]) -> tuple[Dictionary, TransactionSet]:
    """The set ``NUMBER@RELEASE``. Raises ``ConfigError`` for everything else."""
    found = look_up(asked, dictionaries)
    if found.definition is None:
        numbers = {number for one in dictionaries.values() for number, _ in one.known()}
        raise _error("D301", f"'{asked}' is no set", suggest(asked.partition("@")[0], numbers))
    return found.dictionary, found.definition


def _places(dictionaries: Mapping[str, Dictionary], version: str) -> Iterable[tuple[Dictionary, str]]:
    for dictionary in dictionaries.values():
        if not version:
            own = [release for release in dictionary.releases if release not in dictionary.local]
            yield from ((dictionary, release) for release in sorted(own, key=release_order, reverse=True))
        elif version in dictionary.releases or dictionary.standard.release_of(version) in dictionary.releases:
            yield dictionary, version


def _found(dictionary: Dictionary, name: str, version: str, *, element: bool) -> Found | None:
    definition = None if element else dictionary.find(name, version)
    if definition is not None:
        return Found(dictionary, version, definition=definition)
    segment = None if element else dictionary.segments(version).get(name) or dictionary.composites(version).get(name)
    if segment is not None:
        return Found(dictionary, version, segment=segment)
    number = dictionary.elements(version).get(name)
    return None if number is None else Found(dictionary, version, element=number)


def _nothing(name: str, version: str, dictionaries: Mapping[str, Dictionary]) -> ConfigError:
    places = list(_places(dictionaries, version))
    if version and not places:
        known = sorted(release for one in dictionaries.values() for release in one.releases)
        return _error("D302", f"release '{version}' is not described", suggest(version, known))
    names = {number for one, _ in places for number, _ in one.known()}
    for dictionary, release in places:
        names |= {*dictionary.segments(release), *dictionary.composites(release), *dictionary.elements(release)}
    where = f" in {version}" if version else ""
    return _error("D303", f"there is no set, segment or element '{name}'{where}", suggest(name, names))


def _error(code: str, message: str, hint: str | None) -> ConfigError:
    return ConfigError.of([Finding(code=code, message=message, hint=hint)])
