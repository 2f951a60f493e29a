"""Interchanges built from segments, and what reading them gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.errors import Finding
from crossdock.message import Document, Inline

ORDER = (
    "BGM+220+PO1+9",
    "DTM+137:20261120:102",
    "NAD+BY+5412345000013::9",
    "NAD+DP+5412345000020::9++GLOBEX DC 7+1 MAIN ST+MEMPHIS++38103+US",
    "LIN+1++4000862141404:EN",
    "PIA+1+SKU1:SA",
    "IMD+F++:::HEX BOLT",
    "QTY+21:10",
    "PRI+AAA:12.5",
    "UNS+S",
    "CNT+2:1",
)
UNB = "UNB+UNOC:3+5412345000013:14+4012345000009:14+261121:0930+REF1"


@dataclass
class Outcome:
    """Parts, remarks and accounts of one reading."""

    parts: list[Part] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    accounts: list[InterchangeAccount] = field(default_factory=list)

    @property
    def part(self) -> Part:
        assert len(self.parts) == 1
        return self.parts[0]

    @property
    def document(self) -> dict[str, Document]:
        document = self.part.document
        assert isinstance(document, dict)
        return document

    @property
    def findings(self) -> list[Finding]:
        return [finding for part in self.parts for finding in part.findings]

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    @property
    def remarked(self) -> list[str]:
        return [finding.code for finding in self.remarks]


class Bench:
    """Wraps segments (written with the usual delimiters) in an envelope and reads them."""

    order = ORDER

    def message(self, body: Iterable[str], name: str = "ORDERS:D:96A:UN:EAN008", reference: str = "1") -> list[str]:
        segments = list(body)
        return [f"UNH+{reference}+{name}", *segments, f"UNT+{len(segments) + 2}+{reference}"]

    def wrap(
        self,
        *bodies: Iterable[str],
        name: str = "ORDERS:D:96A:UN:EAN008",
        una: str = "",
        unb: str = UNB,
        end: str = "'",
    ) -> bytes:
        segments = [unb]
        for count, body in enumerate(bodies, start=1):
            segments += self.message(body, name, str(count))
        segments.append(f"UNZ+{len(bodies)}+REF1")
        return (una + "".join(segment + end for segment in segments)).encode("latin-1")

    def read(self, data: bytes, settings: Settings = DEFAULTS) -> Outcome:
        outcome = Outcome()
        reading = Reading(Inline(data), settings)
        for item in reading:
            outcome.parts.append(item) if isinstance(item, Part) else outcome.remarks.append(item)
        outcome.accounts = list(reading.accounts)
        return outcome

    def read_order(
        self, *changes: tuple[str, str], name: str = "ORDERS:D:96A:UN:EAN008", settings: Settings = DEFAULTS
    ) -> Outcome:
        """The plain order with (old, new) text exchanged in it."""
        text = "\n".join(ORDER)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return self.read(self.wrap([line for line in text.split("\n") if line], name=name), settings)


@pytest.fixture
def bench() -> Bench:
    return Bench()
