"""A private Dovecot: IMAP with STARTTLS and with TLS, on loopback, any user with one password, mail in its folder."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.testing.servers.server import LOOPBACK, Server, find, free_port

_CONF = """\
protocols = imap
listen = {loopback}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
login_trusted_networks =
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 1000
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class DovecotAddress:
    """A Dovecot that runs. ``ca_file`` is its certificate; every name is a user with an empty mailbox."""

    host: str
    port: int
    tls_port: int
    password: str
    ca_file: str
    mail: str

    @classmethod
    def read(cls, told: Mapping[str, object]) -> DovecotAddress:
        """As the keeper told it."""
        texts = {name: str(value) for name, value in told.items()}
        port, tls_port = int(texts.pop("port")), int(texts.pop("tls_port"))
        return cls(port=port, tls_port=tls_port, **texts)

    def fresh(self) -> str:
        """The name of a user that has no mail yet."""
        return f"u{secrets.token_hex(6)}"


class Dovecot(Server):
    """A Dovecot of our own."""

    name = "dovecot"

    def __init__(self, folder: Path | None = None) -> None:
        self._binary = find_dovecot()
        super().__init__(folder)
        self.password = secrets.token_hex(12)
        self.tls_port = free_port()

    @property
    def url(self) -> str:
        """Of the port for TLS."""
        return f"imaps://{LOOPBACK}:{self.tls_port}"

    @property
    def address(self) -> DovecotAddress:
        """What somebody else needs to use it."""
        folder = self.folder
        return DovecotAddress(
            LOOPBACK, self.port, self.tls_port, self.password, str(folder / "server.pem"), str(folder / "mail")
        )

    def _make(self) -> None:
        certificate = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        names = ["-subj", "/CN=dovecot", "-addext", f"subjectAltName=IP:{LOOPBACK}"]
        openssl = str(find("openssl", [], "openssl"))
        subprocess.run(
            [openssl, *certificate, *names, "-keyout", "server.key", "-out", "server.pem"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        root = os.geteuid() == 0
        own = pwd.getpwuid(os.geteuid()).pw_name
        mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        (self.folder / "mail").mkdir()
        self.folder.chmod(0o755)
        shutil.chown(self.folder / "mail", mail.pw_uid, mail.pw_gid)
        filled = _CONF.format(
            loopback=LOOPBACK,
            folder=self.folder,
            password=self.password,
            port=self.port,
            tls_port=self.tls_port,
            uid=mail.pw_uid,
            gid=mail.pw_gid,
            internal="dovecot" if root else own,
            internal_group="dovecot" if root else "",
            login="dovenull" if root else own,
        )
        (self.folder / "dovecot.conf").write_text(filled)

    def _command(self) -> list[str | Path]:
        return [self._binary, "-F", "-c", self.folder / "dovecot.conf"]

    def _ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), 1) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False


def find_dovecot() -> Path:
    """The program. Raises ``Halt`` T101 where there is none."""
    return find("dovecot", [Path("/usr/sbin"), Path("/usr/local/sbin")], "dovecot-imapd")
