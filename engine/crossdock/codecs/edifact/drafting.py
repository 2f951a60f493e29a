"""A document as the body of a message, judged: what a writer wraps in an envelope.

What is written is first judged as if it had been read, so nothing leaves that we would not accept. The body does not
depend on any control number.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.walk import Trouble, walk
from crossdock.codecs.edifact.charsets import Charset, charset_of, odd_pattern
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.dictionary.library import version_key
from crossdock.codecs.edifact.envelope_writing import (
    READ,
    Envelope,
    Tree,
    envelope_faults,
    envelope_for,
    message_heading,
    text_of,
    tree_of,
    unusual_s009,
)
from crossdock.codecs.edifact.findings import TELLING
from crossdock.codecs.edifact.flatten import Flattening, flatten, flatten_structure, structure_elements
from crossdock.codecs.edifact.grammar import grammar_of
from crossdock.codecs.edifact.places import EdifactRuler
from crossdock.codecs.edifact.repertoire import Repertoire
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.text import as_sent
from crossdock.errors import Finding, Place, Reject, errors_in
from crossdock.message import Document

OBJECT = "UNO"


@dataclass(frozen=True, slots=True)
class Draft:
    """One message without UNH and UNT; ``control`` is the reference its document brings, if any.

    ``heading`` is UNH from its second element on. An object is one finished ``body`` with no segments to count.
    """

    set: str
    heading: tuple[tuple[str, ...], ...]
    control: str
    envelope: Envelope
    body: bytes
    segments: int
    encoding: str

    @property
    def is_object(self) -> bool:
        """Whether it is UNO to UNP."""
        return self.set == OBJECT

    def encoded(self, text: str) -> bytes:
        """Text of the envelope as the body is encoded."""
        return text.encode(self.encoding, "replace")


def draft(document: Document, settings: Settings) -> Draft:
    """The draft of a document. Raises ``Reject`` with everything that keeps it from being written."""
    if not isinstance(document, dict):
        raise refused([Finding(code="X290", message="an EDIFACT document is an object with _set and its segments")])
    name = str(document.get("_set") or settings.set)
    version = str(document.get("_ver") or settings.version)
    envelope = envelope_for(document, settings, name, version)
    read = READ in tree_of(document, "_env")
    charset = charset_of(envelope.charset, strict=not read)  # what came in with odd letters may leave with them
    repertoire = Repertoire(charset, envelope.encoding, settings.replace_characters)
    flat = Flattening(marks=envelope.marks, repertoire=repertoire)
    grammar = None if name == OBJECT else (settings.sets or grammar_of)(name, version)
    faults = [*envelope_faults(envelope, read=read)]
    if name != OBJECT:
        faults += _header_faults(name, version)
        _flatten(flat, grammar, document, name)
    faults += flat.findings
    if not errors_in(faults) and grammar is not None:
        faults += _judge(flat, grammar, charset)
    body = _object(flat, document) if name == OBJECT else _body(flat)
    if errors_in([*faults, *flat.findings]):
        raise refused(dict.fromkeys([*faults, *flat.findings]))
    return Draft(
        set=name,
        heading=_heading(document, settings, name, version),
        control=text_of(tree_of(document, "_ctl"), "unh"),
        envelope=envelope,
        body=body,
        segments=len(flat.segments),
        encoding=repertoire.encoding,
    )


def _heading(document: Tree, settings: Settings, name: str, version: str) -> tuple[tuple[str, ...], ...]:
    heading = message_heading(document, settings, name, version)
    as_read = unusual_s009(document)
    parts = (*as_read, "", "", "")
    if parts[0] == name and version_key(parts[1], parts[2]) == version:
        return (as_read, *heading[1:])
    return heading


def _flatten(flat: Flattening, grammar: Grammar | None, root: Tree, name: str) -> None:
    order = root.get("_order")
    if grammar is not None:
        flatten(flat, grammar.definition, root)
    elif isinstance(order, list):
        flatten_structure(flat, root, order)
    else:
        hint = "messages without dictionary can only be written back as they were read, by their _order"
        said = f'message {name} is not in the dictionary for release "{root.get("_ver", "")}"'
        flat.fault("X289", said, "/_set", hint=hint)


def _lines(flat: Flattening) -> list[str]:
    return ["+".join(elements) for elements in flat.segments]


def _body(flat: Flattening) -> bytes:
    if flat.findings:
        return b""
    marks = flat.marks
    text = "".join(as_sent(line, marks) + marks.end for line in _lines(flat))
    return text.encode(flat.repertoire.encoding, "replace")


def _object(flat: Flattening, root: Tree) -> bytes:
    """UNO, the bytes, UNP."""
    try:
        content = b64decode(text_of(root, "_object"), validate=True)
    except (Base64Error, ValueError):
        flat.fault("X286", "_object is not base64", "/_object")
        return b""
    uno = structure_elements(flat, "UNO", tree_of(root, "UNO"), "/UNO")
    uno = [*uno, *[""] * (4 - len(uno))]
    uno[3] = ":".join([str(len(content)), *uno[3].split(":")[1:]])
    marks = flat.marks
    opening = as_sent("+".join(["UNO", *uno]), marks) + marks.terminator
    closing = as_sent("+".join(["UNP", str(len(content)), uno[0]]), marks) + marks.end
    newline = marks.newline if text_of(root, "_object") else ""
    encoding = flat.repertoire.encoding
    return (opening + newline).encode(encoding, "replace") + content + closing.encode(encoding, "replace")


def _header_faults(name: str, version: str) -> list[Finding]:
    faults = []
    if not name:
        place = Place(pointer="/_set")
        faults.append(Finding(code="X285", message="the document names no message", place=place, hint="_set: ORDERS"))
    if not version:
        place = Place(pointer="/_ver")
        faults.append(Finding(code="X284", message="the document names no release", place=place, hint="_ver: D96A"))
    return faults


def _judge(flat: Flattening, grammar: Grammar, charset: Charset) -> list[Finding]:
    """What a reader would say, with places in the document instead of a file."""
    sight = Sight(charset)
    trouble = Trouble(grammar, sight)
    odd = odd_pattern(charset)
    walk(trouble, grammar, _lines(flat), {}, lambda segment: odd.search(segment) is not None, sight)
    definition = grammar.definition
    found = TELLING.findings(trouble.faults, EdifactRuler(b"", 0, flat.marks), definition.rule, definition.number)
    return [replace(one, place=Place(element=one.place.element, pointer=one.place.pointer)) for one in found]


def refused(faults: Iterable[Finding]) -> Reject:
    """The rejection of a document that cannot be written."""
    return Reject.of(faults)
