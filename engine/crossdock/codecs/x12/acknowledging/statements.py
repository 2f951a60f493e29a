"""What a 997, 999, TA1 or 824 that came in states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from crossdock.acknowledgement import Level, Remark, Statement, Verdict
from crossdock.codecs.edi.branches import Tree, each_at, one_at, text_at
from crossdock.codecs.x12.acknowledging.layout import nest
from crossdock.message import Document

_VERDICTS: Mapping[str, Verdict] = {
    "A": Verdict.ACCEPTED,
    "E": Verdict.ACCEPTED_WITH_ERRORS,
    "P": Verdict.PARTIALLY_ACCEPTED,
    "R": Verdict.REJECTED,
    "M": Verdict.REJECTED,  # authentication code failed
    "W": Verdict.REJECTED,  # assurance failed
    "X": Verdict.REJECTED,  # could not be decrypted
}
#: BGN and OTI: 824, data element 110.
_ADVICE: Mapping[str, Verdict] = {
    "TA": Verdict.ACCEPTED,
    "TC": Verdict.ACCEPTED_WITH_ERRORS,
    "TE": Verdict.ACCEPTED_WITH_ERRORS,
    "TP": Verdict.PARTIALLY_ACCEPTED,
    "TR": Verdict.REJECTED,
    "IA": Verdict.ACCEPTED,
    "IC": Verdict.ACCEPTED_WITH_ERRORS,
    "IE": Verdict.ACCEPTED_WITH_ERRORS,
    "IP": Verdict.PARTIALLY_ACCEPTED,
    "IR": Verdict.REJECTED,
}


def statements_of(document: Document) -> list[Statement]:
    """Its statements, the group's before those about its transactions; nothing of a document that is none of these."""
    if not isinstance(document, dict):
        return []
    reader = _READERS.get(str(document.get("_set")))
    return [] if reader is None else list(reader(document))


def _count(holder: Tree, key: str) -> int | None:
    said = text_at(holder, key)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None  # noqa: PLR2004 - six at most


def _numbered(holder: Tree, tag: str, first: int, last: int) -> Iterator[str]:
    for position in range(first, last + 1):
        code = text_at(holder, f"{tag}{position:02}")
        if code:
            yield code


def _functional(document: Tree) -> Iterator[Statement]:
    by = str(document["_set"])
    nested = _nested(document)
    heading, total = one_at(nested, "AK1"), one_at(nested, "AK9")
    group, functional = text_at(heading, "AK102"), text_at(heading, "AK101")
    if total:
        yield Statement(
            standard="X12",
            by=by,
            level=Level.GROUP,
            verdict=_VERDICTS.get(text_at(total, "AK901"), Verdict.RECEIVED),
            group=group,
            functional=functional,
            announced=_count(total, "AK902"),
            received=_count(total, "AK903"),
            accepted=_count(total, "AK904"),
            remarks=tuple(Remark(code=code, tag="GS") for code in _numbered(total, "AK9", 5, 9)),
        )
    segment, _, ending = ("IK3", "IK4", "IK5") if by == "999" else ("AK3", "AK4", "AK5")
    for named in each_at(nested, "AK2"):
        yield Statement(
            standard="X12",
            by=by,
            level=Level.TRANSACTION,
            verdict=_VERDICTS.get(text_at(one_at(named, ending), f"{ending}01"), Verdict.RECEIVED),
            group=group,
            functional=functional,
            set=text_at(named, "AK201"),
            transaction=text_at(named, "AK202"),
            remarks=tuple(_remarks(named, segment, ending)),
        )


def _remarks(named: Tree, segment: str, ending: str) -> Iterator[Remark]:
    for code in _numbered(one_at(named, ending), ending, 2, 6):
        yield Remark(code=code, tag="ST")
    for faulty in each_at(named, segment):
        tag, number = text_at(faulty, f"{segment}01"), _count(faulty, f"{segment}02")
        inner = segment.replace("3", "4")
        elements = each_at(faulty, inner)
        if not elements:
            yield Remark(code=text_at(faulty, f"{segment}04"), tag=tag, segment=number)
        for element in elements:
            position = (text_at(element, f"{inner}0101") or text_at(element, f"{inner}01")).zfill(2)
            component = text_at(element, f"{inner}0102")
            yield Remark(
                code=text_at(element, f"{inner}03"),
                tag=tag,
                segment=number,
                element=f"{tag}{position}{component.zfill(2) if component else ''}",
                value=text_at(element, f"{inner}04"),
            )


def _nested(document: Tree) -> Tree:
    """The document as a described release has it: one that was read by structure is put into its loops."""
    order = document.get("_order")
    if not isinstance(order, list):
        return document
    taken: dict[str, int] = {}
    lines: list[tuple[str, Tree]] = []
    for one in order:
        tag = str(one)
        entries = each_at(document, tag)
        index = taken.get(tag, 0)
        taken[tag] = index + 1
        if index < len(entries):
            lines.append((tag, dict(entries[index])))
    return nest(lines)


def _interchange(document: Tree) -> Iterator[Statement]:
    said = one_at(document, "TA1")
    accepted = text_at(said, "TA104") in ("A", "E")
    code = text_at(said, "TA105")
    if said:
        yield Statement(
            standard="X12",
            by="TA1",
            level=Level.INTERCHANGE,
            verdict=Verdict.RECEIVED if accepted else Verdict.REJECTED,
            interchange=text_at(said, "TA101"),
            remarks=(Remark(code=code, tag="ISA"),) if code.strip("0") else (),
        )


def _advice(document: Tree) -> Iterator[Statement]:
    for about in each_at(_nested(document), "OTI"):
        yield Statement(
            standard="X12",
            by="824",
            level=Level.DOCUMENT,
            verdict=_ADVICE.get(text_at(about, "OTI01"), Verdict.RECEIVED),
            reference=text_at(about, "OTI03"),
            group=text_at(about, "OTI08"),
            transaction=text_at(about, "OTI09"),
            set=text_at(about, "OTI10"),
            remarks=tuple(_advised(about)),
        )


def _advised(about: Tree) -> Iterator[Remark]:
    for said in each_at(about, "TED"):
        tag = text_at(said, "TED03")
        position = text_at(said, "TED0501") or text_at(said, "TED05")
        yield Remark(
            code=text_at(said, "TED01"),
            tag=tag,
            segment=_count(said, "TED04"),
            element=f"{tag}{position.zfill(2)}" if tag and position else "",
            value=text_at(said, "TED07"),
            text=text_at(said, "TED02"),
        )


_READERS: Mapping[str, Callable[[Tree], Iterator[Statement]]] = {
    "997": _functional,
    "999": _functional,
    "TA1": _interchange,
    "824": _advice,
}
