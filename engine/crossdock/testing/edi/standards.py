"""The two standards as an examiner sees them: a codec, what tells their files, a count that does not use our reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edi.numbered import Numbered
from crossdock.codecs.edi.peek import Head
from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.codecs.x12.codec import X12Codec
from crossdock.message import Document, Payload


class EdiCodec(Protocol):
    """What the codecs of both standards can do."""

    def judge(self, payload: Payload) -> JudgedReading:
        """Parts and findings, and the account of each interchange."""
        ...

    def peek(self, payload: Payload) -> Iterator[Head]:
        """The head of each transaction."""
        ...

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The documents as interchanges."""
        ...

    def numbered(self, documents: Iterable[Document]) -> Numbered:
        """The documents as interchanges that wait for their control numbers."""
        ...


@dataclass(frozen=True, slots=True)
class Standard:
    """``begins`` tells its files by their first bytes; ``transactions`` finds the beginnings of transactions.

    ``limits`` are the codes of findings for which a payload may be refused as a whole. ``answer`` is the functional
    acknowledgement it is examined with.
    """

    name: str
    codec: EdiCodec
    begins: re.Pattern[bytes]
    transactions: re.Pattern[bytes]
    refusals: frozenset[str]
    answer: str

    def owns(self, data: bytes) -> bool:
        """Whether a file is of this standard."""
        return self.begins.search(data[:200]) is not None

    def count(self, data: bytes) -> int:
        """Transactions of a file, by plain search."""
        return len(self.transactions.findall(data))


STANDARDS: Mapping[str, Standard] = {
    "x12": Standard(
        "X12",
        X12Codec(),
        re.compile(rb"(?:^|\n|\xbf)ISA[^A-Za-z0-9]"),
        re.compile(rb"(?:^|[~\n\r\x1c|\\'])\s*ST([*|~\x1d^+])[0-9]{3}\1"),
        frozenset({"X101", "X102", "X103", "X104"}),
        "997",
    ),
    "edifact": Standard(
        "EDIFACT",
        EdifactCodec(),
        re.compile(rb"(?:^|\n|\xbf)(?:UNA|UNB)[^A-Za-z0-9]"),
        re.compile(rb"(?:^|['#~\n\r])\s*UNH[+|*\x1d]"),
        frozenset({"X201", "X202", "X203", "X204"}),
        "CONTRL",
    ),
}
