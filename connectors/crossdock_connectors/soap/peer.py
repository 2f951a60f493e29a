"""One operation of one peer: the message that goes, and the envelope of the reply or what went wrong."""

from __future__ import annotations

from lxml import etree

from crossdock.connector import Parcel, Surroundings
from crossdock.connector.http.address import filled_headers
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response, shown
from crossdock.connector.http.judgement import Judge
from crossdock.errors import CrossdockError, Doubt, Reject
from crossdock.message import Inline
from crossdock_connectors.soap.envelope import enveloped
from crossdock_connectors.soap.options import SoapOptions
from crossdock_connectors.soap.reply import Faults, envelope_in, fault_in
from crossdock_connectors.soap.template import XmlTemplate

_BY_STATUS = frozenset({401, 403, 407, 429})  # statuses that say more than a fault beside them


class SoapPeer:
    """Asks for one operation. ``repeatable``: asking twice is the same as asking once; ``reads``: nothing changes."""

    def __init__(
        self,
        options: SoapOptions,
        around: Surroundings,
        client: HttpClient | None = None,
        *,
        reads: bool = False,
    ) -> None:
        self._options, self._now, self._reads = options, around.now, reads
        self.client = client or HttpClient(options, around.root, around.now)
        self._body = None if options.body is None else XmlTemplate.read(around.root, options.body)
        self._header = None if options.header is None else XmlTemplate.read(around.root, options.header)
        if options.security is not None:
            self.client.redaction.add(options.security.password.get_secret_value())
        self._judge = Judge(
            redaction=self.client.redaction,
            now=around.now,
            rules=options.rules,
            refused=options.refused,
            keyed=options.repeatable,
        )

    def ask(self, parcel: Parcel) -> tuple[Response, etree._Element | None]:
        """The reply and its envelope; None where it is empty, or a rule says it is done. Raises what went wrong."""
        response = self.client.ask(self._request(parcel))
        try:
            envelope = envelope_in(response) if response.body or response.cut else None
            fault = None if envelope is None else fault_in(envelope)
        except Reject as unreadable:
            failure = self._judge.failure(response)
            raise failure or self.unclear(unreadable) from unreadable
        if fault is None or response.status in _BY_STATUS:
            failure = self._judge.failure(response)
        else:
            failure = Faults(self._options, self.client.redaction, self._now()).meaning(fault, response)
            envelope = None
        if failure is not None:
            raise failure
        return response, envelope

    def unclear(self, error: Reject) -> CrossdockError:
        """What only reads has an answer nobody can use; what had an effect had it, and nobody knows which."""
        told = f"{shown(self._options.post)}: {error.message}"
        if self._reads:
            return Reject(error.code, told, findings=error.findings, hint=error.hint)
        return Doubt(error.code, told, hint=error.hint)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _request(self, parcel: Parcel) -> Request:
        options = self._options
        data = enveloped(options, parcel, self._body, self._header, self._now(), self.client.redaction)
        headers = {"traceparent": parcel.trace} if parcel.trace is not None else {}
        return Request(
            method="POST",
            url=options.post,
            headers={**headers, **_typed(options), **filled_headers(options.headers, parcel)},
            body=Inline(data),
            repeatable=self._reads or options.repeatable,
            key=parcel.key,
            message=parcel.message,
        )


def _typed(options: SoapOptions) -> dict[str, str]:
    """SOAP 1.1, 6.1.1: a header, in quotes, also where it is empty; SOAP 1.2 Part 2, 7.1.4: a parameter (RFC 3902)."""
    if options.version == "1.1":
        return {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml", "SOAPAction": f'"{options.action}"'}
    action = f'; action="{options.action}"' if options.action else ""
    kind = "application/soap+xml"
    return {"Content-Type": f"{kind}; charset=utf-8{action}", "Accept": kind}
