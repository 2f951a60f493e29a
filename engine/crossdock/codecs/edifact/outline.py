"""One pass over envelopes only: what each interchange and group is, and what is wrong with it.

Messages are counted, not read, which takes a fraction of the time. Who must know before the first message goes on
whether its interchange will stand reads the outline first.
"""

from __future__ import annotations

import re

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import TransactionAccount
from crossdock.codecs.edifact.contents import Contents
from crossdock.codecs.edifact.envelope import heading_of
from crossdock.codecs.edifact.reading import Reading

#: In a message, be it as text: it may end there. One without UNT goes on up to the next UNH.
ENVELOPE = re.compile(rb"U[\r\n]*N[\r\n]*[ABGEZOP]")


class OutlinedContents(Contents):
    """One interchange whose messages have no findings."""

    def _message(self) -> Part:
        """A message in which a segment of an envelope may stand is read: what follows depends on where it ends."""
        data = self._framing.message()
        if self._reader is None or ENVELOPE.search(data):
            return super()._message()
        heading = heading_of(self._splitter.split(self._framing.beginning(1)).segments[0], "")
        self._stream.pos += len(data)
        self._group_account.transactions.append(TransactionAccount(heading.set, heading.control, heading.identifier))
        return Part(position=self._progress.next_position(), document=None, raw=lambda: data)


class Outline(Reading):
    """The accounts of a payload, with nothing said of its messages."""

    contents = OutlinedContents
