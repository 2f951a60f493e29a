"""What a route may say about FTP servers: ``from: ftp: {…}`` and ``to: - ftp: {…}``."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from crossdock.connector import Template
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.folders.options import Options
from crossdock.connector.project_files import FileOfProject
from crossdock.connector.remote.options import FilledRemote, RejectsRemote, WatchedRemote
from crossdock.errors import Finding

PORTS = {"explicit": 21, "implicit": 990, "off": 21}  # RFC 4217; implicit: IANA, ftps
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_PRINTABLE = bytes(range(0x20, 0x7F))


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must be one line, without control characters")
    return text


def _secret_line(secret: SecretStr) -> SecretStr:
    if any(character in secret.get_secret_value() for character in "\r\n\0"):
        raise ValueError("it must be one line; is there a line break at its end?")
    return secret


def _fingerprint(text: str) -> str:
    plain = text.lower().removeprefix("sha256:").replace(":", "")
    if not _SHA256.match(plain):
        raise ValueError("a fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits, with colons or without")
    return plain


def _charset(name: str) -> str:
    try:
        found = codecs.lookup(name)
        kept = _PRINTABLE.decode(name) == _PRINTABLE.decode("ascii")
    except (LookupError, UnicodeError):
        kept, found = False, None
    if not kept or found is None:
        raise ValueError(f"'{name}' is no character set that FTP can use, such as utf-8, latin-1 or cp1252")
    return found.name


Line: TypeAlias = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=256)]
Secret: TypeAlias = Annotated[SecretStr, AfterValidator(_secret_line)]
Fingerprint: TypeAlias = Annotated[str, AfterValidator(_fingerprint)]


class Server(Options):
    """How a server is reached, and who we are there.

    ``tls`` is ``explicit`` (AUTH TLS on port 21), ``implicit`` (port 990), or ``off``: then the password and every file
    are there to be read on the way. With TLS, transfers are always encrypted too, and TLS 1.2 is the oldest that is
    spoken. The certificate must be one that this machine trusts, or ``ca`` (a file in PEM, from the project), or have
    one of these ``fingerprint``: then nothing else of it is looked at, unless ``ca`` is given as well. ``certificate``
    and ``key`` (files in PEM; ``passphrase``) are our own. ``account`` is for servers that ask for one.

    ``active`` lets the server connect to us, where nothing else works. Otherwise we connect to the port the
    server names, on the ``host`` that we know; ``address: server`` believes the address it names as well. ``encoding``
    is that of names. ``connect`` is how long a connection may take to be made, ``stall`` how long the server may be
    silent in the middle of something; a connection that rested for ``keepalive`` is tried before it is used again
    (``0s``: never), ``rest`` is how long an unused one is kept. A process has at most ``sessions`` of them.
    """

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/@]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Literal["explicit", "implicit", "off"] = "explicit"
    user: Line
    password: Secret | None = None
    account: Secret | None = None
    ca: FileOfProject | None = None
    fingerprint: Annotated[tuple[Fingerprint, ...], BeforeValidator(_listed)] = ()
    certificate: FileOfProject | None = None
    key: FileOfProject | None = None
    passphrase: SecretStr | None = None
    active: bool = False
    address: Literal["host", "server"] = "host"
    encoding: Annotated[str, AfterValidator(_charset)] = "utf-8"
    connect: Annotated[Seconds, lasting("100ms", "5m")] = 10.0
    stall: Annotated[Seconds, lasting("100ms", "10m")] = 30.0
    keepalive: Annotated[Seconds, lasting("0s", "1h")] = 15.0
    rest: Annotated[Seconds, lasting("0s", "1h")] = 60.0
    sessions: Annotated[int, Field(ge=1, le=100)] = 2

    @property
    def where(self) -> tuple[str, int]:
        """Host and port of the server."""
        return self.host, self.port or PORTS[self.tls]

    @property
    def endpoint(self) -> str:
        """Who we are where: ``ftps://globex@ftp.acme.example:21``."""
        host, port = self.where
        return f"{'ftp' if self.tls == 'off' else 'ftps'}://{self.user}@{host}:{port}"

    def cautions(self) -> Mapping[str, Finding]:
        """See ``Cautious``: who is on the way reads along."""
        if self.tls != "off" or self.host in _LOOPBACK:
            return {}
        hint = "ask the partner for FTPS; until then, let the way to them be a private one"
        return {"tls": Finding(code="K669", message="password and files are sent in clear text", hint=hint)}

    @model_validator(mode="after")
    def _says_who_we_are(self) -> Self:
        if self.password is None and self.certificate is None:
            raise ValueError("how do we log in? 'password' is missing")
        if self.certificate is None and (self.key is not None or self.passphrase is not None):
            raise ValueError("'key' and 'passphrase' belong to a 'certificate', which is missing")
        alone = [name for name in ("ca", "fingerprint", "certificate") if getattr(self, name)]
        if self.tls == "off" and alone:
            raise ValueError(f"'{alone[0]}' is for TLS, and 'tls' is off")
        return self


class SourceOptions(Server, WatchedRemote):
    """A folder of an FTP server that is polled.

    ``path`` is from the folder one is in after login, or absolute. ``match`` and ``ignore`` are globs (case matters) on
    the name, or, with a ``/``, on the path below the folder. ``ready`` says when a file is complete: ``stable`` for
    ``stable_for``, seen in two polls; ``{marker: .done}``; ``rename`` or ``{rename: .writing}`` when a partner writes
    under another name first. Hidden files and ``.part``, ``.tmp`` are never taken. ``after`` it is safe, a file goes to
    the sub-folder ``archive``, is moved, deleted, or left (``leave``) and remembered. ``rejects`` gets what is refused,
    with a report beside it, and, if it is given, also what the route gives up on.
    """


class SinkOptions(Server, FilledRemote):
    """A folder of an FTP server that is filled. ``path`` and ``name`` are templates: ``in/{buyer.id}``, ``ORD{number}.txt``.

    ``exists`` decides when the name is taken: ``hold`` for a person, ``number`` the new one, or ``replace`` the old.
    ``mkdirs`` makes missing folders; ``mode`` are the permissions of the file (``"0640"``), where the server
    knows SITE CHMOD. ``temporary`` is a folder for uploads, for a partner who takes even hidden files. ``verify: hash``
    reads back what was uploaded; else the size has to be right (an upload that went on after a cut is always read
    back). ``names: ascii`` rejects other names.
    """


class RejectsOptions(SinkOptions, RejectsRemote):
    """The folder of rejects as a destination: each file under the name it came with, made unique by its key."""


def rejects_of(options: SourceOptions) -> SinkOptions | None:
    """The sink for what the route gave up on, where the author named a folder for it."""
    if options.rejects is None:
        return None
    server = {name: getattr(options, name) for name in Server.model_fields}
    return RejectsOptions.model_construct(**server, path=Template(options.rejects, (options.rejects,)))
