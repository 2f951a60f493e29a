"""Writes documents as interchanges, by the tables they were read with.

Messages that ask for the same envelope travel together; counts and trailers are made here. A document that was read
and not changed is written to the same bytes. ``NumberedWriting`` writes the same with references that are given last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossdock.codecs.edi.numbered import GROUP, INTERCHANGE, TRANSACTION, Sent
from crossdock.codecs.edi.numbers import Numbers
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
    """Numbers that are handed in, in the order they are asked for; without any, who asks is written down."""

    numbers: Iterator[int] | None
    restart: bool
    asked: list[str] = field(default_factory=list)

    def _next(self, level: str) -> str:
        self.asked.append(level)
        return str(1 if self.numbers is None else next(self.numbers))

    def interchange(self, envelope: Envelope) -> str:
        return self._next(INTERCHANGE)

    def group(self, envelope: Envelope) -> str:
        return self._next(GROUP)

    def message(self, draft: Draft, position: int) -> str:
        return str(position) if self.restart else self._next(TRANSACTION)


class _Sheet:
    """What is being written: the envelope that is open, and what it counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: Envelope | None = None
        self._unb = self._ung = ""
        self._groups = self._messages = self._grouped = 0
        self._references = Numbers()

    def piece(self, one: Draft) -> tuple[bytes, Sent]:
        """A message with whatever has to be opened and closed before it."""
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
        text = self.closing(whole=not same)
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

    def closing(self, *, whole: bool = True) -> str:
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
        sheet = _Sheet(_Brought())
        last: Draft | None = None
        for document in documents:
            last = draft(document, self._settings)
            yield sheet.piece(last)[0]
        if last is not None:
            yield last.encoded(sheet.closing())


class NumberedWriting:
    """Documents whose references are given when everything else is done (``edi.numbered.Numbered``).

    References that a document brings are not used. Raises ``Reject`` like ``Writing``, when it is made.
    """

    def __init__(self, documents: Iterable[Document], settings: Settings = DEFAULTS) -> None:
        self._restart = settings.restart_transactions
        self._drafts = [draft(_without_numbers(document), settings) for document in documents]
        recorder = _Given(None, self._restart)
        self._written(recorder)
        self.levels: Sequence[str] = tuple(recorder.asked)

    def write(self, numbers: Sequence[int]) -> bytes:
        """The payload with these numbers."""
        return self._written(_Given(iter(numbers), self._restart))[0]

    def sent(self, numbers: Sequence[int]) -> Sequence[Sent]:
        """The numbers each document has then."""
        return self._written(_Given(iter(numbers), self._restart))[1]

    def _written(self, source: Source) -> tuple[bytes, list[Sent]]:
        sheet = _Sheet(source)
        pieces: list[bytes] = []
        sent: list[Sent] = []
        for one in self._drafts:
            piece, numbers = sheet.piece(one)
            pieces.append(piece)
            sent.append(numbers)
        if self._drafts:
            pieces.append(self._drafts[-1].encoded(sheet.closing()))
        return b"".join(pieces), sent


def _without_numbers(document: Document) -> Document:
    return {**document, "_ctl": {}} if isinstance(document, dict) else document
