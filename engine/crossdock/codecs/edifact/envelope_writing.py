"""The envelope of what is written: from what the document brought (``_env``, ``_ctl``), else from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.codecs.edifact.charsets import CHARSETS
from crossdock.codecs.edifact.delimiters import REPETITION_SINCE, Delimiters, default_separators, delimiters, usable
from crossdock.codecs.edifact.envelope import UNB_LENGTHS, UNB_SOMETIMES, UNG_FACTS, USUAL_AGENCY, s009_of
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.text import as_sent, standing_in
from crossdock.errors import Finding, Place
from crossdock.message import Document

Tree = dict[str, Document]
Components = tuple[str, ...]
READ = "separators"  # every document that was read has it, and then the settings add nothing it did not have


@dataclass(frozen=True, slots=True)
class Envelope:
    """UNB and UNG to be written, without their numbers; two messages with equal ones travel together.

    ``control`` and ``group_control`` are the numbers the documents bring. No ``ung``: no group.
    """

    marks: Delimiters
    unb: tuple[Components, ...]  # S001 to 0035; the fifth is empty
    ung: tuple[Components, ...]  # 0038 to 0058; the fifth is empty
    control: str
    group_control: str
    charset: str
    encoding: str  # codec that is not the set's own

    def opening(self, control: str) -> str:
        """UNA, where it is wanted, and UNB."""
        una = f"UNA{self.marks.separators}{self.marks.newline}" if self.marks.una else ""
        return una + segment("UNB", (*self.unb[:4], (control,), *self.unb[5:]), self.marks)

    def group(self, control: str) -> str:
        """UNG."""
        return segment("UNG", (*self.ung[:4], (control,), *self.ung[5:]), self.marks)


def segment(tag: str, elements: Sequence[Sequence[str]], marks: Delimiters) -> str:
    """A service segment as it is sent, empty elements and components at the end left out."""
    texts = [":".join(_trimmed([standing_in(part, marks) for part in parts])) for parts in elements]
    return as_sent("+".join([tag, *_trimmed(texts)]), marks) + marks.end


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts = texts[:-1]
    return texts


def text_of(facts: Tree, name: str, otherwise: str = "") -> str:
    """A fact as text."""
    value = facts.get(name)
    return value if isinstance(value, str) else str(value) if type(value) is int else otherwise


def tree_of(root: Tree, name: str) -> Tree:
    """``_env`` or ``_ctl``."""
    found = root.get(name)
    return found if isinstance(found, dict) else {}


def _marks(facts: Tree, settings: Settings, syntax: str) -> Delimiters:
    usual = default_separators("+", syntax)
    six = text_of(facts, "separators", settings.separators or usual)
    six = six if len(six) == 6 else usual  # noqa: PLR2004 - envelope_faults tells
    brought = "una" in facts
    newline = text_of(facts, "newline", "" if brought else settings.newline)
    wanted = facts["una"] is True if brought else settings.una == "always"
    if not brought and settings.una == "needed":
        wanted = six != usual
    return delimiters(six, syntax, newline, una=wanted)


def _grid(facts: Tree, names: Sequence[tuple[str, int, int]], wide: int, defaults: Tree) -> list[list[str]]:
    grid = [[""] * 5 for _ in range(wide)]
    for name, element, component in names:
        grid[element - 1][component - 1] = text_of(facts, name, text_of(defaults, name))
    return grid


def _settled(settings: Settings, syntax: str) -> Tree:
    """The facts of UNB as the settings have them."""
    sender, receiver = settings.sender, settings.receiver
    return {
        "sender": sender.id,
        "sender_qualifier": sender.qualifier,
        "sender_internal": sender.internal,
        "sender_internal_sub": sender.internal_sub,
        "receiver": receiver.id,
        "receiver_qualifier": receiver.qualifier,
        "receiver_internal": receiver.internal,
        "receiver_internal_sub": receiver.internal_sub,
        "date": settings.date if syntax >= REPETITION_SINCE else settings.date[2:],
        "time": settings.time[:4],
        "charset": settings.charset,
        "syntax": settings.syntax,
        "application": settings.application,
        "acknowledge": "1" if settings.acknowledge else "",
        "agreement": settings.agreement,
        "test": "1" if settings.usage == "T" else "",
    }


_UNB = (
    ("charset", 1, 1),
    ("syntax", 1, 2),
    ("sender", 2, 1),
    ("sender_qualifier", 2, 2),
    ("receiver", 3, 1),
    ("receiver_qualifier", 3, 2),
    ("date", 4, 1),
    ("time", 4, 2),
    *UNB_SOMETIMES,
)


def _unb(facts: Tree, settings: Settings, syntax: str) -> tuple[Components, ...]:
    defaults = _settled(settings, syntax)
    if READ in facts:
        for name, _, _ in UNB_SOMETIMES:
            defaults.pop(name, None)
    return tuple(tuple(_trimmed(parts)) for parts in _grid(facts, _UNB, 11, defaults))


def _ung(facts: Tree, settings: Settings, name: str, version: str) -> tuple[Components, ...]:
    if not ("functional_id" in facts or (settings.group and READ not in facts)):
        return ()
    sender, receiver = settings.sender, settings.receiver
    defaults: Tree = {
        "functional_id": name,
        "ung_sender": sender.group or text_of(facts, "sender", sender.id),
        "ung_sender_qualifier": sender.group_qualifier,
        "ung_receiver": receiver.group or text_of(facts, "receiver", receiver.id),
        "ung_receiver_qualifier": receiver.group_qualifier,
        "ung_date": settings.date[2:],
        "ung_time": settings.time[:4],
        "ung_agency": USUAL_AGENCY,
        "ung_version": version[:1],
        "ung_release": version[1:],
        "ung_association": settings.association,
    }
    if READ in facts:
        defaults = {}
    return tuple(tuple(_trimmed(parts)) for parts in _grid(facts, UNG_FACTS, 8, defaults))


def envelope_for(root: Tree, settings: Settings, name: str, version: str) -> Envelope:
    """The envelope a document asks for."""
    facts, numbers = tree_of(root, "_env"), tree_of(root, "_ctl")
    syntax = text_of(facts, "syntax", settings.syntax)
    charset = text_of(facts, "charset", settings.charset)
    return Envelope(
        _marks(facts, settings, syntax),
        _unb(facts, settings, syntax),
        _ung(facts, settings, name, version),
        text_of(numbers, "unb") or settings.interchange_number,
        text_of(numbers, "ung") or settings.group_number,
        charset,
        text_of(facts, "encoding").lower().replace("iso-8859", "iso8859"),
    )


def message_heading(root: Tree, settings: Settings, name: str, version: str) -> tuple[tuple[str, ...], ...]:
    """UNH from its second element on; what UNH02 was like where it was unusual, and the message still is the same."""
    facts = tree_of(root, "_env")
    read = READ in facts
    association = text_of(facts, "association", "" if read else settings.association)
    s009 = s009_of(name, version, text_of(facts, "agency", USUAL_AGENCY), association)
    return (s009, *(_components(facts, f"unh{n:02}") for n in range(3, 8)))


def _components(facts: Tree, name: str) -> Components:
    """An element kept as it would be sent with the usual delimiters."""
    parts, current, released = [], "", False
    for char in text_of(facts, name):
        if released or char not in "?:":
            current, released = current + char, False
        elif char == "?":
            released = True
        else:
            parts.append(current)
            current = ""
    return (*parts, current)


def unusual_s009(root: Tree) -> Components:
    """UNH02 as it was sent, where writing it anew would not give the same."""
    return _components(tree_of(root, "_env"), "unh02")


_NEEDED = (("sender", 1), ("receiver", 2), ("date", 3))


def envelope_faults(envelope: Envelope, *, read: bool) -> list[Finding]:
    """What is missing or does not fit; ``read``: the envelope is one that came in, whose character set may be anyone's."""
    faults = []
    for name, position in _NEEDED:
        if not envelope.unb[position] or not envelope.unb[position][0]:
            hint = f"say it in the options ({name}) or in the document"
            faults.append(_fault("X296", f"the envelope has no {name}", f"/_env/{name}", hint))
    for name, position, longest in UNB_LENGTHS:
        value = "".join(envelope.unb[position - 1][:1])
        if len(value) > longest:
            faults.append(_fault("X297", f'{name} is "{value}": at most {longest} characters fit', f"/_env/{name}"))
    if envelope.charset not in CHARSETS and not read:
        hint = f"one of {', '.join(CHARSETS)}"
        faults.append(_fault("X287", f'character set "{envelope.charset}" is not known', "/_env/charset", hint))
    marks = envelope.marks
    if not usable(marks):
        said = f'separators "{marks.separators}": each must be another one, and no letter or digit'
        faults.append(_fault("X298", said, "/_env/separators"))
    return faults


def _fault(code: str, message: str, pointer: str, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=Place(pointer=pointer), hint=hint)
