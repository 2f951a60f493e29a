"""The source: looks through a mailbox once, from the oldest mail on, and puts away what is safe.

How far it has come is a note: all mails up to a UID are done with. It moves on when a mail has been put away, and no
further than the first that has not: what was taken and could not be put away is looked at again, and known.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.errors import CrossdockError, Finding
from crossdock.message import Inline
from crossdock_connectors.imap.mailbox import Mailbox
from crossdock_connectors.imap.options import Move, SourceOptions
from crossdock_connectors.imap.parts import Opened, Piece, allowed, opened

LOG = logging.getLogger("crossdock.connector.imap")

DONE = "done"  # the note: the validity of the folder's UIDs, and the last one of those that are all done with


@dataclass(slots=True)
class _Open:
    """A mail that is looked at: what of it is not settled yet, and whether anything of it was refused."""

    uid: int
    waiting: set[str] = field(default_factory=set)
    refused: bool = False


class ImapSource:
    """Looks into one folder of one mailbox."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._root: Path = surroundings.root
        self._mailbox: Mailbox | None = None
        self._done = 0
        self._finished: set[int] = set()  # done with, but behind one that is not
        self._open: dict[int, _Open] = {}

    def poll(self) -> Iterator[Arrival]:
        """What mails bring that were not looked at. Raises ``Retry`` where the server is away, ``Halt`` where it refuses us."""
        self._open.clear()
        try:
            mailbox = self._mailbox = self._mailbox or self._entered()
            for uid in self._next(mailbox):
                yield from self._look(mailbox, uid)
        except CrossdockError:
            self._abandon()
            raise

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Once all of a mail is settled, put it away. What fails is tried again with the next look."""
        mail = arrival.receipt
        if not isinstance(mail, _Open):
            raise TypeError("not an arrival of this source")
        mail.refused = mail.refused or verdict is Verdict.REFUSED
        mail.waiting.discard(arrival.identity)
        if mail.waiting or self._open.get(mail.uid) is not mail or self._mailbox is None:
            return
        try:
            self._put_away(self._mailbox, mail)
        except CrossdockError as error:
            LOG.warning(
                "%s: %s: mail %d is taken but cannot be put away: %s", "K879", self._around.name, mail.uid, error
            )
            self._abandon()
            return
        self._finish(mail.uid)

    def close(self) -> None:
        """Say goodbye."""
        if self._mailbox is not None:
            self._mailbox.close()
            self._mailbox = None

    def _abandon(self) -> None:
        if self._mailbox is not None:
            self._mailbox.abandon()
            self._mailbox = None

    def _entered(self) -> Mailbox:
        mailbox = Mailbox(self._options, self._root)
        noted = self._around.notes.read([DONE]).get(DONE)
        known = json.loads(noted) if noted else {}
        self._done = int(known["uid"]) if known.get("validity") == mailbox.validity else 0
        self._finished.clear()
        return mailbox

    def _next(self, mailbox: Mailbox) -> list[int]:
        found = mailbox.find(self._done + 1, self._options.search)
        return [uid for uid in found if uid not in self._finished][: self._options.limit]

    def _look(self, mailbox: Mailbox, uid: int) -> Iterator[Arrival]:
        mail = self._open[uid] = _Open(uid)
        size = mailbox.size(uid)
        if size is not None and size > self._options.max_size:
            yield self._refusal(
                mailbox, mail, "K876", f"the mail has {size} bytes, and {self._options.max_size} may be taken"
            )
            return
        data = None if size is None else mailbox.fetch(uid)
        if data is None:  # it has gone meanwhile
            self._finish(uid)
            return
        read = opened(data, self._options)
        if not allowed(read.sender, self._options.senders):
            yield self._refusal(
                mailbox, mail, "K875", f"mail from '{read.sender or 'nobody, or many'}' is not taken here"
            )
            return
        arrivals = [self._arrival(mailbox, mail, read, piece) for piece in read.pieces]
        mail.waiting = {one.identity for one in arrivals}
        if not arrivals:
            LOG.warning("%s: %s: mail %d has nothing that is to be taken, and stays", "K874", self._around.name, uid)
            self._finish(uid)
        yield from arrivals

    def _arrival(self, mailbox: Mailbox, mail: _Open, read: Opened, piece: Piece) -> Arrival:
        digest = hashlib.sha256(piece.data).hexdigest()
        known = read.id or f"{mailbox.validity}.{mail.uid}"
        name = {"mail.attachment": piece.name} if piece.name else {}
        return Arrival(
            identity=f"{self._options.user}|{self._options.folder}|{known}|{piece.path}|{digest}",
            payload=Inline(piece.data),
            content_type=piece.content_type,
            headers={**read.headers, **name, "mail.uid": str(mail.uid), "mail.folder": self._options.folder},
            findings=piece.findings,
            receipt=mail,
        )

    def _refusal(self, mailbox: Mailbox, mail: _Open, code: str, words: str) -> Arrival:
        identity = f"{self._options.user}|{self._options.folder}|{mailbox.validity}.{mail.uid}|refused"
        mail.waiting = {identity}
        return Arrival(
            identity=identity,
            payload=Inline(b""),
            headers={"mail.uid": str(mail.uid), "mail.folder": self._options.folder},
            findings=(Finding(code=code, message=words),),
            receipt=mail,
        )

    def _put_away(self, mailbox: Mailbox, mail: _Open) -> None:
        if mail.refused:
            if self._options.refused is not None:
                mailbox.move(mail.uid, self._options.refused)
            return
        match self._options.after:
            case Move(move=folder):
                mailbox.move(mail.uid, folder)
            case "seen":
                mailbox.mark_seen(mail.uid)
            case "delete":
                mailbox.delete(mail.uid)

    def _finish(self, uid: int) -> None:
        """Done with one; the note moves on to before the first that is not. Raises ``Retry``."""
        self._open.pop(uid, None)
        self._finished.add(uid)
        first_open = min(self._open, default=None)
        settled = [one for one in self._finished if first_open is None or one < first_open]
        if settled and self._mailbox is not None:
            self._done = max(self._done, *settled)
            self._finished.difference_update(settled)
            self._around.notes.write({DONE: json.dumps({"validity": self._mailbox.validity, "uid": self._done})})
