"""Connecting: TCP, TLS with a certificate that is trusted or pinned, the login, what the server can do."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from pathlib import Path

from pydantic import SecretStr

from crossdock.connector.folders.names import visible
from crossdock.connector.remote.files import Lost
from crossdock.errors import Halt, Retry
from crossdock_connectors.ftp.client import FtpFiles
from crossdock_connectors.ftp.control import Control, said
from crossdock_connectors.ftp.data import Lines, Wrap
from crossdock_connectors.ftp.options import Server
from crossdock_connectors.ftp.replies import Reply, too_many

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def connect(server: Server, root: Path) -> FtpFiles:
    """The files of a server, logged in. Raises ``Retry`` and ``Halt``."""
    context = None if server.tls == "off" else _context(server, root)
    hidden = tuple(secret.get_secret_value() for secret in (server.password, server.account) if secret is not None)
    control = Control(_socket(server), server.connect, server.encoding, hidden)
    try:
        _greeted(control, server, context)
        _log_in(control, server)
        if context is not None:
            _protect(control, server)
        return _files(control, server, context)
    except Lost as error:
        control.close()
        raise Retry("K661", f"{_at(server)}: logging in: {error}") from error
    except BaseException:
        control.close()
        raise


def _at(server: Server) -> str:
    host, port = server.where
    return f"{host}:{port}"


def _socket(server: Server) -> socket.socket:
    try:
        made = socket.create_connection(server.where, timeout=server.connect)
    except TimeoutError as error:
        raise Retry("K660", f"{_at(server)} does not answer") from error
    except OSError as error:
        raise Retry("K660", f"{_at(server)} cannot be reached: {error.strerror or error}") from error
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # the control connection is silent during transfers
    return made


def _greeted(control: Control, server: Server, context: ssl.SSLContext | None) -> None:
    if context is not None and server.tls == "implicit":
        _encrypt(control, server, context)
    reply = control.reply()
    while reply.begins:  # 120: ready in some minutes
        reply = control.reply()
    if reply.code != 220:  # noqa: PLR2004 - RFC 959
        raise _refused(server, reply) if too_many(reply) else Retry("K661", f"{_at(server)}: {_shown(reply)}")
    if context is not None and server.tls == "explicit":
        reply = control.ask("AUTH", "TLS")
        if reply.code != 234:  # noqa: PLR2004 - RFC 4217, 4
            hint = "ask the partner for FTPS; 'tls: implicit' is for port 990. Nothing was sent"
            raise Halt("K663", f"{_at(server)} offers no TLS: {_shown(reply)}", hint=hint)
        _encrypt(control, server, context)


# TLS


def _context(server: Server, root: Path) -> ssl.SSLContext:
    """Raises ``Halt`` K666 where a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=None if server.ca is None else str(root / server.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if server.certificate is not None:
            passphrase = server.passphrase.get_secret_value() if server.passphrase else ""
            key = None if server.key is None else str(root / server.key)
            context.load_cert_chain(str(root / server.certificate), key, passphrase)
    except (OSError, ValueError) as error:
        names = ", ".join(name for name in (server.ca, server.certificate, server.key) if name)
        why = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise Halt("K666", f"the files for TLS cannot be used ({names}): {why}") from error
    if server.fingerprint:
        context.check_hostname = False
        if server.ca is None:
            context.verify_mode = ssl.CERT_NONE
    return context


def _encrypt(control: Control, server: Server, context: ssl.SSLContext) -> None:
    try:
        control.sock.settimeout(server.connect)
        control.encrypt(context, server.host)
    except OSError as error:
        raise _no_tls(server, error) from error
    _check_pin(server, control.sock)


def _check_pin(server: Server, sock: socket.socket) -> None:
    """Raises ``Halt`` K662 where the certificate is not the one that is pinned."""
    if not server.fingerprint or not isinstance(sock, ssl.SSLSocket):
        return
    shown = hashlib.sha256(sock.getpeercert(binary_form=True) or b"").hexdigest()
    if shown not in server.fingerprint:
        told = f"{_at(server)} shows another certificate: {shown}, where {' or '.join(server.fingerprint)} is pinned"
        hint = "nothing was sent. Ask the partner, by another way, whether it was changed; if so, pin the new one"
        raise Halt("K662", told, hint=hint)


def _no_tls(server: Server, error: OSError) -> Halt | Retry:
    if isinstance(error, ssl.SSLCertVerificationError):
        told = f"the certificate of {_at(server)} is not trusted: {error.verify_message}"
        hint = "name the authority with 'ca', or pin the certificate with 'fingerprint'. Nothing was sent"
        return Halt("K662", told, hint=hint)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        hint = "TLS 1.2 is the oldest that is spoken; is it the right port for 'tls'?"
        return Halt("K663", f"no TLS with {_at(server)}: {error.reason or error}", hint=hint)
    return Retry("K661", f"{_at(server)}: TLS: {said(error, server.connect)}")


def _wrap(server: Server, context: ssl.SSLContext) -> Wrap:
    """Data connections go on with the session of the control connection: many servers take no other ones."""

    def wrap(plain: socket.socket, session: ssl.SSLSession | None) -> socket.socket:
        made = context.wrap_socket(plain, server_hostname=server.host, session=session, suppress_ragged_eofs=False)
        _check_pin(server, made)
        return made

    return wrap


def _protect(control: Control, server: Server) -> None:
    """Transfers are encrypted as well (RFC 4217, 9), or there are none."""
    control.ask("PBSZ", "0")
    reply = control.ask("PROT", "P")
    if not reply.good:
        told = f"{_at(server)} does not encrypt transfers: {_shown(reply)}"
        raise Halt("K663", told, hint="ask the partner to allow PROT P; nothing was transferred")


# The login


def _log_in(control: Control, server: Server) -> None:
    reply = control.ask("USER", server.user)
    if reply.code == 331:  # noqa: PLR2004 - RFC 959: a password is needed
        reply = control.ask("PASS", _secret(server.password))
    if reply.code == 332:  # noqa: PLR2004 - RFC 959: an account is needed
        reply = control.ask("ACCT", _secret(server.account))
    if not reply.good:
        raise _refused(server, reply)


def _secret(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


def _refused(server: Server, reply: Reply) -> Halt | Retry:
    where = f"{_at(server)} does not let {server.user} in: {_shown(reply)}"
    if too_many(reply):
        return Retry("K667", where, hint="lower 'sessions', or ask the partner to allow more connections")
    if 400 <= reply.code < 500 and reply.code != 430:  # noqa: PLR2004 - RFC 959: passes; RFC 4217: 430 is about us
        return Retry("K661", where)
    hint = "check user and password with the partner; it is not tried again, so that nothing is locked"
    return Halt("K664", where, hint=hint)


def _shown(reply: Reply) -> str:
    return f"{visible(reply.text)[:200]}, code {reply.code}"


# What it can do


def _files(control: Control, server: Server, context: ssl.SSLContext | None) -> FtpFiles:
    features = _features(control)
    if server.encoding == "utf-8" and "UTF8" in features:
        control.ask("OPTS", "UTF8 ON")
    if "MLST" in features:
        control.ask("OPTS", "MLST type;size;modify;")
    home = _home(control)
    reply = control.ask("TYPE", "I")
    if not reply.good:
        raise Halt("K661", f"{_at(server)} transfers no binary files: {_shown(reply)}")
    control.stall = server.stall
    lines = Lines(
        control,
        active=server.active,
        believes=server.address == "server",
        connect=server.connect,
        stall=server.stall,
        context=None if context is None else _wrap(server, context),
    )
    return FtpFiles(control, lines, features, home, server.keepalive)


def _features(control: Control) -> frozenset[str]:
    """The first word of each line of FEAT (RFC 2389); nothing where it is not known."""
    reply = control.ask("FEAT")
    if not reply.good:
        return frozenset()
    return frozenset(line.split()[0].upper() for line in reply.lines[1:-1] if line.strip())


def _home(control: Control) -> str | None:
    """The folder after login, if it is a path as we make them."""
    reply = control.ask("PWD")
    found = _QUOTED.search(reply.text) if reply.code == 257 else None  # noqa: PLR2004 - RFC 959
    path = found[1].replace('""', '"') if found else ""
    return path if path.startswith("/") else None
