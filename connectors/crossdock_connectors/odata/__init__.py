"""``odata``: services that speak OData: V4, and V2 as SAP has it.

```yaml
from:
  odata:
    service: https://erp.example.com/odata/v4/sales
    entity: SalesOrders
    auth: {basic: {user: crossdock, password: "${secret:erp_password}"}}
    filter: Status eq 'Open'
    id: OrderID
    since: {field: ModifiedAt}
    page_size: 100
to:
  - odata:
      service: https://s4.example.com/sap/opu/odata/sap/API_BUSINESS_PARTNER
      version: v2
      entity: A_BusinessPartner
      do: update
      key: {BusinessPartner: number}
      if_match: read
      csrf: true
      auth: {basic: {user: crossdock, password: "${secret:s4_password}"}}
    encode: json
```

Entities are read page by page, by the service's own links, and what changed by its delta links or by a field. Changes
are made by key, with an ETag where that matters, alone or several in a ``$batch``; each is done or refused by itself.
Values are quoted and encoded; none can become a part of a URL. How a service is reached, and which hosts may be, is as
with ``http``.
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
from crossdock_connectors.odata.options import CallOptions, ChangeOptions, ServiceOptions, SinkOptions, SourceOptions

__all__ = ["CONNECTOR", "CallOptions", "SinkOptions", "SourceOptions"]


# What each of these stands on (the codecs, lxml among them) is imported when one is opened.
def _source(options: SourceOptions, around: Surroundings) -> Source:
    from crossdock_connectors.odata.source import ODataSource  # noqa: PLC0415

    return ODataSource(options, around)


def _sink(options: SinkOptions, around: Surroundings) -> Sink:
    from crossdock_connectors.odata.sink import ODataSink  # noqa: PLC0415

    return ODataSink(options, around)


def _call(options: CallOptions, around: Surroundings) -> Call:
    from crossdock_connectors.odata.call import ODataCall  # noqa: PLC0415

    return ODataCall(options, around)


def _target(options: ChangeOptions, parcel: Parcel) -> str:
    """What is done where. Raises ``Reject``."""
    from crossdock_connectors.odata.change import document_in, key_of  # noqa: PLC0415

    key = "" if options.key is None else f"({key_of(options, document_in(parcel))})"
    return f"{options.change} {shown(options.root + options.entity)}{key}"


def _probe(options: ServiceOptions, around: Surroundings) -> Iterable[Finding]:
    return looked(options, options.root, around)


CONNECTOR = Connector(
    name="odata",
    about="OData services, V4 and V2: polls entity sets, changes entities by key, reads and finds them.",
    source=SourceKind(options=SourceOptions, open=_source, probe=_probe),
    sink=SinkKind(options=SinkOptions, open=_sink, effect=lambda options: options.effect, target=_target, probe=_probe),
    call=CallKind(options=CallOptions, open=_call, effect=lambda options: options.effect, target=_target, probe=_probe),
)
