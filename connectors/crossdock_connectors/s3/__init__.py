"""``s3``: objects in a bucket, at Amazon S3 or any storage that speaks its protocol.

```yaml
from:
  s3:
    bucket: partner-drop
    region: eu-central-1
    access_key: "${S3_ACCESS_KEY}"
    secret_key: "${secret:s3_secret_key}"
    prefix: in/
    match: "*.edi"
    after: {archive: done/}
to:
  - s3:
      bucket: erp-exchange
      endpoint: https://storage.example.com
      access_key: "${S3_ACCESS_KEY}"
      secret_key: "${secret:s3_secret_key}"
      key: "orders/{buyer.id}/ORD{number}{$extension}"
```

An object appears whole or not at all. As a sink, one delivery makes one object however often it is attempted: it
carries the delivery's key as metadata (``crossdock-key``), so an attempt whose answer was lost is known for what it is. Headers of what is taken: ``s3.bucket``,
``s3.key``, ``s3.etag`` and ``s3.modified``; ``file.name`` is the last part of the key.
"""

from __future__ import annotations

from crossdock.connector import Connector, Effect, Parcel, SinkKind, SourceKind
from crossdock_connectors.s3.options import SinkOptions, SourceOptions
from crossdock_connectors.s3.probing import probe
from crossdock_connectors.s3.sink import S3Sink
from crossdock_connectors.s3.source import S3Source

__all__ = ["CONNECTOR", "S3Sink", "S3Source", "SinkOptions", "SourceOptions"]


def _target(options: SinkOptions, parcel: Parcel) -> str:
    """Where the object would be. Raises ``Reject``."""
    return f"s3://{options.bucket}/{options.object_key(parcel)}"


CONNECTOR = Connector(
    name="s3",
    about="Objects in a bucket of Amazon S3 or a storage like it: takes them, or puts them, each once and whole.",
    source=SourceKind(options=SourceOptions, open=S3Source, probe=probe),
    sink=SinkKind(options=SinkOptions, open=S3Sink, effect=lambda options: Effect.KEYED, target=_target, probe=probe),
)
