"""The sink: a change for each document, alone or several in a batch."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.outcomes import Outcome, in_turn
from crossdock.connector.http.retention import while_honoured
from crossdock.errors import CrossdockError, Doubt, Reject
from crossdock_connectors.odata.batch import Envelope, as_json, multipart, replies
from crossdock_connectors.odata.change import Change, Changes
from crossdock_connectors.odata.options import SinkOptions
from crossdock_connectors.odata.service import Service

LOG = logging.getLogger("crossdock.odata")


class ODataSink:
    """Changes entities of one service."""

    def __init__(self, options: SinkOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._options, self._name = options, around.name
        self._service = Service(options, around, client, keyed=options.repeatability, success=options.success)
        self._changes = Changes(self._service, options)
        self._warned = False
        self._send = while_honoured(options.honours_key_for, around, self._in_turn)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each."""
        return self._send(parcels)

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def _in_turn(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        batch = self._options.batch
        if batch is None:
            return in_turn(parcels, 1, lambda some: [self._sent(some[0])])
        return in_turn(parcels, batch.size, self._together)

    def _sent(self, parcel: Parcel) -> Outcome:
        answer = self._changes.make(parcel)
        return answer if isinstance(answer, CrossdockError) else self._done(answer)

    def _done(self, response: Response) -> Outcome:
        """A service that does not say that it honours the id of a request does not honour it: worth knowing."""
        ignored = self._options.repeatability and "repeatability-result" not in response.headers
        if ignored and not self._warned:
            self._warned = True
            LOG.warning("%s: the service ignores Repeatability-Request-ID; say repeatability: false", self._name)
        return self._changes.outcome(response)

    # Several at once

    def _together(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """A parcel that makes no change stays behind; the others go."""
        made = [self._change(parcel) for parcel in parcels]
        going = [(parcel, one) for parcel, one in zip(parcels, made, strict=True) if isinstance(one, Change)]
        outcomes = iter(self._batched(going) if going else [])
        return [next(outcomes) if isinstance(one, Change) else one for one in made]

    def _change(self, parcel: Parcel) -> Change | CrossdockError:
        try:
            return self._changes.change(parcel)
        except CrossdockError as error:
            return error

    def _batched(self, going: Sequence[tuple[Parcel, Change]]) -> list[Outcome]:
        envelope = self._envelope([change for _, change in going], going[0][0].key)
        try:
            response = self._service.client.ask(self._request(envelope, going[0][0]))
            failure = self._service.failure(response)
            if failure is not None:
                return [failure] * len(going)
            answers = replies(response, len(going))
        except Reject as unreadable:
            return [Doubt("K764", unreadable.message)] * len(going)
        except CrossdockError as error:
            return [error] * len(going)
        return [self._outcome(parcel, answer) for (parcel, _), answer in zip(going, answers, strict=True)]

    def _outcome(self, parcel: Parcel, answer: Response | None) -> Outcome:
        if answer is None:
            return Doubt("K764", "the reply to the batch does not say what became of this one")
        return self._changes.failure(answer, parcel) or self._done(answer)

    def _envelope(self, changes: Sequence[Change], key: str) -> Envelope:
        if self._options.batch is not None and self._options.batch.form == "json":
            return as_json(changes)
        name = f"batch_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        return multipart(changes, name, sets=self._options.version == "v2")

    def _request(self, envelope: Envelope, first: Parcel) -> Request:
        accepted = "application/json" if envelope.content_type == "application/json" else "multipart/mixed"
        headers = {**self._service.headers(first), "Content-Type": envelope.content_type, "Accept": accepted}
        if self._options.version == "v4":
            headers["Prefer"] = "odata.continue-on-error"
        return Request(
            method="POST",
            url=self._service.url("$batch"),
            headers=headers,
            body=envelope.body,
            repeatable=self._options.is_repeatable,
            key=first.key,
            message=first.message,
        )
