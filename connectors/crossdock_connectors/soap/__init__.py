"""``soap``: systems that are asked and sent to in SOAP 1.1 and 1.2.

```yaml
to:
  - soap:
      post: https://erp.example.com/services/orders
      action: urn:erp:orders:create
      body: soap/create-order.xml
      security: {user: crossdock, password: "${secret:erp_password}"}
      namespaces: {so: "urn:erp:orders"}
      receipt: string(//so:Number)
      faults:
        - {text: locked by user, then: retry}
```

The envelope is made here; the body is the payload (``encode: {xml: …}``) or a file of the project with values in
braces, which are put into its tree and can never become structure. Replies are read under the rules for XML: no
DOCTYPE, nothing fetched, bounded. A fault is understood whatever the status is. Attachments (MTOM) are not spoken. How
a peer is reached, and which hosts may be, is as with ``http``.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.connector import Call, CallKind, Connector, Parcel, Sink, SinkKind, Surroundings
from crossdock.connector.http.exchange import shown
from crossdock.connector.http.probing import looked
from crossdock.errors import Finding
from crossdock_connectors.soap.options import CallOptions, SinkOptions, SoapOptions

__all__ = ["CONNECTOR", "CallOptions", "SinkOptions"]


# What each of these stands on (lxml among them) is imported when one is opened.
def _sink(options: SinkOptions, around: Surroundings) -> Sink:
    from crossdock_connectors.soap.asking import SoapSink  # noqa: PLC0415

    return SoapSink(options, around)


def _call(options: CallOptions, around: Surroundings) -> Call:
    from crossdock_connectors.soap.asking import SoapCall  # noqa: PLC0415

    return SoapCall(options, around)


def _target(options: SoapOptions, parcel: Parcel) -> str:
    return f"POST {shown(options.post)}{f' {options.action}' if options.action else ''}"


def _probe(options: SoapOptions, around: Surroundings) -> Iterable[Finding]:
    return looked(options, options.post, around)


CONNECTOR = Connector(
    name="soap",
    about="Systems that speak SOAP 1.1 or 1.2: sends them messages, asks them, understands their faults.",
    sink=SinkKind(options=SinkOptions, open=_sink, effect=lambda options: options.effect, target=_target, probe=_probe),
    call=CallKind(options=CallOptions, open=_call, effect=lambda options: options.effect, target=_target, probe=_probe),
)
