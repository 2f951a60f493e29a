"""One OData service: requests as its version wants them, and what its replies mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Parcel, Surroundings
from crossdock.connector.http.address import filled_headers
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response, shown
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.judgement import Judge
from crossdock.connector.http.options import Csrf
from crossdock.connector.http.redaction import Redaction
from crossdock.errors import CrossdockError, Finding, Place, Reject
from crossdock.message import Document, Inline, Payload
from crossdock_connectors.odata.options import ServiceOptions

CODEC = JsonCodec(JsonOptions())

_READABLE = "$'(),:/*"  # what the parameters of OData are full of, and no parameter ends at
_MOST = 50  # details of one error
_VERSIONS = {
    "v2": {"DataServiceVersion": "2.0", "MaxDataServiceVersion": "2.0"},
    "v4": {"OData-Version": "4.0", "OData-MaxVersion": "4.01"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error of OData says: a sentence, and each thing that is wrong with what it is about."""

    text: str
    details: tuple[tuple[str, str | None], ...] = ()


class Service:
    """Asks one service."""

    def __init__(
        self,
        options: ServiceOptions,
        around: Surroundings,
        client: HttpClient | None = None,
        *,
        keyed: bool = False,
        success: Expression | None = None,
    ) -> None:
        self.options = options
        self.client = client or HttpClient(_with_token(options), around.root, around.now)
        self.judge = Judge(
            redaction=self.client.redaction,
            now=around.now,
            rules=options.rules,
            success=success,
            refused=options.refused,
            keyed=keyed,
        )

    @property
    def redaction(self) -> Redaction:
        """Knows the secrets of this connection."""
        return self.client.redaction

    def url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The URL of something in the service; ``path`` is encoded already."""
        given = {**self.options.query, **(query or {})}
        pairs = "&".join(f"{quote(name, safe='$')}={quote(text, safe=_READABLE)}" for name, text in given.items())
        return f"{self.options.root}{path}{f'?{pairs}' if pairs else ''}"

    def headers(self, parcel: Parcel | None = None) -> dict[str, str]:
        """What every request carries."""
        usual = {"Accept": "application/json", **_VERSIONS[self.options.version]}
        if parcel is None:
            return {**usual, **{name: template.text for name, template in self.options.headers.items()}}
        traced = {"traceparent": parcel.trace} if parcel.trace is not None else {}
        return {**usual, **traced, **filled_headers(self.options.headers, parcel)}

    def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """A reply to a GET, whatever its status."""
        return self.client.ask(Request(method="GET", url=url, headers=dict(headers), repeatable=True))

    def failure(self, response: Response) -> CrossdockError | None:
        """What a reply means; None for a success. An error of OData is told in its words."""
        failure = self.judge.failure(response)
        if failure is None or response.is_success:
            return failure
        fault = fault_of(response, self.redaction)
        if fault is not None:
            failure.message = f"{self.redaction(shown(response.url))} answered {response.status} {fault.text}"
            failure.args = (failure.code, failure.message)
            if isinstance(failure, Reject):
                failure.findings = tuple(
                    Finding(code=failure.code, message=text, place=Place(pointer=target), rule="said by the peer")
                    for text, target in fault.details
                )
        return failure

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def _with_token(options: ServiceOptions) -> ServiceOptions:
    """``csrf: true`` is a token from the root of the service, asked for with what every request has (``sap-client``)."""
    if not options.csrf or options.auth.csrf is not None:
        return options
    asked = urlencode(options.query, quote_via=quote)
    csrf = Csrf(url=f"{options.root}?{asked}" if asked else options.root)
    auth = options.auth.model_copy(update={"csrf": csrf})
    return options.model_copy(update={"auth": auth})


def document_of(response: Response) -> Document:
    """The reply, exactly. Raises ``Reject`` K763."""
    if response.cut is not None:
        raise Reject("K763", f"the reply cannot be read: {response.cut}", hint="see 'max_response'")
    try:
        return CODEC.whole(Inline(response.body)).document
    except Reject as error:
        raise Reject("K763", f"the reply cannot be read: {error.message}") from error


def body_of(document: Document) -> Payload:
    """A document as JSON, with every digit it has."""
    return Inline(b"".join(CODEC.write([document])))


def fault_of(response: Response, redaction: Redaction) -> Fault | None:
    """What went wrong in OData's form (V4 JSON 21.1, V2 JSON 15); None where the reply has another one."""
    try:
        document = document_of(response)
    except Reject:
        return None
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return None
    listed = error.get("details") or _at(error, "innererror", "errordetails") or []
    details = [_said(one, redaction) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    whole = _said(error, redaction)
    return Fault(whole[0], tuple(details[:_MOST]) or (whole,))


def _said(error: Mapping[str, Document], redaction: Redaction) -> tuple[str, str | None]:
    message, code = error.get("message"), error.get("code")
    text = message.get("value") if isinstance(message, dict) else message
    target = error.get("target") or error.get("propertyref")
    named = f"{code}: {text}" if isinstance(code, str) and code else str(text)
    return redaction.shown(named), redaction.shown(target, 200) if isinstance(target, str) and target else None


def _at(document: Mapping[str, Document], *names: str) -> Document:
    here: Document = dict(document)
    for name in names:
        here = here.get(name) if isinstance(here, dict) else None
    return here


def entity_in(document: Document) -> Document:
    """The one entity of a reply: V2 puts a ``d`` around it."""
    return document["d"] if isinstance(document, dict) and set(document) == {"d"} else document


def entities_in(document: Document) -> list[Document] | None:
    """The entities of a page; None where there is no list."""
    if not isinstance(document, dict):
        return None
    inner = document.get("d", document)
    found = inner.get("results", inner.get("value")) if isinstance(inner, dict) else inner
    return found if isinstance(found, list) else None


def link_in(document: Document, *names: str) -> str | None:
    """The first of these links that a page has; of V2 it stands inside ``d``."""
    if not isinstance(document, dict):
        return None
    inner = document.get("d")
    for holder in (document, inner if isinstance(inner, dict) else {}):
        for name in names:
            found = holder.get(name)
            if isinstance(found, str) and found:
                return found
    return None


def etag_in(entity: Document) -> str | None:
    """The ETag that an entity carries in itself."""
    if not isinstance(entity, dict):
        return None
    inner = entity.get("__metadata")
    found = entity.get("@odata.etag") or entity.get("@etag") or (inner.get("etag") if isinstance(inner, dict) else None)
    return found if isinstance(found, str) and found else None
