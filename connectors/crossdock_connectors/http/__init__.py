"""``http``: systems that are asked, sent to and polled over HTTP.

```yaml
from:
  http:
    get: https://shop.example.com/api/orders
    auth: {bearer: "${secret:shop_token}"}
    items: data.orders
    id: id
    version: updated_at
    since: {parameter: updated_min, field: updated_at}
    paging: {by: cursor, at: meta.next}
to:
  - http:
      post: https://erp.example.com/api/orders/{number}
      key_header: Idempotency-Key
      honours_key_for: 24h
      auth: {basic: {user: crossdock, password: "${secret:erp_password}"}}
```

With a ``path`` a route is not polled but served: others send to an address of ours (see *HTTP in*, in the guide).

```yaml
from:
  http: {path: /orders, accepts: [application/json], idempotency: required, check: true}
```

Scheme and host are written out; what is filled in behind them is encoded. A host that leads to an address which is not
the internet's is refused unless ``allow_private: true``. A reply is judged by its status, or before that by ``rules``;
``success`` looks into the body of those that answer 200 and mean no.
"""

from __future__ import annotations

from crossdock.connector import (
    Call,
    CallKind,
    Connector,
    EndpointKind,
    Parcel,
    Sink,
    SinkKind,
    Source,
    SourceKind,
    Surroundings,
)
from crossdock.connector.http.exchange import shown
from crossdock_connectors.http.inbound.options import EndpointOptions
from crossdock_connectors.http.options import CallOptions, RequestOptions, SinkOptions, SourceOptions
from crossdock_connectors.http.probing import probe_request, probe_source

__all__ = ["CONNECTOR", "CallOptions", "SinkOptions", "SourceOptions"]


# What each of these stands on (the codecs, lxml among them) is imported when one is opened.
def _source(options: SourceOptions, surroundings: Surroundings) -> Source:
    from crossdock_connectors.http.source import HttpSource  # noqa: PLC0415

    return HttpSource(options, surroundings)


def _sink(options: SinkOptions, surroundings: Surroundings) -> Sink:
    from crossdock_connectors.http.sink import HttpSink  # noqa: PLC0415

    return HttpSink(options, surroundings)


def _call(options: CallOptions, surroundings: Surroundings) -> Call:
    from crossdock_connectors.http.call import HttpCall  # noqa: PLC0415

    return HttpCall(options, surroundings)


def _target(options: RequestOptions, parcel: Parcel) -> str:
    """The method and the URL, without the values of its parameters. Raises ``Reject``."""
    request = options.request(parcel)
    return f"{request.method} {shown(request.url)}"


CONNECTOR = Connector(
    name="http",
    about="Systems that speak HTTP: takes what they send, polls them page by page, sends to them, asks them.",
    source=SourceKind(options=SourceOptions, open=_source, probe=probe_source),
    sink=SinkKind(
        options=SinkOptions,
        open=_sink,
        effect=lambda options: options.effect,
        target=_target,
        probe=probe_request,
    ),
    call=CallKind(
        options=CallOptions,
        open=_call,
        effect=lambda options: options.effect,
        target=_target,
        probe=probe_request,
    ),
    endpoint=EndpointKind(options=EndpointOptions, endpoint=EndpointOptions.endpoint),
)
