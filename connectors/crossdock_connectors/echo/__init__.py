"""``echo``: brings, keeps and answers what its options say. For tests and first tries: it needs no other system.

```yaml
from:
  echo: {bring: ["first", {number: "4711"}], times: 2}
to:
  - echo: {keep: kept.jsonl}
```

As a source it brings each of ``bring`` as one arrival, ``times`` over, and after that nothing: a restart brings the
same identities, which are known. As a sink it appends a line to ``keep`` for each parcel. As a call it answers with
``reply`` or, without one, with what it was asked.
"""

from __future__ import annotations

from crossdock.connector import CallKind, Connector, Effect, Parcel, SinkKind, SourceKind
from crossdock_connectors.echo.call import EchoCall
from crossdock_connectors.echo.options import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.echo.sink import EchoSink
from crossdock_connectors.echo.source import EchoSource

__all__ = ["CONNECTOR", "CallOptions", "EchoCall", "EchoSink", "EchoSource", "SinkOptions", "SourceOptions"]


def _effect(options: SinkOptions) -> Effect:
    return Effect(options.effect)


def _call_effect(options: CallOptions) -> Effect | None:
    return None if options.effect is None else Effect(options.effect)


def _target(options: SinkOptions, parcel: Parcel) -> str:
    return options.keep or f"echo/{parcel.key}"


CONNECTOR = Connector(
    name="echo",
    about="For tests: brings, keeps and answers what its options say, with delays and failures on demand.",
    source=SourceKind(options=SourceOptions, open=EchoSource),
    sink=SinkKind(options=SinkOptions, open=EchoSink, effect=_effect, target=_target),
    call=CallKind(options=CallOptions, open=EchoCall, effect=_call_effect, target=lambda options, parcel: "echo"),
)
