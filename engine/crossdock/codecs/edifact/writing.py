"""Writes documents as interchanges, by the tables they were read with.

Messages that ask for the same envelope travel together; counts and trailers are made here. A document that was read
and not changed is written to the same bytes. ``NumberedWriting`` writes the same with references that are given last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from crossdock.codecs.edi.numbered import GROUP, INTERCHANGE, TRANSACTION, Sent
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.edi.writing import Given, NumberedDrafts, written
from crossdock.codecs.edifact.drafting import Draft, draft
from crossdock.codecs.edifact.envelope_writing import Envelope, segment
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.message import Document


class Source(Protocol):
    """Where references come from."""

    def interchange(self, envelope: Envelope) -> str:
        """0020."""
        ...

    def group(self, envelope: Envelope) -> str:
        """0048."""
        ...

    def message(self, draft: Draft, position: int) -> str:
        """0062 of the message at a position (from 1) of its group or interchange."""
        ...


class _Brought:
    """The references that documents bring, or the settings; messages without one are counted."""

    def interchange(self, envelope: Envelope) -> str:
        return envelope.control

    def group(self, envelope: Envelope) -> str:
        return envelope.group_control

    def message(self, draft: Draft, position: int) -> str:
        return draft.control or str(position)


@dataclass(slots=True)
class _Given:
    """References that are handed in."""

    given: Given
    restart: bool

    def interchange(self, envelope: Envelope) -> str:
        return str(self.given.next(INTERCHANGE))

    def group(self, envelope: Envelope) -> str:
        return str(self.given.next(GROUP))

    def message(self, draft: Draft, position: int) -> str:
        return str(position if self.restart else self.given.next(TRANSACTION))


class _Sheet:
    """What is being written: the envelope that is open, and what it counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: Envelope | None = None
        self._last: Draft | None = None
        self._unb = self._ung = ""
        self._groups = self._messages = self._grouped = 0
        self._references = Numbers()

    def piece(self, one: Draft) -> tuple[bytes, Sent]:
        """A message with whatever has to be opened and closed before it."""
        self._last = one
        again = one.envelope == self._open and bool(one.control) and self._references.again(one.control)
        leading = self._leading(one.envelope, again=again)
        if leading and one.control:
            self._references.again(one.control)
        self._messages += 1
        self._grouped += 1
        if one.is_object:
            return one.encoded(leading) + one.body, Sent(one.set, self._unb, self._ung, one.control)
        reference = self._source.message(one, self._grouped if one.envelope.ung else self._messages)
        marks = one.envelope.marks
        opening = segment("UNH", ((reference,), *one.heading), marks)
        closing = segment("UNT", ((str(one.segments + 2),), (reference,)), marks)
        written = one.encoded(leading + opening) + one.body + one.encoded(closing)
        return written, Sent(one.set, self._unb, self._ung, reference)

    def _leading(self, envelope: Envelope, *, again: bool) -> str:
        """Trailers of what was open and headers of what begins, as far as they differ.

        ``again``: a reference that the open interchange has already, so this is another one that looks alike.
        """
        before = self._open
        if before == envelope and not again:
            return ""
        same = (
            not again and before is not None and _interchange(before) == _interchange(envelope) and bool(envelope.ung)
        )
        self._references = Numbers()
        text = self._closing(whole=not same)
        if not same:
            self._groups = self._messages = 0
            self._unb = self._source.interchange(envelope)
            text += envelope.opening(self._unb)
        self._ung = ""
        if envelope.ung:
            self._groups += 1
            self._grouped = 0
            self._ung = self._source.group(envelope)
            text += envelope.group(self._ung)
        self._open = envelope
        return text

    def end(self) -> bytes:
        """The trailers of what is open."""
        return self._last.encoded(self._closing(whole=True)) if self._last else b""

    def _closing(self, *, whole: bool) -> str:
        """Trailers of what is open; ``whole``: of the interchange too."""
        envelope = self._open
        if envelope is None:
            return ""
        text = ""
        if envelope.ung:
            text += segment("UNE", ((str(self._grouped),), (self._ung,)), envelope.marks)
        if whole:
            count = self._groups if envelope.ung else self._messages
            text += segment("UNZ", ((str(count),), (self._unb,)), envelope.marks)
        return text


def _interchange(envelope: Envelope) -> tuple[object, ...]:
    """What two groups of one interchange share."""
    return envelope.marks, envelope.unb, envelope.control, bool(envelope.ung)


class Writing:
    """One run of a writer; references that no document brings come from the settings."""

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings

    def chunks(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The interchanges, a piece per message. Raises ``Reject`` at the first document that cannot be written."""
        drafts = (draft(document, self._settings) for document in documents)
        return (piece for piece, _ in written(drafts, _Sheet(_Brought())))


class NumberedWriting(NumberedDrafts[Draft]):
    """Documents whose references are given when everything else is done.

    References that a document brings are not used. Raises ``Reject`` like ``Writing``, when it is made.
    """

    def __init__(self, documents: Iterable[Document], settings: Settings = DEFAULTS) -> None:
        drafts = [draft(_without_numbers(document), settings) for document in documents]
        super().__init__(drafts, lambda given: _Sheet(_Given(given, settings.restart_transactions)))


def _without_numbers(document: Document) -> Document:
    return {**document, "_ctl": {}} if isinstance(document, dict) else document
