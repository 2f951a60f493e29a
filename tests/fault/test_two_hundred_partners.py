"""Two hundred partners over SFTP polled by one process, one of them behind a line that swallows everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fault.bystander import Bystander
from tests.flow.conftest import Project

from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.sshd import SftpPlace, SshdAddress

Wait = Callable[..., None]

PARTNERS = 200
EVERY = 5.0  # seconds between polls of one partner
LATE = 8.0  # seconds that a busy machine may add; whoever waited for the black hole would wait for longer
ROUTE = """\
from:
  sftp: {{host: 127.0.0.1, port: {port}, user: {user}, key: "${{secret:KEY}}", host_key: "{host_key}", path: {path},
         ready: rename, every: {every}s, connect: 30s, stall: {stall}ms}}
to:
  - file: {{path: out, name: "{name}-{{$id}}.txt"}}
"""


@dataclass
class Partners:
    """One server plays them all; to the engine each is a server of its own, with a login of its own."""

    project: Project
    places: list[SftpPlace]

    def drop(self, which: range) -> dict[int, float]:
        """A file of each, and when it was there."""
        moments = {}
        for number in which:
            hidden = self.places[number].local / ".order.txt"
            hidden.write_text(f"partner {number}")
            hidden.chmod(0o666)
            hidden.rename(self.places[number].local / f"{time.monotonic_ns()}.txt")
            moments[number] = time.time()
        return moments

    def arrived(self) -> dict[int, list[float]]:
        """When what came from each was delivered."""
        found: dict[int, list[float]] = {}
        for path in (self.project.folder / "out").glob("*.txt"):
            found.setdefault(int(path.name.partition("-")[0].removeprefix("p")), []).append(path.stat().st_mtime)
        return found


@pytest.fixture
def hole(sshd: SshdAddress) -> Iterator[TcpProxy]:
    with TcpProxy(sshd.port) as proxy:
        proxy.black_hole()
        yield proxy


@pytest.fixture
def partners(tmp_path: Path, sshd: SshdAddress, hole: TcpProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Partners]:
    monkeypatch.setenv("CROSSDOCK_SECRET_KEY", sshd.keys["ed25519"])
    project = Project(tmp_path)
    places = [sshd.fresh() for _ in range(PARTNERS)]
    project.write("limits: {disk_free: 0B}\n")
    for number, place in enumerate(places):
        route = ROUTE.format(
            name=f"p{number}",
            port=sshd.port if number else hole.port,
            user=sshd.user,
            host_key=sshd.host_keys["ed25519"],
            path=place.remote,
            every=EVERY,
            stall=20_000 + number,
        )
        (project.folder / "routes" / f"p{number}.yaml").write_text(route)
    yield Partners(project, places)
    project.end()


def test_the_others_are_on_time_and_it_goes_on_when_it_is_back(
    partners: Partners, hole: TcpProxy, wait_until: Wait
) -> None:
    others, everybody = range(1, PARTNERS), range(PARTNERS)
    partners.drop(everybody)
    partners.project.start("--workers", "1")
    wait_until(lambda: len(partners.arrived()) == len(others))
    with Bystander() as bystander:
        dropped = partners.drop(others)
        wait_until(lambda: all(len(moments) == 2 for moments in partners.arrived().values()))
    late = [max(moments) - dropped[number] - EVERY for number, moments in partners.arrived().items()]
    assert max(late) < LATE * bystander.slowness
    assert 0 not in partners.arrived()
    hole.heal()
    wait_until(lambda: 0 in partners.arrived())
