"""The sink: one request for each parcel, or one for several where the peer takes them so."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Response
from crossdock.connector.http.outcomes import in_turn
from crossdock.connector.http.problem import document_in
from crossdock.connector.http.retention import while_honoured
from crossdock.errors import CrossdockError, Reject
from crossdock_connectors.http.bulk import Batch
from crossdock_connectors.http.judging import judge_of
from crossdock_connectors.http.options import SinkOptions

_LONGEST_RECEIPT = 300  # characters


class HttpSink:
    """Sends to one peer."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._client = client or HttpClient(options, surroundings.root, surroundings.now)
        self._judge = judge_of(options, self._client, surroundings.now)
        self._batch = None if options.bulk is None else Batch(options.bulk, self._client.redaction, self._asked)
        self._send = while_honoured(options.honours_key_for, surroundings, self._sent)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each. Once the peer does not serve us, those behind are not sent in vain."""
        return self._send(parcels)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _sent(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
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
