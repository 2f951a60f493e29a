"""Which value of a sample is which field of a contract, by names and by what the values are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossdock.message import Document
from crossdock.ops.scaffold.leaves import Path
from crossdock.ops.scaffold.targets import Target
from crossdock.ops.scaffold.values import Decimals, Reading, one_of, reading, scheme
from crossdock.ops.scaffold.words import folded, head_phrases, line_phrases, party_phrases, tokens

EXACT, ALONE, LIKELY = 3, 2, 1
_TYPED = frozenset({"date", "date-time", "decimal", "currency", "gtin"})
_SHORT = 3
_IDS = frozenset({"id", "key", "uuid", "guid"})  # perhaps the number of a document


@dataclass(frozen=True, slots=True)
class Match:
    """A field with the value it is made of. ``doubt`` says why it is only a guess."""

    target: Target
    path: Path
    reading: Reading
    doubt: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """What a value is called: its path from where the expressions start, and its meaning in a standard."""

    path: Path
    meaning: str = ""


def match(
    targets: Iterable[Target],
    values: Mapping[Path, Sequence[Document]],
    phrases: Callable[[Target], frozenset[str]],
    names: Callable[[Path], Names],
    decimals: Decimals,
    least: int = LIKELY,
) -> list[Match]:
    """The best pairs, each field and each value once; ``least`` is how alike the names have to be."""
    pairs = [
        (score, -order, target, path, found)
        for order, target in enumerate(targets)
        for path, given in values.items()
        if (score := _score(phrases(target), target, names(path))) >= least
        and (found := _reading(target, given, decimals)) is not None
    ]
    matches: list[Match] = []
    taken: set[Path] = set()
    for score, _, target, path, found in sorted(pairs, key=lambda pair: (pair[0], pair[1]), reverse=True):
        if path in taken or any(one.target is target for one in matches):
            continue
        taken.add(path)
        matches.append(Match(target, path, found, _doubt(score, names(path), found)))
    return matches


def _doubt(score: int, names: Names, found: Reading) -> str | None:
    called = names.meaning or ".".join(names.path)
    return found.doubt or (f"its name is only like it: {called[:60]}" if score == LIKELY else None)


def _score(phrases: frozenset[str], target: Target, names: Names) -> int:
    whole = folded(names.path)
    if whole in phrases or (names.meaning and folded([names.meaning]) in phrases):
        return EXACT
    if target.path == ("number",) and whole in _IDS:
        return LIKELY
    own = [name for name in names.path if name != "#text"]
    if not target.party and folded(own[-1:]) in phrases:
        return ALONE
    if any(folded(own[at:]) in phrases for at in range(1, len(own) - 1)):
        return ALONE
    words = set(tokens(" ".join(own[-1:]))) | set(tokens(names.meaning))
    likely = any(word in phrases for word in words if len(word) >= _SHORT)
    return LIKELY if likely and not target.party and target.kind in _TYPED else 0


def _reading(target: Target, values: Sequence[Document], decimals: Decimals) -> Reading | None:
    if target.codes:
        return one_of(target.codes, [value for value in values if value is not None])
    return scheme(values) if target.name == "id_scheme" else reading(target.kind, values, decimals)


def head_words(document: str) -> Callable[[Target], frozenset[str]]:
    """The phrases of fields at the head of a contract."""
    known: dict[Path, frozenset[str]] = {}

    def phrases(target: Target) -> frozenset[str]:
        if target.path not in known:
            at = target.party
            known[target.path] = (
                party_phrases(target.path[at - 1], target.path[at:]) if at else head_phrases(document, target.path)
            )
        return known[target.path]

    return phrases


def line_words(target: Target) -> frozenset[str]:
    """The phrases of fields of a line."""
    return frozenset() if len(target.path) > 1 else line_phrases(target.name)
