"""A request as it leaves and a reply as it came: values, whatever library carries them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from crossdock.message import EMPTY, Inline, Payload

#: Methods that change nothing (RFC 9110, 9.2.1) …
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: … and those where twice is the same as once (RFC 9110, 9.2.2).
IDEMPOTENT = SAFE | {"PUT", "DELETE"}

_NOTHING = Inline(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. ``repeatable`` says that sending it twice does no more than sending it once.

    ``key`` and ``message`` are what a signature may be made over. Header names are written as they leave.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    body: Payload = _NOTHING
    repeatable: bool = False
    key: str = ""
    message: str = ""

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The request with more headers; one of the same name is replaced, in whatever case it was written."""
        named = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in named}
        return replace(self, headers={**kept, **headers})

    def without_headers(self, names: frozenset[str]) -> Request:
        """The request without the headers of these names (lower case)."""
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        return replace(self, headers=kept)

    def with_query(self, name: str, value: str) -> Request:
        """The request with one parameter more, which must be encoded already."""
        parts = urlsplit(self.url)
        query = f"{parts.query}&{name}={value}" if parts.query else f"{name}={value}"
        return replace(self, url=urlunsplit(parts._replace(query=query)))

    def with_body(self, body: Payload) -> Request:
        """The request with this body."""
        return replace(self, body=body)

    @property
    def origin(self) -> tuple[str, str]:
        """Scheme, and host with port."""
        return origin(self.url)

    def __str__(self) -> str:
        return f"{self.method} {shown(self.url)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A reply. Header names are in lower case. ``cut`` says why the body is not whole; None where it is."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    cut: str | None = None

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 2xx."""
        return self.status // 100 == 2  # noqa: PLR2004 - RFC 9110, 15.3


def origin(url: str) -> tuple[str, str]:
    """Scheme, and host with port, of a URL."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, f"{parts.hostname}:{port}"


def joined(url: str, reference: str) -> str | None:
    """Where a reference leads from ``url`` (RFC 3986, 5.2), without its fragment; None for what is none."""
    try:
        return urljoin(url, reference.partition("#")[0])
    except ValueError:
        return None


def shown(url: str) -> str:
    """A URL as people may see it: the names of its parameters, and no value of one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "something that is no URL"
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    query = f"?{'&'.join(f'{name}=…' for name in names)}" if names else ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}{query}"


def chunked(body: Payload) -> Iterator[bytes]:
    """The body in pieces, none of them empty."""
    return (piece for piece in body.chunks() if piece)
