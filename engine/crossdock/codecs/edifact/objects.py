"""An object: UNO, bytes of anything, UNP (ISO 9735-8). Its length stands in UNO, so its bytes are never looked into."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edifact.envelope import Elements, Surroundings, at, elements_of
from crossdock.codecs.edifact.findings import MESSAGE_KINDS
from crossdock.codecs.edifact.framing import Framing
from crossdock.codecs.edifact.message import closed, equals
from crossdock.codecs.edifact.structure import plain_segment
from crossdock.codecs.edifact.text import splitter
from crossdock.errors import Finding, Place
from crossdock.message import Document

DIGITS = 18  # of 0810


@dataclass(frozen=True, slots=True)
class ReadObject:
    """The part of an object, with its reference (0800)."""

    part: Part
    control: str


class ObjectReader:
    """Reads the objects of one group."""

    def __init__(self, around: Surroundings, framing: Framing) -> None:
        self._around = around
        self._framing = framing
        self._splitter = splitter(around.marks, around.interchange.charset(strict=False))

    def read(self, offset: int, position: int) -> ReadObject:
        """Takes UNO to UNP from the stream."""
        newline = self._around.marks.newline
        opening = self._framing.segment()
        uno = self._segment(opening)
        control, length = at(elements_of(uno), 1), length_of(elements_of(uno))
        if not self._framing.object_fits(length):
            opening += self._framing.take_newline(newline)
        content = self._framing.take_object(length)
        closing = self._framing.segment() if self._framing.closing_next() else b""
        document = self._document(uno, self._segment(closing) if closing else "", content, control)
        findings = tuple(self._findings(uno, content, length, closing, offset))
        data = opening + content + closing
        headers = {**self._around.headers, "edifact.set": "UNO", "edifact.version": "", "edifact.unh": control}
        part = Part(
            position=position,
            document=document,
            raw=lambda: closed(self._around, data),
            findings=findings,
            headers=headers,
            place=lambda pointer: Place(byte=offset, element="UNO"),
        )
        return ReadObject(part, control)

    def _segment(self, raw: bytes) -> str:
        segments = self._splitter.split(raw).segments
        return segments[0] if segments else ""

    def _document(self, uno: str, unp: str, content: bytes, control: str) -> dict[str, Document]:
        headers = self._around.headers
        numbers: dict[str, Document] = {"unb": headers["edifact.unb"], "ung": headers["edifact.ung"], "unh": control}
        document: dict[str, Document] = {"_std": "EDIFACT", "_ver": "", "_set": "UNO", "_ctl": numbers}
        document["_env"] = dict(self._around.facts)
        document["_object"] = b64encode(content).decode()
        document["UNO"] = plain_segment(uno.split("+"))
        if unp:
            document["UNP"] = plain_segment(unp.split("+"))
        return document

    def _findings(self, uno: str, content: bytes, length: int, closing: bytes, offset: int) -> list[Finding]:
        elements = elements_of(uno)
        place = Place(segment=1, byte=offset, element="UNO0401")
        if len(content) < length:
            kind = MESSAGE_KINDS["object_cut"]
            return [finding(kind, place, unh=at(elements, 1), value=at(elements, 4))]
        if not closing:
            return [finding(MESSAGE_KINDS["object_length"], place, value=at(elements, 4))]
        unp = elements_of(self._segment(closing))
        found = []
        if at(unp, 2) != at(elements, 1):
            found.append(finding(MESSAGE_KINDS["unh_differs"], place, value=at(unp, 2), unh=at(elements, 1)))
        if not equals(at(unp, 1), length):
            found.append(finding(MESSAGE_KINDS["unt_count"], place, value=at(unp, 1), actual=length))
        return found


def length_of(uno: Elements) -> int:
    """How many bytes UNO announces."""
    text = at(uno, 4)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
