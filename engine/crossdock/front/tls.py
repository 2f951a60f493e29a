"""What TLS is spoken with: the files a project names. Needs no server, so who only tries them does not wait for one."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import Halt
from crossdock.route.project import Http


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files of the server's certificate and key; with ``clients``, certificates of those it made are asked for."""

    certificate: Path
    key: Path
    clients: Path | None = None

    @classmethod
    def of(cls, root: Path, settings: Http) -> Tls | None:
        """The files of the project at ``root``; None where it speaks without."""
        found = settings.tls
        if found is None:
            return None
        clients = root / found.clients if found.clients is not None else None
        return cls(certificate=root / found.certificate, key=root / found.key, clients=clients)


def files_of(settings: Http) -> Iterator[str]:
    """The names of these files."""
    if settings.tls is not None:
        yield from (settings.tls.certificate, settings.tls.key)
        yield from (settings.tls.clients,) if settings.tls.clients is not None else ()


def refuse_bad(root: Path, settings: Http) -> None:
    """Raise ``Halt`` where TLS cannot be spoken with what the project at ``root`` names."""
    tls = Tls.of(root, settings)
    if tls is not None:
        context(tls)


def context(tls: Tls) -> ssl.SSLContext:
    """What TLS is spoken with: 1.2 or newer. Raises ``Halt`` for files that cannot be read."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(tls.certificate, tls.key, password=_nothing)
        if tls.clients is not None:
            made.load_verify_locations(tls.clients)
            made.verify_mode = ssl.CERT_OPTIONAL  # an address that asks for nothing else does without
    except (OSError, ssl.SSLError) as error:
        raise Halt("W205", f"TLS cannot be spoken with {tls.certificate.name}: {error.strerror or error}") from error
    return made


def _nothing() -> str:
    """The password of a key that has one: OpenSSL would ask at the terminal."""
    return ""
