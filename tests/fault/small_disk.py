"""A small disk of its own for a folder, which no run leaves behind: what a killed one left is let go of by the next."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crossdock.testing.servers.tree import alive

_NAME = "crossdock-disk-"  # and the process that mounted it


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """The folder on a tmpfs of so many bytes, while the context lasts."""
    _release_left()
    folder.mkdir()
    name = f"{_NAME}{os.getpid()}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", name, folder], check=True)  # noqa: S607 - of the system
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607 - as above


def _release_left() -> None:
    """Unmount the disks of processes that are gone."""
    for line in Path("/proc/mounts").read_text().splitlines():
        name, folder, *_ = line.split(" ")
        if name.startswith(_NAME) and not alive(int(name.removeprefix(_NAME))):
            place = folder.encode().decode("unicode_escape")  # fstab(5): \040 for a blank
            subprocess.run(["umount", "--lazy", place], check=False)  # noqa: S607 - another run may be quicker
