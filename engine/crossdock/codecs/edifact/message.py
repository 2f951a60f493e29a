"""One message: from its bytes to a Part with document, findings, lazy positions and an envelope of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.grammar import Fault, Grammar, Move
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.walk import Trouble, walk
from crossdock.codecs.edifact.charsets import Charset
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.delimiters import Delimiters, escaped
from crossdock.codecs.edifact.dictionary.library import knows_set
from crossdock.codecs.edifact.envelope import Elements, Heading, Headings, Surroundings, at, elements_of
from crossdock.codecs.edifact.findings import MESSAGE_KINDS, SEGMENT_KINDS, TELLING
from crossdock.codecs.edifact.grammar import grammar_of
from crossdock.codecs.edifact.places import EdifactRuler, Places, envelope_place
from crossdock.codecs.edifact.references import reference_of
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.structure import read_structure
from crossdock.codecs.edifact.text import Text, ends_needlessly, restored, segment_offsets, splitter
from crossdock.codecs.edifact.totals import mismatches
from crossdock.codecs.edifact.undescribed import undescribed_faults
from crossdock.errors import Finding, Place
from crossdock.message import Document

Tree = dict[str, Document]
ENCODINGS = {"utf-8": "UTF-8", "iso8859-1": "ISO-8859-1"}  # names in ``_env.encoding``


def written_segment(words: Sequence[str], marks: Delimiters) -> bytes:
    """A service segment of simple elements."""
    return (marks.element.join(escaped(word, marks) for word in words) + marks.end).encode("latin-1", "replace")


def closed(around: Surroundings, data: bytes) -> bytes:
    """An interchange of its own for some bytes: the UNB and UNG they came with, fresh trailers with counts of 1."""
    interchange, group, marks = around.interchange, around.group, around.marks
    closing = b""
    if group.elements:
        closing += written_segment(("UNE", "1", group.control), marks)
    if interchange.elements:
        closing += written_segment(("UNZ", "1", interchange.control), marks)
    between = marks.newline.encode() if data.endswith(marks.terminator.encode("latin-1")) else b""
    return interchange.raw + group.raw + data + between + closing


@dataclass(slots=True, eq=False)
class Raw:
    """A message's bytes and where they stood; what ``Part.raw`` and ``Part.place`` are made of."""

    data: bytes
    offset: int
    around: Surroundings
    charset: Charset
    grammar: Grammar | None
    places: Places | None = None  # made when the first place is asked for

    def standalone(self) -> bytes:
        """An interchange with this message only."""
        return closed(self.around, self.data)

    def place(self, pointer: str) -> Place | None:
        """Where the value at a JSON pointer of the document stands."""
        if self.places is None:
            self.places = Places(self.data, self.offset, self.around.marks, self.charset, self.grammar)
        return self.places.of(pointer) or envelope_place(pointer, self.around.interchange)

    def ruler(self) -> Ruler:
        """Measures the message."""
        return EdifactRuler(self.data, self.offset, self.around.marks)


@dataclass(slots=True, eq=False)
class Read:
    """A part, and how many bytes of what was given it took: fewer where it was cut off."""

    part: Part
    used: int
    heading: Heading


@dataclass(slots=True)
class _Ending:
    """UNT as it came, None where there is none, and how many segments there really are."""

    unt: Elements | None
    segments: int


class MessageReader:
    """Reads the messages of one group."""

    def __init__(self, around: Surroundings, settings: Settings) -> None:
        self._around = around
        self._settings = settings
        self._charset = around.interchange.charset(strict=settings.repertoire)
        self._splitter = splitter(around.marks, self._charset)
        self._sight = Sight(self._charset)
        self._sets = settings.sets or grammar_of
        self._unb = around.headers["edifact.unb"]
        self._ung = around.headers["edifact.ung"]
        self._headings = Headings(settings.version)

    def read(self, data: bytes, offset: int, position: int) -> Read:
        """Reads UNH…UNT, or what is left of one that was cut off. ``offset`` is where ``data`` stands in the payload."""
        text = self._splitter.split(data)
        segments = text.segments
        heading = self._headings.of(segments[0])
        complete = segments[-1].partition("+")[0] == "UNT"
        unt = segments[-1] if complete else None
        root = self._root(heading, text)
        grammar = self._sets(heading.set, heading.version)
        faults, untold, cut = self._body(root, segments[1:-1] if complete else segments[1:], grammar, text)
        if cut:
            return self.read(data[: segment_offsets(data, self._around.marks)[cut]], offset, position)
        raw = Raw(data, offset, self._around, self._charset, grammar)
        findings: tuple[Finding, ...] = ()
        usual = (
            not faults
            and grammar is not None
            and (text.plain or text.released)
            and not text.oddities
            and not text.codec
            and not ends_needlessly(segments[0])
            and not heading.beyond
        )
        at_home = self._at_home(heading)
        if not (usual and at_home and unt == f"UNT+{len(segments)}+{heading.control}") or self._mismatch(root, grammar):
            ending = _Ending(None if unt is None else elements_of(unt), len(segments))
            said = self._findings(root, raw, heading, text, faults, untold, ending)
            findings = self._settings.weighed_all(tuple(said))
        headers = {
            **self._around.headers,
            "edifact.set": heading.set,
            "edifact.version": heading.version,
            "edifact.unh": heading.control,
        }
        part = Part(
            position=position,
            document=root,
            raw=raw.standalone,
            findings=findings,
            keys=reference_of(segments) if findings else (),
            headers=headers,
            place=raw.place,
        )
        return Read(part, len(data), heading)

    def _at_home(self, heading: Heading) -> bool:
        """Whether the message stands in a group of its kind."""
        functional = self._around.group.functional
        return not functional or functional == heading.set

    def _root(self, heading: Heading, text: Text) -> Tree:
        numbers: Tree = {"unb": self._unb, "ung": self._ung, "unh": heading.control}
        facts = {**self._around.facts, **heading.facts}
        if text.codec:
            facts["encoding"] = ENCODINGS[text.codec]
        return {"_std": "EDIFACT", "_ver": heading.version, "_set": heading.set, "_ctl": numbers, "_env": facts}

    def _body(
        self, root: Tree, body: Sequence[str], grammar: Grammar | None, text: Text
    ) -> tuple[Sequence[Fault], int, int]:
        """(faults, how many more there are, segment that cuts the message off or 0)."""
        if grammar is None:
            return (), 0, read_structure(body, root)
        trouble = _Released(grammar, self._sight) if text.released else Trouble(grammar, self._sight)
        odd = None if text.plain else _beyond_ascii if text.released else self._splitter.odd
        walk(trouble, grammar, body, root, odd, self._sight)
        return trouble.faults, trouble.untold, trouble.cut

    def _mismatch(self, root: Tree, grammar: Grammar | None) -> bool:
        if grammar is None or self._settings.totals is None or not grammar.definition.balances:
            return False
        return any(True for _ in mismatches(grammar.definition.balances, root))

    def _findings(
        self,
        root: Tree,
        raw: Raw,
        heading: Heading,
        text: Text,
        faults: Sequence[Fault],
        untold: int,
        ending: _Ending,
    ) -> Iterator[Finding]:
        ruler = raw.ruler()
        yield from self._beginning(heading, text, raw.grammar, ruler)
        if raw.grammar is None:
            yield from _trailing(text.segments, ruler)
            yield from TELLING.findings(undescribed_faults(text.segments, self._charset), ruler, "EDIFACT", heading.set)
            rule = None
        else:
            definition = raw.grammar.definition
            rule = definition.rule
            service = [one if one.startswith(("UNH", "UNT")) else "" for one in text.segments]
            yield from _trailing(service, ruler)
            yield from TELLING.findings(faults, ruler, rule, definition.number)
            if untold:
                yield finding(MESSAGE_KINDS["untold"], ruler.place(0), rule, actual=untold)
            yield from self._totals(root, raw)
        yield from _ended(heading, ending, ruler, rule)

    def _beginning(self, heading: Heading, text: Text, grammar: Grammar | None, ruler: Ruler) -> Iterator[Finding]:
        place = ruler.place(0)
        if not heading.set:
            yield finding(MESSAGE_KINDS["unh_broken"], ruler.place(0, "UNH02", 2))
        elif not heading.version:
            yield finding(MESSAGE_KINDS["release_absent"], ruler.place(0, "UNH02", 2), set=heading.set)
        elif grammar is None:
            kind = MESSAGE_KINDS["release_unknown" if knows_set(heading.set) else "message_unknown"]
            said = finding(kind, ruler.place(0, "UNH02", 2), set=heading.set, version=heading.version)
            yield replace(said, severity=self._settings.unknown_message)
        if heading.beyond:
            yield finding(MESSAGE_KINDS["unh_many"], place, value=heading.beyond)
        if not self._at_home(heading):
            value = self._around.group.functional
            yield finding(MESSAGE_KINDS["group_differs"], place, value=value, set=heading.set)
        if text.codec:
            named, actual = self._charset.name or "ASCII or UTF-8", ENCODINGS[text.codec]
            yield finding(MESSAGE_KINDS["charset"], place, named=named, actual=actual)
        for oddity in text.oddities:
            yield finding(SEGMENT_KINDS[oddity], place)

    def _totals(self, root: Tree, raw: Raw) -> Iterator[Finding]:
        severity, grammar = self._settings.totals, raw.grammar
        if severity is None or grammar is None:
            return
        for kind, ref, pointer, value, actual, path in mismatches(grammar.definition.balances, root):
            key = f"{ref.partition('[')[0].partition('_')[0]}0102"
            place = raw.place(f"{pointer}/{key}") or Place(element=key)
            said = finding(
                SEGMENT_KINDS[kind], place, grammar.definition.rule, ref=ref, value=value, actual=actual, path=path
            )
            yield replace(said, severity=severity)


def _beyond_ascii(segment: str) -> bool:
    """Whether something may stand in: what a text can hold of that is no ASCII."""
    return not segment.isascii()


class _Released(Trouble):
    """Of a text whose only oddity is that some characters stood behind the release character.

    A stand-in is as long as what it stands for, so the generated readers judge such a segment as well as any other.
    """

    def closer(self, index: int, elements: Sequence[str], move: Move, at: Sequence[Tree]) -> Tree:
        """The segment's dict by its generated reader where that has nothing to say, else by the closer look."""
        reader = move[0]
        found = reader[len(elements)](elements) or reader.again(elements)
        if found is None:
            return super().closer(index, elements, move, at)
        return {key: restored(value) if isinstance(value, str) else _ids(value) for key, value in found.items()}


def _ids(value: Document) -> Document:
    """``_ids``, the only value of a generated reader that is not text."""
    return {restored(kind): restored(str(number)) for kind, number in cast("Tree", value).items()}


def _trailing(segments: Sequence[str], ruler: Ruler) -> Iterator[Finding]:
    ending = [n for n, one in enumerate(segments) if one and ends_needlessly(one)]
    if ending:
        yield TELLING.trailing(len(ending), segments[ending[0]].partition("+")[0], ruler.place(ending[0]), None)


def _ended(heading: Heading, ending: _Ending, ruler: Ruler, rule: str | None) -> Iterator[Finding]:
    control, unt = heading.control, ending.unt
    if unt is None:
        yield finding(MESSAGE_KINDS["cut"], ruler.place(ending.segments), rule, unh=control)
        return
    last = ending.segments - 1
    if at(unt, 2) != control:
        place = ruler.place(last, "UNT02", 2)
        yield finding(MESSAGE_KINDS["unh_differs"], place, rule, value=at(unt, 2), unh=control)
    if not equals(at(unt, 1), ending.segments):
        place = ruler.place(last, "UNT01", 1)
        yield finding(MESSAGE_KINDS["unt_count"], place, rule, value=at(unt, 1), actual=ending.segments)


def equals(text: str, number: int) -> bool:
    """Whether a count as sent is this number."""
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) == number  # noqa: PLR2004 - longest is 10
