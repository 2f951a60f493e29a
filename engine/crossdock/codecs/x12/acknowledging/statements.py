"""What a 997, 999, TA1 or 824 that came in states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from crossdock.acknowledgement import Level, Remark, Statement, Verdict
from crossdock.codecs.x12.acknowledging.layout import nest
from crossdock.message import Document

Tree = dict[str, Document]

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


def _text(holder: Tree, key: str) -> str:
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def _each(holder: Tree, key: str) -> list[Tree]:
    found = holder.get(key)
    entries = found if isinstance(found, list) else [found]
    return [entry for entry in entries if isinstance(entry, dict)]


def _one(holder: Tree, key: str) -> Tree:
    return next(iter(_each(holder, key)), {})


def _count(holder: Tree, key: str) -> int | None:
    said = _text(holder, key)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None  # noqa: PLR2004 - six at most


def _numbered(holder: Tree, tag: str, first: int, last: int) -> Iterator[str]:
    for position in range(first, last + 1):
        code = _text(holder, f"{tag}{position:02}")
        if code:
            yield code


def _functional(document: Tree) -> Iterator[Statement]:
    by = str(document["_set"])
    nested = _nested(document)
    heading, total = _one(nested, "AK1"), _one(nested, "AK9")
    group, functional = _text(heading, "AK102"), _text(heading, "AK101")
    if total:
        yield Statement(
            standard="X12",
            by=by,
            level=Level.GROUP,
            verdict=_VERDICTS.get(_text(total, "AK901"), Verdict.RECEIVED),
            group=group,
            functional=functional,
            announced=_count(total, "AK902"),
            received=_count(total, "AK903"),
            accepted=_count(total, "AK904"),
            remarks=tuple(Remark(code=code, tag="GS") for code in _numbered(total, "AK9", 5, 9)),
        )
    segment, _, ending = ("IK3", "IK4", "IK5") if by == "999" else ("AK3", "AK4", "AK5")
    for named in _each(nested, "AK2"):
        yield Statement(
            standard="X12",
            by=by,
            level=Level.TRANSACTION,
            verdict=_VERDICTS.get(_text(_one(named, ending), f"{ending}01"), Verdict.RECEIVED),
            group=group,
            functional=functional,
            set=_text(named, "AK201"),
            transaction=_text(named, "AK202"),
            remarks=tuple(_remarks(named, segment, ending)),
        )


def _remarks(named: Tree, segment: str, ending: str) -> Iterator[Remark]:
    for code in _numbered(_one(named, ending), ending, 2, 6):
        yield Remark(code=code, tag="ST")
    for faulty in _each(named, segment):
        tag, number = _text(faulty, f"{segment}01"), _count(faulty, f"{segment}02")
        inner = segment.replace("3", "4")
        elements = _each(faulty, inner)
        if not elements:
            yield Remark(code=_text(faulty, f"{segment}04"), tag=tag, segment=number)
        for element in elements:
            position = (_text(element, f"{inner}0101") or _text(element, f"{inner}01")).zfill(2)
            component = _text(element, f"{inner}0102")
            yield Remark(
                code=_text(element, f"{inner}03"),
                tag=tag,
                segment=number,
                element=f"{tag}{position}{component.zfill(2) if component else ''}",
                value=_text(element, f"{inner}04"),
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
        entries = _each(document, tag)
        index = taken.get(tag, 0)
        taken[tag] = index + 1
        if index < len(entries):
            lines.append((tag, dict(entries[index])))
    return nest(lines)


def _interchange(document: Tree) -> Iterator[Statement]:
    said = _one(document, "TA1")
    accepted = _text(said, "TA104") in ("A", "E")
    code = _text(said, "TA105")
    if said:
        yield Statement(
            standard="X12",
            by="TA1",
            level=Level.INTERCHANGE,
            verdict=Verdict.RECEIVED if accepted else Verdict.REJECTED,
            interchange=_text(said, "TA101"),
            remarks=(Remark(code=code, tag="ISA"),) if code.strip("0") else (),
        )


def _advice(document: Tree) -> Iterator[Statement]:
    for about in _each(_nested(document), "OTI"):
        yield Statement(
            standard="X12",
            by="824",
            level=Level.DOCUMENT,
            verdict=_ADVICE.get(_text(about, "OTI01"), Verdict.RECEIVED),
            reference=_text(about, "OTI03"),
            group=_text(about, "OTI08"),
            transaction=_text(about, "OTI09"),
            set=_text(about, "OTI10"),
            remarks=tuple(_advised(about)),
        )


def _advised(about: Tree) -> Iterator[Remark]:
    for said in _each(about, "TED"):
        tag = _text(said, "TED03")
        position = _text(said, "TED0501") or _text(said, "TED05")
        yield Remark(
            code=_text(said, "TED01"),
            tag=tag,
            segment=_count(said, "TED04"),
            element=f"{tag}{position.zfill(2)}" if tag and position else "",
            value=_text(said, "TED07"),
            text=_text(said, "TED02"),
        )


_READERS: Mapping[str, Callable[[Tree], Iterator[Statement]]] = {
    "997": _functional,
    "999": _functional,
    "TA1": _interchange,
    "824": _advice,
}
