"""The distributor pack: the project that ships with crossdock, and what ``init`` copies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import crossdock
from crossdock.errors import ConfigError, Finding

#: What of the pack's root belongs to it. In a checkout the pack is the repository itself.
PARTS = ("crossdock.yaml", "routes", "mappings", "partners", "samples")

#: Samples that are put where a source looks for them: (sample, place in the new project).
DROPS = (
    ("samples/x12", "inbox/orders", "*.edi"),
    ("samples/warehouse", "inbox/stock", "*.csv"),
)


def pack_root() -> Path:
    """Where the pack lies: inside the installed package, or at the root of a checkout."""
    package = Path(crossdock.__file__).parent
    installed = package / "pack"
    return installed if installed.is_dir() else package.parent.parent


def copy_pack(folder: Path) -> int:
    """Copy the pack to ``folder``; the number of files. Raises ``ConfigError`` where something is in the way."""
    root = pack_root()
    files = [file.relative_to(root) for part in PARTS for file in _files(root / part)]
    if (folder / "crossdock.yaml").exists():
        message = f"{folder} is a crossdock project already"
        raise ConfigError.of([Finding(code="P201", message=message, hint="choose another folder")])
    pairs = [(root / file, folder / file) for file in files]
    for sample, place, pattern in DROPS:
        pairs += [(file, folder / place / file.name) for file in sorted((root / sample).glob(pattern))]
    for source, target in pairs:
        if target.exists():
            raise ConfigError.of([Finding(code="P202", message=f"{target} exists already", hint="nothing was copied")])
    for source, target in pairs:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(pairs)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())
