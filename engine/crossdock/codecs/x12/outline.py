"""One pass over envelopes only: what each interchange and group is, and what is wrong with it.

Transactions are counted, not read, which takes a fraction of the time. Who must know before the first transaction
goes on whether its interchange will stand reads the outline first.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi.accounts import TransactionAccount
from crossdock.codecs.x12.contents import Contents, Item
from crossdock.codecs.x12.envelope import at
from crossdock.codecs.x12.reading import Reading


class OutlinedContents(Contents):
    """One interchange whose transactions have no findings."""

    def _transaction(self) -> Iterator[Item]:
        """The first of no group is read: what is wrong with the group is found there."""
        if self._reader is None:
            yield from super()._transaction()
            return
        data = self._framing.transaction().data
        st = self._elements(data.partition(self._interchange.marks.terminator.encode("latin-1"))[0])
        self._stream.pos += len(data)
        self._count += 1
        self._group_account.transactions.append(TransactionAccount(at(st, 1), at(st, 2), at(st, 3)))


class Outline(Reading):
    """The accounts of a payload, with nothing said of its transactions."""

    contents = OutlinedContents
