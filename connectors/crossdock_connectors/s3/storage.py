"""One bucket: requests that are signed, answers that are understood. What the storage says stands in one table.

A clock that is wrong and a region that is another are found out from the first answer, and the request is made again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus
from xml.sax.saxutils import unescape

from crossdock.connector import Surroundings
from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request, Response
from crossdock.connector.http.options import PeerOptions
from crossdock.errors import CrossdockError, Halt, Hold, Reject, Retry
from crossdock.message import Inline, Payload
from crossdock_connectors.s3.options import Bucket
from crossdock_connectors.s3.signing import EMPTY_SHA256, Signer, encoded, query_of

if TYPE_CHECKING:  # imported when the first listing is read
    from lxml import etree

LOG = logging.getLogger("crossdock.connector.s3")

LARGEST_ANSWER = 40_000_000  # bytes; a page of a listing has about one
NOT_FOUND, PRECONDITION = 404, 412
_FORBIDDEN = 403
_OFF = timedelta(minutes=1)  # storages refuse what is signed more than five to fifteen minutes off
WIDEST = 200
_CODE = re.compile(rb"<Code>([A-Za-z0-9._-]{1,100})</Code>")
_REGION = re.compile(rb"<Region>([a-z0-9-]{1,40})</Region>")
_REGION_NAME = re.compile(r"[a-z0-9-]{1,40}\Z")
_ERROR = re.compile(rb"<Error[ >]")
_UPLOAD = re.compile(rb"<UploadId>([\x21-\x7e]{1,1000}?)</UploadId>")
_WORDS = re.compile(rb"<Message>([^<]{0,1000})</Message>")

_REFUSED = ("K881", "look at 'access_key', 'secret_key' and what they may do there")
_BUSY = frozenset({301, 307, 408, 409, 429})  # RFC 9110, 15; RFC 6585, 4
_HALTS = (
    *("AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    *("ExpiredToken", "InvalidToken", "TokenRefreshRequired"),
)
_PASSING = ("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted")
_OURS = ("EntityTooLarge", "KeyTooLongError", "InvalidStorageClass", "InvalidArgument", "MetadataTooLarge")
#: Error code of the storage ("Error responses", Amazon S3 API Reference) -> what the engine does next, our code, a hint.
_MEANINGS: Mapping[str, tuple[type[CrossdockError], str, str | None]] = {
    **dict.fromkeys(_HALTS, (Halt, *_REFUSED)),
    **dict.fromkeys(_PASSING, (Retry, "K883", None)),
    **dict.fromkeys(_OURS, (Reject, "K887", None)),
    "RequestTimeTooSkewed": (Retry, "K882", "set the clock of this machine"),
    "NoSuchBucket": (Halt, "K884", "correct 'bucket', 'region' or 'endpoint'"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing has it."""

    key: str
    etag: str
    size: int
    modified: str


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    key: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: Payload
    sha256: str


class Storage:
    """Asks for one bucket, from one thread at a time."""

    def __init__(self, options: Bucket, surroundings: Surroundings) -> None:
        self._options = options
        self._now = surroundings.now
        self._ahead = timedelta(0)  # of the storage's clock
        token = None if options.session_token is None else options.session_token.get_secret_value()
        secret = options.secret_key.get_secret_value()
        self._signer = Signer(options.access_key, secret, options.region, token)
        peer = PeerOptions.model_validate(
            {
                "tls": {"ca": options.ca},
                "timeout": _milliseconds(options.timeout),
                "stall": _milliseconds(min(options.timeout, 10.0)),
                "connect_timeout": _milliseconds(min(options.timeout, 5.0)),
                "allow_private": options.allow_private,
                "max_response": f"{LARGEST_ANSWER}B",
                "refused": "retry",  # of what it means, the storage's own words decide
            }
        )
        self._client = HttpClient(peer, surroundings.root, surroundings.now)
        self._client.redaction.add(secret)
        if token is not None:
            self._client.redaction.add(token)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def ask(
        self,
        method: str,
        key: str = "",
        parameters: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: Payload | None = None,
        sha256: str = EMPTY_SHA256,
        expected: tuple[int, ...] = (),
    ) -> Response:
        """The answer, if it is good or its status ``expected``. Raises what it means otherwise."""
        asked = _Asked(method, key, parameters or {}, headers or {}, body or Inline(b""), sha256)
        response = self._client.ask(self._request(asked))
        if not _is_good(response, expected) and self._learned(response):
            response = self._client.ask(self._request(asked))
        if _is_good(response, expected):
            return response
        raise meaning(f"{method} {self._options.bucket}/{key}", response)

    def page(self, prefix: str, token: str | None) -> tuple[list[Listed], str | None]:
        """Some objects whose keys begin with a prefix, in order, and the token of the next page."""
        parameters = {"list-type": "2", "prefix": prefix}
        if token is not None:
            parameters["continuation-token"] = token
        found = _listing(self.ask("GET", "", parameters).body, coded=False)
        if found is None:  # a key has characters that XML cannot have
            found = _listing(self.ask("GET", "", {**parameters, "encoding-type": "url"}).body, coded=True)
        if found is None:
            raise Retry("K886", "the listing of the bucket is no XML")
        return found

    def head(self, key: str) -> Response | None:
        """What is known of an object; None where there is none."""
        response = self.ask("HEAD", key, expected=(NOT_FOUND,))
        return None if response.status == NOT_FOUND else response

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""
        self.ask("DELETE", key, expected=(NOT_FOUND,))

    def _request(self, asked: _Asked) -> Request:
        url = self._url(asked)
        moment = self._now() + self._ahead
        signed = self._signer.signed(asked.method, url, asked.headers, asked.sha256, moment)
        del signed["Host"]  # made from the URL when it leaves
        signed["Accept-Encoding"] = "identity"
        return Request(method=asked.method, url=url, headers=signed, body=asked.body, repeatable=True)

    def _url(self, asked: _Asked) -> str:
        options = self._options
        base = options.endpoint or f"https://s3.{self._signer.region}.amazonaws.com"
        scheme, _, host = base.partition("://")
        virtual = options.style == "virtual" if options.style is not None else options.endpoint is None
        place = f"{scheme}://{options.bucket}.{host}/" if virtual else f"{base}/{options.bucket}/"
        query = query_of(asked.parameters)
        path = f"{place}{encoded(asked.key, path=True)}"
        path = path.rstrip("/") if not asked.key and not virtual else path
        return f"{path}?{query}" if query else path

    def _learned(self, response: Response) -> bool:
        """Whether the answer tells what was wrong with us, so that asking again may help: our clock, or the region."""
        if self._learned_time(response):
            return True
        found = _REGION.search(response.body)
        region = response.headers.get("x-amz-bucket-region") or (found[1].decode() if found else None)
        if (
            response.status in (301, 307, 400, 403)
            and region
            and _REGION_NAME.match(region)
            and region != self._signer.region
        ):
            self._signer = replace(self._signer, region=region)
            return True
        return False

    def _learned_time(self, response: Response) -> bool:
        """The storage's clock. The answer to a HEAD has no words: of a refusal, its date alone tells that it may be that."""
        code = _code(response)
        wordless = not code and response.status == _FORBIDDEN
        with suppress(ValueError, TypeError):  # no date, or none that can be read
            ahead = parsedate_to_datetime(response.headers.get("date", "")) - self._now()
            if code == "RequestTimeTooSkewed" or (wordless and abs(ahead - self._ahead) > _OFF):
                self._ahead = ahead
                LOG.warning("%s: the clock of this machine is off by %d seconds", "K882", ahead.total_seconds())
                return True
        return False


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def meaning(what: str, response: Response) -> CrossdockError:
    """What an answer that is not good comes to."""
    code, status = _code(response), response.status
    words = _WORDS.search(response.body)
    said = " ".join((words[1].decode(errors="replace") if words else "").split())[:WIDEST]
    told = f"{what}: {status} {code}{': ' if said else ''}{''.join(one if one.isprintable() else '?' for one in said)}"
    kind, number, hint = _kind(code, status)
    if kind is Retry:
        after = response.headers.get("retry-after", "")
        return Retry(number, told, after=float(after) if after.isdecimal() else None, hint=hint)
    return kind(number, told, hint=hint)


def _kind(code: str, status: int) -> tuple[type[CrossdockError], str, str | None]:
    if status == PRECONDITION:
        return Hold, "K885", "there is such an object already; move it away, then release"
    if code in _MEANINGS:
        return _MEANINGS[code]
    if status >= 500 or status in _BUSY or not code or status == NOT_FOUND:  # noqa: PLR2004 - RFC 9110, 15.6
        return (Halt, *_REFUSED) if status in (401, 403) else (Retry, "K883", None)
    return Halt, *_REFUSED


def _is_good(response: Response, expected: tuple[int, ...]) -> bool:
    if response.cut is not None:
        return False
    # Copies and completions answer 200 at once, and may still tell an error in the body (CompleteMultipartUpload).
    return response.status in expected or (response.is_success and not _ERROR.search(response.body[:1000]))


def _code(response: Response) -> str:
    found = _CODE.search(response.body[:100_000])
    return found[1].decode() if found else ""


def _listing(body: bytes, *, coded: bool) -> tuple[list[Listed], str | None] | None:
    from lxml import etree  # noqa: PLC0415 - only when a listing is read

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None
    if root.getroottree().docinfo.doctype:
        raise Retry("K886", "the listing of the bucket has a document type, which is never read")
    following = root.findtext("{*}NextContinuationToken")
    if root.findtext("{*}IsTruncated") == "true" and not following:
        raise Retry("K886", "the listing of the bucket breaks off")
    return [_listed(one, coded=coded) for one in root.iterfind("{*}Contents")], following or None


def _listed(entry: etree._Element, *, coded: bool) -> Listed:
    key = entry.findtext("{*}Key") or ""
    try:
        return Listed(
            key=unquote_plus(key, errors="strict") if coded else key,
            etag=(entry.findtext("{*}ETag") or "").strip('"'),
            size=int(entry.findtext("{*}Size") or ""),
            modified=entry.findtext("{*}LastModified") or "",
        )
    except ValueError as error:
        raise Retry("K886", f"the listing of the bucket has an entry that cannot be read: {error}") from error


def upload_id(response: Response) -> str:
    """The id of a multipart upload that was begun. Raises ``Retry``."""
    found = _UPLOAD.search(response.body)
    if found is None:
        raise Retry("K886", "the storage began an upload and did not say under which id")
    return unescape(found[1].decode())
