"""An item of a page as an arrival: known by its name and version, or by its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from crossdock.connector.contract import Arrival
from crossdock.document_json import encode
from crossdock.message import Document, Inline

_LONGEST_NAME = 200  # characters of it in a header


def arrival_of(
    item: Document, peer: str, name: Document, version: Document, headers: Mapping[str, str], content_type: str
) -> Arrival:
    """The arrival. ``name`` and ``version`` are None where an item has none."""
    data = encode(item)
    content = hashlib.sha256(data).hexdigest()
    identity = content if name is None else f"{plain(name)}|{content if version is None else plain(version)}"
    more = {} if name is None else {"http.item": plain(name)[:_LONGEST_NAME]}
    return Arrival(
        identity=f"{peer}|{identity}", payload=Inline(data), content_type=content_type, headers={**headers, **more}
    )


def plain(value: Document) -> str:
    """A value as text: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else encode(value).decode()
