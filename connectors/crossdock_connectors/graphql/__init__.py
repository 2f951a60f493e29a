"""``graphql``: systems that are asked, sent to and polled in GraphQL.

```yaml
from:
  graphql:
    post: https://shop.example.com/admin/api/graphql.json
    auth: {api_key: {header: X-Shopify-Access-Token, key: "${secret:shop_token}"}}
    query: |
      query Orders($first: Int!, $after: String, $changed: String) {
        orders(first: $first, after: $after, query: $changed) {
          nodes { id name updatedAt }
          pageInfo { hasNextPage endCursor }
        }
      }
    items: orders.nodes
    id: id
    version: updatedAt
    page_size: 50
    paging: {info: orders.pageInfo}
    since: {field: updatedAt, variable: changed, written: "updated_at:>='{}'"}
to:
  - graphql:
      post: https://erp.example.com/graphql
      auth: {bearer: "${secret:erp_token}"}
      mutation: |
        mutation Create($input: OrderInput!, $key: String!) {
          orderCreate(input: $input, key: $key) { order { id } userErrors { field message } }
        }
      variables: {input: "@"}
      key_variable: key
      receipt: orderCreate.order.id
    encode: json
```

The text is written out or lies in a file of the project; values reach it as variables, never as text. Brackets, the
kind of the operation and its variables are checked before anything runs; whether the fields exist is the server's to
say. ``errors`` are understood whatever the status is; what was done in part is held for a person. How a peer is
reached, and which hosts may be, is as with ``http``.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.connector import (
    Call,
    CallKind,
    Connector,
    Parcel,
    Sink,
    SinkKind,
    Source,
    SourceKind,
    Surroundings,
)
from crossdock.connector.http.exchange import shown
from crossdock.connector.http.probing import looked
from crossdock.errors import Finding
from crossdock_connectors.graphql.options import CallOptions, GraphQlOptions, SinkOptions, SourceOptions

__all__ = ["CONNECTOR", "CallOptions", "SinkOptions", "SourceOptions"]


# What each of these stands on (the codecs, lxml among them) is imported when one is opened.
def _source(options: SourceOptions, around: Surroundings) -> Source:
    from crossdock_connectors.graphql.source import GraphQlSource  # noqa: PLC0415

    return GraphQlSource(options, around)


def _sink(options: SinkOptions, around: Surroundings) -> Sink:
    from crossdock_connectors.graphql.asking import GraphQlSink  # noqa: PLC0415

    return GraphQlSink(options, around)


def _call(options: CallOptions, around: Surroundings) -> Call:
    from crossdock_connectors.graphql.asking import GraphQlCall  # noqa: PLC0415

    return GraphQlCall(options, around)


def _target(options: GraphQlOptions, parcel: Parcel) -> str:
    return f"POST {shown(options.post)}"


def _probe(options: GraphQlOptions, around: Surroundings) -> Iterable[Finding]:
    return looked(options, options.post, around)


CONNECTOR = Connector(
    name="graphql",
    about="Systems that speak GraphQL: polls them by cursor, sends mutations, asks queries.",
    source=SourceKind(options=SourceOptions, open=_source, probe=_probe),
    sink=SinkKind(options=SinkOptions, open=_sink, effect=lambda options: options.effect, target=_target, probe=_probe),
    call=CallKind(options=CallOptions, open=_call, effect=lambda options: options.effect, target=_target, probe=_probe),
)
