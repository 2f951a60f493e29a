"""Several changes in one request to ``$batch``, as multipart (V2 and V4) or as JSON (V4.01), and the reply to each.

Written and read by hand: the bodies are bytes that were counted and must stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.connector.http.exchange import Response
from crossdock.errors import Reject
from crossdock.message import Document, Inline, Payload, read_all
from crossdock_connectors.odata.change import Change
from crossdock_connectors.odata.service import CODEC, document_of

_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*)?\r?\n")
_DEEPEST = 2  # a batch, and a change set in it


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a batch is sent as."""

    content_type: str
    body: Payload


def multipart(changes: Sequence[Change], name: str, *, sets: bool) -> Envelope:
    """OData 4.01 Protocol, 11.7.7; with ``sets`` each change stands in a change set, as V2 wants it (V2 Batch, 2.2)."""
    lines: list[bytes] = []
    for number, change in enumerate(changes, start=1):
        lines.append(b"--%s\r\n" % name.encode())
        if not sets:
            lines.append(_part(change, number))
            continue
        inner = f"set{number}_{name}"  # no boundary begins with another one (RFC 2046, 5.1.1)
        lines.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n--{inner}\r\n".encode())
        lines.append(_part(change, number))
        lines.append(f"--{inner}--\r\n".encode())
    lines.append(f"--{name}--\r\n".encode())
    return Envelope(f"multipart/mixed; boundary={name}", Inline(b"".join(lines)))


def _part(change: Change, number: int) -> bytes:
    body = b"" if change.body is None else read_all(change.body)
    headers = {**change.headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    outer = f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {number}\r\n\r\n"
    return f"{outer}{change.method} {change.path} HTTP/1.1\r\n{head}\r\n".encode() + body + b"\r\n"


def as_json(changes: Sequence[Change]) -> Envelope:
    """OData 4.01 JSON, 19. The bodies go as they are, with every digit."""
    requests = [_request(change, number) for number, change in enumerate(changes, start=1)]
    return Envelope("application/json", Inline(b'{"requests":[%s]}' % b",".join(requests)))


def _request(change: Change, number: int) -> bytes:
    headers = {name.lower(): value for name, value in change.headers.items()}
    head = {"id": str(number), "method": change.method.lower(), "url": change.path, "headers": headers}
    text = json.dumps(head).encode()
    return text if change.body is None else b'%s,"body":%s}' % (text[:-1], read_all(change.body))


def replies(response: Response, count: int) -> list[Response | None]:
    """The reply to each of ``count`` changes; None where there is none. Raises ``Reject`` K764."""
    if response.cut is not None:
        raise Reject("K764", f"the reply to the batch cannot be read: {response.cut}")
    if response.media_type.startswith("multipart/"):
        found = list(_parts(response.headers.get("content-type", ""), response.body, response.url, 1))
        if len(found) > count:
            raise Reject("K764", f"{count} changes were sent and {len(found)} answered: which is which nobody knows")
        return [*found, *([None] * (count - len(found)))]
    return _by_id(document_of(response), count, response.url)


def _by_id(document: Document, count: int, url: str) -> list[Response | None]:
    listed = document.get("responses") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise Reject("K764", "the reply to the batch has no 'responses'")
    by_id = {str(one.get("id")): one for one in listed if isinstance(one, dict)}
    return [_reply(by_id.get(str(number)), url) for number in range(1, count + 1)]


def _reply(answer: Mapping[str, Document] | None, url: str) -> Response | None:
    status = answer.get("status") if answer is not None else None
    if answer is None or isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:  # noqa: PLR2004
        return None
    given = answer.get("headers")
    headers = {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    body = answer.get("body")
    data = b"" if body is None else b"".join(CODEC.write([body]))
    return Response(status=status, headers=headers, body=data, url=url)


def _parts(content_type: str, body: bytes, url: str, depth: int) -> Iterator[Response]:
    found = _BOUNDARY.search(content_type)
    if found is None or depth > _DEEPEST:
        raise Reject("K764", "the reply to the batch has parts whose boundary nobody knows")
    boundary = re.escape((found[1] or found[2]).encode())
    pieces = re.split(rb"\r?\n--" + boundary + rb"(?:(?=--)|[ \t]*\r?\n)", b"\r\n" + body)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):  # noqa: PLR2004 - something before the first one
        raise Reject("K764", "the reply to the batch ends before its last part")
    for piece in pieces[1:-1]:
        headers, content = _head(piece)
        if headers.get("content-type", "").lower().startswith("multipart/"):
            yield from _parts(headers["content-type"], content, url, depth + 1)
        else:
            yield _http(content, url)


def _http(content: bytes, url: str) -> Response:
    found = _STATUS.match(content)
    if found is None:
        raise Reject("K764", "the reply to the batch has a part that is no reply")
    headers, body = _head(content[found.end() :])
    length = headers.get("content-length", "")
    whole = body[: int(length)] if length.isdecimal() and int(length) <= len(body) else body.strip()
    return Response(status=int(found[1]), headers=headers, body=whole, url=url)


def _head(data: bytes) -> tuple[dict[str, str], bytes]:
    """The headers, up to the empty line, and what stands behind them."""
    headers: dict[str, str] = {}
    rest = data
    while rest:
        line, _, rest = rest.partition(b"\n")
        if not line.strip():
            break
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, rest.removesuffix(b"\r")
