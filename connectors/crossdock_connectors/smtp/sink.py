"""The sink: mails over one connection, and for each, how far it came.

Until the last byte of a mail (the lone dot) nothing has happened, and whatever goes wrong is tried again or rejected. From
that byte to the server's answer nobody knows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.untried import behind
from crossdock.errors import CrossdockError
from crossdock_connectors.smtp.options import SinkOptions
from crossdock_connectors.smtp.session import Accepted, Lost, Session, opened
from crossdock_connectors.smtp.writing import written

LOG = logging.getLogger("crossdock.connector.smtp")

LONGEST_REST = 30.0  # seconds a connection may lie unused; servers end it after five minutes (RFC 5321, 4.5.3.2.7)
MOST = 100  # mails over one connection; many servers end it after that
PATIENT = 3  # attempts for which nobody gets it while one recipient is put off


class SmtpSink:
    """Sends mail by one server. ``clock`` gives monotonic seconds."""

    def __init__(
        self, options: SinkOptions, surroundings: Surroundings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._around = surroundings
        self._clock = clock
        self._session: Session | None = None
        self._used = 0.0

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Send each. Where the server is away, that is not found out once more for each."""
        outcomes: list[Done | CrossdockError] = []
        for parcel in parcels:
            outcomes.append(self._send(parcel))
            if isinstance(outcomes[-1], Lost):
                outcomes += behind(outcomes[-1], len(parcels) - len(outcomes))
                break
        return outcomes

    def close(self) -> None:
        """Say goodbye."""
        if self._session is not None:
            self._session.quit()
            self._session = None

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        try:
            mail = written(self._options, parcel, self._around.now())
            session, fresh = self._ready()
            try:
                accepted = session.send(mail, patient=parcel.attempt <= PATIENT)
            except Lost:
                self._session = None
                if fresh:
                    raise
                session, _ = self._ready()  # the server had ended a connection that lay unused
                accepted = session.send(mail, patient=parcel.attempt <= PATIENT)
        except CrossdockError as error:
            if self._session is not None and not self._session.usable:
                self._session = None
            return error
        self._used = self._clock()
        return self._told(accepted)

    def _ready(self) -> tuple[Session, bool]:
        session = self._session
        if session is not None and (self._clock() - self._used > LONGEST_REST or session.sent >= MOST):
            self.close()
        if self._session is not None:
            return self._session, False
        self._session = opened(self._options, self._around.root)
        self._used = self._clock()
        return self._session, True

    def _told(self, accepted: Accepted) -> Done:
        if not accepted.refused:
            return Done(f"{accepted.id} {accepted.answer}")
        refused = "; ".join(f"{address}: {why}" for address, why in accepted.refused.items())
        LOG.warning(
            "%s: %s: %s was sent without recipients that were refused: %s",
            "K869",
            self._around.name,
            accepted.id,
            refused,
        )
        return Done(f"{accepted.id} {accepted.answer} (refused: {refused})"[:500])
