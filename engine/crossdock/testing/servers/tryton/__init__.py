"""A private Tryton: an ERP with sales, stock and invoices, on SQLite, with a company that can trade.

Making a database takes most of a minute, so it is made once for each environment and copied from then on.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import http.client
import json
import secrets
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import Halt
from crossdock.message import Document
from crossdock.testing.servers.live import find_live
from crossdock.testing.servers.server import LOOPBACK, Server

_COMPANY = Path(__file__).with_name("company.py")
_DATABASE = "erp"
_MODULES = ("sale", "account_invoice_stock")
_CONF = """\
[database]
uri = sqlite://
path = {folder}
[web]
listen = {loopback}:{port}
[queue]
worker = False
"""


@dataclass(frozen=True, slots=True)
class TrytonAddress:
    """A Tryton that runs, and what it was filled with: numbers of records by the codes people use."""

    port: int
    key: str = field(repr=False)
    user: str
    password: str = field(repr=False)
    company: int
    warehouse: int
    currency: int
    unit: int
    payment_term: int
    products: dict[str, int]
    customers: dict[str, dict[str, int]]

    @property
    def url(self) -> str:
        """Of the database; ``/rest/…`` and ``/rpc/`` are below it."""
        return f"http://{LOOPBACK}:{self.port}/{_DATABASE}"

    @property
    def context(self) -> str:
        """What each REST call wants in the header ``X-Tryton-Context``."""
        return coded({"company": self.company, "companies": [self.company]})

    def rest(self, method: str, path: str, body: Document = None) -> Document:
        """What a REST call says, as a person in the warehouse or the office would make it. Raises ``Halt`` T102."""
        headers = {"Authorization": f"bearer {self.key}", "X-Tryton-Context": self.context}
        sent = None if method == "GET" else json.dumps(body if body is not None else {}).encode()
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        try:
            connection.request(
                method, f"/{_DATABASE}/rest/model/{path}", sent, headers | {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status // 100 != 2:  # noqa: PLR2004 - RFC 9110, 15.3
            raise Halt("T102", f"Tryton refused {method} {path}", hint=said.decode(errors="replace")[:500])
        found: Document = json.loads(said) if said else None
        return found

    def search(self, model: str, domain: Document, *fields: str) -> list[dict[str, Document]]:
        """The records that a domain finds, oldest first."""
        asked = "".join(f"&f={name}" for name in fields)
        found = self.rest("GET", f"{model}?d={coded(domain)}&o={coded([['id', 'ASC']])}{asked}")
        assert isinstance(found, list)  # noqa: S101 - as its protocol says
        return [one for one in found if isinstance(one, dict)]

    @classmethod
    def read(cls, fields: dict[str, object]) -> TrytonAddress:
        """The address from plain data, as ``dataclasses.asdict`` made it."""
        return cls(**fields)  # type: ignore[arg-type] # as written by keep()


def coded(document: Document) -> str:
    """As its REST has domains, orders and contexts in URLs and headers."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode()


class Tryton(Server):
    """A Tryton of our own."""

    name = "tryton"

    def __init__(self, folder: Path | None = None) -> None:
        self._binary = find_tryton()
        super().__init__(folder)

    @property
    def url(self) -> str:
        """Of its database."""
        return self.address.url

    @property
    def address(self) -> TrytonAddress:
        """What somebody else needs to use it."""
        return TrytonAddress.read({**json.loads((self.folder / "told.json").read_text()), "port": self.port})

    def _make(self) -> None:
        made = template()
        for name in (f"{_DATABASE}.sqlite", "told.json"):
            shutil.copyfile(made / name, self.folder / name)
        (self.folder / "told.json").chmod(0o600)

    def _command(self) -> list[str | Path]:
        conf = _configuration(self.folder, self.port)
        return [self._binary, "-c", conf, "-d", _DATABASE]

    def _ready(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=2):
            return True
        return False


class _Template(Tryton):
    """Fills a database; never started."""

    def _make(self) -> None:
        conf = _configuration(self.folder, self.port)
        (self.folder / f"{_DATABASE}.sqlite").touch(mode=0o600)
        admin: list[str | Path] = [
            find_live("trytond-admin"),
            "-c",
            conf,
            "-d",
            _DATABASE,
            "--email",
            "admin@globex.example",
        ]
        self._run([*admin, "-u", *_MODULES, "--activate-dependencies"])
        key, password = secrets.token_hex(32), secrets.token_urlsafe(16)
        told = self._run([find_live("python"), "-W", "ignore", _COMPANY, conf, _DATABASE, key, password])
        (self.folder / "told.json").write_text(json.dumps(json.loads(told) | {"key": key, "password": password}))

    def _environment(self) -> dict[str, str]:
        file = self.folder / "password"
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(16))
        return super()._environment() | {"TRYTONPASSFILE": str(file)}


def template() -> Path:
    """The folder with a filled database, made where it is not there yet; other processes wait for it."""
    home = find_tryton().parent.parent / "tryton"
    home.mkdir(exist_ok=True)
    marks = [
        _COMPANY.read_bytes(),
        *(str(one).encode() for one in sorted(find_tryton().parent.parent.rglob("trytond*.dist-info"))),
    ]
    made = home / hashlib.sha256(b"\n".join(marks)).hexdigest()[:16]
    with (home / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not made.exists():
            part = made.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _Template(part)._make()
            part.rename(made)
    return made


def _configuration(folder: Path, port: int) -> Path:
    path = folder / "trytond.conf"
    path.write_text(_CONF.format(folder=folder, loopback=LOOPBACK, port=port))
    return path


def find_tryton() -> Path:
    """The server, in the live environment."""
    return find_live("trytond")
