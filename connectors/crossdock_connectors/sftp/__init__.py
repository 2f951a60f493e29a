"""``sftp``: folders of other machines over SSH, polled or filled.

```yaml
from:
  sftp: {host: sftp.acme.example, user: globex, key: "${secret:acme_key}", host_key: "SHA256:cKcyp1DtxWvGDu//5HmXeOKrO6VxjPUvoGxy+mbfBuA", path: /out, match: "*.edi"}
to:
  - sftp: {host: sftp.acme.example, user: globex, key: "${secret:acme_key}", host_key: "SHA256:cKcyp1DtxWvGDu//5HmXeOKrO6VxjPUvoGxy+mbfBuA", path: /in}
```

The server must show the host key that is pinned here, and nothing of this machine is used to log in: no agent, no key
files, no known hosts. Whatever lies in a folder is somebody else's: names are data, links are never followed, and no
file is fetched before it is complete or overwritten once it is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.connector import Connector, Effect, Parcel, SinkKind, Source, SourceKind, Surroundings
from crossdock.connector.contract import ProvableSink
from crossdock.connector.folders.options import moment_of
from crossdock.errors import Finding
from crossdock_connectors.sftp.options import RejectsOptions, Server, SinkOptions, SourceOptions, rejects_of

__all__ = ["CONNECTOR", "RejectsOptions", "SinkOptions", "SourceOptions"]


def _source(options: SourceOptions, surroundings: Surroundings) -> Source:
    from crossdock.connector.remote.source import RemoteSource  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.sftp.shared import sessions_of  # noqa: PLC0415 - it imports paramiko

    return RemoteSource(options, surroundings, sessions_of(options), options.endpoint)


def _sink(options: SinkOptions, surroundings: Surroundings) -> ProvableSink:
    from crossdock.connector.remote.sink import RemoteSink  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.sftp.shared import sessions_of  # noqa: PLC0415 - it imports paramiko

    return RemoteSink(options, surroundings, sessions_of(options), options.endpoint)


def _probed_source(options: SourceOptions, surroundings: Surroundings) -> Iterable[Finding]:
    return _probed(options, options.path, may_be_missing=False)


def _probed_sink(options: SinkOptions, surroundings: Surroundings) -> Iterable[Finding]:
    """As far as it is written out: what is named after a document is not known yet."""
    steps = options.path.split("/")
    fixed = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
    return _probed(options, "/".join(step.text for step in steps[:fixed]) or "/", may_be_missing=options.mkdirs)


def _probed(server: Server, folder: str, *, may_be_missing: bool) -> Iterable[Finding]:
    from crossdock.connector.remote.probe import probe  # noqa: PLC0415 - `check` opens nothing
    from crossdock_connectors.sftp.shared import sessions_of  # noqa: PLC0415 - it imports paramiko

    return probe(sessions_of(server), folder, server.endpoint, may_be_missing=may_be_missing)


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """Where a parcel would go; ``$now`` is the time in the id of its message. Raises ``Reject``."""
    moment = moment_of(parcel)
    folder, below = options.folder(parcel, moment)
    path = "/".join((folder.rstrip("/"), *below, options.file_name(parcel, moment))).removeprefix("./")
    return f"{options.endpoint}/{path.lstrip('/')}"


CONNECTOR = Connector(
    name="sftp",
    about="Folders of SFTP servers: polls one for files, or uploads files into one, each whole and once.",
    source=SourceKind(options=SourceOptions, open=_source, rejects=rejects_of, probe=_probed_source),
    sink=SinkKind(
        options=SinkOptions, open=_sink, effect=lambda options: Effect.PROVABLE, target=_target, probe=_probed_sink
    ),
)
