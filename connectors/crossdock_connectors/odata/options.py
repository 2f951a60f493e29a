"""What a route may say about an OData service."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from crossdock.connector import Effect
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.http.address import HeaderTemplates, Url
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Honoured, Options, PeerOptions, Rule, clear_text_fault
from crossdock.connector.http.place import Watermark
from crossdock.connector.template import Template
from crossdock_connectors.odata.literal import Type, Version

_PATH = re.compile(r"[A-Za-z_][\w.]*(?:\([\w',=. -]*\))?(?:/[A-Za-z_][\w.]*(?:\([\w',=. -]*\))?)*\Z", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z", re.ASCII)
_CHANGES = ("create", "update", "replace", "upsert", "delete", "action")
_KEYED = ("update", "replace", "upsert", "delete")


def _path(text: str) -> str:
    if not _PATH.match(text):
        raise ValueError(f"'{text}' is no entity set, such as SalesOrders or company(1)/orders")
    return text


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError(f"'{text}' is no name")
    return text


def _quoted(template: Template) -> Template:
    """Each hole stands between quotes, or for a number or the like: a value can never be more than one value."""
    if "\\" in template.text:
        raise ValueError(f"'{template}': a filter has no backslashes")
    return template


Path: TypeAlias = Annotated[str, AfterValidator(_path)]
Name: TypeAlias = Annotated[str, AfterValidator(_name)]
Key: TypeAlias = Expression | dict[Name, Expression]
Filter: TypeAlias = Annotated[Template, AfterValidator(_quoted)]


class ServiceOptions(PeerOptions):
    """How a service is reached. See the connector for what holds everywhere."""

    service: Url
    entity: Path
    version: Version = "v4"
    csrf: bool = False
    query: dict[str, str] = Field(default_factory=dict)
    headers: HeaderTemplates = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @property
    def root(self) -> str:
        """The URL of the service, with a slash at its end."""
        return f"{self.service.rstrip('/')}/"

    @model_validator(mode="after")
    def _clear(self) -> ServiceOptions:
        if "?" in self.service:
            raise ValueError("'service' is the root of the service; parameters such as sap-client go under 'query:'")
        fault = clear_text_fault(self.service, self)
        if fault:
            raise ValueError(fault)
        return self


class Batch(Options):
    """Several changes in one request to ``$batch``, ``size`` at most; each is done or refused by itself.

    ``form`` is ``multipart`` (V2 and V4) or ``json`` (V4.01). In V2 each is a change set of its own.
    """

    size: int = Field(default=50, ge=2, le=1000)
    form: Literal["multipart", "json"] = "multipart"


class ChangeOptions(ServiceOptions):
    """One change of one entity."""

    key: Key | None = None
    types: dict[str, Type] = Field(default_factory=dict)
    action: Name | None = None
    if_match: Literal["none", "any", "read"] = "none"
    etag: Expression | None = None
    conflict: Literal["retry", "hold"] | None = None
    repeatability: bool = False
    repeatable: bool | None = None
    dates: tuple[str, ...] = ()
    receipt: Expression | None = None
    success: Expression | None = None

    @property
    def change(self) -> str:
        """What is done."""
        return str(getattr(self, "do", "create"))

    @property
    def is_repeatable(self) -> bool:
        """Whether the service does once what it is asked twice."""
        if self.repeatable is not None:
            return self.repeatable
        return self.change in _KEYED or self.repeatability

    @property
    def on_conflict(self) -> str:
        """An entity that was read for this is read again; one that a document knows of is for a person."""
        return self.conflict or ("hold" if self.etag is not None else "retry")

    @model_validator(mode="after")
    def _consistent_change(self) -> ChangeOptions:
        if self.change in _KEYED and self.key is None:
            raise ValueError(f"'do: {self.change}' is about one entity: say how its key is made, 'key:'")
        if self.version == "v2" and self.change == "upsert":
            raise ValueError("V2 has no upsert: use 'update' or 'create'")
        if (self.change == "action") != (self.action is not None):
            raise ValueError("'do: action' and the name of the 'action:' belong together")
        if self.etag is not None and self.if_match != "none":
            raise ValueError("'etag' is what a document knows, 'if_match' what is sent without: use one of them")
        if (self.etag is not None or self.if_match != "none") and self.change not in ("update", "replace", "delete"):
            raise ValueError(f"'etag' and 'if_match' are about entities that are there; 'do: {self.change}' is not")
        if self.dates and self.version == "v4":
            raise ValueError("'dates' are written in their own way in V2 alone")
        return self


class SinkOptions(ChangeOptions):
    """A change for each document.

    ``do`` is ``create`` (POST), ``update`` (PATCH, in V2 MERGE), ``replace`` (PUT), ``upsert`` (PATCH, which creates
    what is not there), ``delete``, or ``action`` (POST to the ``action`` of the entity).
    ``key`` is how the entity is known: JMESPath over the document, or one by name for keys of several parts and for
    alternate keys; ``types`` say which are no texts or numbers (``guid``, ``date``, ``datetimeoffset`` …).
    ``if_match`` sends an ETag: ``any`` for ``*``, ``read`` for that of the entity as it is now; ``etag`` (JMESPath) is
    one the document brought along. When the entity has changed meanwhile (412) it is read and tried again, or, with an
    ``etag``, held for a person; ``conflict`` says otherwise. A ``create`` whose end is unclear is in doubt, unless
    ``repeatability`` sends ``Repeatability-Request-ID``, which the service must honour, or ``repeatable`` says so. It
    ``honours_key_for`` so long, and no attempt is made by itself once that is over.
    ``dates`` are properties that V2 wants as ``/Date(…)/``. ``receipt`` names what was made. ``csrf`` fetches a token
    first, as SAP wants it. ``batch`` sends several at once.
    """

    do: Literal["create", "update", "replace", "upsert", "delete", "action"] = "create"
    batch: Batch | None = None
    honours_key_for: Honoured | None = None

    @property
    def effect(self) -> Effect:
        """Keyed where twice is once."""
        return Effect.KEYED if self.is_repeatable else Effect.OPAQUE

    @model_validator(mode="after")
    def _consistent_batch(self) -> SinkOptions:
        if self.batch is not None and self.if_match == "read":
            raise ValueError("a batch reads nothing before it: use 'if_match: any', an 'etag', or no 'batch:'")
        if self.batch is not None and self.batch.form == "json" and self.version == "v2":
            raise ValueError("V2 knows batches as 'multipart' alone")
        return self

    @model_validator(mode="after")
    def _honours_something(self) -> SinkOptions:
        if self.honours_key_for is not None and not (self.repeatability or self.repeatable):
            raise ValueError("'honours_key_for' is about the id that 'repeatability' sends, which is missing")
        return self


class CallOptions(ChangeOptions):
    """A question, or a change whose answer is wanted.

    ``do: read`` brings the entity of a ``key`` (nothing, where there is none), ``find`` the list that a ``filter``
    selects; the changes are those of the sink, and the answer is the entity as it is then.
    In a ``filter`` the values of a document stand in braces: ``CustomerPO eq '{po}'``; between quotes they are texts,
    without quotes numbers, dates and the like. ``select``, ``expand``, ``orderby`` and ``top`` go along. ``result``
    (JMESPath) is what is taken of the answer.
    """

    do: Literal["read", "find", "create", "update", "replace", "upsert", "delete", "action"] = "read"
    filter: Filter | None = None
    select: tuple[str, ...] = ()
    expand: str | None = None
    orderby: str | None = None
    top: int | None = Field(default=None, ge=1, le=100_000)
    result: Expression | None = None

    @property
    def reads(self) -> bool:
        """Whether nothing is changed."""
        return self.do in ("read", "find")

    @property
    def effect(self) -> Effect | None:
        """None where nothing is changed."""
        if self.reads:
            return None
        return Effect.KEYED if self.is_repeatable else Effect.OPAQUE

    @model_validator(mode="after")
    def _consistent_question(self) -> CallOptions:
        if self.do == "read" and self.key is None:
            raise ValueError("'do: read' is about one entity: say how its key is made, 'key:', or 'do: find'")
        if self.filter is not None and self.do != "find":
            raise ValueError("a 'filter' selects several: 'do: find'")
        return self


class Since(Watermark):
    """Only what changed since the last poll: ``$filter`` asks for values of ``field`` from the highest one seen on.

    ``type`` is how the value is written; ``overlap`` goes back a little, as what was written at the same time may have
    become visible later; ``start`` is what the first poll asks for, nothing for all.
    """

    field: Expression
    type: Literal["datetimeoffset", "datetime", "date", "int", "int64", "decimal", "string"] = "datetimeoffset"


class SourceOptions(ServiceOptions):
    """An entity set that is polled; each entity is an arrival.

    ``filter``, ``select``, ``expand`` and ``orderby`` are OData's own. An entity is known by ``id`` (JMESPath; without
    it by what the service calls its id) and ``entity_version`` (without it by its ETag, or its content). Pages follow the links of the
    service; ``page_size`` is what we prefer. ``paging: skip`` asks with ``$skip`` and ``$top`` where a service gives
    no links. ``delta`` asks for what changed with the links of the service, where it offers such; ``since`` by a field.
    """

    filter: str | None = None
    select: tuple[str, ...] = ()
    expand: str | None = None
    orderby: str | None = None
    id: Expression | None = None
    entity_version: Expression | None = None
    every: Annotated[Seconds, lasting("10ms", "31d")] = 60.0
    page_size: int | None = Field(default=None, ge=1, le=100_000)
    paging: Literal["links", "skip"] = "links"
    delta: bool = False
    since: Since | None = None
    max_pages: int = Field(default=10_000, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _consistent(self) -> SourceOptions:
        if self.delta and (self.since is not None or self.paging == "skip" or self.version == "v2"):
            raise ValueError("'delta' follows links of V4 alone: without 'since' and without 'paging: skip'")
        if self.paging == "skip" and self.page_size is None:
            raise ValueError("'paging: skip' needs a 'page_size'")
        if any(not template.fixed for template in self.headers.values()):
            raise ValueError("nothing is filled into the headers of a poll")
        return self
