"""``extends:``: a mapping that is another one, but for what its file says anew.

``from``, ``to``, ``parameters``, ``let`` and ``fields`` of the other hold. ``let`` and ``fields`` are laid over each other
key by key, as deep as maps go; an expression, a constant or a choice takes the place of what was there, ``null`` leaves it
out, and options alone (``required``, ``default``, ``omit_empty``) are added to it. The result is read like any mapping file, and every value is
told about at the file that says it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crossdock.errors import ConfigError, Finding, Place
from crossdock.mapping.field_reader import is_options
from crossdock.message import Document
from crossdock.yaml_source import Authored, Path, suggest

KEY = "extends"
_TAKEN_OVER = ("from", "to", "parameters", "let", "fields")
_LAID_OVER = ("let", "fields")
_ALONE = frozenset({"default", "required", "omit_empty"})


@dataclass(frozen=True, slots=True)
class _Layered(Authored):
    """A file over its base: a value stands where it was written, and the file itself wins."""

    base: Authored

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value (or key) at ``path`` stands, in whichever file says it."""
        if self.base.depth(path) > Authored.depth(self, path):
            return self.base.place(path, key=key)
        return Authored.place(self, path, key=key)

    def within(self, path: Path, offset: int) -> Place:
        """Where a character of the text at ``path`` stands, in whichever file says it."""
        if self.base.depth(path) > Authored.depth(self, path):
            return self.base.within(path, offset)
        return Authored.within(self, path, offset)

    def depth(self, path: Path) -> int:
        """How much of a path is written in any of the files."""
        return max(Authored.depth(self, path), self.base.depth(path))


def bases_of(name: str, sources: Mapping[str, Authored], known: Collection[str] = ()) -> Iterator[str]:
    """The mappings a mapping extends, the nearest first. Raises ``ConfigError`` (M106).

    ``sources`` are the mapping files by name, ``known`` the names of everything that is called a mapping.
    """
    path = [name]
    while (base := _named(sources[path[-1]])) is not None:
        place = sources[path[-1]].place((KEY,))
        if base in path:
            circle = " -> ".join([*path[path.index(base) :], base])
            raise _wrong(f"a mapping that extends itself: {circle}", place, base, None)
        if base in known and base not in sources:
            raise _wrong(f"'{base}' is no mapping that can be extended", place, base, "a YAML mapping without mistakes")
        if base not in sources:
            raise _wrong(f"mapping '{base}' does not exist", place, base, suggest(base, sources))
        path.append(base)
        yield base


def extended(name: str, sources: Mapping[str, Authored], known: Collection[str] = ()) -> Authored:
    """The file of a mapping with all it takes over. Raises ``ConfigError`` (M106, M107)."""
    layers = [sources[name], *(sources[base] for base in bases_of(name, sources, known))]
    whole = layers.pop()
    while layers:
        whole = _over(layers.pop(), whole)
    return whole


def _named(source: Authored) -> str | None:
    base = source.value.get(KEY) if isinstance(source.value, dict) else None
    return base if isinstance(base, str) else None


def _wrong(message: str, place: Place, value: str, hint: str | None) -> ConfigError:
    return ConfigError.of([Finding(code="M106", message=message, place=place, value=value, hint=hint)])


def _over(own: Authored, base: Authored) -> Authored:
    said, before = own.value, base.value
    if not isinstance(said, dict) or not isinstance(before, dict):
        return own
    layering = _Layering(own)
    value = {**{key: before[key] for key in _TAKEN_OVER if key in before}, **said}
    for key in _LAID_OVER:
        first, then = before.get(key), said.get(key)
        if isinstance(first, dict) and isinstance(then, dict):
            value[key] = layering.keys(first, then, (key,))
    if layering.findings:
        raise ConfigError.of(layering.findings)
    return _Layered(own.file, own.text, value, own.values, own.keys, base)


class _Layering:
    """Lays what one file says over what its base says."""

    def __init__(self, own: Authored) -> None:
        self.own = own
        self.findings: list[Finding] = []

    def keys(self, base: dict[str, Document], own: dict[str, Document], path: Path) -> dict[str, Document]:
        """Key by key; ``null`` leaves a key out."""
        result = dict(base)
        for key, value in own.items():
            if value is None:
                self._leave_out(result, key, (*path, key))
            else:
                result[key] = self._value(key, base.get(key), value, (*path, key))
        return result

    def _leave_out(self, result: dict[str, Document], key: str, path: Path) -> None:
        if result.pop(key, None) is None:
            place = self.own.place(path, key=True)
            message = f"there is no '{key}' to leave out"
            self.findings.append(Finding(code="M107", message=message, place=place, hint=suggest(key, result)))

    def _value(self, key: str, base: Document, own: Document, path: Path) -> Document:
        if not isinstance(own, dict) or base is None:
            return own
        alone = bool(own) and own.keys() <= _ALONE
        if alone and isinstance(base, str):
            return {"expr": base, **own}
        if not isinstance(base, dict) or (key != "fields" and not alone and _takes_its_place(base, own)):
            return own
        return self.keys(base, own, path)


def _takes_its_place(base: dict[str, Document], own: dict[str, Document]) -> bool:
    """Whether one of them is an expression or a constant, or a loop comes where none was."""
    return _is_leaf(own) or _is_leaf(base) or ("each" in own and "each" not in base)


def _is_leaf(value: dict[str, Document]) -> bool:
    return is_options(value) and bool(value.keys() & {"expr", "value", "case", "use"})
