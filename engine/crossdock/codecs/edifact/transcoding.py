"""Payloads whose bytes are not what their delimiters look like: UTF-16 (UNOY may be), ISO 2022 (UNOX).

Everything else is read byte by byte. These are turned into UTF-8 on the way in, as they stream by.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from crossdock.codecs.edifact.charsets import ISO_2022
from crossdock.message import Payload

HEAD = 2048  # bytes within which UNB says UNOX
_UTF_16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"U\0N\0", "utf-16-le"), (b"\0U\0N", "utf-16-be"))
_UNOX = re.compile(rb"UNB[^A-Za-z0-9\s]UNOX")
_NAMES = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", ISO_2022: "ISO 2022"}


def opened(payload: Payload) -> tuple[Iterator[bytes], str]:
    """(the payload in an encoding that holds ASCII bytes only for ASCII characters, what it was or nothing)."""
    chunks = iter(payload.chunks())
    head = b""
    while len(head) < HEAD:
        chunk = next(chunks, None)
        if chunk is None:
            break
        head += chunk
    codec = _codec(head[:HEAD])
    every = _again(head, chunks)
    return (_transcoded(every, codec), _NAMES[codec]) if codec else (every, "")


def _codec(head: bytes) -> str:
    wide = next((codec for mark, codec in _UTF_16 if head.startswith(mark)), "")
    return wide or (ISO_2022 if _UNOX.search(head) else "")


def _again(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from chunks


def _transcoded(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
