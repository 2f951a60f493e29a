"""The envelope of an answer: the one it answers, sender and receiver swapped, in the sender's version and delimiters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.x12.dictionary.library import RELEASE_LENGTH
from crossdock.message import Document

Tree = dict[str, Document]
Facts = Mapping[str, Document]  # ``_env``

USUAL = "*:~"
OLDEST = "003010"  # stands in where neither GS08 nor ISA12 says a release
CENTURIES_SINCE = "004010"  # GS04 has eight digits
IMPLEMENTATION = "X"  # of GS08: 005010X222A1 names the guide of the set answered, not of the answer
PARTY_SHORTEST = 2  # GS02, GS03
PARTY_LONGEST = 15  # ISA06, ISA08, GS02, GS03
VERSION_LONGEST = 12  # GS08


def addressed(account: InterchangeAccount) -> bool:
    """Whether it says who sent it and to whom."""
    return bool(account.elements and _party(account.facts, "sender") and _party(account.facts, "receiver"))


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return value.strip() if isinstance(value, str) else ""


def _party(facts: Facts, name: str) -> str:
    """Who is named, without characters that would cut the envelope of the answer."""
    marks = separators_of(facts)
    kept = "".join(letter for letter in _text(facts, name) if letter.isprintable() and letter not in marks)
    return kept.strip()


def _qualifier(facts: Facts, name: str) -> str:
    said = _text(facts, name)
    return said if len(said) == len("ZZ") and said.isascii() and said.isalnum() else "ZZ"


def separators_of(facts: Facts) -> str:
    """The sender's delimiters, or the usual ones where theirs cannot be told apart."""
    said = facts.get("separators")
    marks = said if isinstance(said, str) else ""
    apart = len(marks) >= len(USUAL) and len(set(marks)) == len(marks) and not any(mark.isalnum() for mark in marks)
    return marks if apart and not any(mark.isspace() for mark in marks[:2] + marks[3:]) else USUAL


def isa_version_of(facts: Facts) -> str:
    """ISA12 of an answer."""
    said = _text(facts, "isa_version")
    return said if len(said) == RELEASE_LENGTH - 1 and said.isascii() and said.isdigit() else OLDEST[:-1]


def release_of(version: str, facts: Facts) -> str:
    """GS08 of an answer to a group of this version."""
    industry = version[RELEASE_LENGTH:]
    said = version[:RELEASE_LENGTH] if industry.startswith(IMPLEMENTATION) else version[:VERSION_LONGEST]
    if len(said) >= RELEASE_LENGTH and said[:RELEASE_LENGTH].isdigit() and said.isascii() and said.isalnum():
        return said
    return f"{isa_version_of(facts)}0"


def envelope(facts: Facts, made: datetime) -> Tree:
    """``_env`` of an answer, as far as ISA has it."""
    usage = _text(facts, "usage")
    kept = {name: facts[name] for name in ("isa_standards", "newline") if name in facts}
    if _text(kept, "isa_standards").isalnum():  # U, which is written anyway, or what it cannot be
        del kept["isa_standards"]
    return {
        "sender": _party(facts, "receiver")[:PARTY_LONGEST],
        "sender_qualifier": _qualifier(facts, "receiver_qualifier"),
        "receiver": _party(facts, "sender")[:PARTY_LONGEST],
        "receiver_qualifier": _qualifier(facts, "sender_qualifier"),
        "usage": usage if usage in ("P", "T", "I") else "P",
        "isa_date": f"{made:%y%m%d}",
        "isa_time": f"{made:%H%M}",
        "isa_version": isa_version_of(facts),
        "acknowledge": "0",
        "separators": separators_of(facts),
        **kept,
    }


def _application(facts: Facts, name: str) -> str:
    """A code of GS, or nothing where GS may not hold it."""
    said = _party(facts, name)
    return said if PARTY_SHORTEST <= len(said) <= PARTY_LONGEST else ""


def group_envelope(facts: Facts, made: datetime, functional: str, version: str) -> Tree:
    """``_env`` of an answer that travels in a group; ``facts`` have the codes of the GS it answers."""
    swapped = envelope(facts, made)
    return {
        **swapped,
        "functional_id": functional,
        "gs_sender": _application(facts, "gs_receiver") or swapped["sender"],
        "gs_receiver": _application(facts, "gs_sender") or swapped["receiver"],
        "gs_date": f"{made:%Y%m%d}" if version >= CENTURIES_SINCE else f"{made:%y%m%d}",
        "gs_time": f"{made:%H%M}",
    }
