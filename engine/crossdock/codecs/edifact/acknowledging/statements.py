"""What a CONTRL or an APERAK that came in states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from crossdock.acknowledgement import Level, Remark, Statement, Verdict
from crossdock.codecs.edi.branches import Tree, each_at, one_at, text_at
from crossdock.message import Document

#: Data element 0083; 1 to 3, 5 and 6 are of earlier editions.
_VERDICTS: Mapping[str, Verdict] = {
    "1": Verdict.ACCEPTED,
    "2": Verdict.ACCEPTED_WITH_ERRORS,
    "3": Verdict.PARTIALLY_ACCEPTED,
    "4": Verdict.REJECTED,
    "5": Verdict.RECEIVED,
    "6": Verdict.REJECTED,
    "7": Verdict.ACCEPTED,
    "8": Verdict.RECEIVED,
}
REJECTIONS = frozenset({"27", "RE"})  # of BGM: function (1225) and response type (4343), not accepted and rejected


def statements_of(document: Document) -> list[Statement]:
    """Its statements, what holds for many before exceptions; nothing of a document that is none of these."""
    if not isinstance(document, dict):
        return []
    reader = _READERS.get(str(document.get("_set")))
    return [] if reader is None else list(reader(document))


def _contrl(document: Tree) -> Iterator[Statement]:
    uci = one_at(document, "UCI")
    control = text_at(uci, "UCI01")
    yield replace(_statement(uci, "UCI", 4, Level.INTERCHANGE), interchange=control)
    for ucf in each_at(document, "UCF"):
        group = text_at(ucf, "UCF01")
        yield replace(_statement(ucf, "UCF", 4, Level.GROUP), interchange=control, group=group)
        for ucm in each_at(ucf, "UCM"):
            yield replace(_message(ucm), interchange=control, group=group)
    for ucm in each_at(document, "UCM"):
        yield replace(_message(ucm), interchange=control)


def _statement(holder: Tree, tag: str, action: int, level: Level) -> Statement:
    """What a UCI, UCF or UCM states; the action stands at a position of it, code and service segment behind."""
    code, service = text_at(holder, f"{tag}{action + 1:02}"), text_at(holder, f"{tag}{action + 2:02}")
    return Statement(
        standard="EDIFACT",
        by="CONTRL",
        level=level,
        verdict=_VERDICTS.get(text_at(holder, f"{tag}{action:02}"), Verdict.RECEIVED),
        remarks=(*((Remark(code=code, tag=service),) if code else ()), *_remarks(holder)),
    )


def _message(ucm: Tree) -> Statement:
    said = _statement(ucm, "UCM", 3, Level.TRANSACTION)
    return replace(said, transaction=text_at(ucm, "UCM01"), set=text_at(ucm, "UCM0201"))


def _remarks(holder: Tree) -> Iterator[Remark]:
    for ucs in each_at(holder, "UCS"):
        said = text_at(ucs, "UCS01")
        number = int(said) if said.isascii() and said.isdigit() else None
        code = text_at(ucs, "UCS02")
        if code:
            yield Remark(code=code, segment=number)
        for ucd in each_at(ucs, "UCD"):
            position, component = text_at(ucd, "UCD0201"), text_at(ucd, "UCD0202")
            spot = "element " + _counted(position) + (f", component {component}" if component else "")
            yield Remark(code=text_at(ucd, "UCD01"), segment=number, element=spot)


def _counted(position: str) -> str:
    """The element's number as people count, without the tag."""
    return str(int(position) - 1) if position.isascii() and position.isdigit() else position


def _aperak(document: Tree) -> Iterator[Statement]:
    yield Statement(
        standard="EDIFACT",
        by="APERAK",
        level=Level.DOCUMENT,
        verdict=_advised(document),
        reference=_reference(document),
        remarks=tuple(_errors(document)),
    )


def _advised(document: Tree) -> Verdict:
    bgm = one_at(document, "BGM")
    refused = REJECTIONS & {text_at(bgm, "BGM03"), text_at(bgm, "BGM04")} or any(True for _ in _errors(document))
    return Verdict.REJECTED if refused else Verdict.ACCEPTED


def _reference(document: Tree) -> str:
    """The number of the document it is about: the first reference, wherever it stands."""
    places = (document, *each_at(document, "ERC"))
    references = (rff for place in places for rff in each_at(place, "RFF"))
    return next((text_at(rff, "RFF0102") for rff in references if text_at(rff, "RFF0102")), "")


def _errors(document: Tree) -> Iterator[Remark]:
    for erc in each_at(document, "ERC"):
        words = " ".join(text_at(ftx, f"FTX04{n:02}") for ftx in each_at(erc, "FTX") for n in range(1, 6)).split()
        yield Remark(code=text_at(erc, "ERC0101") or text_at(erc, "ERC01"), text=" ".join(words))


_READERS: Mapping[str, Callable[[Tree], Iterator[Statement]]] = {"CONTRL": _contrl, "APERAK": _aperak}
