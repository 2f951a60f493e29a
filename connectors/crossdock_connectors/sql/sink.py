"""The sink: effect and dedupe row in one transaction, so that what is repeated has no second effect.

A batch is one transaction with a savepoint around each parcel: one that is refused does not stop the others. When the
answer to a commit is lost, the dedupe table tells whether it took place; and where it says no, repeating is safe, as the
key of a transaction that still runs keeps the second one waiting, and then out.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.untried import behind
from crossdock.errors import CrossdockError, Halt, Reject
from crossdock_connectors.sql.changes import prepared
from crossdock_connectors.sql.database import Database
from crossdock_connectors.sql.dedupe import Delivered
from crossdock_connectors.sql.names import split
from crossdock_connectors.sql.value import Scope
from crossdock_connectors.sql.writing_options import SinkOptions

HOUR = 3600.0
PATIENCE = 2  # documents of a batch that may each run into the time limit before the others are put off
#: Of one statement, not of the connection: the others of a batch may well pass, each for itself.
_OF_ONE = frozenset({"K807", "K808"})


class SqlSink:
    """Writes into one database."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._now = surroundings.now
        self._database = Database(options, surroundings, writes=True)
        self._changes = [prepared(change, self._database) for change in options.do]
        self._delivered = Delivered(self._database, options.delivered)
        self._ready = False
        self._cleaned = float("-inf")

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Each parcel's changes, once. See the top of the file."""
        try:
            self._prepare()
            outcomes = self._together(parcels)
        except CrossdockError as error:
            return self._after(error, parcels)
        self._clean()
        return outcomes

    def close(self) -> None:
        """Say goodbye."""
        self._database.close()

    def _prepare(self) -> None:
        if self._ready:
            return
        self._delivered.ensure()
        if self._database.family == "mariadb":
            names = [self._options.delivered, *(change.table for change in self._options.do if change.table)]
            with self._database.transaction() as connection:
                self._delivered.see_transactions(connection, [split(name) for name in names])
        self._ready = True

    def _together(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        with self._database.transaction() as connection:
            known = self._delivered.known(connection, [parcel.key for parcel in parcels])
            return [
                self._done(parcel, again=True) if parcel.key in known else self._one(connection, parcel)
                for parcel in parcels
            ]

    def _one(self, connection: sa.Connection, parcel: Parcel) -> Done | CrossdockError:
        if parcel.count > 1:
            hint = "remove 'batch' of this destination: messages go into one transaction without it"
            return Halt("K844", "a database takes documents one by one, not a payload made of several", hint=hint)
        savepoint = connection.begin_nested()
        try:
            added = self._delivered.add(connection, parcel, self._milliseconds())
            if added:
                self._change(connection, parcel)
                savepoint.commit()
            else:
                savepoint.rollback()
        except Reject as refused:
            savepoint.rollback()
            return refused
        return self._done(parcel, again=not added)

    def _change(self, connection: sa.Connection, parcel: Parcel) -> None:
        scope = Scope(parcel=parcel, item=parcel.document, now=self._now())
        for change in self._changes:
            change.run(self._database, connection, scope)

    def _after(self, error: CrossdockError, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """What became of a batch whose transaction failed."""
        own = isinstance(error, Reject) or error.code in _OF_ONE
        if own and len(parcels) > 1:
            return self._one_by_one(error, parcels)
        if not self._database.uncertain or isinstance(error, Reject):
            return [error, *behind(error, len(parcels) - 1)]
        return self._asked(error, parcels)

    def _one_by_one(self, error: CrossdockError, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Each in a transaction of its own; when several of them have to wait, the rest wait as well."""
        outcomes: list[Done | CrossdockError] = []
        waited = 0
        for parcel in parcels:
            outcome = behind(error, 1)[0] if waited >= PATIENCE else self.send([parcel])[0]
            waited += isinstance(outcome, CrossdockError) and outcome.code in _OF_ONE
            outcomes.append(outcome)
        return outcomes

    def _asked(self, error: CrossdockError, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """The answer to the commit was lost: the dedupe table knows."""
        try:
            with self._database.transaction() as connection:
                known = self._delivered.known(connection, [parcel.key for parcel in parcels])
        except CrossdockError as away:
            known = frozenset()
            error = away
        undone = iter([error, *behind(error, len(parcels))])
        return [self._done(parcel, again=True) if parcel.key in known else next(undone) for parcel in parcels]

    def _done(self, parcel: Parcel, *, again: bool) -> Done:
        target = self._options.do[0].table or self._options.do[0].procedure or "statement"
        return Done(f"{self._database.where} {target} {parcel.key}{' (was there)' if again else ''}")

    def _milliseconds(self) -> int:
        return int(self._now().timestamp() * 1000)

    def _clean(self) -> None:
        now = self._now().timestamp()
        if now - self._cleaned > HOUR:
            self._cleaned = now
            self._delivered.forget(int((now - self._options.keep) * 1000))
