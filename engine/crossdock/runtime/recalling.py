"""Earlier documents for rules that compare with them: found in the journal by business key, contract and partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, cast

from crossdock import document_json
from crossdock.canonical.catalogue import CONTRACTS
from crossdock.errors import CrossdockError
from crossdock.message import Document, Message, read_all
from crossdock.partner.preflight.rule import Recalled, Wanted

MOST = 200  # messages of one key that are looked through
MADE = 20  # of what was made from each of them
LARGEST = 4 * 1000**2  # bytes of a document that is read again for comparison
_JSON = "application/json"


class Named(Protocol):
    """What of a journal is asked."""

    def named(self, key: str, limit: int) -> list[Message]:
        """Messages that carry a business key."""
        ...

    def children(self, id: str, limit: int) -> list[Message]:
        """What was made from a message."""
        ...


class Memory:
    """What is known when one message is worked on; asked twice for the same, it looks once.

    A document is taken for what a contract takes it for: topics and routes may be called as one likes. The message
    itself and what was made of it are not earlier documents.
    """

    def __init__(self, journal: Named, message: Message) -> None:
        self._journal = journal
        self._message = message
        self._known: dict[Wanted, Sequence[Recalled]] = {}

    def recall(self, wanted: Wanted) -> Sequence[Recalled]:
        """Earlier documents that fit, the newest first; those of the partner, or sent on to them, before those of nobody."""
        if wanted not in self._known:
            self._known[wanted] = tuple(self._found(wanted))
        return self._known[wanted]

    def _found(self, wanted: Wanted) -> Iterator[Recalled]:
        messages = {one.id: one for one in self._candidates(wanted.key) if self._may_be(one, wanted)}
        for one in sorted(messages.values(), key=lambda one: one.partner is None):
            document = fitting(one, wanted)
            if document is not None:
                yield Recalled(document=document, usage=one.headers.get("edi.usage", ""))

    def _candidates(self, key: str) -> Iterator[Message]:
        """Messages that carry the key, and what was published of them: a file has the key of the order in it."""
        for one in reversed(self._journal.named(key, MOST)):
            yield from reversed(self._journal.children(one.id, MADE))
            yield one

    def _may_be(self, one: Message, wanted: Wanted) -> bool:
        mine = self._message
        return (
            one.content_type == _JSON
            and one.topic is not None
            and one.id not in (mine.id, mine.parent)
            and one.body.size <= LARGEST
            and (one.partner in (wanted.partner, None) or self._was_sent_on(one, wanted.partner))
        )

    def _was_sent_on(self, one: Message, partner: str | None) -> bool:
        """A warehouse told us what it shipped, and the partner was told: it is about the partner, whoever sent it."""
        return partner is not None and any(made.partner == partner for made in self._journal.children(one.id, MADE))


def fitting(message: Message, wanted: Wanted) -> dict[str, Document] | None:
    """The document of a message in the normal form of the contract; None where it is none of it."""
    try:
        return normal(document_json.decode(read_all(message.body)), wanted)
    except CrossdockError:
        return None


def normal(document: Document, wanted: Wanted) -> dict[str, Document] | None:
    """The document where it is of the contract and has the key."""
    contract = CONTRACTS[wanted.contract]
    if not isinstance(document, dict) or wanted.key not in contract.keys(document):
        return None
    try:
        return cast("dict[str, Document]", contract.validate(document))
    except CrossdockError:
        return None


def among(documents: Iterable[Document], wanted: Wanted) -> Sequence[Recalled]:
    """Those of given documents that fit, the last one first."""
    found = [normal(one, wanted) for one in documents]
    return tuple(Recalled(document=one) for one in reversed(found) if one is not None)
