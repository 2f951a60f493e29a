"""Writes documents as interchanges, by the tables they were read with.

Transactions that ask for the same envelope travel together; counts and trailers are made here. A document that was read
and not changed is written to the same bytes. ``Numbered`` writes the same with control numbers that are given last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from crossdock.codecs.edi.numbered import GROUP, INTERCHANGE, TRANSACTION, Sent
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.edi.writing import Given, NumberedDrafts, written
from crossdock.codecs.x12.drafting import Draft, draft
from crossdock.codecs.x12.envelope_writing import ENVELOPE_CODEC, Envelope
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.message import Document


class Source(Protocol):
    """Where control numbers come from."""

    def interchange(self, envelope: Envelope) -> str:
        """ISA13."""
        ...

    def group(self, envelope: Envelope) -> str:
        """GS06."""
        ...

    def transaction(self, draft: Draft, position: int) -> str:
        """ST02 of the transaction at a position (from 1) of its group."""
        ...


class _Brought:
    """The numbers that documents bring, or the settings; transactions without one are counted."""

    def interchange(self, envelope: Envelope) -> str:
        return envelope.control

    def group(self, envelope: Envelope) -> str:
        return envelope.gs[5]

    def transaction(self, draft: Draft, position: int) -> str:
        return draft.control or f"{position:04}"


@dataclass(slots=True)
class _Given:
    """Numbers that are handed in."""

    given: Given
    restart: bool

    def interchange(self, envelope: Envelope) -> str:
        return f"{self.given.next(INTERCHANGE):09}"

    def group(self, envelope: Envelope) -> str:
        return str(self.given.next(GROUP))

    def transaction(self, draft: Draft, position: int) -> str:
        return f"{position if self.restart else self.given.next(TRANSACTION):04}"


class _Sheet:
    """What is being written: the envelope that is open, and what it counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open: Envelope | None = None
        self._isa = self._gs = ""
        self._groups = 0
        self._transactions = 0
        self._controls = Numbers()

    def piece(self, draft: Draft) -> tuple[bytes, Sent]:
        """The next transaction, after whatever has to be closed and opened for it."""
        envelope = draft.envelope
        again = envelope == self._open and bool(draft.control) and self._controls.again(draft.control)
        leading = self._leading(envelope, again=again).encode(ENVELOPE_CODEC)
        if leading and draft.control:
            self._controls.again(draft.control)
        if not envelope.gs:
            return leading + draft.body, Sent(draft.set, self._isa, "", "")
        self._transactions += 1
        control = self._source.transaction(draft, self._transactions)
        mark, end = envelope.marks.element, envelope.marks.end
        heading = ["ST", draft.set, control, *([draft.implementation] if draft.implementation else [])]
        trailer = mark.join(("SE", str(draft.segments + 2), control)) + end
        data = leading + draft.encoded(mark.join(heading) + end) + draft.body + draft.encoded(trailer)
        return data, Sent(draft.set, self._isa, self._gs, control)

    def _leading(self, envelope: Envelope, *, again: bool) -> str:
        """Trailers of what was open and headers of what begins, as far as they differ.

        ``again``: a control number that the open group has already, so this is another interchange that looks alike.
        """
        before = self._open
        if before == envelope and not again:
            return ""
        same = not again and before is not None and (before.marks, before.isa) == (envelope.marks, envelope.isa)
        self._controls = Numbers()
        text = "" if before is None else self._closing(whole=not same)
        self._open = envelope
        return text + ("" if same else self._interchange(envelope)) + (self._group(envelope) if envelope.gs else "")

    def _interchange(self, envelope: Envelope) -> str:
        self._groups = 0
        self._isa = self._source.interchange(envelope)
        return envelope.isa_segment(self._isa) + envelope.marks.end

    def _group(self, envelope: Envelope) -> str:
        self._groups += 1
        self._transactions = 0
        self._gs = self._source.group(envelope)
        elements = (*envelope.gs[:5], self._gs, *envelope.gs[6:])
        return envelope.marks.element.join(("GS", *elements)) + envelope.marks.end

    def end(self) -> bytes:
        """The trailers of what is open."""
        return self._closing(whole=True).encode(ENVELOPE_CODEC)

    def _closing(self, *, whole: bool) -> str:
        """Trailers of what is open; ``whole``: of the interchange too."""
        envelope = self._open
        if envelope is None:
            return ""
        mark, end, text = envelope.marks.element, envelope.marks.end, ""
        if envelope.gs:
            text += mark.join(("GE", str(self._transactions), self._gs)) + end
        if whole:
            text += mark.join(("IEA", str(self._groups), self._isa)) + end
        return text


class Writing:
    """One run of a writer; control numbers that no document brings count up from the settings."""

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings

    def chunks(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The interchanges, a piece per transaction. Raises ``Reject`` at the first document that cannot be written."""
        drafts = (draft(document, self._settings) for document in documents)
        return (piece for piece, _ in written(drafts, _Sheet(_Brought())))


class NumberedWriting(NumberedDrafts[Draft]):
    """Documents whose control numbers are given when everything else is done.

    Numbers that a document brings are not used. Raises ``Reject`` like ``Writing``, when it is made.
    """

    def __init__(self, documents: Iterable[Document], settings: Settings = DEFAULTS) -> None:
        drafts = [draft(_without_numbers(document), settings) for document in documents]
        super().__init__(drafts, lambda given: _Sheet(_Given(given, settings.restart_transactions)))


def _without_numbers(document: Document) -> Document:
    numbers = document.get("_ctl") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(numbers, dict):
        return document
    return {**document, "_ctl": {"implementation": numbers.get("implementation")}}
