"""The ``tradacoms`` codec: the British retail standard (ANA, 1982 on), read by structure, one document a message.

    STX=ANA:1+5000000000000:BUYER+5010000000003:SELLER+201120:101500+REF1++ORDHDR'
    MHD=1+ORDHDR:9'TYP=0430+NEW-ORDERS'…MTR=6'
    END=1'

Its segments differ from EDIFACT's in the ``=`` behind the tag; delimiters and release character are the same and never
change. Keys are those of EDIFACT read without a dictionary: ``TYP01``, ``SDT0101``; ``_order`` keeps the sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.settings import SEGMENT_LIMIT
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.charsets import ANY
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.envelope import Elements, at, elements_of
from crossdock.codecs.edifact.framing import Framing
from crossdock.codecs.edifact.message import equals
from crossdock.codecs.edifact.settings import MESSAGE_LIMIT, Settings
from crossdock.codecs.edifact.structure import read_structure
from crossdock.codecs.edifact.text import Splitter
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Document, Payload

MARKS = Delimiters()
BLANK = b" \t\r\n\x1a\x00"
BOM = b"\xef\xbb\xbf"
_FACTS = (
    ("sender", 2, 1),
    ("sender_name", 2, 2),
    ("receiver", 3, 1),
    ("receiver_name", 3, 2),
    ("date", 4, 1),
    ("time", 4, 2),
    ("receiver_reference", 6, 1),
    ("application", 7, 1),
    ("priority", 8, 1),
)

KINDS = {
    "mtr_absent": Kind("X275", "message {mhd} has no MTR: it was cut off"),
    "mtr_count": Kind("X276", 'MTR counts "{value}", but there are {actual} segments'),
    "end_count": Kind("X277", 'END counts "{value}", but there are {actual} messages', (), Severity.WARNING),
    "end_absent": Kind("X278", "transmission {stx} has no END", (), Severity.WARNING),
    "orphans": Kind("X279", "segments stand outside any message: {tags}"),
}
_AROUND = frozenset({"STX", "BAT", "EOB", "RSG", "END"})


@dataclass(slots=True)
class _Transmission:
    """What STX says, and how many messages there were."""

    raw: bytes = b""
    elements: Elements = ()
    batch: str = ""
    messages: int = 0

    @property
    def control(self) -> str:
        return at(self.elements, 5)

    def facts(self) -> dict[str, Document]:
        facts: dict[str, Document] = {name: at(self.elements, element, part) for name, element, part in _FACTS}
        if self.batch:
            facts["batch"] = self.batch
        return {name: value for name, value in facts.items() if value}


@dataclass(slots=True)
class _Message:
    """MHD up to MTR, as far as it came."""

    offset: int
    pieces: list[bytes] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, raw: bytes, segment: str) -> None:
        self.pieces.append(raw)
        self.segments.append(segment)
        self.size += len(raw)


class TradacomsReading:
    """One pass over a payload."""

    def __init__(self, payload: Payload, settings: Settings) -> None:
        self._stream = Stream(payload.chunks())
        self._settings = settings
        self._framing = Framing(self._stream, MARKS, settings)
        self._splitter = Splitter(MARKS, ANY)
        self._transmission = _Transmission()
        self._position = 0
        self._found = False
        self._message: _Message | None = None

    def __iter__(self) -> Iterator[Part | Finding]:
        if self._stream.starts(BOM):
            self._stream.pos += len(BOM)
        while self._more():
            yield from self._step()
        yield from self._cut()
        yield from self._unfinished()

    def _more(self) -> bool:
        self._stream.skip(BLANK)
        return self._stream.need(1)

    def _step(self) -> Iterator[Part | Finding]:
        """One segment."""
        start = self._stream.offset
        raw = self._framing.segment()
        segment, tag = self._segment(raw)
        self._recognise(tag)
        if tag == "MHD" or tag in _AROUND:
            yield from self._cut()
        if tag == "MHD":
            self._message = _Message(start)
        message = self._message
        if message is None:
            yield from self._service(tag, elements_of(segment), raw, start)
            return
        message.add(raw, segment)
        self._limit(message)
        if tag == "MTR":
            self._message = None
            yield self._part(message, list(self._counted(message, elements_of(segment))))

    def _segment(self, raw: bytes) -> tuple[str, str]:
        """(the segment as EDIFACT would write it, its tag)."""
        segments = self._splitter.split(raw).segments
        tag, _, rest = (segments[0] if segments else "").partition("=")
        return f"{tag}+{rest}", tag.strip()

    def _recognise(self, tag: str) -> None:
        if not self._found and tag not in ("STX", "MHD"):
            raise Reject("X280", "the payload does not begin with STX: it is no TRADACOMS transmission")
        self._found = True

    def _limit(self, message: _Message) -> None:
        limit = self._settings.message_limit
        if message.size > limit:
            said = Finding(
                code="X204", message=f"a message is longer than {limit} bytes", place=Place(byte=message.offset)
            )
            raise Reject.of([said])

    def _service(self, tag: str, elements: Elements, raw: bytes, start: int) -> Iterator[Part | Finding]:
        match tag:
            case "STX":
                yield from self._unfinished()
                self._transmission = _Transmission(raw, elements)
            case "BAT":
                self._transmission.batch = at(elements, 1)
            case "EOB":
                self._transmission.batch = ""
            case "RSG":
                return
            case "END":
                actual = self._transmission.messages
                if not equals(at(elements, 1), actual):
                    yield finding(KINDS["end_count"], Place(byte=start), None, value=at(elements, 1), actual=actual)
                self._transmission = _Transmission()
            case _:
                yield self._lost(tag, raw, start)

    def _unfinished(self) -> Iterator[Finding]:
        if self._transmission.elements:
            yield finding(KINDS["end_absent"], Place(byte=self._stream.offset), None, stx=self._transmission.control)

    def _lost(self, tag: str, raw: bytes, start: int) -> Part:
        self._position += 1
        said = finding(KINDS["orphans"], Place(byte=start), None, tags=tag)
        return Part(position=self._position, document=None, raw=lambda: raw, findings=(said,))

    def _cut(self) -> Iterator[Part]:
        """The message that is open, where something ends it that is no MTR."""
        message, self._message = self._message, None
        if message is not None:
            place = Place(segment=len(message.segments) + 1, byte=message.offset + message.size)
            control = at(elements_of(message.segments[0]), 1)
            yield self._part(message, [finding(KINDS["mtr_absent"], place, None, mhd=control)])

    def _counted(self, message: _Message, mtr: Elements) -> Iterator[Finding]:
        actual = len(message.segments)
        if not equals(at(mtr, 1), actual):
            byte = message.offset + message.size - len(message.pieces[-1])
            place = Place(segment=actual, byte=byte, element="MTR01")
            yield finding(KINDS["mtr_count"], place, None, value=at(mtr, 1), actual=actual)

    def _part(self, message: _Message, findings: list[Finding]) -> Part:
        mhd = elements_of(message.segments[0])
        name, version, control = at(mhd, 2), at(mhd, 2, 2), at(mhd, 1)
        transmission = self._transmission
        transmission.messages += 1
        self._position += 1
        numbers: dict[str, Document] = {"stx": transmission.control, "mhd": control}
        document: dict[str, Document] = {"_std": "TRADACOMS", "_ver": version, "_set": name, "_ctl": numbers}
        document["_env"] = transmission.facts()
        closing = 1 if message.segments[-1].startswith("MTR+") else 0
        read_structure(message.segments[1 : len(message.segments) - closing], document)
        opening, body = transmission.raw, b"".join(message.pieces)
        headers = {
            "tradacoms.set": name,
            "tradacoms.version": version,
            "tradacoms.mhd": control,
            "tradacoms.stx": transmission.control,
            "tradacoms.sender": at(transmission.elements, 2),
            "tradacoms.receiver": at(transmission.elements, 3),
        }
        return Part(
            position=self._position,
            document=document,
            raw=lambda: opening + body + (b"END=1'" if opening else b""),
            findings=tuple(findings),
            headers=headers,
            place=lambda pointer: Place(byte=message.offset, element="MHD"),
        )


class TradacomsCodec:
    """TRADACOMS by given limits."""

    parts = "transactions"
    content_type = "application/edifact"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part per message; findings about the transmission between them."""
        return iter(TradacomsReading(payload, self._settings))

    def whole(self, payload: Payload) -> Part:
        """The only message of a payload."""
        items = list(self.read(payload))
        parts = [item for item in items if isinstance(item, Part)]
        about = tuple(item for item in items if isinstance(item, Finding))
        if len(parts) != 1:
            hint = "split them: `- split: transactions`" if parts else None
            raise Reject("X281", f"the payload holds {len(parts)} messages, not one", findings=about, hint=hint)
        parts[0].findings = (*about, *parts[0].findings)
        return parts[0]

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Its own parts, for all else are segments, in capital letters."""
        return self.parts if path[0][:1].islower() else None

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """Refused: the standard is no longer developed, and new partners speak EDIFACT."""
        raise Reject("X283", "TRADACOMS is read, not written", hint="encode: edifact")


class TradacomsOptions(BaseModel):
    """Options of the ``tradacoms`` codec."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    segment_limit: int = Field(SEGMENT_LIMIT, ge=1024)
    message_limit: int = Field(MESSAGE_LIMIT, ge=1024)


def _open(options: TradacomsOptions, resources: Resources) -> TradacomsCodec:
    return TradacomsCodec(Settings(segment_limit=options.segment_limit, message_limit=options.message_limit))


def sniff(head: bytes) -> int:
    """How likely the first bytes of a payload are TRADACOMS."""
    text = head.removeprefix(BOM).lstrip()
    return 100 if text.startswith((b"STX=ANA", b"STX=")) else 60 if text.startswith(b"MHD=") else 0


CODEC = CodecKind(
    name="tradacoms",
    about="TRADACOMS: any message by structure, read only",
    options=TradacomsOptions,
    open=_open,
    sniff=sniff,
)
