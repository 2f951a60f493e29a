"""How fast the connector sftp is beside OpenSSH's own client: ``python benchmarks/sftp.py``, as root or not.

Both talk to one private OpenSSH server, one after the other, over and over; medians are compared. What the connector
does is more: it looks whether a name is free, flushes, proves and renames every upload, and looks twice at every file
it takes.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crossdock.connector import Done, Parcel, Staged, Surroundings, Verdict
from crossdock.connector.remote.sink import RemoteSink
from crossdock.connector.remote.source import RemoteSource
from crossdock.connector.remote.spool import Spooled
from crossdock.testing.servers.sshd import SftpPlace, Sshd, SshdAddress
from crossdock_connectors.sftp import SinkOptions, SourceOptions
from crossdock_connectors.sftp.shared import sessions_of

ROUNDS = 3
SHAPES = {"200 x 1 MB": (200, 1_000_000), "1 x 200 MB": (1, 200_000_000)}


@dataclass(frozen=True)
class Ground:
    """A server, a folder of ours, and what is to be carried."""

    server: SshdAddress
    root: Path
    count: int
    size: int

    def files(self) -> list[Path]:
        """What is carried, made the first time."""
        folder = self.root / f"{self.count}x{self.size}"
        if not folder.exists():
            folder.mkdir()
            for number in range(self.count):
                seed = f"{number}".encode()
                (folder / f"{number:04}.edi").write_bytes(hashlib.shake_256(seed).digest(self.size))
        return sorted(folder.iterdir())


def openssh(ground: Ground, *commands: str) -> float:
    """Seconds of OpenSSH's ``sftp``, its login too."""
    key = ground.root / "key"
    key.write_text(ground.server.keys["ed25519"])
    key.chmod(0o600)
    quiet = ["-q", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"]
    begun = time.monotonic()
    subprocess.run(
        ["sftp", *quiet, "-i", str(key), "-P", str(ground.server.port), "-b", "-", f"{ground.server.user}@127.0.0.1"],  # noqa: S607 - OpenSSH's own
        input="\n".join(commands),
        text=True,
        check=True,
        capture_output=True,
    )
    return time.monotonic() - begun


def around(ground: Ground) -> Surroundings:
    """Where the connector finds itself."""
    return Surroundings(root=ground.root, name="benchmark/sftp", now=lambda: datetime.now(UTC))


def uploads(ground: Ground, place: SftpPlace) -> float:
    """Seconds of the sink: upload, flush, prove, rename; its login too."""
    options = SinkOptions.model_validate(
        ground.server.options(path=place.remote, name="{$header.file.name}", rest="0s", stall="60s")
    )
    parcels = [
        Parcel(
            key=path.stem,
            message="019a9f3c-5c00-7000-8000-000000000001",
            payload=Spooled(path, ground.size),
            headers={"file.name": path.name},
        )
        for path in ground.files()
    ]
    begun = time.monotonic()
    sink = RemoteSink(options, around(ground), sessions_of(options), options.endpoint)
    staged = [one for one in sink.stage(parcels) if isinstance(one, Staged)]
    done = [one for one in sink.finish(staged) if isinstance(one, Done)]
    taken = time.monotonic() - begun
    sink.close()
    if len(done) != ground.count:
        sys.exit("not everything was delivered")
    return taken


def downloads(ground: Ground, place: SftpPlace) -> float:
    """Seconds of the source: list, fetch, hash, compare, archive; its login too."""
    options = SourceOptions.model_validate(
        ground.server.options(path=place.remote, ready="rename", rest="0s", stall="60s")
    )
    begun = time.monotonic()
    source = RemoteSource(options, around(ground), sessions_of(options), options.endpoint)
    count = 0
    while count < ground.count:
        for arrival in source.poll():
            source.settle(arrival, Verdict.ACCEPTED)
            count += 1
    taken = time.monotonic() - begun
    source.close()
    return taken


def measured(theirs: Callable[[], float], ours: Callable[[], float]) -> tuple[float, float]:
    """Medians of both, taken in turns."""
    pairs = [(theirs(), ours()) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in pairs), statistics.median(one for _, one in pairs)


def emptied(place: SftpPlace) -> SftpPlace:
    """The folder with nothing in it."""
    subprocess.run(["sh", "-c", f"rm -rf {place.local}/* {place.local}/.[a-z0-9]*"], check=True)  # noqa: S607 - a folder of ours
    return place


def filled(ground: Ground, place: SftpPlace) -> SftpPlace:
    """The folder with all that is to be fetched."""
    emptied(place)
    subprocess.run(["sh", "-c", f"cp -p {ground.files()[0].parent}/* {place.local}/"], check=True)  # noqa: S607 - as above
    subprocess.run(["chown", "-R", f"--reference={place.local}", str(place.local)], check=True)  # noqa: S607 - as above
    return place


def main() -> None:
    """Measure each shape both ways, and print a table."""
    print(f"{'':22}{'OpenSSH':>12}{'crossdock':>12}{'ratio':>8}")  # noqa: T201 - it talks to a person
    with Sshd() as server, tempfile.TemporaryDirectory() as folder:
        for shape, (count, size) in SHAPES.items():
            ground = Ground(server.address, Path(folder), count, size)
            place = server.address.fresh()
            source, back = ground.files()[0].parent, Path(folder) / "back"
            back.mkdir(exist_ok=True)
            up = measured(
                lambda g=ground, p=place, s=source: openssh(g, f"cd {emptied(p).remote}", f"put {s}/*"),  # type: ignore[misc]  # defaults bind
                lambda g=ground, p=place: uploads(g, emptied(p)),  # type: ignore[misc]  # defaults bind
            )
            down = measured(
                lambda g=ground, p=place, b=back: openssh(g, f"cd {filled(g, p).remote}", f"get *.edi {b}/"),  # type: ignore[misc]  # defaults bind
                lambda g=ground, p=place: downloads(g, filled(g, p)),  # type: ignore[misc]  # defaults bind
            )
            emptied(place)
            for way, (theirs, ours) in (("up", up), ("down", down)):
                total = count * size / 1e6
                row = (
                    f"{shape + ', ' + way:22}{total / theirs:>7.0f} MB/s{total / ours:>7.0f} MB/s{theirs / ours:>8.2f}"
                )
                print(row, flush=True)  # noqa: T201 - it talks to a person


if __name__ == "__main__":
    main()
