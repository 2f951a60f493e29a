"""A project's own tables, line by line, each word with its place in the file.

    standard X12
    version 004010ACME from 004010

    elements
    9001  AN 1/10  dock door
    segments
    ZA1   "dock appointment"  9001! 373 337 | C0302
    set 850 004010ACME from 004010
    add ZA1 2 after BEG
    change PO1.REF M 12

The tables are written as ours are: see the elements, segments and sets of codecs/x12/dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crossdock.codecs.edi.standard import Standard
from crossdock.errors import Finding, Place
from crossdock.yaml_source import suggest

SECTIONS = ("elements", "composites", "segments")
KEYWORDS = (*SECTIONS, "standard", "version", "set")

_COMMENT = re.compile(r'^((?:[^"#]|"[^"]*")*)#.*')
_WORD = re.compile(r'"[^"]*"|\S+')
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,34}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the file and where it stands."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its comment."""

    number: int
    text: str

    @property
    def words(self) -> list[Word]:
        """Its words; a name in quotes is one."""
        return [Word(found[0], self.number, found.start() + 1) for found in _WORD.finditer(self.text)]


@dataclass(slots=True)
class SetDraft:
    """The lines of a set. ``base``: the release whose set of this number it changes."""

    head: Word
    number: str
    group: str = ""
    base: str = ""
    name: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """What a file says of one version."""

    standard: Standard
    name: Word
    base: str
    rows: dict[str, list[Line]] = field(default_factory=lambda: {section: [] for section in SECTIONS})
    sets: list[SetDraft] = field(default_factory=list)

    @property
    def adds(self) -> bool:
        """Whether it adds to a release of the standard itself, where nothing may be changed."""
        return self.name.text == self.base


@dataclass(slots=True)
class Complaints:
    """What is wrong with a file."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, message: str, word: Word, hint: str | None = None) -> None:
        """Keeps a finding at a word."""
        place = Place(file=self.file, line=word.line, column=word.column)
        self.findings.append(Finding(code=code, message=message, place=place, value=word.text, hint=hint))


def lines_of(text: str) -> Iterator[Line]:
    """The lines that say something."""
    for number, line in enumerate(text.splitlines(), start=1):
        comment = _COMMENT.match(line)
        said = comment[1] if comment else line
        if said.strip():
            yield Line(number, said)


class _Reading:
    def __init__(self, standards: Mapping[str, Standard], complaints: Complaints) -> None:
        self._standards = standards
        self._standard = next(iter(standards.values()))
        self._complaints = complaints
        self._section = ""
        self._set: SetDraft | None = None
        self.drafts: list[Draft] = []

    def line(self, line: Line) -> None:
        first, *others = line.words
        if first.column == 1 and first.text in KEYWORDS:
            self._set, self._section = None, ""
            self._keyword(first, others)
        elif self._set is not None:
            self._set.lines.append(line)
        elif self._section and self.drafts:
            self.drafts[-1].rows[self._section].append(line)
        else:
            hint = suggest(first.text, KEYWORDS)
            self._complaints.add("D101", f"'{first.text}' begins no part of a dictionary", first, hint)

    def _keyword(self, first: Word, others: list[Word]) -> None:
        if first.text == "standard":
            self._named(first, others)
        elif first.text == "version":
            self._version(first, others)
        elif not self.drafts:
            hint = "version 004010ACME from 004010"
            self._complaints.add("D102", f"'{first.text}' stands before the first version", first, hint)
        elif first.text == "set":
            self._set = self._set_of(first, others, self.drafts[-1])
        else:
            self._section = first.text

    def _named(self, first: Word, others: list[Word]) -> None:
        word = others[0] if others else first
        standard = self._standards.get(word.text)
        if standard is None:
            self._complaints.add("D103", f"'{word.text}' is no standard", word, suggest(word.text, self._standards))
        else:
            self._standard = standard

    def _version(self, first: Word, others: list[Word]) -> None:
        texts = [word.text for word in others]
        usual = "version NAME from RELEASE, or version RELEASE to add to one"
        if len(texts) not in (1, 3) or texts[1:2] not in ([], ["from"]) or _VERSION.fullmatch(texts[0]) is None:
            self._complaints.add("D104", "this names no version", first, usual)
            return
        base = texts[-1]
        if base not in self._standard.releases:
            message = f"{self._standard.name} {base} is not described"
            self._complaints.add("D104", message, others[-1], suggest(base, self._standard.releases) or usual)
            return
        if any(draft.name.text == texts[0] and draft.standard is self._standard for draft in self.drafts):
            self._complaints.add("D105", f"version {texts[0]} is described twice", others[0])
        self.drafts.append(Draft(self._standard, others[0], base))

    def _set_of(self, first: Word, others: list[Word], draft: Draft) -> SetDraft:
        name = next((word.text.strip('"') for word in others if word.text.startswith('"')), "")
        words = [word for word in others if not word.text.startswith('"')]
        texts = [word.text for word in words]
        made = SetDraft(first, texts[0] if texts else "", name=name)
        if len(texts) < 2 or len(texts) > 4 or (len(texts) == 4 and texts[2] != "from"):  # noqa: PLR2004 - see the hint
            hint = "set 850 004010ACME PO, or set 850 004010ACME from 004010"
            self._complaints.add("D106", "this names no set", first, hint)
            return made
        if texts[1] != draft.name.text:
            hint = f"it stands below version {draft.name.text}"
            self._complaints.add("D106", f"the set is of release '{texts[1]}'", words[1], hint)
        if len(texts) == 4:  # noqa: PLR2004 - NUMBER VERSION from RELEASE
            made.base = texts[3]
        made.group = texts[2] if len(texts) == 3 else ""  # noqa: PLR2004 - NUMBER VERSION GROUP
        draft.sets.append(made)
        return made


def read_drafts(lines: Iterable[Line], standards: Mapping[str, Standard], complaints: Complaints) -> list[Draft]:
    """The versions a file describes. ``standards`` by name; the first one is meant where a file names none."""
    reading = _Reading(standards, complaints)
    for line in lines:
        reading.line(line)
    return reading.drafts
