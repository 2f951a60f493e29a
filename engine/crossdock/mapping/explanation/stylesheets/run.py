"""Runs a stylesheet's copy over a document, and tells where each field of the result came from.

The result that is told of is the plain run's; the copy's must be the same but for its marks, or nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from lxml import etree

from crossdock.errors import ConfigError
from crossdock.mapping.explanation.stylesheets.copy import watched
from crossdock.mapping.explanation.stylesheets.plain_text import pieces_of_text, unmarked
from crossdock.mapping.explanation.stylesheets.result import Missing, Reader, Written, same
from crossdock.mapping.explanation.stylesheets.site import WATCH, Kind
from crossdock.mapping.explanation.stylesheets.sources import Sources, TooMuchError
from crossdock.mapping.explanation.stylesheets.telling import Teller
from crossdock.mapping.explanation.stylesheets.witness import Function, Witness
from crossdock.mapping.explanation.told import Explanation, Roots, Told
from crossdock.mapping.explanation.walk import MAX_FIELDS
from crossdock.mapping.fault import Fault
from crossdock.mapping.stylesheet_calls import Called
from crossdock.message import Document
from crossdock.xml_tree import Shape

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it
Functions: TypeAlias = Mapping[tuple[str, str], Function]
#: Compiles a copy with its functions, and runs it over an element: with the same limits and rights as ever.
Run: TypeAlias = "Callable[[_Element, Functions, _Element], etree._XSLTResultTree]"  # noqa: SLF001 - as above

_ONLY_RESULT = "only the result is shown: "
_DIFFERENT = (
    _ONLY_RESULT + "the stylesheet makes something else while it is watched, for it looks at nodes of its own making"
)
_OURS = f"{_ONLY_RESULT}the stylesheet names '{WATCH}', by which it would be watched"
_MOST_TEMPLATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is needed to run a copy: the stylesheet, its functions, the document as an element, the plain result.

    ``shape`` is that of a result which becomes a document; ``text`` says that it is text alone.
    """

    stylesheet: _Element
    file: str
    functions: Mapping[tuple[str, str], Called]
    run: Run
    source: _Element
    document: Document
    given: Mapping[str, Roots | None]
    result: Document
    plain: etree._XSLTResultTree
    shape: Shape | None
    text: bool

    def explain(self) -> Explanation:
        """What is told. Where that is only the result, a note says why."""
        if any(WATCH in one.nsmap.values() for one in self.stylesheet.iter(etree.Element)):
            return self._untold(_OURS)
        notes = ""
        for inside in (True, False):  # the second time there are fewer marks: somebody may have counted them
            try:
                told = self._attempt(inside=inside)
            except TooMuchError as error:
                return self._untold(f"{_ONLY_RESULT}{error}")
            except (Fault, ConfigError, etree.XSLTApplyError, etree.XMLSyntaxError) as error:
                notes = f"{_ONLY_RESULT}watched, the stylesheet does not run to its end ({_brief(error)})"
                continue
            if told is not None:
                return told
            notes = _DIFFERENT
        return self._untold(notes)

    def _untold(self, note: str) -> Explanation:
        return Explanation(result=self.result, notes=[note])

    def _attempt(self, *, inside: bool) -> Explanation | None:
        copy, sites = watched(self.stylesheet, inside=inside, text=self.text)
        witness = Witness(Sources(self.source, self.document), sites, self.given, sparing=not inside)
        heard = {name: witness.hearing(name[1], called) for name, called in self.functions.items()}
        made = self.run(copy, {**heard, **witness.functions()}, self.source)
        teller = Teller(witness, self.file)
        if self.text:
            marked = unmarked(str(made))
            if "".join(marked.itertext(etree.Element)) != str(self.plain):
                return None
            return self._told(witness, teller, pieces_of_text(marked, witness.events))
        marked_root = cast("_Element | None", made.getroot())
        if marked_root is None or not same(self.plain.getroot(), marked_root):
            return None
        reader = Reader(witness.events, _Copies(witness), self.shape)
        return self._told(witness, teller, reader.read(marked_root))

    def _told(self, witness: Witness, teller: Teller, written: Iterable[Written | Missing]) -> Explanation:
        told = Explanation(result=self.result, used=witness.used)
        missing = set[str]()
        for one in written:
            if len(told.fields) >= MAX_FIELDS:
                told.more += 1
                continue
            if isinstance(one, Missing):
                fields = list(teller.missing(one))
                missing.update(field.pointer for field in fields)
            else:
                fields = [teller.field(one)]
            for field in fields:
                self._keep(told, witness, field)
        missing.intersection_update(one.pointer for one in told.fields if one.value is not None)
        told.fields = [one for one in told.fields if one.value is not None or one.pointer not in missing]
        told.notes += _notes(witness, teller)
        return told

    def _keep(self, told: Explanation, witness: Witness, field: Told) -> None:
        told.used.update(field.origins, field.consulted)
        if witness.missed and not (field.origins or field.text or field.place.line):
            told.more += 1
        else:
            told.fields.append(field)


def _notes(witness: Witness, teller: Teller) -> list[str]:
    notes = []
    untouched = teller.untouched()
    if untouched:
        more = f" and {len(untouched) - _MOST_TEMPLATES} more" if len(untouched) > _MOST_TEMPLATES else ""
        notes.append("no node came to these templates: " + ", ".join(untouched[:_MOST_TEMPLATES]) + more)
    if witness.missed:
        notes.append(
            f"only the first {len(witness.events):,} instructions that ran are told of, and what later ones wrote is not"
        )
    return notes


@dataclass(frozen=True, slots=True)
class _Copies:
    """The source elements that an ``xsl:copy-of`` has copied."""

    witness: Witness

    def __call__(self, number: int) -> list[_Element]:
        event = self.witness.events[number]
        if event.site.kind is not Kind.COPY:
            return []
        found = (self.witness.sources.element(pointer) for pointer in event.nodes)
        return [one for one in found if one is not None]


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
