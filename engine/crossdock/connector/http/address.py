"""URLs of requests as templates: scheme and host are written out, what is filled in is encoded and stays one part.

A value can never become structure: ``a/b?c`` in a path is one segment of it, and ``..`` is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeAlias
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

from crossdock.connector.contract import Parcel
from crossdock.connector.template import Template, any_text
from crossdock.errors import Reject

LONGEST_URL = 8000  # octets that every server should take (RFC 9110, 4.1)
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # nobody asks for it
LONGEST_HEADER = 8000  # octets; common servers refuse more

_SCHEMES = ("http", "https")
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # RFC 9110, 5.6.2
#: Headers that the exchange itself needs: they follow from the URL, the body and the connection.
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"})


def _url(template: Template) -> Template:
    head = template.parts[0] if template.parts and isinstance(template.parts[0], str) else ""
    problem = url_fault(head, whole=template.fixed)
    if problem:
        raise ValueError(f"'{template}': {problem}")
    if any(not part.isascii() or not part.isprintable() or " " in part for part in template.literals):
        raise ValueError(f"'{template}': a URL has printable ASCII and no spaces; write others as %C3%A4")
    if "#" in template.text:
        raise ValueError(f"'{template}': the part behind '#' never reaches a server")
    return template


def url_fault(text: str, *, whole: bool = True) -> str | None:
    """Why a text cannot be, or begin, the URL of a request; None where it can."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in _SCHEMES or not host:
        return "scheme and host are written out, such as https://api.example.com/orders"
    if not whole and "/" not in text.partition("://")[2] and "?" not in text:
        return "a value may not be part of the host: end the host with '/'"
    if "@" in parts.netloc:
        return "user and password do not belong into a URL; write them under 'auth:'"
    return None


def _header_name(name: str) -> str:
    if not name or not _TOKEN.issuperset(name):
        raise ValueError(f"'{name}' is no name of a header")
    if name.lower() in _OURS:
        raise ValueError(f"'{name}' is set by the exchange itself")
    return name


def _header_value(template: Template) -> Template:
    for part in template.literals:
        fault = header_fault(part)
        if fault:
            raise ValueError(fault)
    return template


def _written_url(text: str) -> str:
    return _url(Template.parse(text)).text if "{" not in text else _no_holes(text)


def _no_holes(text: str) -> str:
    raise ValueError(f"'{text}': nothing is filled in here; write it out")


UrlTemplate: TypeAlias = Annotated[Template, AfterValidator(_url)]
Url: TypeAlias = Annotated[str, AfterValidator(_written_url)]
HeaderName: TypeAlias = Annotated[str, AfterValidator(_header_name)]
HeaderTemplates: TypeAlias = dict[HeaderName, Annotated[Template, AfterValidator(_header_value)]]
QueryTemplates: TypeAlias = dict[str, Template]


def header_fault(text: str) -> str | None:
    """Why a text cannot be the value of a header, as the end of a sentence; None where it can (RFC 9110, 5.5)."""
    if not text.isascii():
        return "a header has ASCII only"
    if any(not character.isprintable() and character != "\t" for character in text):
        return "it has control characters"
    return f"it has more than {LONGEST_HEADER} bytes" if len(text) > LONGEST_HEADER else None


def encoded(text: str) -> str:
    """A value as one part of a path or a query (RFC 3986, 2.1)."""
    return quote(text, safe="")


def _segment_fault(url: str) -> str | None:
    """RFC 3986, 5.2.4: such segments are taken out on the way, and the URL would be another one."""
    if any(segment in (".", "..") for segment in urlsplit(url).path.split("/")):
        return "a part of its path is '.' or '..'"
    return f"it has more than {LONGEST_URL} bytes" if len(url) > LONGEST_URL else None


def _value_fault(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it has half a surrogate pair"
    return "it has a NUL" if "\0" in text else None


def filled_url(url: Template, query: Mapping[str, Template], parcel: Parcel) -> str:
    """The URL for a parcel, its parameters behind it. Raises ``Reject`` where a value is missing or does not fit."""
    moment = _moment((url, *query.values()), parcel)
    place = url.render(parcel, moment, part=_value_fault, whole=_segment_fault, written=encoded)
    pairs = [
        f"{encoded(name)}={template.render(parcel, moment, part=_value_fault, whole=any_text, written=encoded)}"
        for name, template in query.items()
    ]
    if not pairs:
        return place
    return f"{place}{'&' if '?' in place else '?'}{'&'.join(pairs)}"


def filled_headers(headers: Mapping[str, Template], parcel: Parcel) -> dict[str, str]:
    """Headers for a parcel. Raises ``Reject``."""
    moment = _moment(tuple(headers.values()), parcel)
    return {
        name: template.render(parcel, moment, part=header_fault, whole=header_fault)
        for name, template in headers.items()
    }


def _moment(templates: Sequence[Template], parcel: Parcel) -> datetime:
    """The time of the message, where one of the templates may ask for it."""
    return _NO_TIME if all(template.fixed for template in templates) else moment_of(parcel)


def moment_of(parcel: Parcel) -> datetime:
    """The time in the id of the message: ``$now`` is the same for every attempt. Raises ``Reject`` K103."""
    try:
        return datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Reject("K103", f"'{parcel.message}' is no id of a message that has a time in it") from error
