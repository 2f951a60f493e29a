"""A document as the body of a transaction, judged: what a writer wraps in an envelope.

What is written is first judged as if it had been read, so nothing leaves that we would not accept. The body does not
depend on any control number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from crossdock.codecs.edi.branches import Tree
from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.model import TransactionSet
from crossdock.codecs.edi.walk import Trouble, walk
from crossdock.codecs.x12.binary import Binary
from crossdock.codecs.x12.charsets import CHARSETS
from crossdock.codecs.x12.delimiters import Delimiters, odd_segments
from crossdock.codecs.x12.envelope_writing import Envelope, envelope_faults, envelope_for
from crossdock.codecs.x12.findings import TELLING
from crossdock.codecs.x12.flatten import Flattening, flatten, flatten_structure
from crossdock.codecs.x12.grammar import grammar_of
from crossdock.codecs.x12.places import X12Ruler
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Finding, Place, Reject, errors_in
from crossdock.message import Document

ACKNOWLEDGEMENTS = {"997": "FA", "999": "FA"}  # functional identifiers of sets the dictionary may not have


@dataclass(frozen=True, slots=True)
class Draft:
    """One transaction without ST and SE; ``control`` is the ST02 its document brings, if any."""

    set: str
    implementation: str
    control: str
    envelope: Envelope
    body: bytes
    segments: int
    codec: str

    def encoded(self, text: str) -> bytes:
        """Text of the envelope as the body is encoded."""
        return _encoded(text, self.codec)


def draft(document: Document, settings: Settings) -> Draft:
    """The draft of a document. Raises ``Reject`` with everything that keeps it from being written."""
    if not isinstance(document, dict):
        raise _refused([Finding(code="X190", message="an X12 document is an object with _set and its segments")])
    number = str(document.get("_set") or settings.set)
    version = str(document.get("_ver") or settings.version)
    grammar = (settings.sets or grammar_of)(number, version)
    definition = grammar.definition if grammar else None
    group = definition.group if definition else ACKNOWLEDGEMENTS.get(number, "")
    envelope = envelope_for(document, settings, group, version)
    flat = Flattening(
        marks=envelope.marks,
        replacement=settings.replace_delimiters,
        charset=CHARSETS[settings.charset],
        transliterate=settings.transliterate,
    )
    faults = [*_header_faults(number, version), *envelope_faults(envelope)]
    _flatten(flat, definition, document, number)
    faults += flat.findings
    if not errors_in(faults) and grammar is not None:
        faults += _judge(flat, grammar, envelope.marks)
    if errors_in(faults):
        raise _refused(faults)
    codec = _codec(document, envelope.marks, settings)
    numbers = document.get("_ctl")
    facts: Mapping[str, Document] = numbers if isinstance(numbers, dict) else {}
    return Draft(
        set=number,
        implementation=str(facts.get("implementation") or ""),
        control=str(facts.get("st") or ""),
        envelope=envelope,
        body=_body(flat.segments, envelope.marks, codec),
        segments=len(flat.segments),
        codec=codec,
    )


def _flatten(flat: Flattening, definition: TransactionSet | None, root: Tree, number: str) -> None:
    order = root.get("_order")
    if definition is not None:
        flatten(flat, definition, root)
    elif isinstance(order, list):
        flatten_structure(flat, root, order)
    elif number == "TA1":
        answer = root.get("TA1")
        answers = answer if isinstance(answer, list) else [answer]
        flatten_structure(flat, {"TA1": cast("list[Document]", answers)}, ["TA1"] * len(answers))
    else:
        hint = "sets without dictionary can only be written back as they were read, by their _order"
        said = f'set {number} is not in the dictionary for version "{root.get("_ver", "")}"'
        flat.fault("X189", said, "/_set", hint=hint)


def _codec(root: Tree, marks: Delimiters, settings: Settings) -> str:
    """ISO 8859-1 for what came as that, for TA1 as for all of the envelope, and where a delimiter is no ASCII."""
    facts = root.get("_env")
    as_read = (isinstance(facts, dict) and bool(facts.get("charset"))) or root.get("_set") == "TA1"
    return "iso8859-1" if as_read or not marks.separators.isascii() else CHARSETS[settings.charset].codec


def _body(segments: Sequence[Sequence[str]], marks: Delimiters, codec: str) -> bytes:
    mark, end = marks.element, marks.end
    if not any(isinstance(element, Binary) for elements in segments for element in elements):
        return _encoded("".join(mark.join(elements) + end for elements in segments), codec)
    join, close = _encoded(mark, codec), _encoded(end, codec)
    return b"".join(join.join(_element(element, codec) for element in elements) + close for elements in segments)


def _element(element: str, codec: str) -> bytes:
    return element.data if isinstance(element, Binary) else _encoded(element, codec)


def _encoded(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        said = f"{text[error.start]!r} cannot be written as {'UTF-8' if codec == 'utf-8' else 'ISO 8859-1'}"
        raise _refused([Finding(code="X188", message=said)]) from error


def _header_faults(number: str, version: str) -> list[Finding]:
    faults = []
    if not number:
        faults.append(
            Finding(code="X187", message="the document names no set", place=Place(pointer="/_set"), hint='_set: "850"')
        )
    if not version:
        place, hint = Place(pointer="/_ver"), '_ver: "004010"'
        faults.append(Finding(code="X186", message="the document names no version", place=place, hint=hint))
    return faults


def _judge(flat: Flattening, grammar: Grammar, marks: Delimiters) -> list[Finding]:
    """What a reader would say, with places in the document instead of a file."""
    lines = [marks.element.join(elements) for elements in flat.segments]
    trouble = Trouble(grammar, marks)
    odd = odd_segments(marks)
    walk(trouble, grammar, lines, {}, odd, marks)
    definition = grammar.definition
    found = TELLING.findings(trouble.faults, X12Ruler(b"", 0, marks), definition.rule, definition.number)
    return [replace(one, place=Place(element=one.place.element, pointer=one.place.pointer)) for one in found]


def _refused(faults: Iterable[Finding]) -> Reject:
    return Reject.of(faults)
