"""One operation of one peer: the request made of variables, and the data of the reply or what went wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Parcel, Surroundings
from crossdock.connector.http.address import filled_headers
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response, shown
from crossdock.connector.http.judgement import Judge
from crossdock.errors import CrossdockError, Doubt, Halt, Reject, Retry
from crossdock.message import Document, Inline
from crossdock_connectors.graphql.operation import Operation
from crossdock_connectors.graphql.options import GraphQlOptions, is_file
from crossdock_connectors.graphql.reply import Verdicts, code_of

CODEC = JsonCodec(JsonOptions())

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"
_MAY_HAVE_ERRORS = frozenset({200, 400, 404, 409, 422, 500})  # statuses whose body says more than they do
_LARGEST_FILE = 1_000_000  # bytes


class GraphQlPeer:
    """Asks for one operation. ``effective``: asking twice is not the same as asking once, and has an effect."""

    def __init__(
        self,
        options: GraphQlOptions,
        around: Surroundings,
        client: HttpClient | None = None,
        *,
        keyed: bool = True,
        partial: bool = False,
    ) -> None:
        self._options, self._now = options, around.now
        self.client = client or HttpClient(options, around.root, around.now)
        self._text = _text_of(options, around.root)
        self._changes = options.kind == "mutation"
        self._keyed, self._partial = keyed or not self._changes, partial
        self._known = True  # the server has the text by its hash
        self._judge = Judge(
            redaction=self.client.redaction,
            now=around.now,
            rules=options.rules,
            success=options.success,
            refused=options.refused,
            keyed=self._keyed,
        )

    def ask(
        self,
        variables: Mapping[str, Document],
        parcel: Parcel | None = None,
        check: Callable[[Document], Document] = lambda data: None,
    ) -> Document:
        """The ``data``. ``check`` finds in it what is wrong with the input. Raises what went wrong."""
        response = self._answered(variables, parcel)
        reply = self._read(response)
        if reply is None or self._judge.then(response) is not None:
            failure = self._judge.failure(response)
            if failure is not None:
                raise failure
            if reply is None:
                raise self._unreadable(response, "no GraphQL")
        failure = self._failure(reply, response, check)
        if failure is not None:
            raise failure
        return reply.get("data")

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _failure(
        self, reply: Mapping[str, Document], response: Response, check: Callable[[Document], Document]
    ) -> CrossdockError | None:
        if self._judge.then(response) is not None:  # a rule has said that it is done
            return None
        verdicts = self._verdicts()
        failure = verdicts.failure(reply, response)
        if failure is None and response.is_success:
            failure = self._judge.failure(response)
        if failure is None and "data" not in reply:
            failure = self._unreadable(response, "neither data nor errors")
        return failure or verdicts.input_faults(check(reply.get("data")), response)

    def _verdicts(self) -> Verdicts:
        return Verdicts(
            redaction=self.client.redaction,
            now=self._now(),
            changes=self._changes,
            keyed=self._keyed,
            partial=self._partial,
            refused=self._options.refused,
            again=self._options.again,
        )

    def _answered(self, variables: Mapping[str, Document], parcel: Parcel | None) -> Response:
        """The reply. The text goes along once more, where the server does not know its hash (it did nothing then)."""
        response = self.client.ask(
            self._request(variables, parcel, whole=not (self._options.persisted and self._known))
        )
        if self._options.persisted and self._known and _unknown_there(self._read(response)):
            response = self.client.ask(self._request(variables, parcel, whole=True))
            self._known = not _unsupported(self._read(response))
        return response

    def _request(self, variables: Mapping[str, Document], parcel: Parcel | None, *, whole: bool) -> Request:
        options, body = self._options, dict[str, Document]()
        if options.document_id is not None:
            body["documentId"] = options.document_id
        elif whole:
            body["query"] = self._text
        if options.operation is not None:
            body["operationName"] = options.operation
        if variables:
            body["variables"] = dict(variables)
        if options.persisted:
            digest = hashlib.sha256(self._text.encode()).hexdigest()
            body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        headers = {"Content-Type": "application/json", "Accept": _ACCEPT, **self._headers(parcel)}
        return Request(
            method="POST",
            url=options.post,
            headers=headers,
            body=Inline(b"".join(CODEC.write([body]))),
            repeatable=self._keyed,
            key=parcel.key if parcel else "",
            message=parcel.message if parcel else "",
        )

    def _headers(self, parcel: Parcel | None) -> dict[str, str]:
        if parcel is None:
            return {name: template.text for name, template in self._options.headers.items()}
        traced = {"traceparent": parcel.trace} if parcel.trace is not None else {}
        return {**traced, **filled_headers(self._options.headers, parcel)}

    def _read(self, response: Response) -> dict[str, Document] | None:
        """The reply, where it is one of GraphQL and its status leaves the word to it."""
        if response.cut is not None or response.status not in _MAY_HAVE_ERRORS:
            return None
        try:
            found = CODEC.whole(Inline(response.body)).document
        except Reject:
            return None
        return found if isinstance(found, dict) and ("data" in found or isinstance(found.get("errors"), list)) else None

    def _unreadable(self, response: Response, what: str) -> CrossdockError:
        why = f": {response.cut}" if response.cut else ""
        told = f"{shown(response.url)} answered {response.status} with {what}{why}"
        hint = "look whether 'post' is the address of GraphQL"
        return Retry("K751", told, hint=hint) if self._keyed else Doubt("K751", told, hint=hint)


def _unknown_there(reply: Mapping[str, Document] | None) -> bool:
    return _has(reply, ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")) or _unsupported(reply)


def _unsupported(reply: Mapping[str, Document] | None) -> bool:
    return _has(reply, ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"))


def _has(reply: Mapping[str, Document] | None, words: tuple[str, ...]) -> bool:
    errors = (reply or {}).get("errors")
    listed = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return any(code_of(one) in words or one.get("message") in words for one in listed)


def _text_of(options: GraphQlOptions, root: Path) -> str:
    """The GraphQL, from its file if it has one. Raises ``Halt`` K756."""
    text = options.text or ""
    if not is_file(text):
        return text
    try:
        with (root / text.strip()).open(encoding="utf-8") as file:
            read = file.read(_LARGEST_FILE)
        _judged(options, read)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise Halt(
            "K756", f"'{text.strip()}' cannot be used: {reason}", hint="look at the file, and at 'operation:'"
        ) from error
    return read


def _judged(options: GraphQlOptions, text: str) -> Operation:
    return options.operation_of(text)
