"""One connection to a mail server (RFC 5321), and what its answers mean.

Uses the commands of ``smtplib`` one by one: its ``sendmail`` does not tell whether a connection died before or after the
last byte.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import CrossdockError, Doubt, Halt, Reject, Retry
from crossdock_connectors.smtp.options import SinkOptions
from crossdock_connectors.smtp.writing import Mail

PIECE = 65_536
WIDEST = 200  # characters of an answer that are shown
OK, GO_ON, CLOSING = 250, 354, 421
NOT_NOW, FOREVER = 400, 500  # from here on, answers are refusals, and final ones (RFC 5321, 4.2.1)
LOG_IN_FIRST = frozenset({530, 534, 538})  # RFC 4954, 6


class Lost(Retry):
    """The connection is gone, and nothing was sent."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has it: under which ``id``, with which ``answer``, and whom it refused."""

    id: str
    answer: str
    refused: Mapping[str, str] = field(default_factory=dict)


def opened(options: SinkOptions, root: Path) -> Session:
    """Connect, encrypt, log in. Raises ``Lost``, or ``Halt`` where the server or we are not set up for that."""
    host, port = options.address
    where = f"{host}:{port}"
    context = _context(options, root)
    helo = options.helo or _own_name(options)
    with _translated(where):
        if options.tls == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, helo, timeout=options.timeout, context=context)
        else:
            server = smtplib.SMTP(host, port, helo, timeout=options.timeout)
    try:
        with _translated(where):
            server.ehlo_or_helo_if_needed()
            if options.tls == "starttls":
                _encrypt(server, context, where)
            _log_in(server, options, where)
    except CrossdockError:
        server.close()
        raise
    return Session(server, where)


def _own_name(options: SinkOptions) -> str:
    """What we call ourselves: the domain that the mail is from, or an address literal (RFC 5321, 4.1.4)."""
    last = options.sender.parts[-1]
    domain = last.rpartition("@")[2].rstrip("> ") if isinstance(last, str) else ""
    return domain if domain and domain.isascii() else "[127.0.0.1]"


def _context(options: SinkOptions, root: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if options.ca_file is None else str(root / options.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise Halt("K863", f"'{options.ca_file}' cannot be read as certificates: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _encrypt(server: smtplib.SMTP, context: ssl.SSLContext, where: str) -> None:
    if not server.has_extn("starttls"):
        hint = "use 'tls: implicit' (port 465), or have it offer STARTTLS; nothing is sent in clear text"
        raise Halt("K863", f"{where} does not offer STARTTLS", hint=hint)
    server.starttls(context=context)
    server.ehlo_or_helo_if_needed()


def _log_in(server: smtplib.SMTP, options: SinkOptions, where: str) -> None:
    if options.user is None or options.secret is None:
        return
    try:
        if options.token is not None:
            server.auth("XOAUTH2", _Bearer(options.user, options.secret))
        else:
            server.login(options.user, options.secret)
    except smtplib.SMTPNotSupportedError as error:
        raise Halt("K862", f"{where} offers no way to log in that we know") from error
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < FOREVER:
            raise Lost(
                "K861", f"{where} cannot check the password now ({_shown(error.smtp_code, error.smtp_error)})"
            ) from None
        told = f"{where} refuses user or password of '{options.user}' ({error.smtp_code})"
        raise Halt("K862", told, hint="correct them; a token may have expired") from None


class _Bearer:
    """Answers of XOAUTH2: the token, and then nothing, for which a server that refuses it waits."""

    def __init__(self, user: str, token: str) -> None:
        self._answers = iter([f"user={user}\x01auth=Bearer {token}\x01\x01"])

    def __call__(self, challenge: bytes | None = None, /) -> str:
        return next(self._answers, "")


class Session:
    """A connection that is logged in. ``usable`` is False once nothing more can be sent on it."""

    def __init__(self, server: smtplib.SMTP, where: str) -> None:
        self._server = server
        self._where = where
        self.sent = 0
        self.usable = True

    def send(self, mail: Mail, *, patient: bool) -> Accepted:
        """Send one mail. ``patient``: to nobody while one recipient is put off. Raises what became of it."""
        try:
            with _translated(self._where):
                refused = self._announce(mail, patient=patient)
                self._begin()
                self._pour(mail.data)
            answer = self._end(mail)
        except CrossdockError as error:
            self._after(error)
            raise
        self.sent += 1
        return Accepted(mail.id, answer, refused)

    def quit(self) -> None:
        """Say goodbye, if anyone listens."""
        with suppress(smtplib.SMTPException, OSError):
            self._server.quit()
        self._server.close()

    def _after(self, error: CrossdockError) -> None:
        if isinstance(error, Lost | Doubt):
            self.usable = False
            self._server.close()
            return
        try:
            self._server.rset()
        except (smtplib.SMTPException, OSError):
            self.usable = False
            self._server.close()

    def _announce(self, mail: Mail, *, patient: bool) -> dict[str, str]:
        server = self._server
        self._judge_size(mail)
        options = [f"SIZE={len(mail.data)}"] if server.has_extn("size") else []
        if mail.wide:
            if not server.has_extn("smtputf8"):
                told = f"{self._where} takes only addresses in ASCII"
                raise Reject("K868", told, hint="write the domain in its xn-- form")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            server.command_encoding = "utf-8"
        self._expect("K864", server.mail(mail.sender, options), f"the sender '{mail.sender}'")
        answers = {address: self._recipient(address) for address in mail.recipients}
        refused = {address: _shown(*answer) for address, answer in answers.items() if answer[0] >= NOT_NOW}
        later = [address for address in refused if answers[address][0] < FOREVER]
        if later and (patient or len(refused) == len(answers)):
            raise Retry("K861", f"{self._where}: '{later[0]}' is put off: {refused[later[0]]}", only_this=True)
        if len(refused) == len(answers):
            first = next(iter(refused))
            raise Reject("K865", f"{self._where} refuses every recipient; '{first}': {refused[first]}")
        return refused

    def _recipient(self, address: str) -> tuple[int, bytes]:
        code, words = self._server.rcpt(address)
        if code == CLOSING:
            raise Lost("K861", f"{self._where} ends the connection: {_shown(code, words)}")
        return code, words

    def _judge_size(self, mail: Mail) -> None:
        most = self._server.esmtp_features.get("size", "")
        if most.isdecimal() and 0 < int(most) < len(mail.data):
            told = f"{self._where} takes at most {most} bytes, and this mail has {len(mail.data)}"
            raise Reject("K867", told, hint="attachments grow by a third in a mail; send a link")

    def _begin(self) -> None:
        self._expect("K864", self._server.docmd("DATA"), "the mail", GO_ON)

    def _pour(self, data: bytes) -> None:
        """All but the lone dot. A line that begins with a dot gets another one (RFC 5321, 4.5.2)."""
        quoted = data.replace(b"\r\n.", b"\r\n..")
        quoted = b"." + quoted if quoted.startswith(b".") else quoted
        for start in range(0, len(quoted), PIECE):
            self._server.send(quoted[start : start + PIECE])
        if not quoted.endswith(b"\r\n"):
            self._server.send(b"\r\n")

    def _end(self, mail: Mail) -> str:
        """The lone dot: from here to the answer nobody knows."""
        try:
            self._server.send(b".\r\n")
            code, words = self._server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            told = f"{self._where}: the connection was lost before the server said whether it has the mail"
            raise Doubt("K866", told, hint=f"look for {mail.id} there, or ask a recipient") from error
        self._expect("K864", (code, words), "the mail")
        return _shown(code, words)

    def _expect(self, code: str, answer: tuple[int, bytes], what: str, wanted: int = OK) -> None:
        number, words = answer
        if number == wanted or number // 100 == wanted // 100:
            return
        told = f"{self._where} does not take {what}: {_shown(number, words)}"
        if number == CLOSING or number < 0:
            raise Lost("K861", told)
        if number < FOREVER:
            raise Retry("K861", told)
        if number in LOG_IN_FIRST:
            raise Halt("K862", told, hint="give 'user' and 'password'")
        raise Reject(code, told)


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """What smtplib and the network say before anything was sent, in our words."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        told = f"the certificate of {where} is not trusted: {error.verify_message}"
        raise Halt("K863", told, hint="name its authority with 'ca_file', or use the name that is in it") from error
    except ssl.SSLError as error:
        hint = "check 'tls' and 'port': 587 is starttls, 465 is implicit"
        raise Lost("K863", f"no TLS connection with {where}: {error.reason}", hint=hint) from error
    except smtplib.SMTPResponseException as error:
        told = f"{where}: {_shown(error.smtp_code, error.smtp_error)}"
        raise Lost("K861", told) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Lost("K860", f"{where} cannot be reached: {str(error) or type(error).__name__}") from error
    except UnicodeError as error:
        raise Halt("K862", f"{where}: the user or the password has characters that cannot be sent") from error


def _shown(code: int, words: bytes | str) -> str:
    """An answer in one harmless line."""
    text = words if isinstance(words, str) else words.decode(errors="backslashreplace")
    line = " ".join(text.split())[:WIDEST]
    return f"{code} {''.join(one if one.isprintable() else '?' for one in line)}"
