"""A private OpenSSH server for SFTP: own port, keys and users' keys; as root a chroot, and an account without rights."""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.testing.servers.server import LOOPBACK, Server, find

#: sshd refuses a chroot below a folder that others can write to, such as /tmp.
_ROOT_ONLY = Path("/run")
_USER = "nobody"
_KINDS = ("ed25519", "ecdsa", "rsa")
_CONF = """\
ListenAddress {loopback}
Port {port}
{host_keys}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile {folder}/authorized_keys
TrustedUserCAKeys {folder}/authority.pub
PermitRootLogin no
MaxStartups 500
MaxSessions 100
LoginGraceTime 20
UseDNS no
AllowTcpForwarding yes
PrintMotd no
LogLevel INFO
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True, slots=True)
class SftpPlace:
    """A folder of the server: where it lies on this machine, and how a client calls it."""

    local: Path
    remote: str


@dataclass(frozen=True, slots=True)
class SshdAddress:
    """An OpenSSH server that runs, and how to get in. ``keys`` are private keys by kind, ``host_keys`` public ones."""

    port: int
    user: str
    home: str
    root: str
    keys: dict[str, str] = field(repr=False)
    host_keys: dict[str, str] = field(default_factory=dict)
    certified: tuple[str, str] = field(default=("", ""), repr=False)

    def fresh(self) -> SftpPlace:
        """A new, empty folder that the user may write to."""
        name = f"t{secrets.token_hex(6)}"
        local = Path(self.home) / name
        local.mkdir()
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            os.chown(local, entry.pw_uid, entry.pw_gid)
        return SftpPlace(local, f"{self.root}/{name}")

    @classmethod
    def read(cls, fields: dict[str, object]) -> SshdAddress:
        """The address from plain data, as ``dataclasses.asdict`` made it."""
        texts = {name: str(fields[name]) for name in ("user", "home", "root")}
        keys, host_keys, certified = fields["keys"], fields["host_keys"], fields["certified"]
        assert isinstance(keys, dict)  # noqa: S101 - as written by keep()
        assert isinstance(host_keys, dict)  # noqa: S101 - as above
        assert isinstance(certified, list | tuple)  # noqa: S101 - as above
        return cls(port=int(str(fields["port"])), keys=keys, host_keys=host_keys, certified=tuple(certified), **texts)

    def options(self, **more: object) -> dict[str, object]:
        """What a route writes to reach it, and ``more``."""
        login = {"host": LOOPBACK, "port": self.port, "user": self.user}
        return login | {"key": self.keys["ed25519"], "host_key": self.host_keys["ed25519"]} | more


class Sshd(Server):
    """An OpenSSH server of our own. ``settings`` are lines of sshd_config, put before those that are always there."""

    name = "sshd"

    def __init__(self, folder: Path | None = None, settings: str = "") -> None:
        self._binary = find_sshd()
        self._is_root = os.geteuid() == 0
        super().__init__(folder, within=_ROOT_ONLY if self._is_root else None)
        self._settings = settings
        self.user = _USER if self._is_root else getpass.getuser()

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"sftp://{self.user}@{LOOPBACK}:{self.port}"

    @property
    def home(self) -> Path:
        """The folder that clients see as theirs."""
        return self.folder / "home"

    @property
    def address(self) -> SshdAddress:
        """What somebody else needs to use it."""
        return SshdAddress(
            port=self.port,
            user=self.user,
            home=str(self.home),
            root="" if self._is_root else str(self.home),
            keys={kind: (self.folder / f"user_{kind}").read_text() for kind in _KINDS},
            host_keys={kind: (self.folder / f"host_{kind}.pub").read_text().strip() for kind in _KINDS},
            certified=(
                (self.folder / "certified").read_text(),
                (self.folder / "certified-cert.pub").read_text().strip(),
            ),
        )

    def _make(self) -> None:
        self.home.mkdir(mode=0o755)
        authorized = []
        for kind in _KINDS:
            self._key(f"host_{kind}", kind)
            self._key(f"user_{kind}", kind)
            authorized.append((self.folder / f"user_{kind}.pub").read_text())
        self._key("authority", "ed25519")
        self._key("certified", "ed25519")
        keygen = find("ssh-keygen", [], "openssh-client")
        authority, certified = self.folder / "authority", self.folder / "certified.pub"
        self._run([keygen, "-q", "-s", authority, "-I", "test", "-n", self.user, "-V", "always:forever", certified])
        (self.folder / "authorized_keys").write_text("".join(authorized))
        (self.folder / "authorized_keys").chmod(0o644)

    def _key(self, name: str, kind: str) -> None:
        keygen = find("ssh-keygen", [], "openssh-client")
        self._run([keygen, "-q", "-t", kind, "-N", "", "-C", "test", "-f", self.folder / name])

    def _command(self) -> list[str | Path]:
        host_keys = "\n".join(f"HostKey {self.folder}/host_{kind}" for kind in _KINDS)
        text = _CONF.format(loopback=LOOPBACK, port=self.port, folder=self.folder, host_keys=host_keys)
        if self._is_root:
            self.folder.chmod(0o755)
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
            text += f"ChrootDirectory {self.home}\n"
        path = self.folder / "sshd_config"
        path.write_text(f"{self._settings}\n{text}Match All\n  ForceCommand internal-sftp -u 0002\n")
        return [self._binary, "-D", "-e", "-f", path]

    def _ready(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=2) as probe:
            return probe.recv(4) == b"SSH-"
        return False


def find_sshd() -> Path:
    """The ``sshd`` of the machine."""
    return find("sshd", [Path("/usr/sbin"), Path("/usr/local/sbin")], "openssh-server")
