"""Versions that a project describes: its own elements, segments and sets, on the ground of a release of the standard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crossdock.codecs.edi.local_sets import Ground, changed_set, whole_set
from crossdock.codecs.edi.local_source import Complaints, Draft, SetDraft, Word, lines_of, read_drafts
from crossdock.codecs.edi.model import Element, Node, Segment, TransactionSet
from crossdock.codecs.edi.notation import read_elements, read_segments
from crossdock.codecs.edi.standard import Standard, composites_of, elements_of
from crossdock.errors import ConfigError
from crossdock.yaml_source import suggest

_POSITION = re.compile(r"\(?([\w.]+?)!?(?:\^\d{0,4})?(?:\)\*\d{1,3})?")
_NOTE = re.compile(r"[PRECL](?:(?:\d\d){2,}|\d{1,2}-\d{1,2})")
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_REST = "..."


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One version as a project describes it; ``sets`` are those of its own, its other sets are the release's.

    Where ``name`` is ``base`` it adds to that release.
    """

    standard: str
    name: str
    base: str
    file: str
    elements: Mapping[str, Element]
    composites: Mapping[str, Segment]
    segments: Mapping[str, Segment]
    sets: Mapping[str, TransactionSet]
    set_names: Mapping[str, str]
    segment_names: Mapping[str, str]


def read_locals(data: bytes, file: str, standards: Mapping[str, Standard]) -> list[Local]:
    """The versions of a file. Raises ``ConfigError`` with every mistake, each with its line and column."""
    complaints = Complaints(file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        complaints.add("D100", "the file is not UTF-8 text", Word("", 1, 1))
        raise ConfigError.of(complaints.findings) from None
    drafts = read_drafts(lines_of(text), standards, complaints)
    found = [_Making(draft, complaints).local() for draft in drafts]
    if complaints.findings:
        raise ConfigError.of(sorted(complaints.findings, key=lambda one: (one.place.line or 0, one.place.column or 0)))
    return found


def rebased(definition: TransactionSet, segments: Mapping[str, Segment], release: str) -> TransactionSet:
    """A set with the segments of another version."""

    def node(old: Node) -> Node:
        return replace(old, segment=segments.get(old.tag, old.segment), children=tuple(map(node, old.children)))

    return replace(definition, release=release, nodes=tuple(map(node, definition.nodes)))


class _Making:
    """Makes one version: rows are looked at word by word, and those that are good read behind the release's own."""

    def __init__(self, draft: Draft, complaints: Complaints) -> None:
        self._draft = draft
        self._complaints = complaints
        self._standard = draft.standard
        self._names: dict[str, str] = {}

    def local(self) -> Local:
        draft, tables = self._draft, self._standard.tables(self._draft.base)
        elements = read_elements(_table(tables.elements, self._elements()), draft.base)
        table = _table(tables.composites, self._rows("composites", elements))
        composites = read_segments(table, "", elements, draft.base)
        rows = self._rows("segments", {**elements, **composites})
        read = read_segments(_table(tables.segments, rows), table, elements, draft.base)
        segments = {**self._standard.segments_of(draft.base), **read}
        ground = Ground(self._standard.name, draft.name.text, segments, self._complaints)
        return Local(
            standard=self._standard.name,
            name=draft.name.text,
            base=draft.base,
            file=self._complaints.file,
            elements=elements,
            composites=composites,
            segments=segments,
            sets=dict(self._sets(ground)),
            set_names={one.number: one.name for one in draft.sets if one.name},
            segment_names=self._names,
        )

    def _known_already(self, word: Word, known: Mapping[str, object], what: str) -> bool:
        """Whether the release has it, where nothing of the release may be changed."""
        if not self._draft.adds or word.text not in known:
            return False
        base = self._draft.base
        hint = f"name a version of your own: version {base}ACME from {base}"
        self._complaints.add("D113", f"{what} is in {base} already and cannot be changed there", word, hint)
        return True

    def _elements(self) -> Iterator[str]:
        known = elements_of(self._standard, self._draft.base)
        for line in self._draft.rows["elements"]:
            word, row = line.words[0], " ".join(line.text.split())
            if self._known_already(word, known, f"element {word.text}"):
                continue
            try:
                read_elements(row, self._draft.base)
            except ValueError:
                hint = "such as: 9001 AN 1/10 dock door, or 9002 ID 2/2 door type {IN OT}"
                self._complaints.add("D110", "this is no element", word, hint)
            else:
                yield row

    def _rows(self, section: str, known: Mapping[str, object]) -> Iterator[str]:
        """The good rows of composites or segments."""
        base = self._draft.base
        there = self._standard.segments_of(base) if section == "segments" else composites_of(self._standard, base)
        for line in self._draft.rows[section]:
            tag, *others = line.words
            if section == "segments" and _TAG.fullmatch(tag.text) is None:
                hint = "a letter and one or two more, such as ZA1"
                self._complaints.add("D114", f"'{tag.text}' is no tag", tag, hint)
                continue
            if others and others[0].text.startswith('"'):
                self._names[tag.text] = others.pop(0).text.strip('"')
            if not self._known_already(tag, there, f"{section[:-1]} {tag.text}") and self._good(tag, others, known):
                yield " ".join([tag.text, *(word.text for word in others)])

    def _good(self, tag: Word, words: Sequence[Word], known: Mapping[str, object]) -> bool:
        before = len(self._complaints.findings)
        bar = next((n for n, word in enumerate(words) if word.text == "|"), len(words))
        if not bar:
            self._complaints.add("D111", f"{tag.text} has no elements", tag)
        for word in words[:bar]:
            self._position(word, known)
        for word in words[bar + 1 :]:
            if _NOTE.fullmatch(word.text) is None:
                hint = "such as P0304, R0203, C0302 or P6-25"
                self._complaints.add("D115", f"'{word.text}' is no syntax note", word, hint)
        return len(self._complaints.findings) == before

    def _position(self, word: Word, known: Mapping[str, object]) -> None:
        match = _POSITION.fullmatch(word.text)
        if match is None:
            hint = "such as 353!, C040^ or (235 234)*10"
            self._complaints.add("D111", f"'{word.text}' is no position of a segment", word, hint)
        elif match[1] != _REST and match[1] not in known:
            message = f"there is no element '{match[1]}' in {self._standard.name} {self._draft.name.text}"
            self._complaints.add("D112", message, word, suggest(match[1], known))

    def _sets(self, ground: Ground) -> Iterator[tuple[str, TransactionSet]]:
        for draft in self._draft.sets:
            found = self._set(draft, ground)
            if found is not None:
                yield draft.number, found

    def _set(self, draft: SetDraft, ground: Ground) -> TransactionSet | None:
        known = [number for number, release in self._standard.known_sets() if release == self._draft.base]
        if self._known_already(replace(draft.head, text=draft.number), dict.fromkeys(known), f"set {draft.number}"):
            return None
        if not draft.base:
            return whole_set(draft, ground)
        base = self._standard.find_set(draft.number, draft.base)
        if base is None:
            message = f"{self._standard.name} {draft.base} has no set {draft.number}"
            self._complaints.add("D107", message, draft.head, suggest(draft.number, known))
            return None
        return changed_set(draft, rebased(base, ground.segments, ground.release), ground)


def _table(table: str, rows: Iterable[str]) -> str:
    return "\n".join([table.strip(), *rows])
