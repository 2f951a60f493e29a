"""A private ProFTPD: FTP and FTPS with AUTH TLS on one port, TLS from the beginning on another; as root in a chroot."""

from __future__ import annotations

import os
import pwd
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

from crossdock.testing.servers.server import LOOPBACK, Server, find, free_port

USER = "globex"
_CERTIFICATE = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
_CONF = """\
LoadModule mod_tls.c
ServerName test
ServerType standalone
ServerIdent off
DefaultAddress {loopback}
SocketBindTight on
Port {port}
User {user}
Group {group}
MaxInstances 200
MaxLoginAttempts 100
UseIPv6 off
UseReverseDNS off
TimesGMT on
Umask 002
PidFile {folder}/proftpd.pid
ScoreboardFile none
DelayEngine off
WtmpLog off
TransferLog none
SystemLog {folder}/system.log
<Global>
  AuthPAM off
  AuthOrder mod_auth_file.c
  AuthUserFile {folder}/users
  AuthGroupFile {folder}/groups
  RequireValidShell off
  AllowOverwrite on
  AllowStoreRestart on
  AllowRetrieveRestart on
  ShowSymlinks on
  {root}
  TLSEngine on
  TLSRequired off
  TLSProtocol TLSv1.2 TLSv1.3
  TLSECCertificateFile {folder}/server.pem
  TLSECCertificateKeyFile {folder}/server.key
  TLSCACertificateFile {folder}/client.pem
  TLSVerifyClient off
  TLSRenegotiate none
  {settings}
</Global>
<VirtualHost {loopback}>
  Port {implicit_port}
  TLSOptions UseImplicitSSL
</VirtualHost>
"""


@dataclass(frozen=True, slots=True)
class FtpPlace:
    """A folder of the server: where it lies on this machine, and how a client calls it."""

    local: Path
    remote: str


@dataclass(frozen=True, slots=True)
class ProftpdAddress:
    """A ProFTPD that runs, and how to get in. ``ca`` is its certificate, ``client`` (and its key) one it accepts."""

    port: int
    implicit_port: int
    password: str = field(repr=False)
    home: str
    root: str
    ca: str
    fingerprint: str
    client: str

    @classmethod
    def read(cls, told: Mapping[str, object]) -> ProftpdAddress:
        """As the keeper told it."""
        texts = {name: str(value) for name, value in told.items()}
        port, implicit_port = int(texts.pop("port")), int(texts.pop("implicit_port"))
        return cls(port=port, implicit_port=implicit_port, **texts)

    def fresh(self) -> FtpPlace:
        """A new, empty folder that the user may write to."""
        name = f"t{secrets.token_hex(6)}"
        local = Path(self.home) / name
        local.mkdir()
        owner = Path(self.home).stat()
        os.chown(local, owner.st_uid, owner.st_gid)
        return FtpPlace(local, f"{self.root}/{name}")

    def options(self, **more: object) -> dict[str, object]:
        """What a route writes to reach it, and ``more``."""
        login: dict[str, object] = {"host": LOOPBACK, "port": self.port, "user": USER, "password": self.password}
        return login | {"tls": "explicit", "ca": self.ca} | more


class Proftpd(Server):
    """A ProFTPD of our own. ``settings`` are lines of proftpd.conf that hold for both ports."""

    name = "proftpd"

    def __init__(self, folder: Path | None = None, settings: str = "") -> None:
        self._binary = find_proftpd()
        super().__init__(folder)
        self._settings = settings
        self._is_root = os.geteuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._is_root else pwd.getpwuid(os.geteuid())
        self.password = secrets.token_hex(12)
        self.implicit_port = free_port()

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"ftp://{USER}@{LOOPBACK}:{self.port}"

    @property
    def home(self) -> Path:
        """The folder that clients see as theirs."""
        return self.folder / "home"

    @property
    def address(self) -> ProftpdAddress:
        """What somebody else needs to use it."""
        certificate = self.folder / "server.pem"
        return ProftpdAddress(
            port=self.port,
            implicit_port=self.implicit_port,
            password=self.password,
            home=str(self.home),
            root="" if self._is_root else str(self.home),
            ca=str(certificate),
            fingerprint=sha256(PEM_cert_to_DER_cert(certificate.read_text())).hexdigest(),
            client=str(self.folder / "client.pem"),
        )

    def _make(self) -> None:
        self.folder.chmod(0o755)
        self.home.mkdir(mode=0o755)
        os.chown(self.home, self._owner.pw_uid, self._owner.pw_gid)
        openssl = find("openssl", [], "openssl")
        for name in ("server", "client"):
            names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
            self._run([openssl, *_CERTIFICATE, *names, "-keyout", f"{name}.key", "-out", f"{name}.pem"])
        hashed = self._run([openssl, "passwd", "-6", self.password]).strip()
        ids = f"{self._owner.pw_uid}:{self._owner.pw_gid}"
        for name, line in (("users", f"{USER}:{hashed}:{ids}::{self.home}:/bin/false"), ("groups", "")):
            (self.folder / name).write_text(f"{line}\n")
            (self.folder / name).chmod(0o600)

    def _command(self) -> list[str | Path]:
        filled = _CONF.format(
            loopback=LOOPBACK,
            port=self.port,
            implicit_port=self.implicit_port,
            folder=self.folder,
            user=self._owner.pw_name if not self._is_root else "nobody",
            group="nogroup" if self._is_root else os.getgid(),
            root="DefaultRoot ~" if self._is_root else "",
            settings=self._settings,
        )
        path = self.folder / "proftpd.conf"
        path.write_text(filled)
        return [self._binary, "-n", "-c", path]

    def _ready(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=2) as probe:
            return probe.recv(4) == b"220 "
        return False


def find_proftpd() -> Path:
    """The program. Raises ``Halt`` T101 where there is none."""
    return find("proftpd", [Path("/usr/sbin"), Path("/usr/local/sbin")], "proftpd-core, proftpd-mod-crypto")
