"""``file``: folders of this machine, watched or filled.

```yaml
from:
  file: {path: inbox/, match: "*.edi"}
to:
  - file: {path: erp/in/, name: "ORD{number}.txt"}
```

Whatever lies in a folder is somebody else's: names are data, links are never followed, and no file is read before it
is complete or overwritten once it is there.
"""

from __future__ import annotations

from crossdock.connector import Connector, Effect, Parcel, SinkKind, SourceKind
from crossdock.connector.folders.options import moment_of
from crossdock_connectors.file.options import RejectsOptions, SinkOptions, SourceOptions, rejects_of
from crossdock_connectors.file.probing import probe_sink, probe_source
from crossdock_connectors.file.sink import FileSink
from crossdock_connectors.file.source import FileSource

__all__ = ["CONNECTOR", "FileSink", "FileSource", "RejectsOptions", "SinkOptions", "SourceOptions"]


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """The path a parcel would get; ``$now`` is the time in the id of its message. Raises ``Reject``."""
    moment = moment_of(parcel)
    folder, below = options.folder(parcel, moment)
    return "/".join((folder.rstrip("/"), *below, options.file_name(parcel, moment))).removeprefix("./")


CONNECTOR = Connector(
    name="file",
    about="Folders of this machine: watches one for files, or writes files into one, each whole and once.",
    source=SourceKind(options=SourceOptions, open=FileSource, rejects=rejects_of, probe=probe_source),
    sink=SinkKind(
        options=SinkOptions,
        open=FileSink,
        effect=lambda options: Effect.PROVABLE,
        target=_target,
        probe=probe_sink,
    ),
)
