"""What a route may say about SFTP servers: ``from: sftp: {…}`` and ``to: - sftp: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from crossdock.connector import Template
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.folders.options import Options
from crossdock.connector.remote.host_key import HostKey
from crossdock.connector.remote.options import FilledRemote, RejectsRemote, WatchedRemote

#: Algorithms that are too weak to be used unless a partner's server has nothing better.
Old: TypeAlias = Literal[
    "ssh-rsa",
    "diffie-hellman-group14-sha1",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "3des-cbc",
    "hmac-sha1",
    "hmac-sha1-96",
    "hmac-md5",
    "hmac-md5-96",
]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


class Login(Options):
    """Where a server is and who we are there.

    Of ``password`` and ``key`` at least one; with both, whichever the server asks for. ``key`` is the text of a private
    key (OpenSSH, PEM or PKCS#8; Ed25519, ECDSA, RSA), with its ``passphrase`` where it is encrypted; ``certificate`` is
    what an authority of the partner made of it. ``host_key`` is the key the server must have, or several while it is
    being changed: ``ssh-ed25519 AAAA…`` or ``SHA256:…``. ``crossdock partner host-key`` shows it.
    """

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/@]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=256)]
    password: SecretStr | None = None
    key: SecretStr | None = None
    passphrase: SecretStr | None = None
    certificate: str | None = None
    host_key: Annotated[tuple[HostKey, ...], BeforeValidator(_listed), Field(min_length=1)]

    @model_validator(mode="after")
    def _says_who_we_are(self) -> Self:
        if self.password is None and self.key is None:
            raise ValueError("how do we log in? 'key' or 'password' is missing")
        alone = "passphrase" if self.passphrase is not None else "certificate" if self.certificate is not None else None
        if self.key is None and alone is not None:
            raise ValueError(f"'{alone}' belongs to a 'key', and there is none")
        return self


class Server(Login):
    """How a server is reached.

    ``jump`` are hosts on the way, each with a login and a host key of its own. ``old`` allows weak algorithms by name,
    for a server that has nothing better. ``connect`` is how long a connection may take to be made, ``stall`` how long
    the server may be silent in the middle of something; ``keepalive`` is the time between signs of life (``0s``: none),
    ``rest`` how long an unused connection is kept. A process has at most ``sessions`` connections to the server.
    """

    jump: Annotated[tuple[Login, ...], BeforeValidator(_listed)] = ()
    old: Annotated[tuple[Old, ...], BeforeValidator(_listed)] = ()
    connect: Annotated[Seconds, lasting("100ms", "5m")] = 10.0
    stall: Annotated[Seconds, lasting("100ms", "10m")] = 30.0
    keepalive: Annotated[Seconds, lasting("0s", "1h")] = 30.0
    rest: Annotated[Seconds, lasting("0s", "1h")] = 60.0
    sessions: Annotated[int, Field(ge=1, le=100)] = 4

    @property
    def endpoint(self) -> str:
        """Who we are where: ``sftp://globex@sftp.acme.example:22``."""
        return f"sftp://{self.user}@{self.host}:{self.port}"


class SourceOptions(Server, WatchedRemote):
    """A folder of an SFTP server that is polled.

    ``path`` is from the folder one is in after login, or absolute. ``match`` and ``ignore`` are globs (case matters) on
    the name, or, with a ``/``, on the path below the folder. ``ready`` says when a file is complete: ``stable`` for
    ``stable_for``, seen in two polls; ``{marker: .done}``; ``rename`` or ``{rename: .writing}`` when a partner writes
    under another name first. Hidden files and ``.part``, ``.tmp`` are never taken. ``after`` it is safe, a file goes to
    the sub-folder ``archive``, is moved, deleted, or left (``leave``) and remembered. ``rejects`` gets what is refused,
    with a report beside it, and, if it is given, also what the route gives up on.
    """


class SinkOptions(Server, FilledRemote):
    """A folder of an SFTP server that is filled. ``path`` and ``name`` are templates: ``in/{buyer.id}``, ``ORD{number}.txt``.

    ``exists`` decides when the name is taken: ``hold`` for a person, ``number`` the new one, or ``replace`` the old.
    ``mkdirs`` makes missing folders; ``mode`` are the permissions of the file (``"0640"``). ``temporary`` is a folder
    for uploads, for a partner who takes even hidden files. ``verify: hash`` reads back what was uploaded; else the
    size has to be right (an upload that went on after a cut is always read back). ``names: ascii`` rejects other names.
    """


class RejectsOptions(SinkOptions, RejectsRemote):
    """The folder of rejects as a destination: each file under the name it came with, made unique by its key."""


def rejects_of(options: SourceOptions) -> SinkOptions | None:
    """The sink for what the route gave up on, where the author named a folder for it."""
    if options.rejects is None:
        return None
    server = {name: getattr(options, name) for name in Server.model_fields}
    return RejectsOptions.model_construct(**server, path=Template(options.rejects, (options.rejects,)))
