"""The sink: one request for each parcel, or one for several where the peer takes them so."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Response
from crossdock.connector.http.judgement import Judge
from crossdock.connector.http.outcomes import in_turn
from crossdock.connector.http.problem import document_in
from crossdock.connector.http.retention import Retention
from crossdock.errors import CrossdockError, Reject, Retry
from crossdock_connectors.http.bulk import Batch
from crossdock_connectors.http.options import SinkOptions

LOG = logging.getLogger("crossdock.http")

_LONGEST_RECEIPT = 300  # characters


class HttpSink:
    """Sends to one peer."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._client = client or HttpClient(options, surroundings.root, surroundings.now)
        if options.body is not None:
            options.body.hide(self._client.redaction)
        self._judge = Judge(
            redaction=self._client.redaction,
            now=surroundings.now,
            rules=options.rules,
            success=options.success,
            refused=options.refused,
            keyed=options.key_header is not None,
        )
        self._batch = None if options.bulk is None else Batch(options.bulk, self._client.redaction, self._asked)
        lasts = options.honours_key_for
        self._retention = None if lasts is None else Retention(lasts, surroundings.notes, surroundings.now)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each. Once the peer does not serve us, those behind are not sent in vain."""
        if self._retention is None:
            return self._send(parcels)
        held = self._retention.forgotten(parcels)
        free = [parcel for parcel in parcels if parcel.key not in held]
        sent = dict(zip((parcel.key for parcel in free), self._send(free), strict=True))
        try:
            self._retention.after([(parcel, sent[parcel.key]) for parcel in free])
        except Retry as error:  # what was done is done, whatever can be noted
            LOG.warning("attempts cannot be noted: %s", error)
        return [held.get(parcel.key) or sent[parcel.key] for parcel in parcels]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        size = 1 if self._batch is None else self._batch.options.size
        send = self._send_one if self._batch is None else self._batch.send
        return in_turn(parcels, size, send)

    def _send_one(self, parcels: Sequence[Parcel]) -> list[Done | CrossdockError]:
        answer = self._asked(parcels[0])
        return [answer if isinstance(answer, CrossdockError) else Done(self._receipt(answer))]

    def _asked(self, parcel: Parcel) -> Response | CrossdockError:
        """The reply, if it is a success."""
        try:
            response = self._client.ask(self._options.request(parcel))
        except CrossdockError as error:
            return error
        failure = self._judge.failure(response)
        return response if failure is None else failure

    def _receipt(self, response: Response) -> str:
        if self._options.receipt is not None:
            try:
                found = self._options.receipt.of(document_in(response))
            except Reject:  # it is done, whatever it is called there
                found = None
            if found is not None and not isinstance(found, dict | list):
                return self._client.redaction.shown(str(found), _LONGEST_RECEIPT)
        place = response.headers.get("location", "")
        return self._client.redaction.shown(f"{response.status} {place}".strip(), _LONGEST_RECEIPT)
