"""What a route may say about HTTP peers it asks: ``to: - http: {post: …}``, ``call:``, ``from: http: {get: …}``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from crossdock.connector import Effect, Parcel
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.http.address import (
    HeaderName,
    HeaderTemplates,
    QueryTemplates,
    Url,
    UrlTemplate,
    filled_headers,
    filled_url,
)
from crossdock.connector.http.body import OF_PAGE, OF_PARCEL, Body
from crossdock.connector.http.exchange import IDEMPOTENT, SAFE, Request
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Honoured, Options, PeerOptions, Rule, clear_text_fault
from crossdock.connector.http.place import Watermark
from crossdock.connector.template import Template
from crossdock.message import Inline

_METHODS = ("get", "post", "put", "patch", "delete")
_BODILESS = SAFE | {"DELETE"}


class RequestOptions(PeerOptions):
    """One request: the method with its URL, and what goes with it. See the connector for what holds everywhere."""

    post: UrlTemplate | None = None
    put: UrlTemplate | None = None
    patch: UrlTemplate | None = None
    delete: UrlTemplate | None = None
    query: QueryTemplates = Field(default_factory=dict)
    headers: HeaderTemplates = Field(default_factory=dict)
    body: Body | None = None
    key_header: HeaderName | None = None
    repeatable: bool | None = None
    success: Expression | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def method(self) -> str:
        """In upper case."""
        return next((name for name in _METHODS if getattr(self, name, None) is not None), "post").upper()

    @property
    def url(self) -> Template:
        """The URL as it is written."""
        found = getattr(self, self.method.lower())
        assert isinstance(found, Template)  # noqa: S101 - one of them is there: see below
        return found

    @property
    def is_repeatable(self) -> bool:
        """Whether the peer does once what it is asked twice."""
        return self.method in IDEMPOTENT or self.key_header is not None if self.repeatable is None else self.repeatable

    def request(self, parcel: Parcel) -> Request:
        """The request for a parcel. Raises ``Reject`` where a value is missing or does not fit."""
        headers = filled_headers(self.headers, parcel)
        if parcel.trace is not None:
            headers.setdefault("traceparent", parcel.trace)
        if self.key_header is not None:
            headers[self.key_header] = parcel.key
        asked = Request(
            method=self.method,
            url=filled_url(self.url, self.query, parcel),
            repeatable=self.is_repeatable,
            key=parcel.key,
            message=parcel.message,
        )
        if self.method not in _BODILESS:
            named = {name.lower() for name in headers}
            kind = parcel.content_type if self.body is None else "application/json"
            headers |= {} if "content-type" in named else {"Content-Type": kind}
            return Request(
                method=asked.method,
                url=asked.url,
                headers=headers,
                body=parcel.payload if self.body is None else Inline(self.body.of(parcel)),
                repeatable=asked.repeatable,
                key=asked.key,
                message=asked.message,
            )
        return asked.with_headers(headers)

    @model_validator(mode="after")
    def _one_method(self) -> RequestOptions:
        given = [name for name in _METHODS if getattr(self, name, None) is not None]
        if len(given) != 1:
            known = ", ".join(f"'{name}:'" for name in _METHODS if name in type(self).model_fields)
            raise ValueError(f"one method with its URL is needed: one of {known}")
        fault = clear_text_fault(str(self.url.parts[0]), self)
        if fault:
            raise ValueError(fault)
        if self.body is not None:
            if self.method in _BODILESS:
                raise ValueError(f"a {self.method} has no body")
            self.body.refuse_unknown(OF_PARCEL)
        return self


class Bulk(Options):
    """Several documents in one request, and an answer for each.

    ``size`` is how many at most; they go as a JSON ``array``, or ``under`` a name in an object, or as ``lines``.
    ``items`` is where the answers stand in the reply (JMESPath). Each is known by its place, or, with ``id`` (in the
    answer) and ``document_id`` (in the document), by that. ``ok`` says of one answer whether it was done; ``retry``
    whether it is to be sent again. What the reply does not mention is in doubt. ``key_field`` puts the key of each
    delivery into its document under this name.
    """

    size: int = Field(default=100, ge=2, le=1000)
    send: Literal["array", "lines"] = "array"
    under: str | None = None
    items: Expression = Expression("@")
    id: Expression | None = None
    document_id: Expression | None = None
    ok: Expression | None = None
    retry: Expression | None = None
    receipt: Expression | None = None
    key_field: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Bulk:
        if (self.id is None) != (self.document_id is None):
            raise ValueError("'id' (in the answer) and 'document_id' (in the document) belong together")
        if self.under is not None and self.send == "lines":
            raise ValueError("'under' names a field of an object; lines have none around them")
        return self


class SinkOptions(RequestOptions):
    """A peer that is sent to: ``post``, ``put``, ``patch`` or ``delete`` with a URL, which may have ``{names}`` in it.

    ``query`` and ``headers`` are templates as well. ``body`` is put around what is sent: JSON in which ``$document`` is
    the document, ``$key`` the idempotency key and ``$id`` the message; secrets may stand in it. ``key_header`` carries the idempotency key, the same for every
    attempt (``Idempotency-Key``, or what the peer calls it); the peer ``honours_key_for`` so long, and no attempt is
    made by itself once that is over. PUT and DELETE, and POST and PATCH with a key, are repeated when their end is
    unclear; a POST without one is put in doubt for a person. ``repeatable`` says otherwise where the peer is otherwise.
    ``success`` must hold for the body of a 2xx (JMESPath); ``rules`` say first what replies mean. ``receipt`` is where
    the reply names what it made. ``bulk`` puts several documents into one request.
    """

    honours_key_for: Honoured | None = None
    receipt: Expression | None = None
    bulk: Bulk | None = None

    @property
    def effect(self) -> Effect:
        """Keyed where twice is the same as once; else opaque."""
        return Effect.KEYED if self.is_repeatable else Effect.OPAQUE

    @property
    def is_repeatable(self) -> bool:
        """Of a bulk each document must carry its own key: those that go together change from attempt to attempt."""
        if self.bulk is not None and self.repeatable is None:
            return self.bulk.key_field is not None
        return super().is_repeatable

    @model_validator(mode="after")
    def _consistent(self) -> SinkOptions:
        if self.honours_key_for is not None and self.key_header is None and not (self.bulk and self.bulk.key_field):
            raise ValueError("'honours_key_for' is about the key in 'key_header', which is missing")
        if self.bulk is not None:
            if self.body is not None:
                raise ValueError("a bulk makes its own body: use 'send' and 'under', not 'body'")
            if self.key_header is not None:
                raise ValueError("a bulk has many keys and one header: use key_field in 'bulk', not 'key_header'")
            if self.delete is not None or not self.url.fixed or any(not one.fixed for one in self.query.values()):
                raise ValueError("a bulk goes to one URL: nothing of a document can be filled in")
        return self


class CallOptions(RequestOptions):
    """A peer that is asked: ``get`` (or ``post``, ``put``, ``patch``, ``delete``) with a URL that may have ``{names}``.

    A GET changes nothing; nor does a POST that ``reads`` (a search). ``key_header`` and ``repeatable`` are those of a
    sink. The answer is read as its content type says, or as ``reply`` says; ``rules`` with ``then: empty`` make it
    nothing: ``{status: 404, then: empty}``.
    """

    get: UrlTemplate | None = None
    reads: bool = False
    reply: Literal["auto", "json", "xml", "csv", "text"] = "auto"

    @property
    def effect(self) -> Effect | None:
        """None where nothing is changed."""
        if self.reads or self.method in SAFE:
            return None
        return Effect.KEYED if self.is_repeatable else Effect.OPAQUE

    @property
    def is_repeatable(self) -> bool:
        """What only reads may be repeated."""
        return self.reads or super().is_repeatable


class LinkPaging(Options):
    """The next page is where the ``Link`` header says (RFC 8288, ``rel="next"``), or, with ``at``, the body."""

    by: Literal["link"]
    at: Expression | None = None


class CursorPaging(Options):
    """The reply names the next page (``at``); it is asked for with ``parameter`` until none is named.

    Where the last page names one as well, ``more`` (JMESPath) says of a reply whether another follows.
    """

    by: Literal["cursor"]
    at: Expression
    parameter: str = "cursor"
    more: Expression | None = None


class NumberPaging(Options):
    """Pages are numbered from ``first`` (``page``), or begin behind so many items (``offset``).

    An empty page is the last one, or, with ``more``, one of which it does not hold.
    """

    by: Literal["page", "offset"]
    parameter: str | None = None
    first: int | None = Field(default=None, ge=0)
    more: Expression | None = None

    @property
    def name(self) -> str:
        """The parameter."""
        return self.parameter or self.by

    @property
    def start(self) -> int:
        """The first page, or nothing to skip."""
        return (1 if self.by == "page" else 0) if self.first is None else self.first


Paging: TypeAlias = Annotated[LinkPaging | CursorPaging | NumberPaging, Field(discriminator="by")]


class Since(Watermark):
    """Only what changed since the last poll: ``parameter`` carries the highest value of ``field`` seen so far.

    ``field`` (JMESPath on an item) is a time, or a number that grows; ``overlap`` goes back a little, as what was
    written at the same time may have become visible later; ``start`` is what the first poll asks for, nothing for all.
    ``text`` is what the parameter says, with ``{since}`` in it, such as a filter; the first poll then has what ``query``
    says under that name. Without a ``parameter`` it stands in the ``body``. ``form`` is how times are written:
    ``odata`` for ``/Date(…)/``, ``naive`` for UTC that does not say so, ``spaced`` for that with a space in the middle.
    """

    parameter: str | None = None


class SourceOptions(PeerOptions):
    """A peer that is polled by GET, or by a POST that only reads, with a ``body``.

    ``items`` is where the list stands in a reply (JMESPath); each of its items is an arrival, known by ``id`` and
    ``version`` (what changes with it, such as its time of change), or by its content. Without ``items`` a reply is one
    arrival, and comes again when it has changed. ``page_size`` is sent as ``page_size_parameter``. ``etag`` asks with
    ``If-None-Match`` and ``If-Modified-Since``, where one request brings everything. In a ``body`` ``$page`` is the
    cursor, number or offset of the page, ``$size`` the page size and ``$since`` the watermark; nothing of that is put
    into the URL as well. A text may have ``{$since}`` within.
    """

    get: Url | None = None
    post: Url | None = None
    body: Body | None = None
    query: dict[str, str] = Field(default_factory=dict)
    headers: HeaderTemplates = Field(default_factory=dict)
    every: Annotated[Seconds, lasting("10ms", "31d")] = 60.0
    items: Expression | None = None
    id: Expression | None = None
    version: Expression | None = None
    paging: Paging | None = None
    page_size: int | None = Field(default=None, ge=1, le=100_000)
    page_size_parameter: str = "limit"
    since: Since | None = None
    etag: bool = True
    max_pages: int = Field(default=10_000, ge=1, le=1_000_000)
    success: Expression | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def method(self) -> str:
        """In upper case."""
        return "GET" if self.post is None else "POST"

    @property
    def url(self) -> str:
        """Where the first page is."""
        return self.get or self.post or ""

    def in_body(self, hole: str) -> bool:
        """Whether this is told in the body, and so not in the URL."""
        return self.body is not None and hole in self.body.holes

    @model_validator(mode="after")
    def _one_url(self) -> SourceOptions:
        if (self.get is None) == (self.post is None):
            raise ValueError("one URL is needed: 'get', or 'post' with a 'body'")
        if self.body is not None:
            if self.post is None:
                raise ValueError("a GET has no body: write 'post'")
            self.body.refuse_unknown(OF_PAGE)
        if self.since is not None and self.since.parameter is None and not self.in_body("since"):
            raise ValueError("'since' names a 'parameter', or stands in the 'body' as $since")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> SourceOptions:
        fault = clear_text_fault(self.url, self)
        if fault:
            raise ValueError(fault)
        if self.items is None and (self.paging or self.since or self.id or self.version):
            raise ValueError("'paging', 'since', 'id' and 'version' are about items: say where they stand, 'items:'")
        if self.version is not None and self.id is None:
            raise ValueError("a 'version' is one of something: name its 'id'")
        if any(not template.fixed for template in self.headers.values()):
            raise ValueError("nothing is filled into the headers of a poll")
        return self
