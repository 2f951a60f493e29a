"""What a route may say about mail: ``to: - smtp: {…}``."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from crossdock.connector import Template
from crossdock.connector.amounts import Bytes, Seconds, lasting, sized
from crossdock.connector.file_name import name_fault, part_fault
from crossdock.connector.project_files import FileOfProject

PORTS = {"starttls": 587, "implicit": 465, "none": 25}  # RFC 6409, RFC 8314, RFC 5321
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?\Z|::1\Z")
_ADDRESS = re.compile(r"(?:^|<)[^\s@<>]+@[^\s@<>]+>?\s*\Z")
_MEDIA = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\Z")


def _host(name: str) -> str:
    if not _HOST.match(name):
        raise ValueError(f"'{name}' is no name of a host; write it alone, with the port as 'port'")
    return name


def _one_line(template: Template) -> Template:
    if any(not literal.isprintable() for literal in template.literals):
        raise ValueError("it must be one line, without control characters")
    return template


def _file_name(template: Template) -> Template:
    whole = "".join(part if isinstance(part, str) else "x" for part in template.parts)
    fault = next(filter(None, (part_fault(literal) for literal in template.literals)), None) or name_fault(whole)
    if fault:
        raise ValueError(f"'{template}' cannot be the name of a file: {fault}")
    return template


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _media(text: str) -> str:
    if not _MEDIA.match(text):
        raise ValueError(f"'{text}' is no media type, such as text/csv")
    return text


def _address(template: Template) -> Template:
    """What is written out is one address, or a name with one; of a template that is known when a mail is made."""
    if template.fixed and not _ADDRESS.search(template.text):
        raise ValueError(f"'{template}' is no address, such as orders@acme.example or Orders <orders@acme.example>")
    return template


Line: TypeAlias = Annotated[Template, AfterValidator(_one_line)]
Address: TypeAlias = Annotated[Line, AfterValidator(_address)]
Addresses: TypeAlias = Annotated[tuple[Address, ...], BeforeValidator(_listed)]
Host: TypeAlias = Annotated[str, AfterValidator(_host)]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Attach(Options):
    """The payload as an attachment: under which name, as which media type (without one, the payload's own)."""

    name: Annotated[Template, AfterValidator(_file_name)] = Field(
        default_factory=lambda: Template.parse("{$id}{$extension}")
    )
    content_type: Annotated[str, AfterValidator(_media)] | None = None


class SinkOptions(Options):
    """A mail for each parcel.

    ``tls`` is ``starttls`` (port 587), ``implicit`` (port 465), or ``none`` (port 25), which takes no password but
    to this machine; ``ca_file`` names the authority of a server whose certificate is not publicly trusted. ``password``
    logs in by what the server offers of CRAM-MD5, PLAIN and LOGIN; ``token`` by XOAUTH2. ``to``, ``cc``, ``bcc``, ``subject`` and ``body``
    are templates; each item is one address, ``a@b.example`` or ``Name <a@b.example>``. ``domains`` are the only ones
    that may be written to, with what is below them. The payload goes as ``attach: {name: …}``, as the text with
    ``payload: body``, or not at all with ``payload: none``. ``max_size`` bounds a payload; servers have limits of
    their own.
    """

    host: Host
    port: int | None = Field(default=None, ge=1, le=65_535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: FileOfProject | None = None
    user: str | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None
    helo: Host | None = None
    sender: Annotated[Address, Field(alias="from")]
    to: Annotated[Addresses, Field(min_length=1, max_length=100)]
    cc: Addresses = ()
    bcc: Addresses = ()
    reply_to: Address | None = None
    subject: Line
    body: Template | None = None
    payload: Literal["attach", "body", "none"] = "attach"
    attach: Attach = Attach()
    domains: Annotated[tuple[Host, ...], BeforeValidator(_listed)] = ()
    max_size: Annotated[Bytes, sized("1B", "200MB")] = 20_000_000
    timeout: Annotated[Seconds, lasting("100ms", "10m")] = 20.0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        return self.host, self.port or PORTS[self.tls]

    @property
    def secret(self) -> str | None:
        """What no one may read."""
        secret = self.password or self.token
        return None if secret is None else secret.get_secret_value()

    @model_validator(mode="after")
    def _login_is_whole_and_safe(self) -> SinkOptions:
        if self.password is not None and self.token is not None:
            raise ValueError("either 'password' or 'token' logs in, not both")
        if (self.user is None) != (self.secret is None):
            raise ValueError("'user' goes with 'password' or 'token'")
        if self.tls == "none" and self.user is not None and self.host not in LOOPBACK:
            raise ValueError("'tls: none' would show the password to everyone on the way; use starttls or implicit")
        return self

    @model_validator(mode="after")
    def _body_is_said_once(self) -> SinkOptions:
        if self.payload == "body" and self.body is not None:
            raise ValueError("'payload: body' is the text already; leave 'body' out")
        if self.payload != "attach" and "attach" in self.model_fields_set:
            raise ValueError(f"'attach' goes with 'payload: attach', not with 'payload: {self.payload}'")
        return self
