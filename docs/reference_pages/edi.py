"""docs/reference/edi/: a page for every set and message of the dictionary, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import TransactionSet
from crossdock.codecs.edi.notation import release_order
from crossdock.codecs.edi.printing import rows_of, tree
from crossdock.codecs.edi.words import agreements, maximum_in_words, use_of
from crossdock.route.dictionaries import dictionaries
from reference_pages.markdown import code, head, joined, table

ABOUT = """
The sets of X12 and messages of EDIFACT that are read with full validation. Every other one is read by its structure.
`crossdock edi show 850@005010 PO1` shows the elements of a segment with their types, lengths and codes, `crossdock edi
schema 850@005010` prints the JSON Schema of the documents. How to add to the dictionary: [EDI](../../guide/15-edi.md).
"""

PAGE = """
The places of the newest release in order: M is mandatory, O optional, >1 has no bound; brackets are loops. The place is
the key in the document. Below stands what is different in older releases.
"""

#: Use, maximum and name of each place by its path.
Places = Mapping[str, tuple[str, str, str]]


def pages() -> dict[str, str]:
    """Every page by its path below docs/reference."""
    sets = dict(_sets())
    made = {f"edi/{number}.md": _page(number, *found) for number, found in sets.items()}
    return {"edi/README.md": _index(sets), **made}


@cache
def _dictionaries() -> Mapping[str, Dictionary]:
    return dictionaries({})


def _sets() -> Iterator[tuple[str, tuple[Dictionary, list[str]]]]:
    """Number -> its dictionary, its releases from the newest down."""
    for dictionary in _dictionaries().values():
        releases: dict[str, list[str]] = {}
        for number, release in dictionary.known():
            releases.setdefault(number, []).append(release)
        for number, found in releases.items():
            yield number, (dictionary, sorted(found, key=release_order, reverse=True))


def _index(sets: Mapping[str, tuple[Dictionary, list[str]]]) -> str:
    parts = [head("EDI sets and messages", ABOUT)]
    for name in _dictionaries():
        rows = (
            (f"[{number}]({number}.md)", dictionary.set_name(number), ", ".join(map(code, releases)))
            for number, (dictionary, releases) in sets.items()
            if dictionary.name == name
        )
        parts.append(f"## {name}\n\n{table(('set', 'what it is', 'releases'), rows)}")
    return joined(*parts)


def _page(number: str, dictionary: Dictionary, releases: Sequence[str]) -> str:
    found = [definition for release in releases if (definition := dictionary.find(number, release)) is not None]
    newest, *others = found
    title = f"{number} {dictionary.set_name(number)}".rstrip()
    return joined(
        head(f"{title}, {dictionary.name}", PAGE if others else PAGE.partition(" Below")[0]),
        f"## {newest.release}",
        "```text\n" + "\n".join(_plain(newest, dictionary)) + "\n```",
        *_agreed(newest),
        *(part for older in others for part in _older(older, newest, dictionary)),
    )


def _plain(definition: TransactionSet, dictionary: Dictionary) -> Iterator[str]:
    for line in tree(definition.nodes, definition, dictionary):
        yield line.replace("#", " ", 1) if line.startswith("#") else line


def _agreed(definition: TransactionSet) -> Iterator[str]:
    found = agreements(definition)
    if found:
        yield "What must agree:"
        yield "\n".join(f"* {line}" for line in found)


def _older(older: TransactionSet, newest: TransactionSet, dictionary: Dictionary) -> Iterator[str]:
    yield f"## {older.release}"
    before, after = _places(older, dictionary), _places(newest, dictionary)
    rows = [
        (code(path), f"{use} {most}", "not there", name)
        for path, (use, most, name) in before.items()
        if path not in after
    ]
    for path, (use, most, name) in after.items():
        there = before.get(path)
        if there is None or there[:2] != (use, most):
            rows.append((code(path), "not there" if there is None else f"{there[0]} {there[1]}", f"{use} {most}", name))
    if rows:
        yield table(("place", older.release, newest.release, "what it is"), rows)
    else:
        yield f"The same places as in {newest.release}."
    if agreements(older) != agreements(newest):
        yield from _agreed(older)


def _places(definition: TransactionSet, dictionary: Dictionary) -> Places:
    return {
        ".".join(row.path): (
            use_of(row.node),
            maximum_in_words(row.node.maximum),
            dictionary.segment_name(row.node.tag),
        )
        for row in rows_of(definition.nodes)
    }
