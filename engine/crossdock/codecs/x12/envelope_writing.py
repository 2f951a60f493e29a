"""The envelope of what is written: from what the document brought (``_env``, ``_ctl``), else from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.codecs.x12.delimiters import REPETITION_SINCE, Delimiters
from crossdock.codecs.x12.dictionary.library import RELEASE_LENGTH
from crossdock.codecs.x12.envelope import ISA_WIDTHS
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Finding, Place
from crossdock.message import Document

Tree = dict[str, Document]
REPETITION = "^"
USUAL_STANDARDS = "U"
ENVELOPE_CODEC = "iso8859-1"  # ISA is counted in bytes, each of them a character
LAST = "\xff"  # character of it


@dataclass(frozen=True, slots=True)
class Envelope:
    """ISA and GS to be written; two transactions with equal ones travel together."""

    marks: Delimiters
    isa: tuple[str, ...]  # ISA01 … ISA16
    gs: tuple[str, ...]  # GS01 … GS08, empty for TA1

    def isa_segment(self, control: str) -> str:
        """ISA with a control number, every element padded to its width."""
        values = (*self.isa[:12], control, *self.isa[13:])
        padded = [value.ljust(width) for value, width in zip(values, ISA_WIDTHS, strict=True)]
        return self.marks.element.join(["ISA", *padded])

    @property
    def control(self) -> str:
        """ISA13."""
        return self.isa[12]


def _text(facts: Tree, name: str, otherwise: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else otherwise


def _marks(facts: Tree, settings: Settings, version: str) -> Delimiters:
    marks = _text(facts, "separators", settings.separators)
    element, component, terminator, repetition = (marks[n : n + 1] for n in range(4))
    if not repetition and "separators" not in facts and isa_version(version) >= REPETITION_SINCE:
        repetition = REPETITION
    newline = _text(facts, "newline", "" if "separators" in facts else settings.newline)
    return Delimiters(element, component.strip(" "), terminator, repetition, newline)


def isa_version(version: str) -> str:
    """ISA12 for a GS08: ``00401`` for ``004010``."""
    return version[: RELEASE_LENGTH - 1]


def _isa(facts: Tree, numbers: Tree, settings: Settings, marks: Delimiters, version: str) -> tuple[str, ...]:
    control = _text(numbers, "isa", "") or f"{settings.interchange_number:09}"
    return (
        _text(facts, "authorization_qualifier", "00"),
        _text(facts, "authorization", ""),
        _text(facts, "security_qualifier", "00"),
        _text(facts, "security", ""),
        _text(facts, "sender_qualifier", settings.sender.qualifier),
        _text(facts, "sender", settings.sender.id),
        _text(facts, "receiver_qualifier", settings.receiver.qualifier),
        _text(facts, "receiver", settings.receiver.id),
        _text(facts, "isa_date", settings.date[2:]),
        _text(facts, "isa_time", settings.time[:4]),
        marks.repetition or _standards(facts),
        _text(facts, "isa_version", isa_version(version)),
        control,
        _text(facts, "acknowledge", "1" if settings.acknowledge else "0"),
        _text(facts, "usage", settings.usage),
        marks.component,
    )


def _standards(facts: Tree) -> str:
    """ISA11 where it separates nothing; what an ISA without padding held there is not repeated."""
    value = _text(facts, "isa_standards", USUAL_STANDARDS)
    return value if len(value) == 1 else USUAL_STANDARDS


def _gs(facts: Tree, numbers: Tree, settings: Settings, group: str, version: str) -> tuple[str, ...]:
    sender = settings.sender.group or _text(facts, "sender", settings.sender.id)
    receiver = settings.receiver.group or _text(facts, "receiver", settings.receiver.id)
    return (
        _text(facts, "functional_id", group),
        _text(facts, "gs_sender", sender),
        _text(facts, "gs_receiver", receiver),
        _text(facts, "gs_date", settings.date),
        _text(facts, "gs_time", settings.time),
        _text(numbers, "gs", "") or str(settings.group_number),
        _text(facts, "agency", "X"),
        version,
    )


def envelope_for(root: Tree, settings: Settings, group: str, version: str) -> Envelope:
    """The envelope a document asks for."""
    env, ctl = root.get("_env"), root.get("_ctl")
    facts, numbers = env if isinstance(env, dict) else {}, ctl if isinstance(ctl, dict) else {}
    marks = _marks(facts, settings, version)
    isa = _isa(facts, numbers, settings, marks, version)
    gs = () if root.get("_set") == "TA1" else _gs(facts, numbers, settings, group, version)
    return Envelope(marks, isa, gs)


_NEEDED = (("sender", 5, "sender"), ("receiver", 7, "receiver"), ("isa_date", 8, "date"))


def envelope_faults(envelope: Envelope) -> list[Finding]:
    """What is missing or does not fit."""
    faults = [
        _fault(
            "X196",
            f"the envelope has no {option}",
            f"/_env/{name}",
            f"say it in the options ({option}) or in the document",
        )
        for name, position, option in _NEEDED
        if not envelope.isa[position]
    ]
    for number, (value, width) in enumerate(zip(envelope.isa, ISA_WIDTHS, strict=True), start=1):
        if len(value) > width:
            faults.append(_fault("X197", f'ISA{number:02} is "{value}": at most {width} characters fit', "/_env"))
    faults += [
        _fault("X188", f'"{value}" of the envelope cannot be written as ISO 8859-1', "/_env")
        for value in (*envelope.isa, *envelope.gs)
        if any(letter > LAST for letter in value)
    ]
    marks = envelope.marks.separators
    own = (*envelope.isa[:10], *envelope.isa[11:15], *envelope.gs)  # ISA11 and ISA16 are separators themselves
    faults += [
        _fault("X191", f'"{value}" of the envelope holds a delimiter', "/_env", "choose other separators")
        for value in own
        if any(mark in value for mark in (*marks, "\r", "\n"))
    ]
    if len(set(marks)) < len(marks) or any(mark.isascii() and mark.isalnum() for mark in marks):
        faults.append(
            _fault(
                "X198", f'separators "{marks}": each must be another one, and no letter or digit', "/_env/separators"
            )
        )
    return faults


def _fault(code: str, message: str, pointer: str, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=Place(pointer=pointer), hint=hint)
