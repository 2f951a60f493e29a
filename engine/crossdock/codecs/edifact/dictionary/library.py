"""The compiled dictionary: asked by message and release, made once, when first asked.

A release is the directory (``D96A``), for service segments and CONTRL the syntax: ``D3`` for versions 1 to 3, ``41`` for 4.
Importing reads nothing: the segments of a directory are read with the first message that is asked for at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from crossdock.codecs.edi.model import Segment, TransactionSet
from crossdock.codecs.edi.notation import read_elements, read_segments, read_set, set_texts
from crossdock.codecs.edifact.dictionary import service, sets_d01b, sets_d96a
from crossdock.codecs.edifact.dictionary.elements import ELEMENTS
from crossdock.codecs.edifact.dictionary.segments import COMPOSITES, SEGMENTS

STANDARD = "EDIFACT"
CONTRL = "CONTRL"
SYNTAX_3, SYNTAX_4 = "D3", "41"  # as S009 of a CONTRL says them: version D release 3, version 4 release 1
DIRECTORIES = ("D96A", "D01B")
_TABLES = {SYNTAX_3: service.SETS, SYNTAX_4: service.SETS, "D96A": sets_d96a.SETS, "D01B": sets_d01b.SETS}


def version_key(version: str, release: str, agency: str = "UN", association: str = "") -> str:
    """The release that S009 of a UNH names: ``D``, ``96A``, ``UN``, ``EAN008`` is D96A.

    Agency and association code (EANCOM's EAN002 to EAN011 and every other) say who guides the use of a message, not
    how it is built, so they change nothing here. Some senders put it all into one component: ``D96A`` with release 003.
    """
    whole = version.strip().upper()
    return whole if whole in DIRECTORIES else whole + release.strip().upper()


def syntax_release(version: str) -> str:
    """The release of the service segments for a syntax version as UNB says it (0002)."""
    return SYNTAX_4 if version.strip()[:1] >= "4" else SYNTAX_3


@cache
def _segments(release: str) -> Mapping[str, Segment]:
    if release not in DIRECTORIES:
        elements = read_elements(service.ELEMENTS, release)
        return read_segments(service.SEGMENTS, service.COMPOSITES, elements, release)
    known = read_segments(SEGMENTS, COMPOSITES, read_elements(ELEMENTS, release), release)
    return {**_segments(SYNTAX_3), **known}


def service_segments(version: str) -> Mapping[str, Segment]:
    """The service segments of a syntax version (``"1"`` to ``"4"``), by tag."""
    return _segments(syntax_release(version))


def segments_of(release: str) -> Mapping[str, Segment]:
    """Every segment of a release, by tag: a directory's own and those of syntax version 3; else the service segments."""
    return _segments(release if release in _TABLES else SYNTAX_3)


@cache
def _texts(release: str) -> Mapping[str, str]:
    """Text of each message of a release."""
    return {name: text for name, of, text in set_texts(_TABLES.get(release, "")) if of == release}


@cache
def _compiled(name: str, release: str) -> TransactionSet | None:
    text = _texts(release).get(name)
    return None if text is None else read_set(text, segments_of(release), STANDARD)


def _described(name: str, release: str) -> str:
    if name == CONTRL:
        return SYNTAX_4 if release[:1] == "4" else SYNTAX_3
    return release


def find_set(name: str, release: str) -> TransactionSet | None:
    """The message at a release as ``version_key`` gives it, None where it is not described.

    A CONTRL is found under any release: 2/2, D/3 and the directories some senders name are one message.
    """
    release = _described(name, release)
    return _compiled(name, release) if release in _TABLES else None


def known_sets() -> list[tuple[str, str]]:
    """(message, release) of every message described."""
    return sorted((name, release) for release in _TABLES for name in _texts(release))


def knows_set(name: str) -> bool:
    """Whether the message is described at any release."""
    return any(name == known for known, _ in known_sets())
