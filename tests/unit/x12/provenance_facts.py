"""Reads the facts that public sources tell (provenance/), and those where our tables differ on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossdock.codecs.edi.model import Node, TransactionSet
from crossdock.codecs.edi.notation import read_set, set_texts
from crossdock.codecs.x12.dictionary.library import segments_of

FOLDER = Path(__file__).parent / "provenance"


@dataclass(frozen=True)
class Width:
    """Lengths a source allows at one position, and whether it demands the element there."""

    low: int
    high: int
    kind: str
    required: bool
    parts: tuple[Width, ...] = ()


def told_sets(source: str) -> Iterator[TransactionSet]:
    """Every set of a source."""
    for _, release, text in set_texts((FOLDER / f"sets-{source}.txt").read_text()):
        yield read_set(text, segments_of(release))


def told_lines(name: str, release: str) -> dict[str, str]:
    """Tag -> what a file says of it at a release."""
    told: dict[str, str] = {}
    for line in (FOLDER / name).read_text().splitlines():
        key, _, rest = line.partition(" ")
        tag, _, since = key.partition("@")
        if since <= release:
            told[tag] = rest.strip()
    return told


def widths(text: str) -> tuple[Width, ...]:
    """The positions of a segment as segments-bots-grammars.txt has them."""
    return tuple(_widths(iter(text.split())))


def _widths(words: Iterator[str]) -> Iterator[Width]:
    for word in words:
        if word == ")":
            return
        required = word.startswith("!")
        if word.endswith("("):
            yield Width(1, 0, "", required, tuple(_widths(words)))
            continue
        match = re.fullmatch(r"!?(\d+)/(\d+)(\w*)", word)
        assert match is not None, word
        yield Width(int(match[1]), int(match[2]), match[3], required)


def differences(source: str) -> set[str]:
    """What ours says otherwise on purpose: ``SOURCE SUBJECT PLACE: why`` without the reason."""
    lines = (FOLDER / "differences.txt").read_text().splitlines()
    told = [line.partition(": ")[0] for line in lines if line and not line.startswith("#")]
    return {line.removeprefix(f"{source} ") for line in told if line.startswith(f"{source} ")}


def unsaid(found: set[str], told: set[str]) -> set[str]:
    """What is found and not told, or told and not found; ``855@005010 *`` tells of all of one set."""
    whole = {one.removesuffix(" *") for one in told if one.endswith(" *")}
    subjects = {one.partition(" ")[0] for one in found}
    rest = {one for one in found if one.partition(" ")[0] not in whole}
    return (rest ^ {one for one in told if not one.endswith(" *")}) | (whole - subjects)


def disagreements(ours: TransactionSet, theirs: TransactionSet, *, counts: bool, demands: bool) -> Iterator[str]:
    """Where a set of ours is narrower than a source has it, or lacks a place of it."""
    head = f"{ours.number}@{ours.release}"
    for path in _level(ours.nodes, theirs.nodes, counts=counts, demands=demands):
        yield f"{head} {path}"


def _level(
    ours: tuple[Node, ...], theirs: tuple[Node, ...], *, counts: bool, demands: bool, path: str = ""
) -> Iterator[str]:
    position = 0
    for told in theirs:
        here = f"{path}/{told.tag}"
        places = [n for n, node in enumerate(ours) if node.tag == told.tag]
        if not places:
            yield f"{here} absent"
            continue
        later = [n for n in places if n >= position]
        if not later:
            yield f"{here} order"
        place = (later or places)[0]
        position = max(position, place)
        node = ours[place]
        if node.maximum < told.maximum if counts else told.maximum > 1 >= node.maximum:
            yield f"{here} maximum"
        if demands and node.required and not told.required:
            yield f"{here} mandatory"
        yield from _level(node.children, told.children, counts=counts, demands=demands, path=here)
