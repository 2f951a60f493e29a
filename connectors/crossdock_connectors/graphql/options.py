"""What a route may say about a GraphQL peer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from crossdock.connector import Effect
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.http.address import HeaderTemplates, Url
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Honoured, Options, PeerOptions, Rule, clear_text_fault
from crossdock.connector.http.place import Watermark
from crossdock.connector.project_files import FileName
from crossdock_connectors.graphql.operation import Operation, operation_in

_FILES = (".graphql", ".gql")


def is_file(text: str) -> bool:
    """Whether this names a file of the project, and is no GraphQL itself."""
    return text.strip().endswith(_FILES) and "{" not in text


def _document(text: str) -> str:
    if is_file(text):
        if text.startswith("/") or ".." in text.split("/"):
            raise ValueError(f"'{text}': the file lies in the project")
        return FileName(text.strip())
    if "{" not in text:
        raise ValueError("this is neither GraphQL nor the name of a file that ends with .graphql")
    return text


GraphQl: TypeAlias = Annotated[str, AfterValidator(_document)]
Constant: TypeAlias = str | bool | int | Decimal | None


class GraphQlOptions(PeerOptions):
    """How one operation is asked for. See the connector for what holds everywhere."""

    post: Url
    operation: str | None = None
    document_id: str | None = None
    persisted: bool = False
    headers: HeaderTemplates = Field(default_factory=dict)
    again: frozenset[str] = frozenset()
    success: Expression | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def text(self) -> str | None:
        """The GraphQL, or the file that has it; None where the server has it under ``document_id``."""
        return getattr(self, "mutation", None) or getattr(self, "query", None)

    @property
    def kind(self) -> str:
        """``query`` or ``mutation``."""
        return "mutation" if getattr(self, "mutation", None) is not None else "query"

    def given(self) -> frozenset[str]:
        """The variables that are sent, as far as that is known."""
        return frozenset()

    def operation_of(self, text: str) -> Operation:
        """The operation, if it is one that may stand here. Raises ``ValueError``."""
        found = operation_in(text, self.operation)
        if found.kind != self.kind:
            where = f"write it under '{found.kind}:'" if found.kind != "subscription" else "it has no single answer"
            raise ValueError(f"this is a {found.kind}; {where}")
        unknown = sorted(self.given() - found.variables)
        if unknown:
            known = ", ".join(sorted(found.variables)) or "none"
            raise ValueError(f"the operation has no variable '{unknown[0]}'; it declares: {known}")
        return found

    @model_validator(mode="after")
    def _whole(self) -> GraphQlOptions:
        fault = clear_text_fault(self.post, self)
        if fault:
            raise ValueError(fault)
        if self.text is not None and not is_file(self.text):
            self.operation_of(self.text)
        if self.persisted and self.document_id is not None:
            raise ValueError("'persisted' sends the hash of a text, 'document_id' a name of it: use one of them")
        return self


class AskingOptions(GraphQlOptions):
    """Variables made from a document."""

    variables: dict[str, Expression] | None = None
    key_variable: str | None = None
    repeatable: bool = False
    user_errors: Expression = Expression("*.[userErrors, user_errors][][]")

    @property
    def effect(self) -> Effect | None:
        """None where nothing is changed."""
        if self.kind == "query":
            return None
        return Effect.KEYED if self.repeatable or self.key_variable is not None else Effect.OPAQUE

    def given(self) -> frozenset[str]:
        """See ``GraphQlOptions``."""
        key = {self.key_variable.partition(".")[0]} if self.key_variable else set()
        return frozenset({*(self.variables or ()), *key})


class SinkOptions(AskingOptions):
    """A mutation for each document. The text is GraphQL, or names a file of the project (``queries/order.graphql``).

    ``variables`` are JMESPath over the document, by name; without them the document itself has the variables, by name.
    ``key_variable`` carries the key of the delivery (``idempotencyKey``, ``input.clientMutationId``), where the server
    does once what it is asked twice with it; ``repeatable: true`` says so of any mutation. It ``honours_key_for`` so
    long, and no attempt is made by itself once that is over. Without a key an unclear end is in doubt. ``operation`` chooses one of several in a text. ``document_id`` names a document the server knows
    (``documentId``), instead of the text or beside it; ``persisted`` sends its SHA-256 first, and the text where the
    server does not know it. ``user_errors`` is where in ``data`` a mutation says what is wrong with its input.
    ``again`` are further codes of errors that pass. ``receipt`` (JMESPath over ``data``) is what it made. ``success``
    (over the whole reply) and ``rules`` are those of ``http``.
    """

    mutation: GraphQl
    receipt: Expression | None = None
    honours_key_for: Honoured | None = None

    @model_validator(mode="after")
    def _honours_something(self) -> SinkOptions:
        if self.honours_key_for is not None and self.effect is not Effect.KEYED:
            raise ValueError("'honours_key_for' is about the key in 'key_variable', which is missing")
        return self


class CallOptions(AskingOptions):
    """A ``query``, which changes nothing, or a ``mutation``. See the sink for what both have.

    ``result`` (JMESPath over ``data``) is the answer; without it ``data`` is. ``partial`` takes an answer that has
    ``errors`` beside its ``data``.
    """

    query: GraphQl | None = None
    mutation: GraphQl | None = None
    result: Expression | None = None
    partial: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> CallOptions:
        if (self.query is None) == (self.mutation is None):
            raise ValueError("one of 'query:' and 'mutation:' is needed")
        if self.partial and self.mutation is not None:
            raise ValueError("what a mutation did in part is for a person: 'partial' is about queries")
        return self


class Paging(Options):
    """The next page: ``info`` is where the ``pageInfo`` stands in ``data``; ``variable`` carries its cursor."""

    info: Expression
    variable: str = "after"
    cursor: Expression = Expression("endCursor")
    more: Expression = Expression("hasNextPage")


class Since(Watermark):
    """Only what changed since: ``variable`` carries the highest value of ``field`` seen so far.

    ``written`` is a text around it, where the server wants one: ``"updated_at:>='{}'"``. ``overlap`` goes back a
    little, as what was written at the same time may have become visible later.
    """

    variable: str
    written: str = "{}"

    @model_validator(mode="after")
    def _one_hole(self) -> Since:
        if self.written.count("{}") != 1:
            raise ValueError("'written' has {} once: where the value goes")
        return self


class SourceOptions(GraphQlOptions):
    """A query that is asked again and again; each of its ``items`` is an arrival.

    ``items`` is where the list stands in ``data`` (JMESPath: ``orders.nodes``, ``orders.edges[].node``); an item is
    known by ``id`` and ``version``, or by its content. ``variables`` are the same for every page; ``page_size`` goes as
    ``page_size_variable``. ``paging`` says where the next cursor stands, ``since`` asks for what changed.
    """

    query: GraphQl
    items: Expression
    id: Expression | None = None
    version: Expression | None = None
    variables: dict[str, Constant] = Field(default_factory=dict)
    every: Annotated[Seconds, lasting("10ms", "31d")] = 60.0
    page_size: int | None = Field(default=None, ge=1, le=10_000)
    page_size_variable: str = "first"
    paging: Paging | None = None
    since: Since | None = None
    partial: bool = False
    max_pages: int = Field(default=10_000, ge=1, le=1_000_000)

    def given(self) -> frozenset[str]:
        """See ``GraphQlOptions``."""
        more = [self.page_size_variable] if self.page_size else []
        more += [self.paging.variable] if self.paging else []
        return frozenset({*self.variables, *more, *([self.since.variable] if self.since else [])})

    @model_validator(mode="after")
    def _consistent(self) -> SourceOptions:
        if self.version is not None and self.id is None:
            raise ValueError("a 'version' is one of something: name its 'id'")
        if any(not template.fixed for template in self.headers.values()):
            raise ValueError("nothing is filled into the headers of a poll")
        return self
