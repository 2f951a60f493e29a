"""Documents as JSON between crossdock's own parts: exact, compact, fast.

Decimals are JSON numbers with every digit they had (``12.50`` stays ``12.50``), so a number stays a number for the
next route's expressions. For bytes of our own making: hostile JSON is the ``json`` codec's business. msgspec, because
the standard library cannot write a ``Decimal`` as a number at all (docs/adr/0003-dependencies.md).
"""

from __future__ import annotations

from decimal import Decimal
from typing import cast

import msgspec

from crossdock.errors import Reject
from crossdock.message import Document

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def encode(document: Document) -> bytes:
    """The document as UTF-8 JSON without white space."""
    return _ENCODER.encode(document)


def decode(data: bytes) -> Document:
    """What ``encode`` wrote. Raises ``Reject`` on anything else."""
    try:
        return cast(Document, _DECODER.decode(data))
    except msgspec.DecodeError as error:
        raise Reject("E402", f"the message does not carry a document: {error}") from error
