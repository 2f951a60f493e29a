"""``log``: writes what arrives to the log. For watching a route, and for what nobody needs but in a log.

```yaml
to:
  - log: {level: info, about: "order {number}", show: document, redact: [buyer.vat_id, "*.iban"]}
```

A line is bounded by ``limit`` whatever arrives, control characters are escaped, and the fields in ``redact`` are shown
as ``***``. The line goes to the logger ``crossdock.connector.log`` of the process, in the form the log has.
"""

from __future__ import annotations

from crossdock.connector import Connector, Effect, SinkKind
from crossdock_connectors.log.options import SinkOptions
from crossdock_connectors.log.sink import LogSink

__all__ = ["CONNECTOR", "LogSink", "SinkOptions"]

CONNECTOR = Connector(
    name="log",
    about="Writes a bounded line about each document to the log, without the fields it is told to redact.",
    sink=SinkKind(
        options=SinkOptions,
        open=LogSink,
        effect=lambda options: Effect.KEYED,  # the line names its key: a second one is known for what it is
        target=lambda options, parcel: f"log/{options.level}",
    ),
)
