"""Interchanges built from segments, and what reading them gave."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.unit.edi.outcome import Outcome, outcome_of

from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.message import Inline

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
        return outcome_of(Reading(Inline(data), settings))

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
