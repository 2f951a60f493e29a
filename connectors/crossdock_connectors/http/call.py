"""The call: one question, and the reply as a document."""

from __future__ import annotations

from crossdock.connector import Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.errors import CrossdockError, Doubt, Reject
from crossdock.message import Document
from crossdock_connectors.http.judging import judge_of
from crossdock_connectors.http.options import CallOptions
from crossdock_connectors.http.reply import document_of


class HttpCall:
    """Asks one peer."""

    def __init__(self, options: CallOptions, surroundings: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._client = client or HttpClient(options, surroundings.root, surroundings.now)
        self._judge = judge_of(options, self._client, surroundings.now)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The reply. None where it is empty, or a rule says that nothing was found."""
        try:
            response = self._client.ask(self._options.request(parcel))
            failure = self._judge.failure(response)
            if failure is not None:
                return failure
            if self._judge.then(response) == "empty":
                return None
        except CrossdockError as error:
            return error
        try:
            return document_of(response, self._options.reply)
        except Reject as error:
            # What only reads has an answer nobody can use; what had an effect had it, and nobody knows which.
            told = f"{self._options.method} {self._options.url} was answered with something that cannot be read"
            if self._options.effect is None:
                return Reject("K734", f"{told}: {error.message}", findings=error.findings, hint=error.hint)
            return Doubt("K734", f"{told}: {error.message}", hint=error.hint)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
