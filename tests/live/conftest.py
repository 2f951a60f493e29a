"""The project of docs/examples/order-to-tryton in a folder of its own, between systems that are not ours."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.serving import Front

from crossdock.testing.servers.live_fixtures import mock_edi, mock_sap, prism, tryton
from crossdock.testing.servers.server import free_port
from crossdock.testing.servers.sshd import SftpPlace, SshdAddress
from crossdock.testing.servers.tryton import Tryton

__all__ = ["mock_edi", "mock_sap", "prism", "tryton"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/examples/order-to-tryton"
#: What the example takes from the pack that ``crossdock init`` lays down.
PACK = (
    "mappings/x12-850-to-order.yaml",
    "mappings/x12/shipment-to-x12-856.yaml",
    "mappings/x12/invoice-to-x12-810.yaml",
)


class Globex(Front):
    """Globex: its routes, its customer ACME on an SFTP server, its ERP."""

    def __init__(self, folder: Path, erp: Tryton, place: SftpPlace, login: SshdAddress) -> None:
        self.process = None
        globex = folder / "globex"
        shutil.copytree(EXAMPLE, globex)
        for name in PACK:
            (globex / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / name, globex / name)
        shutil.copytree(ROOT / "mappings/tables", globex / "mappings/tables", dirs_exist_ok=True)
        self.folder, self.place, self.erp = globex, place, erp
        self.port = free_port()
        self._acme(login)
        address = erp.address
        numbers = {"company": address.company, "warehouse": address.warehouse, "USD": address.currency}
        table = "".join(f"{name},{number}\n" for name, number in numbers.items())
        (self.folder / "mappings/tables/tryton.csv").write_text(f"name,id\n{table}")
        self.secret("tryton_key", address.key)
        self.secret("tryton_password", address.password)
        self.secret("acme_key", login.keys["ed25519"])
        self.environment = {
            "LISTEN": f"127.0.0.1:{self.port}",
            "POLL": "300ms",
            "TRYTON_URL": address.url,
            "TRYTON_CONTEXT": address.context,
            "ACME_PORT": str(login.port),
            "ACME_USER": login.user,
            "ACME_HOST_KEY": login.host_keys["ed25519"],
            "ACME_FOLDER": place.remote,
        }

    def _acme(self, login: SshdAddress) -> None:
        owner = self.place.local.stat()
        for name in ("in", "out"):
            (self.place.local / name).mkdir()
            os.chown(self.place.local / name, owner.st_uid, owner.st_gid)

    def secret(self, name: str, text: str) -> None:
        secrets = self.folder / "secrets"
        secrets.mkdir(mode=0o700, exist_ok=True)
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text(text)

    def go(self, **environment: str) -> None:
        """Run, and answer over HTTP."""
        self.serve(**self.environment, **environment)

    def through(self, port: int) -> dict[str, str]:
        """The environment with another way to Tryton."""
        url = self.environment["TRYTON_URL"].replace(f":{self.erp.port}/", f":{port}/")
        return self.environment | {"TRYTON_URL": url}

    def put(self, name: str, text: str) -> None:
        """ACME puts a file out for us."""
        part = self.place.local / "out" / f".{name}"
        part.write_text(text)
        part.rename(self.place.local / "out" / name)

    def sent(self, kind: str) -> list[str]:
        """What ACME was sent of a kind, each interchange as text."""
        files = sorted(file for file in (self.place.local / "in").iterdir() if not file.name.startswith("."))
        return [text for text in (file.read_text() for file in files) if f"ST*{kind}*" in text]

    def sales(self, reference: str) -> list[dict[str, object]]:
        """The sales of Tryton with the number of an order."""
        found = self.erp.address.search("sale.sale", [["reference", "=", reference]], "state", "total_amount", "number")
        return [dict(one) for one in found]

    def parts_of(self, sale: int, kind: str) -> list[int]:
        """The numbers of a sale's shipments or invoices."""
        found = self.erp.address.rest("GET", f"sale.sale/{sale}?f={kind}.id")
        parts = found[kind] if isinstance(found, dict) else None
        return (
            [int(str(part["id"])) for part in parts or [] if isinstance(part, dict)] if isinstance(parts, list) else []
        )


@pytest.fixture
def globex(tmp_path: Path, tryton: Tryton, sshd: SshdAddress) -> Iterator[Globex]:
    made = Globex(tmp_path, tryton, sshd.fresh(), sshd)
    yield made
    made.end()


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for what other processes do; at most so many seconds."""

    def wait(condition: Callable[[], bool], seconds: float = 150) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.1)

    return wait
