"""The ``x12`` codec: bytes to documents and back, options bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.x12.options import X12Options
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Finding, Reject
from crossdock.message import Document, Payload


class X12Codec:
    """X12 by given settings."""

    parts = "transactions"
    content_type = "application/edi-x12"

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part per transaction, each with its own verdict; findings about interchanges and groups between them."""
        return iter(Reading(payload, self._settings))

    def whole(self, payload: Payload) -> Part:
        """The only transaction of a payload."""
        only: Part | None = None
        about: list[Finding] = []
        for item in self.read(payload):
            if isinstance(item, Finding):
                about.append(item)
            elif only is None:
                only = item
            else:
                hint = "split them: `- split: transactions`"
                raise Reject("X181", "the payload holds more than one transaction", hint=hint)
        if only is None:
            raise Reject("X182", "the payload holds no transaction", findings=about)
        only.findings = (*about, *only.findings)
        return only

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The documents as interchanges; those that ask for the same envelope share one."""
        return Writing(self._settings).chunks(documents)


def _open(options: X12Options, resources: Resources) -> X12Codec:
    return X12Codec(options.settings())


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
