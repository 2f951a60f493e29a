"""One transaction: from its bytes to a Part with document, findings, lazy positions and an envelope of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.grammar import Fault, Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.walk import Trouble, walk
from crossdock.codecs.x12.binary import encoding_for, mark_binaries, with_binaries
from crossdock.codecs.x12.bracket import beginning_findings, ending_findings, right_control
from crossdock.codecs.x12.character_check import character_findings, usual_bytes
from crossdock.codecs.x12.charsets import CHARSETS
from crossdock.codecs.x12.delimiters import odd_segments
from crossdock.codecs.x12.dictionary.references import reference_of
from crossdock.codecs.x12.envelope import Surroundings, at
from crossdock.codecs.x12.findings import SEGMENT_KINDS, TELLING, TRANSACTION_KINDS
from crossdock.codecs.x12.framing import Framed
from crossdock.codecs.x12.grammar import grammar_of
from crossdock.codecs.x12.hierarchy import Misfit, add_hierarchy
from crossdock.codecs.x12.places import Places, X12Ruler, envelope_place
from crossdock.codecs.x12.settings import Settings
from crossdock.codecs.x12.structure import read_structure
from crossdock.codecs.x12.text import Splitter, Text, segment_offsets
from crossdock.codecs.x12.totals import mismatches
from crossdock.errors import Finding, Place
from crossdock.message import Document

Tree = dict[str, Document]


@dataclass(slots=True, eq=False)
class Raw:
    """A transaction's bytes and where they stood; what ``Part.raw`` and ``Part.place`` are made of."""

    framed: Framed
    offset: int
    around: Surroundings
    grammar: Grammar | None
    places: Places | None = None  # made when the first place is asked for

    def standalone(self) -> bytes:
        """An interchange with this transaction only: its own ISA, GS and bytes, fresh trailers with counts of 1."""
        interchange, group, marks = self.around.interchange, self.around.group, self.around.marks
        trailers: list[tuple[str, str, str]] = []
        if group.elements:
            trailers.append(("GE", "1", group.control))
        if interchange.elements:
            trailers.append(("IEA", "1" if group.elements else "0", interchange.control))
        closing = "".join(marks.element.join(words) + marks.end for words in trailers)
        return interchange.raw + group.raw + self.framed.data + closing.encode("latin-1", "replace")

    def place(self, pointer: str) -> Place | None:
        """Where the value at a JSON pointer of the document stands."""
        if self.places is None:
            self.places = Places(self.framed.masked, self.offset, self.around.marks, self.grammar)
        return self.places.of(pointer) or envelope_place(pointer, self.around)


@dataclass(slots=True, eq=False)
class Read:
    """A part, and how many bytes of what was given it took: fewer where it was cut off.

    ``control`` is ST02, ``implementation`` ST03.
    """

    part: Part
    used: int
    control: str
    implementation: str = ""


class TransactionReader:
    """Reads the transactions of one group."""

    def __init__(self, around: Surroundings, settings: Settings) -> None:
        self._around = around
        self._settings = settings
        self._marks = around.marks
        self._odd = odd_segments(around.marks)
        self._splitter = Splitter(around.marks)
        self._untold = 0
        self._version = around.headers["x12.version"]
        self._sets = settings.sets or grammar_of
        self._charset = CHARSETS[settings.charset]
        self._usual_bytes = usual_bytes(self._charset, around.marks)

    def read(self, framed: Framed, offset: int, position: int) -> Read:
        """Reads ST…SE, or what is left of one that was cut off. ``offset`` is where it stands in the payload."""
        text = self._text(framed)
        segments = text.segments
        st = segments[0].split(self._marks.element)
        se = segments[-1].split(self._marks.element)
        complete = se[0] == "SE"
        number, control = at(st, 1), at(st, 2)
        root = self._root(number, control, at(st, 3))
        if text.latin:
            root["_env"] = {**self._around.facts, "charset": "ISO-8859-1"}
        grammar = self._sets(number, self._version)
        faults, cut = self._body(root, segments[1:-1] if complete else segments[1:], grammar, text)
        if cut:
            return self.read(framed.until(segment_offsets(framed.masked, self._marks)[cut]), offset, position)
        if framed.binaries:
            mark_binaries(root, encoding_for(self._marks))
        misfits = add_hierarchy(root) if "HL" in root else []
        raw = Raw(framed, offset, self._around, grammar)
        usual = (
            complete
            and not faults
            and not misfits
            and text.plain
            and self._at_home(grammar)
            and not (text.wrapped or text.blank)
        )
        right = usual and se[1:] == [str(len(segments)), control] and number and right_control(control)
        if right and self._in_charset(framed) and not self._mismatch(root, grammar):
            findings: tuple[Finding, ...] = ()
        else:
            findings = (
                *self._findings(root, raw, st, text, self._foreign_settled(faults)),
                *self._characters(framed, text, offset),
                *_misfits(misfits, grammar),
                *ending_findings(
                    st, se if complete else None, len(segments), X12Ruler(framed.masked, offset, self._marks), grammar
                ),
            )
        headers = {**self._around.headers, "x12.set": number, "x12.st": control}
        part = Part(
            position=position,
            document=root,
            raw=raw.standalone,
            findings=self._settings.weighed_all(findings),
            keys=reference_of(segments, self._marks.element) if findings else (),
            headers=headers,
            place=raw.place,
        )
        return Read(part, len(framed.data), control, at(st, 3))

    def _text(self, framed: Framed) -> Text:
        text = self._splitter.split(framed.masked)
        if framed.binaries:
            pieces = [framed.data[begin:end] for begin, end in framed.binaries]
            text.segments = with_binaries(text.segments, pieces, self._marks)
        return text

    def _in_charset(self, framed: Framed) -> bool:
        return self._usual_bytes is None or not framed.masked.translate(None, self._usual_bytes)

    def _characters(self, framed: Framed, text: Text, offset: int) -> Iterator[Finding]:
        if not self._in_charset(framed):
            ruler = X12Ruler(framed.masked, offset, self._marks)
            yield from character_findings(text.segments, self._charset, self._marks, ruler, self._version)

    def _foreign_settled(self, faults: Sequence[Fault]) -> Sequence[Fault]:
        """Where a character set is agreed on, being outside ASCII alone is no remark."""
        return [fault for fault in faults if fault.kind != "foreign"] if self._charset.foreign else faults

    def _at_home(self, grammar: Grammar | None) -> bool:
        """Whether the set is described and stands in a group of its kind."""
        functional = self._around.group.functional
        return grammar is not None and (not functional or functional == grammar.definition.group)

    def _root(self, number: str, control: str, implementation: str) -> Tree:
        headers = self._around.headers
        numbers: Tree = {"isa": headers["x12.isa"], "gs": headers["x12.gs"], "st": control}
        if implementation:
            numbers["implementation"] = implementation
        return {"_std": "X12", "_ver": self._version, "_set": number, "_ctl": numbers, "_env": dict(self._around.facts)}

    def _body(self, root: Tree, body: Sequence[str], grammar: Grammar | None, text: Text) -> tuple[list[Fault], int]:
        """(faults, segment that cuts the transaction off or 0)."""
        if grammar is None:
            return [], read_structure(body, root, self._marks)
        trouble = Trouble(grammar, self._marks)
        walk(trouble, grammar, body, root, None if text.plain else self._odd, self._marks)
        self._untold = trouble.untold
        return trouble.faults, trouble.cut

    def _mismatch(self, root: Tree, grammar: Grammar | None) -> bool:
        wanted = grammar is not None and self._settings.totals is not None
        return wanted and any(True for _ in mismatches(cast("Grammar", grammar).definition.checks, root))

    def _findings(
        self, root: Tree, raw: Raw, st: Sequence[str], text: Text, faults: Sequence[Fault]
    ) -> Iterator[Finding]:
        ruler = X12Ruler(raw.framed.masked, raw.offset, self._marks)
        yield from beginning_findings(st, text, self._around, raw.grammar, self._settings, ruler)
        if raw.grammar is None:
            yield from _trailing(text.segments, self._marks.element, ruler)
            return
        definition = raw.grammar.definition
        yield from TELLING.findings(faults, ruler, definition.rule, definition.number)
        if self._untold:
            yield finding(TRANSACTION_KINDS["untold"], ruler.place(0), definition.rule, actual=self._untold)
        yield from self._totals(root, raw)

    def _totals(self, root: Tree, raw: Raw) -> Iterator[Finding]:
        severity, grammar = self._settings.totals, raw.grammar
        if severity is None or grammar is None:
            return
        for kind, ref, value, actual, path in mismatches(grammar.definition.checks, root):
            place = raw.place(f"/{ref[:-2]}/{ref}") or Place(element=ref)
            said = finding(
                SEGMENT_KINDS[kind], place, grammar.definition.rule, ref=ref, value=value, actual=actual, path=path
            )
            yield replace(said, severity=severity)


def _misfits(misfits: Sequence[Misfit], grammar: Grammar | None) -> Iterator[Finding]:
    rule = None if grammar is None else grammar.definition.rule
    for kind, ref, value in misfits:
        yield finding(SEGMENT_KINDS[kind], Place(element="HL"), rule, ref=ref, value=value)


def _trailing(segments: Sequence[str], mark: str, ruler: Ruler) -> Iterator[Finding]:
    ending = [index for index, segment in enumerate(segments) if segment.endswith(mark)]
    if ending:
        yield TELLING.trailing(len(ending), segments[ending[0]].partition(mark)[0], ruler.place(ending[0]), None)
