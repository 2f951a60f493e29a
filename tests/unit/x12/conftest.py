"""Interchanges built from segments, and what reading them gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from tests.unit.edi.outcome import Outcome, outcome_of

from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.message import Inline

ORDER = (
    "BEG*00*SA*PO1**20261120",
    "N1*ST*DC 7*92*0007",
    "N3*1 MAIN ST",
    "N4*MEMPHIS*TN",
    "PO1*1*10*EA*12.5**VP*SKU1",
    "PID*F****HEX BOLT",
    "CTT*1",
)


class Bench:
    """Wraps segments (written with ``*``) in an envelope and reads them."""

    order = ORDER

    def isa(self, version: str = "004010", control: str = "000000001", mark: str = "*", component: str = ">") -> str:
        standards = "^" if version > "004020" else "U"
        words = [
            "ISA",
            "00",
            " " * 10,
            "00",
            " " * 10,
            "ZZ",
            f"{'GLOBEX':15}",
            "ZZ",
            f"{'ACMEDIST':15}",
            "261121",
            "0930",
        ]
        return mark.join([*words, standards, version[:5], control, "0", "P", component])

    def transaction(self, body: Iterable[str], number: str = "850", control: str = "0001") -> list[str]:
        segments = list(body)
        return [f"ST*{number}*{control}", *segments, f"SE*{len(segments) + 2}*{control}"]

    def wrap(
        self, *bodies: Iterable[str], version: str = "004010", number: str = "850", group: str = "PO", end: str = "~"
    ) -> bytes:
        segments = [self.isa(version), f"GS*{group}*GLOBEX*ACMEDIST*20261121*0930*1*X*{version}"]
        for count, body in enumerate(bodies, start=1):
            segments += self.transaction(body, number, f"{count:04}")
        segments += [f"GE*{len(bodies)}*1", "IEA*1*000000001"]
        return "".join(segment + end for segment in segments).encode()

    def read(self, data: bytes, settings: Settings = DEFAULTS) -> Outcome:
        return outcome_of(Reading(Inline(data), settings))

    def read_order(self, *changes: tuple[str, str], version: str = "004010") -> Outcome:
        """The plain order with (old, new) text exchanged in it."""
        text = "\n".join(ORDER)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return self.read(self.wrap([line for line in text.split("\n") if line], version=version))


@pytest.fixture
def bench() -> Bench:
    return Bench()


Reader = Callable[[bytes], Outcome]
