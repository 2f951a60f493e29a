"""One change of one entity: the request that a document becomes, and what its reply means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from uuid import UUID, uuid5

from crossdock.connector import Done, Parcel
from crossdock.connector.http.address import header_fault, moment_of
from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.items import plain
from crossdock.connector.http.outcomes import Outcome
from crossdock.errors import CrossdockError, Hold, Reject, Retry
from crossdock.message import Document, Payload
from crossdock_connectors.odata.literal import encoded_literal, to_v2
from crossdock_connectors.odata.options import ChangeOptions, Key
from crossdock_connectors.odata.service import CODEC, Service, body_of, document_of, entity_in, etag_in

_METHODS = {
    "create": "POST",
    "update": "PATCH",
    "replace": "PUT",
    "upsert": "PATCH",
    "delete": "DELETE",
    "action": "POST",
}
_CHANGED, _NEEDED = 412, 428  # RFC 9110, 15.5.13; RFC 6585, 3
_NOT_FOUND, _GONE = 404, 410
_LONGEST_RECEIPT = 300  # characters
_KEYS = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562, 6.6: names that are URLs
_SEVERAL = 3  # times an entity that keeps changing is read within one attempt


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be asked for, relative to the service."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Payload | None


class Changes:
    """Makes changes at one service."""

    def __init__(self, service: Service, options: ChangeOptions, *, whole: bool = False) -> None:
        self._service, self._options, self._whole = service, options, whole

    def change(self, parcel: Parcel) -> Change:
        """The change for a parcel. Raises ``Reject`` where a value is missing or does not fit."""
        options, document = self._options, document_in(parcel)
        path = options.entity if options.key is None else f"{options.entity}({key_of(options, document)})"
        if options.action is not None:
            path = f"{path}/{options.action}"
        method = "MERGE" if options.version == "v2" and options.change == "update" else _METHODS[options.change]
        headers = {**self._matched(document), **self._repeatability(parcel)}
        if options.version == "v4" and options.change != "delete":
            kept = self._whole or options.receipt is not None
            headers["Prefer"] = f"return={'representation' if kept else 'minimal'}"
        if options.change == "delete":
            return Change(method, path, headers, None)
        headers["Content-Type"] = "application/json"
        return Change(method, path, headers, body_of(self._written(document)))

    def make(self, parcel: Parcel) -> Response | CrossdockError:
        """Make it; the reply, where it is a success."""
        try:
            change = self.change(parcel)
            response = self._service.client.ask(self._request(change, parcel))
            for _ in range(_SEVERAL if self._options.if_match == "read" else 0):
                if response.status != _CHANGED:
                    break
                response = self._service.client.ask(self._request(change, parcel))
        except CrossdockError as error:
            return error
        failure = self.failure(response, parcel)
        return response if failure is None else failure

    def failure(self, response: Response, parcel: Parcel) -> CrossdockError | None:
        """What a reply to a change means; None where it was done."""
        if self._service.judge.then(response) is None:
            if response.status == _CHANGED:
                return self._conflict(response)
            if response.status == _NEEDED:
                hint = "say if_match: read, or if_match: any"
                return Reject("K760", f"{self._told(response)}: it wants an ETag", hint=hint)
            gone = response.status in (_NOT_FOUND, _GONE)
            if gone and self._options.change == "delete" and parcel.attempt > 1:
                return None  # an earlier attempt was done
        return self._service.failure(response)

    def outcome(self, response: Response) -> Outcome:
        """What was made, under the name it has there."""
        return Done(self._service.redaction.shown(self._receipt(response), _LONGEST_RECEIPT))

    def _request(self, change: Change, parcel: Parcel) -> Request:
        headers = {**self._service.headers(parcel), **change.headers}
        url = self._service.url(change.path)
        if self._options.if_match == "read":
            headers["If-Match"] = self._current(url)
        asked = Request(
            method=change.method,
            url=url,
            headers=headers,
            repeatable=self._options.is_repeatable,
            key=parcel.key,
            message=parcel.message,
        )
        return asked if change.body is None else asked.with_body(change.body)

    def _current(self, url: str) -> str:
        """The ETag of the entity as it is now. Raises what its reply means."""
        response = self._service.get(url, self._service.headers())
        failure = self._service.failure(response)
        if failure is not None:
            raise failure
        etag = response.headers.get("etag") or etag_in(entity_in(document_of(response)))
        if etag is None or header_fault(etag):
            hint = "say if_match: any, or none"
            raise Reject("K760", f"{self._told(response)} without an ETag that could be sent back", hint=hint)
        return etag

    def _matched(self, document: Document) -> dict[str, str]:
        if self._options.if_match == "any":
            return {"If-Match": "*"}
        if self._options.etag is None:
            return {}
        etag = self._options.etag.of(document)
        if not isinstance(etag, str) or not etag or header_fault(etag):
            raise Reject("K765", f"'{self._options.etag}' gives no ETag", hint="look at 'etag:'")
        return {"If-Match": etag}

    def _repeatability(self, parcel: Parcel) -> dict[str, str]:
        """OASIS Repeatable Requests 1.0, 3.1: an id that is a UUID, and when the request was first made."""
        if not self._options.repeatability:
            return {}
        first = format_datetime(moment_of(parcel), usegmt=True)
        return {"Repeatability-Request-ID": str(_uuid(parcel.key)), "Repeatability-First-Sent": first}

    def _written(self, document: Document) -> Document:
        if not isinstance(document, dict):
            raise Reject("K768", "an entity is a JSON object, and this document is none", hint="encode: json")
        dates = {name: to_v2(document[name], name) for name in self._options.dates if name in document}
        return {**document, **dates}

    def _conflict(self, response: Response) -> CrossdockError:
        if response.headers.get("repeatability-result", "").lower() == "rejected":
            told = f"{self._told(response)}: it cannot say any more whether an earlier attempt was done"
            return Hold("K766", told, hint="look there; release it to send it once more, or reject it")
        told = f"{self._told(response)}: it has changed there meanwhile"
        if self._options.on_conflict == "retry":
            return Retry("K762", told, only_this=True)
        return Hold(
            "K761", told, hint="or an earlier attempt of ours was done; look at both, then release or reject it"
        )

    def _receipt(self, response: Response) -> str:
        if self._options.receipt is not None and response.body:
            try:
                found = self._options.receipt.of(entity_in(document_of(response)))
            except Reject:  # it is done, whatever it is called there
                found = None
            if found is not None:
                return plain(found)
        place = response.headers.get("location") or response.headers.get("odata-entityid") or ""
        return f"{response.status} {place}".strip()

    def _told(self, response: Response) -> str:
        return f"{self._service.redaction(response.url.partition('?')[0])} answered {response.status}"


def document_in(parcel: Parcel) -> Document:
    """What the parcel carries, exactly. Raises ``Reject``."""
    return CODEC.whole(parcel.payload).document if parcel.payload.size else parcel.document


def key_of(options: ChangeOptions, document: Document) -> str:
    """What stands in the parentheses behind an entity set. Raises ``Reject`` K765."""
    key: Key | None = options.key
    if isinstance(key, dict):
        values = ((name, expression.of(document)) for name, expression in key.items())
        return ",".join(
            f"{name}={encoded_literal(value, options.types.get(name), options.version, name)}" for name, value in values
        )
    kind = next(iter(options.types.values()), None)
    return encoded_literal(None if key is None else key.of(document), kind, options.version, f"'{key}'")


def _uuid(key: str) -> UUID:
    """The key of a delivery is a UUID; that of a test may be anything."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(_KEYS, key)
