"""Variables made from a document, and what is done with them: the sink and the call."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.items import plain
from crossdock.connector.http.outcomes import Outcome, in_turn
from crossdock.connector.http.retention import while_honoured
from crossdock.errors import CrossdockError, Reject
from crossdock.message import Document
from crossdock_connectors.graphql.options import AskingOptions, CallOptions, SinkOptions
from crossdock_connectors.graphql.peer import CODEC, GraphQlPeer

_LONGEST_RECEIPT = 300  # characters


def variables_of(options: AskingOptions, parcel: Parcel) -> dict[str, Document]:
    """The variables for a parcel. Raises ``Reject`` K757 where they are none."""
    document = CODEC.whole(parcel.payload).document if parcel.payload.size else parcel.document
    if options.variables is not None:
        found = {name: expression.of(document) for name, expression in options.variables.items()}
    elif isinstance(document, dict) or document is None:
        found = dict(document or {})
    else:
        raise Reject("K757", "variables have names, and this document is no object", hint="name them: 'variables:'")
    return _with_key(found, options.key_variable, parcel.key)


def _with_key(variables: dict[str, Document], path: str | None, key: str) -> dict[str, Document]:
    """The variables with the key at a path into them; what is on the way is copied, or made."""
    if path is None:
        return variables
    name, _, rest = path.partition(".")
    if not rest:
        return {**variables, name: key}
    inner = variables.get(name)
    if inner is not None and not isinstance(inner, dict):
        raise Reject("K757", f"the variable '{name}' is no object, and the key goes into it")
    return {**variables, name: _with_key(dict(inner or {}), rest, key)}


class GraphQlSink:
    """Sends mutations to one peer."""

    def __init__(self, options: SinkOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._peer = GraphQlPeer(options, around, client, keyed=options.effect == "keyed")
        self._send = while_honoured(options.honours_key_for, around, self._in_turn)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each."""
        return self._send(parcels)

    def close(self) -> None:
        """Close the connections."""
        self._peer.close()

    def _in_turn(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        return in_turn(parcels, 1, lambda some: [self._sent(some[0])])

    def _sent(self, parcel: Parcel) -> Outcome:
        try:
            data = self._peer.ask(variables_of(self._options, parcel), parcel, self._options.user_errors.of)
        except CrossdockError as error:
            return error
        return Done(self._receipt(data))

    def _receipt(self, data: Document) -> str:
        """It is done, whatever it is called there."""
        if self._options.receipt is None:
            return ""
        try:
            found = self._options.receipt.of(data)
        except Reject:
            return ""
        return "" if found is None else self._peer.client.redaction.shown(plain(found), _LONGEST_RECEIPT)


class GraphQlCall:
    """Asks one peer."""

    def __init__(self, options: CallOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._options = options
        self._peer = GraphQlPeer(options, around, client, keyed=options.effect != "opaque", partial=options.partial)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """What ``result`` selects of the data."""
        try:
            data = self._peer.ask(variables_of(self._options, parcel), parcel, self._options.user_errors.of)
            return data if self._options.result is None else self._options.result.of(data)
        except CrossdockError as error:
            return error

    def close(self) -> None:
        """Close the connections."""
        self._peer.close()
