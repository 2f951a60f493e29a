"""The sink and the call."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.items import plain
from crossdock.connector.http.outcomes import Outcome, in_turn
from crossdock.connector.http.retention import while_honoured
from crossdock.errors import CrossdockError, Reject
from crossdock.message import Document
from crossdock.xml_tree import PLAIN, Shape, to_document
from crossdock_connectors.soap.options import CallOptions, SinkOptions
from crossdock_connectors.soap.peer import SoapPeer
from crossdock_connectors.soap.reply import body_in
from crossdock_connectors.soap.xpath import compiled, selected

_LONGEST_RECEIPT = 300  # characters


class SoapSink:
    """Sends messages to one peer."""

    def __init__(self, options: SinkOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._peer = SoapPeer(options, around, client)
        self._receipt = None if options.receipt is None else compiled(options.receipt, options.namespaces)
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
            response, envelope = self._peer.ask(parcel)
        except CrossdockError as error:
            return error
        return Done(self._named(envelope) or str(response.status))

    def _named(self, envelope: etree._Element | None) -> str:
        """It is done, whatever it is called there."""
        if envelope is None or self._receipt is None:
            return ""
        try:
            found = selected(self._receipt, envelope, PLAIN, listed=False)
        except Reject:
            return ""
        return "" if found is None else self._peer.client.redaction.shown(plain(found), _LONGEST_RECEIPT)


class SoapCall:
    """Asks one peer."""

    def __init__(self, options: CallOptions, around: Surroundings, client: HttpClient | None = None) -> None:
        self._options, self._shape = options, Shape(lists=options.lists)
        self._peer = SoapPeer(options, around, client, reads=options.reads)
        self._result = {name: compiled(text, options.namespaces) for name, text in (options.result or {}).items()}

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """What ``result`` selects, or the body; None where the reply is empty."""
        try:
            _, envelope = self._peer.ask(parcel)
        except CrossdockError as error:
            return error
        if envelope is None:
            return None
        try:
            answer = self._answer(envelope)
            if self._options.success is not None and not self._options.success.holds(answer):
                return Reject("K770", f"'success' does not hold: {self._peer.client.redaction.shown(plain(answer))}")
        except Reject as error:
            return self._peer.unclear(error)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._peer.close()

    def _answer(self, envelope: etree._Element) -> Document:
        if self._options.result is not None:
            return {
                name: selected(xpath, envelope, self._shape, listed=name in self._options.lists)
                for name, xpath in self._result.items()
            }
        found = to_document(body_in(envelope), self._shape)
        if not isinstance(found, dict):
            return None
        return {name: value for name, value in found.items() if not name.startswith("@")} or None
