"""``ftp``: folders of other machines over FTP, encrypted unless said otherwise, polled or filled.

```yaml
from:
  ftp: {host: ftp.acme.example, user: globex, password: "${secret:acme_password}", path: /out, match: "*.edi"}
to:
  - ftp: {host: ftp.acme.example, user: globex, password: "${secret:acme_password}", path: /in}
```

``tls: explicit`` is the default, ``implicit`` for servers on port 990, and ``off`` has to be said. Whatever lies in a
folder is somebody else's: names are data, what a listing calls a link is never followed, and no file is fetched before
it is complete or overwritten once it is there. A transfer counts when the server has confirmed it and the size is right.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.connector import Connector, Effect, Parcel, SinkKind, Source, SourceKind, Surroundings
from crossdock.connector.contract import ProvableSink
from crossdock.connector.folders.options import moment_of
from crossdock.errors import Finding
from crossdock_connectors.ftp.options import RejectsOptions, Server, SinkOptions, SourceOptions, rejects_of

__all__ = ["CONNECTOR", "RejectsOptions", "SinkOptions", "SourceOptions"]


def _source(options: SourceOptions, surroundings: Surroundings) -> Source:
    from crossdock.connector.remote.source import RemoteSource  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.ftp.shared import sessions_of  # noqa: PLC0415 - as above

    return RemoteSource(options, surroundings, sessions_of(options, surroundings.root), options.endpoint)


def _sink(options: SinkOptions, surroundings: Surroundings) -> ProvableSink:
    from crossdock.connector.remote.sink import RemoteSink  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.ftp.shared import sessions_of  # noqa: PLC0415 - as above

    return RemoteSink(options, surroundings, sessions_of(options, surroundings.root), options.endpoint)


def _probed_source(options: SourceOptions, surroundings: Surroundings) -> Iterable[Finding]:
    return _probed(options, surroundings, options.path, may_be_missing=False)


def _probed_sink(options: SinkOptions, surroundings: Surroundings) -> Iterable[Finding]:
    """As far as it is written out: what is named after a document is not known yet."""
    steps = options.path.split("/")
    fixed = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
    folder = "/".join(step.text for step in steps[:fixed]) or "/"
    return _probed(options, surroundings, folder, may_be_missing=options.mkdirs)


def _probed(server: Server, surroundings: Surroundings, folder: str, *, may_be_missing: bool) -> Iterable[Finding]:
    from crossdock.connector.remote.probe import probe  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.ftp.shared import sessions_of  # noqa: PLC0415 - as above

    sessions = sessions_of(server, surroundings.root)
    return probe(sessions, folder, server.endpoint, may_be_missing=may_be_missing)


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """Where a parcel would go; ``$now`` is the time in the id of its message. Raises ``Reject``."""
    moment = moment_of(parcel)
    folder, below = options.folder(parcel, moment)
    path = "/".join((folder.rstrip("/"), *below, options.file_name(parcel, moment))).removeprefix("./")
    return f"{options.endpoint}/{path.lstrip('/')}"


CONNECTOR = Connector(
    name="ftp",
    about="Folders of FTP and FTPS servers: polls one for files, or uploads files into one, each whole and once.",
    source=SourceKind(options=SourceOptions, open=_source, rejects=rejects_of, probe=_probed_source),
    sink=SinkKind(
        options=SinkOptions, open=_sink, effect=lambda options: Effect.PROVABLE, target=_target, probe=_probed_sink
    ),
)
