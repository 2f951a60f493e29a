"""What a route may say about a mailbox: ``from: imap: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from crossdock.connector.amounts import Bytes, Seconds, lasting, sized
from crossdock.connector.project_files import FileOfProject

PORTS = {"implicit": 993, "starttls": 143, "none": 143}  # RFC 8314, RFC 9051
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _plain(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("it must be printable ASCII, as servers differ in how they search for anything else")
    return text


def _name(text: str) -> str:
    if not text.isprintable():
        raise ValueError("the name of a folder cannot have control characters")
    return text


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


Folder: TypeAlias = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_name)]
Texts: TypeAlias = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Search(Options):
    """Which mails are looked at: what the server is asked for. Texts are parts of the field, case does not matter."""

    unseen: bool = False
    sender: Annotated[str, AfterValidator(_plain)] | None = Field(default=None, alias="from")
    to: Annotated[str, AfterValidator(_plain)] | None = None
    subject: Annotated[str, AfterValidator(_plain)] | None = None


class Attachments(Options):
    """Which attachments are taken: by the name (globs, case does not matter) and by the media type (``text/*``).

    ``inline`` takes pictures that are shown in the text as well; ``nested`` looks into mails that are attached.
    """

    attachments: Texts = ("*",)
    types: Texts = ("*/*",)
    inline: bool = False
    nested: bool = True


class Move(Options):
    """A folder for what was taken; it is made if it is not there."""

    move: Folder


class SourceOptions(Options):
    """A mailbox that is looked into ``every`` so often, the oldest mails first, ``limit`` of them at a time.

    ``tls`` is ``implicit`` (port 993), ``starttls`` or ``none`` (port 143), which takes no password but to this
    machine. ``password`` logs in, or ``token`` by XOAUTH2. ``take`` are the ``attachments`` of a mail, its text (``body``), or the whole
    ``message`` (message/rfc822). ``senders`` are addresses or domains; mail from others is refused. ``after`` a mail is
    safe it is marked ``seen``, moved, deleted (``delete``), or left alone (``leave``). ``refused`` is a folder for
    mails that are refused; without one they stay. Each mail is looked at once: how far that is, is noted in the journal.
    """

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")]
    port: int | None = Field(default=None, ge=1, le=65_535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: FileOfProject | None = None
    user: Annotated[str, AfterValidator(_plain)]
    password: SecretStr | None = None
    token: SecretStr | None = None
    folder: Folder = "INBOX"
    search: Search = Search()
    take: Literal["attachments", "body", "message"] | Attachments = "attachments"
    senders: Texts = ()
    after: Literal["seen", "delete", "leave"] | Move = "seen"
    refused: Folder | None = None
    every: Annotated[Seconds, lasting("100ms", "1d")] = 30.0
    limit: int = Field(default=100, ge=1, le=10_000)
    max_size: Annotated[Bytes, sized("1B", "1GB")] = 50_000_000
    timeout: Annotated[Seconds, lasting("100ms", "10m")] = 20.0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        return self.host, self.port or PORTS[self.tls]

    @property
    def wanted(self) -> Attachments:
        """Which attachments are taken."""
        return self.take if isinstance(self.take, Attachments) else Attachments()

    @model_validator(mode="after")
    def _login_is_whole_and_safe(self) -> SourceOptions:
        if (self.password is None) == (self.token is None):
            raise ValueError("either 'password' or 'token' logs in")
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("'tls: none' would show the password to everyone on the way; use implicit or starttls")
        return self

    @model_validator(mode="after")
    def _targets_are_other_folders(self) -> SourceOptions:
        chosen = {"move": self.after.move if isinstance(self.after, Move) else None, "refused": self.refused}
        for option, target in chosen.items():
            if target is not None and target.lower() == self.folder.lower():
                raise ValueError(f"'{option}: {target}' is the folder that is looked into")
        return self
