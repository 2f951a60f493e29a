"""The ``edifact`` codec: bytes to documents and back, options bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.numbered import Numbered
from crossdock.codecs.edi.only import only_part
from crossdock.codecs.edi.peek import Head
from crossdock.codecs.edifact.options import EdifactOptions
from crossdock.codecs.edifact.outline import Outline
from crossdock.codecs.edifact.peek import peek
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.codecs.edifact.sniffing import sniff
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.edifact.writing import NumberedWriting, Writing
from crossdock.codecs.provenance.shown import Shown, likely_encoding
from crossdock.errors import Finding
from crossdock.message import Document, Payload


class EdifactCodec:
    """EDIFACT by given settings."""

    parts = "transactions"
    content_type = "application/edifact"

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part per message, each with its own verdict; findings about interchanges and groups between them."""
        return iter(Reading(payload, self._settings, keep=False))

    def judge(self, payload: Payload) -> JudgedReading:
        """The same pass with an account of each interchange, for who answers it."""
        return Reading(payload, self._settings)

    def outline(self, payload: Payload) -> JudgedReading:
        """A pass that counts messages and reads only what holds them: the accounts say nothing of the messages."""
        return Outline(payload, self._settings)

    def peek(self, payload: Payload) -> Iterator[Head]:
        """The head of each message: what routes it, at a fraction of the price of reading it."""
        return peek(payload, self._settings)

    def whole(self, payload: Payload) -> Part:
        """The only message of a payload."""
        return only_part(self.read(payload), "message", many="X281", none="X282")

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Its own parts, for all else are segments, in capital letters."""
        return self.parts if path[0][:1].islower() else None

    def shown(self, data: bytes) -> Shown:
        """The text, as UTF-8 where it is that."""
        return Shown(data, likely_encoding(data))

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The documents as interchanges; those that ask for the same envelope share one."""
        return Writing(self._settings).chunks(documents)

    def numbered(self, documents: Iterable[Document]) -> Numbered:
        """The documents as interchanges that wait for their references."""
        return NumberedWriting(documents, self._settings)


def _open(options: EdifactOptions, resources: Resources) -> EdifactCodec:
    local = resources.local_versions(EDIFACT.name)
    settings = options.settings()
    return EdifactCodec(replace(settings, sets=Dictionary(EDIFACT, local).grammar) if local else settings)


CODEC = CodecKind(
    name="edifact",
    about="UN/EDIFACT (syntax 1 to 4): any message by structure, described ones with full validation",
    options=EdifactOptions,
    open=_open,
    shorthand="version",
    sniff=sniff,
)
