"""Writes documents as interchanges, by the tables they were read with.

Transactions that ask for the same envelope travel together; counts and trailers are made here. What is written is
first judged as if it had been read, so nothing leaves that we would not accept. A document that was read and not
changed is written to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.model import TransactionSet
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.edi.walk import Trouble, walk
from crossdock.codecs.x12.delimiters import Delimiters, odd_segments
from crossdock.codecs.x12.dictionary.library import find_set
from crossdock.codecs.x12.envelope_writing import Envelope, envelope_faults, envelope_for
from crossdock.codecs.x12.flatten import Flattening, Tree, flatten, flatten_structure
from crossdock.codecs.x12.grammar import grammar_of
from crossdock.codecs.x12.places import Ruler, fault_findings
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.errors import Finding, Place, Reject, errors_in
from crossdock.message import Document

ACKNOWLEDGEMENTS = {"997": "FA", "999": "FA"}  # functional identifiers of sets the dictionary may not have


class Writing:
    """One run of a writer; control numbers that no document brings count up from the settings."""

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings
        self._open: Envelope | None = None
        self._groups = 0
        self._transactions = 0
        self._controls = Numbers()

    def chunks(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The interchanges, a piece per transaction. Raises ``Reject`` at the first document that cannot be written."""
        for document in documents:
            root, envelope, body = self._judged(document)
            control = _control(root)
            again = envelope == self._open and bool(control) and self._controls.again(control)
            leading = self._leading(envelope, again=again)
            if leading and control:
                self._controls.again(control)
            yield self._encoded(leading + self._transaction(root, envelope, body), root)
        if self._open is not None:
            yield self._closing(whole=True).encode("latin-1", "replace")

    def _judged(self, document: Document) -> tuple[Tree, Envelope, list[list[str]]]:
        if not isinstance(document, dict):
            raise _refused([Finding(code="X190", message="an X12 document is an object with _set and its segments")])
        number = str(document.get("_set") or self._settings.set)
        version = str(document.get("_ver") or self._settings.version)
        definition = find_set(number, version)
        group = definition.group if definition else ACKNOWLEDGEMENTS.get(number, "")
        envelope = envelope_for(document, self._settings, group, version)
        flat = Flattening(envelope.marks, self._settings.replace_delimiters)
        faults = [*_header_faults(number, version), *envelope_faults(envelope)]
        self._flatten(flat, definition, document, number)
        faults += flat.findings
        if not errors_in(faults) and definition is not None:
            faults += _judge(flat, cast("Grammar", grammar_of(number, version)), envelope.marks)
        if errors_in(faults):
            raise _refused(faults)
        return {**document, "_set": number, "_ver": version}, envelope, flat.segments

    def _flatten(self, flat: Flattening, definition: TransactionSet | None, root: Tree, number: str) -> None:
        order = root.get("_order")
        if definition is not None:
            flatten(flat, definition, root)
        elif isinstance(order, list):
            flatten_structure(flat, root, order)
        elif number == "TA1":
            flatten_structure(flat, {"TA1": [root.get("TA1")]}, ["TA1"])
        else:
            hint = "sets without dictionary can only be written back as they were read, by their _order"
            flat.fault(
                "X189",
                f'set {number} is not in the dictionary for version "{root.get("_ver", "")}"',
                "/_set",
                hint=hint,
            )

    def _leading(self, envelope: Envelope, *, again: bool) -> str:
        """Trailers of what was open and headers of what begins, as far as they differ.

        ``again``: a control number that the open group has already, so this is another interchange that looks alike.
        """
        before = self._open
        if before == envelope and not again:
            return ""
        same = not again and before is not None and (before.marks, before.isa) == (envelope.marks, envelope.isa)
        self._controls = Numbers()
        text = "" if before is None else self._closing(whole=not same)
        end = envelope.marks.end
        if not same:
            self._groups = 0
            text += envelope.isa_segment + end
        if envelope.gs:
            self._groups += 1
            self._transactions = 0
            text += envelope.marks.element.join(("GS", *envelope.gs)) + end
        self._open = envelope
        return text

    def _closing(self, *, whole: bool) -> str:
        envelope = self._open
        assert envelope is not None  # noqa: S101 - only called with one open
        mark, end, text = envelope.marks.element, envelope.marks.end, ""
        if envelope.gs:
            text += mark.join(("GE", str(self._transactions), envelope.gs[5])) + end
        if whole:
            text += mark.join(("IEA", str(self._groups), envelope.control)) + end
        return text

    def _transaction(self, root: Tree, envelope: Envelope, body: Sequence[Sequence[str]]) -> str:
        mark, end = envelope.marks.element, envelope.marks.end
        lines = [mark.join(elements) for elements in body]
        if envelope.gs:
            self._transactions += 1
            numbers = root.get("_ctl")
            facts = numbers if isinstance(numbers, dict) else {}
            control = _control(root) or f"{self._transactions:04}"
            implementation = facts.get("implementation")
            heading = ["ST", str(root["_set"]), control, *([str(implementation)] if implementation else [])]
            lines = [mark.join(heading), *lines, mark.join(("SE", str(len(lines) + 2), control))]
        return "".join(line + end for line in lines)

    def _encoded(self, text: str, root: Tree) -> bytes:
        facts = root.get("_env")
        charset = facts.get("charset") if isinstance(facts, dict) else None
        envelope = self._open
        ascii_marks = envelope is None or envelope.marks.separators.isascii()
        try:
            return text.encode("latin-1" if charset or not ascii_marks else "utf-8")
        except UnicodeEncodeError as error:
            said = f"{text[error.start]!r} cannot be written as ISO 8859-1"
            raise _refused([Finding(code="X188", message=said)]) from error


def _control(root: Tree) -> str:
    """ST02 as the document brings it."""
    numbers = root.get("_ctl")
    return str(numbers.get("st") or "") if isinstance(numbers, dict) else ""


def _header_faults(number: str, version: str) -> list[Finding]:
    faults = []
    if not number:
        faults.append(
            Finding(code="X187", message="the document names no set", place=Place(pointer="/_set"), hint='_set: "850"')
        )
    if not version:
        faults.append(
            Finding(
                code="X186",
                message="the document names no version",
                place=Place(pointer="/_ver"),
                hint='_ver: "004010"',
            )
        )
    return faults


def _judge(flat: Flattening, grammar: Grammar, marks: Delimiters) -> list[Finding]:
    """What a reader would say, with places in the document instead of a file."""
    lines = [marks.element.join(elements) for elements in flat.segments]
    trouble = Trouble(grammar, marks)
    odd = odd_segments(marks)
    walk(trouble, grammar, lines, {}, odd, marks)
    definition = grammar.definition
    found = fault_findings(trouble.faults, Ruler(b"", 0, marks), definition.rule, definition.number)
    return [replace(one, place=Place(element=one.place.element, pointer=one.place.pointer)) for one in found]


def _refused(faults: Iterable[Finding]) -> Reject:
    return Reject.of(faults)
