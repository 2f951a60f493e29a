"""Orders in X12 and EDIFACT, read under a partner's rules or by a project's own versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.grammar import Sets
from crossdock.codecs.edi.local import Local, read_locals
from crossdock.codecs.edifact.reading import Reading as EdifactReading
from crossdock.codecs.edifact.settings import Settings as EdifactSettings
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.x12.reading import Reading as X12Reading
from crossdock.codecs.x12.settings import Settings as X12Settings
from crossdock.codecs.x12.standard import X12
from crossdock.errors import Finding
from crossdock.message import Inline

OWNER = "partner acme"
ORDER = (
    "BEG*00*SA*PO1**20261120",
    "N1*ST*DC 7*92*0007",
    "N3*1 MAIN ST",
    "N1*BY*HEAD OFFICE*92*0001",
    "PO1*1*10*EA*12.5**VP*SKU1",
    "PID*F****HEX BOLT",
    "CTT*1",
)
MESSAGE = (
    "BGM+220+PO1+9",
    "DTM+137:20261120:102",
    "NAD+BY+5412345000013::9",
    "LIN+1++4000862141404:SRV",
    "QTY+21:48",
    "UNS+S",
    "CNT+2:1",
)


def x12(sets: Sets | None, body: Sequence[str] = ORDER, version: str = "004010", number: str = "850") -> Part:
    """One transaction as it is read."""
    lines = [
        "ISA*00*          *00*          *ZZ*GLOBEX         *ZZ*ACMEDIST       *261121*0930*U*00401*000000001*0*P*>",
        f"GS*PO*GLOBEX*ACMEDIST*20261121*0930*1*X*{version}",
        f"ST*{number}*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return _only(X12Reading(Inline("~".join([*lines, ""]).encode()), X12Settings(sets=sets)))


def edifact(sets: Sets | None, body: Sequence[str] = MESSAGE, name: str = "ORDERS:D:96A:UN") -> Part:
    """One message as it is read."""
    lines = [
        "UNB+UNOC:3+GLOBEX+5412345000013:14+261121:0930+1",
        f"UNH+1+{name}",
        *body,
        f"UNT+{len(body) + 2}+1",
        "UNZ+1+1",
    ]
    return _only(EdifactReading(Inline("'".join([*lines, ""]).encode()), EdifactSettings(sets=sets)))


def _only(items: object) -> Part:
    parts = [item for item in items if isinstance(item, Part)]  # type: ignore[attr-defined]  # a reading of either
    assert len(parts) == 1
    return parts[0]


def under(rules: Mapping[str, object], number: str = "850") -> Sets:
    """The sets as acme's rules for one of them leave them."""
    standard = X12 if number.isdigit() else EDIFACT
    return Dictionary(standard).sets({number: rules}, OWNER)


def told(part: Part) -> list[tuple[str, str | None, str | None]]:
    """(code, element, rule) of each finding."""
    return [(one.code, one.place.element, one.rule) for one in part.findings]


def reported(finding: Finding) -> dict[str, str]:
    """The acknowledgement codes of a finding."""
    return dict(finding.report)


def local_of(text: str) -> Mapping[str, Local]:
    """The versions a file describes, of X12 first."""
    read = read_locals(text.encode(), "mappings/edi/acme.txt", {"X12": X12, "EDIFACT": EDIFACT})
    return {one.name: one for one in read}
