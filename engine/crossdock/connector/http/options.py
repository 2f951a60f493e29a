"""What a route may say about one HTTP peer: how it is reached, who we are there, and what its replies mean."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from crossdock.connector.amounts import Bytes, Seconds, lasting, sized
from crossdock.connector.http.address import HeaderName, Url, url_fault
from crossdock.connector.http.expression import Expression
from crossdock.connector.project_files import FileOfProject

#: What a reply means: done, nothing found, again later, wrong for good, for a person, stop, or nobody knows.
Then: TypeAlias = Literal["done", "empty", "retry", "reject", "hold", "halt", "doubt"]

_LOWEST, _HIGHEST = 100, 599  # RFC 9110, 15


def _statuses(value: object) -> object:
    listed = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in listed):
        raise ValueError("a status is written 409, or 5xx for all of them")
    return tuple(str(one) for one in listed)


def _status(text: str) -> str:
    if len(text) == 3 and text[0] in "12345" and (text[1:] == "xx" or text.isdecimal()):  # noqa: PLR2004 - RFC 9110, 15
        return text
    raise ValueError(f"'{text}' is no status; write 409, or 5xx for all of them")


Statuses: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_status)], ...],
    BeforeValidator(_statuses, json_schema_input_type=str | int | list[str | int]),
]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


#: How long a peer honours the key of a delivery.
Honoured: TypeAlias = Annotated[Seconds, lasting("1m", "400d")]


class Basic(Options):
    """User and password (RFC 7617)."""

    user: str
    password: SecretStr


class ApiKey(Options):
    """A key in a header of this name, or in a parameter of the URL; ``prefix`` stands before it: ``Token ``."""

    key: SecretStr
    header: HeaderName | None = None
    query: str | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _one_place(self) -> ApiKey:
        if (self.header is None) == (self.query is None):
            raise ValueError("an API key goes into a 'header' or into a parameter ('query'): name one of them")
        return self


class Assertion(Options):
    """A token (JWT) that we sign ourselves, instead of a client secret (RFC 7523).

    ``key`` is a private key in PEM, ``key_id`` its name there (``kid``). ``used_as``: ``client`` says who the client is
    (section 2.2), ``grant`` is what the token is given for (section 2.1). ``audience`` is the token address unless it is
    said otherwise, ``subject`` the client. ``claims`` are further ones, and so are ``headers`` of the token, such as
    ``x5t#S256``, the thumbprint of a certificate (RFC 7515, 4.1.8). It counts for ``lifetime``.
    """

    key: SecretStr
    algorithm: Literal["RS256", "PS256", "ES256"] = "RS256"
    key_id: str | None = None
    used_as: Literal["client", "grant"] = "grant"
    audience: str | None = None
    subject: str | None = None
    claims: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    lifetime: Annotated[Seconds, lasting("10s", "1h")] = 180.0


class OAuth2(Options):
    """A token from ``token_url`` for client credentials (RFC 6749, 4.4), kept until shortly before it ends.

    ``style`` is how the client says who it is there: ``basic`` or in the ``body``. ``parameters`` are further ones
    that the server wants, such as ``audience``. An ``assertion`` takes the place of the ``client_secret``. The token is a
    bearer token, or stands alone in ``token_header``.
    """

    token_url: Url
    client_id: str
    client_secret: SecretStr | None = None
    assertion: Assertion | None = None
    scope: str | None = None
    style: Literal["basic", "body"] = "basic"
    parameters: dict[str, str] = Field(default_factory=dict)
    token_header: HeaderName | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> OAuth2:
        if (self.client_secret is None) == (self.assertion is None):
            raise ValueError("a client proves who it is by a 'client_secret', or by an 'assertion' that is signed")
        return self


class OAuth1(Options):
    """Requests are signed with two secrets (RFC 5849, 3.4): of the consumer and of the token.

    ``algorithm`` is ``HMAC-SHA256`` or ``HMAC-SHA1``; ``realm`` stands in the header and is not signed.
    """

    consumer_key: str
    consumer_secret: SecretStr
    token: str
    token_secret: SecretStr
    realm: str | None = None
    algorithm: Literal["HMAC-SHA256", "HMAC-SHA1"] = "HMAC-SHA256"


class Csrf(Options):
    """What changes something carries a token that a GET of ``url`` has given, with the cookies that came with it.

    The GET asks with ``header: Fetch``, as SAP Gateway wants it. A 403 with ``header: Required`` takes a new one.
    """

    url: Url
    header: HeaderName = "X-CSRF-Token"


class Hmac(Options):
    """A signature (RFC 2104) in a header.

    ``over`` is a text with holes: ``{method}``, ``{path}``, ``{query}``, ``{body}``, ``{timestamp}``, ``{id}`` (of the
    message), ``{key}`` (of the delivery). ``prefix`` stands before it, such as ``sha256=``; ``timestamp`` names a header that carries the time (Unix seconds)
    and ``id`` one that carries the key of the delivery. A ``secret`` may be given as it is, in ``hex`` or ``base64``.
    """

    secret: SecretStr
    header: HeaderName = "X-Signature"
    over: str = "{body}"
    algorithm: Literal["sha256", "sha512", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp: HeaderName | None = None
    id: HeaderName | None = None
    secret_is: Literal["text", "hex", "base64"] = "text"

    @model_validator(mode="after")
    def _known_holes(self) -> Hmac:
        known = ("method", "path", "query", "body", "timestamp", "id", "key")
        rest = self.over
        for name in known:
            rest = rest.replace(f"{{{name}}}", "")
        if "{" in rest or "}" in rest:
            raise ValueError(f"'{self.over}': in braces there may be {', '.join(known)}")
        if "{timestamp}" in self.over and self.timestamp is None:
            raise ValueError("'over' has {timestamp}: name the header that carries it, 'timestamp:'")
        return self


class Auth(Options):
    """Who we are: ``basic``, ``bearer`` (a fixed token), ``api_key``, ``oauth2`` or ``oauth1``.

    Beside one of these or alone: ``hmac``, and ``csrf``.
    """

    basic: Basic | None = None
    bearer: SecretStr | None = None
    api_key: ApiKey | None = None
    oauth2: OAuth2 | None = None
    oauth1: OAuth1 | None = None
    hmac: Hmac | None = None
    csrf: Csrf | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Auth:
        ways = (self.basic, self.bearer, self.api_key, self.oauth2, self.oauth1)
        if sum(one is not None for one in ways) > 1:
            raise ValueError("one of basic, bearer, api_key, oauth2 and oauth1 is used, not several")
        return self


class Tls(Options):
    """Files in PEM, relative to the project.

    ``ca`` has the authorities to trust instead of the machine's; ``certificate`` and ``key`` are our own. TLS 1.2 is
    the oldest that is spoken, and a peer is always verified.
    """

    ca: FileOfProject | None = None
    certificate: FileOfProject | None = None
    key: FileOfProject | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _key_of_something(self) -> Tls:
        if self.certificate is None and (self.key is not None or self.password is not None):
            raise ValueError("'key' and 'password' belong to a 'certificate', which is missing")
        return self


class Proxy(Options):
    """A proxy in between; the environment is never asked for one."""

    url: Url
    user: str | None = None
    password: SecretStr | None = None


class Rule(Options):
    """What a reply means.

    It is about replies of this ``status`` (``409``, ``5xx``, or a list) with, if it is given, a body of which ``when``
    holds (JMESPath). ``then``: ``done``, ``empty`` (nothing was found), ``retry``, ``reject``, ``hold``, ``halt`` or
    ``doubt``.
    """

    status: Statuses = ()
    when: Expression | None = None
    then: Then

    @model_validator(mode="after")
    def _says_when(self) -> Rule:
        if not self.status and self.when is None:
            raise ValueError("a rule names a 'status', or a 'when', or both")
        return self

    def fits(self, status: int) -> bool:
        """Whether it is about replies of this status."""
        text = str(status)
        return not self.status or text in self.status or f"{text[0]}xx" in self.status


class PeerOptions(Options):
    """How an HTTP peer is reached.

    ``timeout`` bounds the whole exchange, ``stall`` the time without a byte, ``connect_timeout`` one connection.
    ``allow_private`` lets it be reached at addresses that are not the internet's (loopback and local networks); else
    such an address stops the route, whatever name led to it. ``redirects`` are not followed unless a number of them is
    allowed. ``refused`` says what a 401 or 403 means: the route stops (``halt``), or it is tried again (``retry``).
    ``max_response`` bounds a reply, unpacked.
    """

    auth: Auth = Auth()
    tls: Tls = Tls()
    proxy: Proxy | None = None
    timeout: Annotated[Seconds, lasting("100ms", "10m")] = 20.0
    connect_timeout: Annotated[Seconds, lasting("50ms", "2m")] = 5.0
    stall: Annotated[Seconds, lasting("50ms", "10m")] = 10.0
    allow_private: bool = False
    redirects: int = Field(default=0, ge=0, le=5)
    refused: Literal["halt", "retry"] = "halt"
    max_response: Annotated[Bytes, sized("1KB", "1GB")] = 20_000_000
    user_agent: str = "crossdock"


def clear_text_fault(url: str, options: PeerOptions) -> str | None:
    """Why this URL may not be used with these credentials; None where it may."""
    auth = options.auth
    urls = [url, *([auth.oauth2.token_url] if auth.oauth2 else []), *([auth.csrf.url] if auth.csrf else [])]
    open_ones = [one for one in urls if one.startswith("http:")]
    if open_ones and options.auth != Auth() and not options.allow_private:
        return "with http: everybody on the way could read the credentials; use https:"
    return url_fault(url, whole=False)
