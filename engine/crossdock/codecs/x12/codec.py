"""The ``x12`` codec: bytes to documents and back, options bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.numbered import Numbered
from crossdock.codecs.edi.only import only_part
from crossdock.codecs.edi.peek import Head
from crossdock.codecs.provenance.shown import Shown, likely_encoding
from crossdock.codecs.x12.options import X12Options
from crossdock.codecs.x12.outline import Outline
from crossdock.codecs.x12.peek import peek
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.codecs.x12.standard import X12
from crossdock.codecs.x12.writing import NumberedWriting, Writing
from crossdock.errors import Finding
from crossdock.message import Document, Payload


class X12Codec:
    """X12 by given settings."""

    parts = "transactions"
    content_type = "application/edi-x12"

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part per transaction, each with its own verdict; findings about interchanges and groups between them."""
        return iter(Reading(payload, self._settings, keep=False))

    def judge(self, payload: Payload) -> JudgedReading:
        """The same pass with an account of each interchange, for who answers it."""
        return Reading(payload, self._settings)

    def outline(self, payload: Payload) -> JudgedReading:
        """A pass that counts transactions and reads only what holds them: the accounts say nothing of the transactions."""
        return Outline(payload, self._settings)

    def whole(self, payload: Payload) -> Part:
        """The only transaction of a payload."""
        return only_part(self.read(payload), "transaction", many="X181", none="X182")

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Its own parts, for all else are segments, in capital letters."""
        return self.parts if path[0][:1].islower() else None

    def shown(self, data: bytes) -> Shown:
        """The text, as UTF-8 where it is that."""
        return Shown(data, likely_encoding(data))

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The documents as interchanges; those that ask for the same envelope share one."""
        return Writing(self._settings).chunks(documents)

    def peek(self, payload: Payload) -> Iterator[Head]:
        """The head of each transaction: what routes it, at a fraction of the price of reading it."""
        return peek(payload, self._settings)

    def numbered(self, documents: Iterable[Document]) -> Numbered:
        """The documents as interchanges that wait for their control numbers."""
        return NumberedWriting(documents, self._settings)


def _open(options: X12Options, resources: Resources) -> X12Codec:
    local = resources.local_versions(X12.name)
    settings = options.settings()
    return X12Codec(replace(settings, sets=Dictionary(X12, local).grammar) if local else settings)


def sniff(head: bytes) -> int:
    """How likely the first bytes of a payload are X12."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    mark = text[3:4]
    if text.startswith(b"ISA") and mark and not mark.isalnum():
        return 100
    if text.startswith((b"ST", b"GS")) and text[2:3] and not text[2:3].isalnum() and not text[2:3].isspace():
        return 60
    return 40 if b"ISA*00*" in head else 0


CODEC = CodecKind(
    name="x12",
    about="ASC X12 EDI: any set and release by structure, described sets (850) with full validation",
    options=X12Options,
    open=_open,
    shorthand="version",
    sniff=sniff,
)
