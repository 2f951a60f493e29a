"""One connection to a mailbox (RFC 9051, RFC 3501), and what its answers mean."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock_connectors.imap.options import Search, SourceOptions

SPARE = 1_000_000  # bytes of an answer beside the mail in it
WIDEST = 200
_SIZE = re.compile(rb"UID (\d+).*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*UID (\d+)")
_PASSING = re.compile(r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]", re.IGNORECASE)  # RFC 5530


class _Bounded:
    """An answer larger than any we ask for ends the connection, and never fills the memory."""

    most = SPARE

    def read(self, size: int) -> bytes:
        """As imaplib reads a literal."""
        if size > self.most:
            raise imaplib.IMAP4.abort(f"the server announces {size} bytes")
        read: bytes = super().read(size)  # type: ignore[misc]  # of imaplib's classes, which come after this one
        return read


class _Encrypted(_Bounded, imaplib.IMAP4_SSL):
    """TLS from the first byte."""


class _Plain(_Bounded, imaplib.IMAP4):
    """TLS later, or never."""


class Mailbox:
    """A folder that is open. ``validity``: while it is the same, UIDs mean the same mails."""

    def __init__(self, options: SourceOptions, root: Path) -> None:
        self._options = options
        self._where = "{}:{}".format(*options.address)
        with translated(self._where):
            self._server = _connected(options, _context(options, root))
            self._server.most = options.max_size + SPARE
        try:
            with translated(self._where):
                self._log_in()
                self._can = self._abilities()
                self.validity = self._select()
        except CrossdockError:
            self.abandon()
            raise

    def find(self, first: int, search: Search) -> list[int]:
        """The UIDs from ``first`` on that fit, in order."""
        with translated(self._where):
            self._server.noop()
            criteria = ["UID", f"{first}:*", *_criteria(search)]
            _, found = self._asked("SEARCH", *criteria)
        uids = {int(one) for line in found if isinstance(line, bytes) for one in line.split() if one.isdigit()}
        return sorted(uid for uid in uids if uid >= first)  # n:* always has the last mail (RFC 9051, 9, seq-range)

    def size(self, uid: int) -> int | None:
        """Bytes of a mail; None where it has gone."""
        with translated(self._where):
            _, found = self._asked("FETCH", str(uid), "(UID RFC822.SIZE)")
        matches = [match for one in found if isinstance(one, bytes) and (match := _SIZE.search(one))]
        return next((int(match[2] or match[3]) for match in matches if int(match[1] or match[4]) == uid), None)

    def fetch(self, uid: int) -> bytes | None:
        """A mail, without marking it as seen; None where it has gone."""
        with translated(self._where):
            _, found = self._asked("FETCH", str(uid), "(UID BODY.PEEK[])")
        return next((one[1] for one in found if isinstance(one, tuple)), None)

    def mark_seen(self, uid: int) -> None:
        """Mark it as read."""
        with translated(self._where):
            self._asked("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def delete(self, uid: int) -> None:
        """Delete it, and nothing that others have marked; without UIDPLUS it is only marked (RFC 4315)."""
        with translated(self._where):
            self._asked("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self._can:
                self._asked("EXPUNGE", str(uid))

    def move(self, uid: int, folder: str) -> None:
        """Move it, making the folder if need be (RFC 6851; without it, copy and delete)."""
        command = "MOVE" if "MOVE" in self._can else "COPY"
        with translated(self._where):
            kind, _ = self._server.uid(command, str(uid), _quoted(folder))
            if kind != "OK":
                self._server.create(_quoted(folder))
                self._asked(command, str(uid), _quoted(folder))
        if command == "COPY":
            self.delete(uid)

    def close(self) -> None:
        """Say goodbye."""
        with suppress(imaplib.IMAP4.error, OSError):
            self._server.logout()
        self._server.sock.close()

    def abandon(self) -> None:
        """Let go of a connection that may be dead."""
        with suppress(imaplib.IMAP4.error, OSError):
            self._server.shutdown()
        self._server.sock.close()

    def _asked(self, command: str, *arguments: str) -> tuple[str, list[object]]:
        kind, found = self._server.uid(command, *arguments)
        if kind != "OK":
            raise Retry("K870", f"{self._where} refuses {command}: {_shown(found)}")
        return kind, list(found)

    def _log_in(self) -> None:
        options = self._options
        try:
            if options.token is not None:
                secret = f"user={options.user}\x01auth=Bearer {options.token.get_secret_value()}\x01\x01".encode()
                answers = iter([secret])
                self._server.authenticate("XOAUTH2", lambda challenge: next(answers, b""))
            elif options.password is not None:
                self._server.login(options.user, options.password.get_secret_value())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            said = _shown([error.args[0] if error.args else ""])
            if _PASSING.search(said):
                raise Retry("K870", f"{self._where} cannot check the password now: {said}") from None
            told = f"{self._where} refuses user or password of '{options.user}'"
            raise Halt("K871", told, hint="correct them; a token may have expired") from None

    def _abilities(self) -> frozenset[str]:
        """What it can do for who is logged in, which is more than it says before."""
        _, found = self._server.capability()
        return frozenset(word for line in found if isinstance(line, bytes) for word in line.decode().upper().split())

    def _select(self) -> int:
        folder = self._options.folder
        kind, found = self._server.select(_quoted(folder), readonly=self._is_only_read())
        if kind != "OK":
            raise Halt("K873", f"{self._where}: the folder '{folder}' cannot be opened: {_shown(found)}")
        _, validity = self._server.response("UIDVALIDITY")
        return int(validity[0] or 0) if validity else 0

    def _is_only_read(self) -> bool:
        return self._options.after == "leave" and self._options.refused is None


def _connected(options: SourceOptions, context: ssl.SSLContext) -> _Encrypted | _Plain:
    host, port = options.address
    if options.tls == "implicit":
        return _Encrypted(host, port, ssl_context=context, timeout=options.timeout)
    server = _Plain(host, port, timeout=options.timeout)
    if options.tls == "starttls":
        if "STARTTLS" not in server.capabilities:
            server.shutdown()
            raise Halt("K872", f"{host}:{port} does not offer STARTTLS", hint="use 'tls: implicit' (port 993)")
        server.starttls(context)
    return server


def _context(options: SourceOptions, root: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if options.ca_file is None else str(root / options.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise Halt("K872", f"'{options.ca_file}' cannot be read as certificates: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _criteria(search: Search) -> Iterator[str]:
    if search.unseen:
        yield "UNSEEN"
    for name, text in (("FROM", search.sender), ("TO", search.to), ("SUBJECT", search.subject)):
        if text is not None:
            yield from (name, _escaped(text))


def _escaped(text: str) -> str:
    marked = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{marked}"'


def _quoted(folder: str) -> str:
    """A folder's name as it is sent: modified UTF-7 (RFC 3501, 5.1.3), quoted."""
    pieces = re.split(r"([^\x20-\x7e]+)", folder)
    coded = [_shifted(one) if number % 2 else one.replace("&", "&-") for number, one in enumerate(pieces)]
    return _escaped("".join(coded))


def _shifted(text: str) -> str:
    return "&" + base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"


def _shown(found: Sequence[object]) -> str:
    words = b" ".join(one if isinstance(one, bytes) else str(one).encode() for one in found)
    text = " ".join(words.decode(errors="backslashreplace").split())[:WIDEST]
    return "".join(one if one.isprintable() else "?" for one in text)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """What imaplib and the network say, in our words."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        told = f"the certificate of {where} is not trusted: {error.verify_message}"
        raise Halt("K872", told, hint="name its authority with 'ca_file', or use the name that is in it") from error
    except ssl.SSLError as error:
        hint = "check 'tls' and 'port': 993 is implicit, 143 is starttls"
        raise Retry("K872", f"no TLS connection with {where}: {error.reason}", hint=hint) from error
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        words = _shown([str(error) or type(error).__name__])
        raise Retry("K870", f"{where} cannot be reached, or does not speak IMAP: {words}") from error
