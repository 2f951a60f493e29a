"""Check digits of SSCC, GTIN and GLN, wherever a document has them: in their own fields, as ids, marks or references.

A contract refuses a wrong key in a field of its own; here it is told with what it should be, also where it stands as
plain text, and a partner decides how grave it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossdock.canonical.blocks.gs1 import check_digit
from crossdock.errors import Finding
from crossdock.partner.preflight.reading import Fields, entries, text, walk
from crossdock.partner.preflight.rule import (
    INVOICE,
    ORDER,
    SHIPMENT,
    Around,
    Ask,
    Outcome,
    PreflightRule,
    is_edi,
    said,
)

_AI_SSCC = re.compile(r"(?:\(00\)|00)?([0-9]{18})", re.ASCII)  # with or without its application identifier
_SSCC_MARKS = frozenset({"GM", "AA", "AI"})  # element 88: SSCC-18, and SSCC-18 with application identifier
_GTIN_IDS = {"UP": 12, "UI": 12, "EN": 13, "UK": 14, "UA": 12, "EO": 8, "UD": 12, "UN": 12, "UE": 13}  # element 235
_LENGTHS = {"sscc": (18,), "gtin": (8, 12, 13, 14), "gln": (13,)}
_BARE = re.compile(r"[0-9]+", re.ASCII)


def _judged(kind: str, code: str, value: str, pointer: str, what: str) -> Iterator[Finding]:
    """A finding where ``value`` is none of that kind."""
    name = kind.upper()
    lengths = _LENGTHS[kind]
    if not _BARE.fullmatch(value) or len(value) not in lengths:
        wanted = " or ".join([", ".join(map(str, lengths[:-1])), str(lengths[-1])]) if lengths[1:] else str(lengths[0])
        yield said(code, f"{what}: '{value[:40]}' is no {name}, which has {wanted} digits", pointer, value=value)
        return
    expected = check_digit(value[:-1])
    if value[-1] != expected:
        hint = f"{value[:-1]}{expected}, if the other digits are right"
        message = f"{what}: {name} {value} has a wrong check digit: it ends in {value[-1]}, not in {expected}"
        yield said(code, message, pointer, value=value, hint=hint)


def _of_scheme(kind: str, code: str, document: Fields) -> Iterator[Finding]:
    """Ids, references and the like that say of themselves what they are."""
    for pointer, one in walk(document):
        for scheme, value in (("scheme", "value"), ("type", "value"), ("id_scheme", "id")):
            if text(one, scheme).lower() == kind and text(one, value):
                yield from _judged(kind, code, text(one, value), f"{pointer}/{value}", _owner(pointer))


def _owner(pointer: str) -> str:
    words = [word for word in pointer.split("/") if word]
    spoken = [str(int(word) + 1) if word.isdigit() else word.replace("_", " ") for word in words]
    return " ".join(spoken) or "the document"


def _sscc(document: Fields, around: Around) -> Iterator[Finding]:
    yield from _of_scheme("sscc", "P210", document)
    for index, pack in entries(document, "packs"):
        what = f"pack {text(pack, 'number') or index + 1}"
        if text(pack, "sscc"):
            yield from _judged("sscc", "P210", text(pack, "sscc"), f"/packs/{index}/sscc", what)
        mark = _AI_SSCC.fullmatch(text(pack, "marks"))
        if mark is not None:
            yield from _judged("sscc", "P210", mark[1], f"/packs/{index}/marks", what)


def _gtin(document: Fields, around: Around) -> Iterator[Finding]:
    yield from _of_scheme("gtin", "P211", document)
    for pointer, one in walk(document):
        if text(one, "gtin"):
            yield from _judged("gtin", "P211", text(one, "gtin"), f"{pointer}/gtin", _owner(pointer))


def _gln(document: Fields, around: Around) -> Iterator[Finding]:
    yield from _of_scheme("gln", "P212", document)
    for pointer, one in walk(document):
        plain = text(one, "id")
        if len(plain) == _LENGTHS["gln"][0] and _BARE.fullmatch(plain) and not text(one, "id_scheme"):
            yield from _judged("gln", "P212", plain, f"{pointer}/id", _owner(pointer))


# Documents of EDI


def _sscc_edi(document: Fields, around: Around) -> Iterator[Finding]:
    for pointer, one in walk(document):
        if text(one, "MAN01") in _SSCC_MARKS:
            for name in ("MAN02", "MAN03"):
                yield from _marked(text(one, name), f"{pointer}/{name}", name)
        if text(one, "GIN01") == "BJ":  # 7405: serial shipping container code
            for name in ("GIN0201", "GIN0202", "GIN0301", "GIN0302"):
                yield from _marked(text(one, name), f"{pointer}/{name}", name)


def _marked(value: str, pointer: str, name: str) -> Iterator[Finding]:
    if value:
        found = _AI_SSCC.fullmatch(value)
        yield from _judged("sscc", "P210", found[1] if found else value, pointer, name)


def _gtin_edi(document: Fields, around: Around) -> Iterator[Finding]:
    for pointer, one in walk(document):
        for key, qualifier in one.items():
            if isinstance(qualifier, str) and key[-2:].isdigit() and qualifier in _GTIN_IDS and len(key) < 6:  # noqa: PLR2004
                value = f"{key[:-2]}{int(key[-2:]) + 1:02}"
                if key[:-2] in ("PO1", "IT1", "LIN", "SN1", "PO4") and text(one, value):
                    yield from _judged("gtin", "P211", text(one, value), f"{pointer}/{value}", value)
        if text(one, "LIN0302") in ("EN", "SRV", "UP") and text(one, "LIN0301"):  # 7143: international article number
            yield from _judged("gtin", "P211", text(one, "LIN0301"), f"{pointer}/LIN0301", "LIN0301")


def _gln_edi(document: Fields, around: Around) -> Iterator[Finding]:
    for pointer, one in walk(document):
        if text(one, "N103") == "UL" and text(one, "N104"):  # element 66: GS1 global location number
            yield from _judged("gln", "P212", text(one, "N104"), f"{pointer}/N104", f"N104 of {text(one, 'N101')}")
        if text(one, "NAD0203") == "9" and text(one, "NAD0201"):  # 3055: GS1
            what = f"NAD0201 of {text(one, 'NAD01')}"
            yield from _judged("gln", "P212", text(one, "NAD0201"), f"{pointer}/NAD0201", what)


def _either(canonical: Ask, edi: Ask) -> Ask:
    def ask(document: Fields, around: Around) -> Iterator[Finding]:
        return edi(document, around) if is_edi(document) else canonical(document, around)

    return ask


_EDI = ("x12/856", "edifact/DESADV")
_ITEMS = (
    "x12/850",
    "x12/855",
    "x12/810",
    "x12/856",
    "edifact/ORDERS",
    "edifact/ORDRSP",
    "edifact/INVOIC",
    "edifact/DESADV",
)
_CANONICAL = (ORDER, "order_acknowledgement/v1", "order_change/v1", SHIPMENT, INVOICE, "inventory/v1")

RULES = (
    PreflightRule(
        name="sscc",
        about="Serial shipping container codes have 18 digits and the right check digit, also as marks and references.",
        codes=("P210",),
        reads=(SHIPMENT, *_EDI),
        severity=Outcome.HOLD,
        ask=_either(_sscc, _sscc_edi),
    ),
    PreflightRule(
        name="gtin",
        about="Trade item numbers (UPC, EAN) have the right check digit.",
        codes=("P211",),
        reads=(*_CANONICAL, *_ITEMS),
        severity=Outcome.HOLD,
        ask=_either(_gtin, _gtin_edi),
    ),
    PreflightRule(
        name="gln",
        about="Location numbers have the right check digit, also ids of 13 digits that do not say what they are.",
        codes=("P212",),
        reads=(*_CANONICAL, *_ITEMS),
        severity=Outcome.HOLD,
        ask=_either(_gln, _gln_edi),
    ),
)
