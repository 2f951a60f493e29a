"""``command``: runs a program of this machine, such as a legacy batch job, with the payload at its standard input.

```yaml
to:
  - command:
      run: [/opt/erp/bin/import-order, --company, "10", --, "{number}"]
      exits: {0: done, 75: retry, 3: reject, other: doubt}
      within: 20s
```

There is no shell: each item of ``run`` is one argument, whatever the document has in it. A value cannot become an
option either: an argument that begins with a value may not begin with ``-``, unless ``--`` stands before it.

The program gets a minimal environment (``PATH``, ``LANG``, ``HOME``, ``TMPDIR``, what ``env`` adds, and
``CROSSDOCK_KEY``, ``CROSSDOCK_MESSAGE``, ``CROSSDOCK_CORRELATION``, ``CROSSDOCK_ROUTE``, ``CROSSDOCK_ATTEMPT``,
``CROSSDOCK_CONTENT_TYPE``), a folder of its own for the time it runs, limits, and no way to gain rights (set-user-id
programs such as ``sudo`` do not). When its time is over, when it says too much, or when crossdock itself is
killed, it is killed with everything that it began.

Where the environment of crossdock has ``CROSSDOCK_COMMAND_FOLDERS`` (folders, separated by ``:``), only programs in
these are run, whatever a route says.
"""

from __future__ import annotations

from crossdock.connector import CallKind, Connector, Effect, Parcel, SinkKind, SourceKind
from crossdock_connectors.command.arguments import target
from crossdock_connectors.command.call import CommandCall
from crossdock_connectors.command.options import CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.command.probing import probe
from crossdock_connectors.command.sink import CommandSink
from crossdock_connectors.command.source import CommandSource

__all__ = ["CONNECTOR", "CallOptions", "CommandCall", "CommandSink", "CommandSource", "SinkOptions", "SourceOptions"]


def _effect(options: SinkOptions) -> Effect:
    return Effect.KEYED if options.repeatable else Effect.OPAQUE


def _call_effect(options: CallOptions) -> Effect | None:
    if not options.changes:
        return None
    return Effect.KEYED if options.repeatable else Effect.OPAQUE


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """The command line. Raises ``Reject``."""
    return target(options.run, parcel)


CONNECTOR = Connector(
    name="command",
    about="Runs a program of this machine, bounded and without a shell; its exit code says what became of it.",
    source=SourceKind(options=SourceOptions, open=CommandSource, probe=probe),
    sink=SinkKind(options=SinkOptions, open=CommandSink, effect=_effect, target=_target, probe=probe),
    call=CallKind(
        options=CallOptions,
        open=CommandCall,
        effect=_call_effect,
        target=lambda options, parcel: target(options.run, parcel),
        probe=probe,
    ),
)
