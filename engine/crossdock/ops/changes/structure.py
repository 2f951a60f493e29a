"""How two YAML values differ: which keys and items came, went, or have another value, each at its line.

Items of a list are told apart by what they are about, not by their number: a step by its name, a destination by the
name of its queue. So one that is put in between is one change, and not one for every item behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from crossdock.errors import Place
from crossdock.message import Document
from crossdock.ops.changes.naming import step_name, targets
from crossdock.yaml_source import Authored, Path

_LONGEST = 100  # characters that are shown of a value

_Items: TypeAlias = Sequence[Document]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. ``before`` and ``after`` are as they are shown; None where it was, or is, not there.

    ``place`` is in the new file; in the old one, of what is not there any more.
    """

    what: str
    before: str | None
    after: str | None
    place: Place

    def as_dict(self) -> dict[str, object]:
        """The change as plain JSON data."""
        at = {"file": self.place.file, "line": self.place.line, "column": self.place.column}
        return {"what": self.what, "from": self.before, "to": self.after, "place": at}


def changes(old: Authored, new: Authored) -> Iterator[Change]:
    """Everything in which the values of two files differ, in the order of the new one."""
    yield from _Comparison(old, new).values(old.value, new.value, (), (), "")


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: Authored
    new: Authored

    def values(self, before: Document, after: Document, was: Path, now: Path, what: str) -> Iterator[Change]:
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._fields(before, after, was, now, what)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._items(before, after, was, now, what)
        elif before != after or type(before) is not type(after):
            yield Change(what or "all of it", shown(before), shown(after), self.new.place(now))

    def _fields(
        self, before: Mapping[str, Document], after: Mapping[str, Document], was: Path, now: Path, what: str
    ) -> Iterator[Change]:
        for key, value in after.items():
            if key in before:
                yield from self.values(before[key], value, (*was, key), (*now, key), _into(what, key))
            else:
                yield self._came(value, (*now, key), _into(what, key), key=True)
        for key, value in before.items():
            if key not in after:
                yield self._went(value, (*was, key), _into(what, key), key=True)

    def _items(self, before: _Items, after: _Items, was: Path, now: Path, what: str) -> Iterator[Change]:
        old, new = _identities(before, was), _identities(after, now)
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal" or (kind == "replace" and i2 - i1 == j2 - j1 and not _named(was)):
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                    yield from self._item(before[i], after[j], (*was, i), (*now, j), _item(what, new[j], j, now))
                continue
            for i in range(i1, i2):
                yield self._went(before[i], (*was, i), _item(what, old[i], i, was))
            for j in range(j1, j2):
                yield self._came(after[j], (*now, j), _item(what, new[j], j, now))

    def _item(self, before: Document, after: Document, was: Path, now: Path, what: str) -> Iterator[Change]:
        """An item of a list; the name of a step is not told twice."""
        if isinstance(before, dict) and isinstance(after, dict) and now[-2:-1] == ("steps",) and len(before) == 1:
            name = step_name(before)
            if list(after) == [name]:
                yield from self.values(before[name], after[name], (*was, name), (*now, name), what)
                return
        yield from self.values(before, after, was, now, what)

    def _came(self, value: Document, at: Path, what: str, *, key: bool = False) -> Change:
        return Change(what, None, shown(value), self.new.place(at, key=key))

    def _went(self, value: Document, at: Path, what: str, *, key: bool = False) -> Change:
        return Change(what, shown(value), None, self.old.place(at, key=key))


def shown(value: Document) -> str:
    """A value in one line."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _into(what: str, key: str) -> str:
    return f"{what}.{key}" if what else key


def _named(path: Path) -> bool:
    """Whether the items of the list at ``path`` have names of their own."""
    return bool(path) and path[-1] in {"steps", "to"}


def _identities(items: _Items, path: Path) -> list[str]:
    """What tells the items of a list apart."""
    last = path[-1] if path else ""
    if last == "steps":
        return [step_name(item) for item in items]
    if last == "to":
        return targets(items)
    return [json.dumps(item, sort_keys=True, default=str) for item in items]


def _item(what: str, identity: str, index: int, path: Path) -> str:
    """How an item of the list at ``path`` is called."""
    if not _named(path):
        return f"{what}[{index + 1}]"
    return f"{what} {identity}" if path[-1] == "to" else f"{what} {index + 1} {identity}"
