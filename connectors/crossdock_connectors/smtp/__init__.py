"""``smtp``: mail, with the payload as an attachment or as the text.

```yaml
to:
  - smtp:
      host: smtp.example.com
      user: crossdock
      password: "${secret:smtp_password}"
      from: "Globex Orders <orders@globex.example>"
      to: ["{buyer.email}", "orders-archive@globex.example"]
      subject: "Order {number} confirmed"
      body: "Please find order {number} attached."
      attach: {name: "order-{number}.csv"}
```

The connection is encrypted (STARTTLS) and the certificate checked, or nothing is sent. The ``Message-ID`` is made from
the delivery's key, so it is the same for every attempt. A mail is not a transaction: when the connection is lost after
the last byte, nobody knows whether it will arrive, and the delivery is put in doubt. Nothing is sent to anyone while
the server puts off one of several recipients; a recipient that it refuses for good is told and left out.
"""

from __future__ import annotations

from crossdock.connector import Connector, Effect, Parcel, SinkKind
from crossdock_connectors.smtp.addresses import recipients
from crossdock_connectors.smtp.options import SinkOptions
from crossdock_connectors.smtp.probing import probe
from crossdock_connectors.smtp.sink import SmtpSink

__all__ = ["CONNECTOR", "SinkOptions", "SmtpSink"]


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """Who would get it. Raises ``Reject``."""
    return ", ".join(f"mailto:{address}" for address in recipients(options, parcel).all)


CONNECTOR = Connector(
    name="smtp",
    about="Sends mail with the payload as attachment or text: encrypted, each recipient's refusal told.",
    sink=SinkKind(
        options=SinkOptions, open=SmtpSink, effect=lambda options: Effect.OPAQUE, target=_target, probe=probe
    ),
)
