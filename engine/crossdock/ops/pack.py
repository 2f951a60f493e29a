"""The distributor pack: the project that ships with crossdock, and what ``init`` copies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import crossdock
from crossdock.errors import ConfigError, Finding

#: What of the pack's root belongs to it. In a checkout the pack is the repository itself.
PARTS = ("crossdock.yaml", "routes", "mappings", "partners", "samples")

#: Samples that are put where a source looks for them: (folder, place in the new project, which files).
DROPS = (
    ("samples/x12", "inbox/orders", "*.edi"),
    ("samples/warehouse", "inbox/stock", "*.csv"),
)

#: Folders that the pack's sources watch and nothing is put into: partners, and the ERP, write there.
WATCHED = (
    *(
        f"inbox/{sender}"
        for sender in ("partners", "sap", "cxml", "ubl", "mainframe", "shop", "picking", "replenishment")
    ),
    *(f"erp/out/{place}" for place in ("sales", "invoices", "purchasing", "sap", "cxml", "ubl")),
)


def pack_root() -> Path:
    """Where the pack lies: inside the installed package, or at the root of a checkout."""
    package = Path(crossdock.__file__).parent
    installed = package / "pack"
    return installed if installed.is_dir() else package.parent.parent


def copy_pack(folder: Path) -> int:
    """Copy the pack to ``folder``; the number of files. Raises ``ConfigError`` where something is in the way."""
    root = pack_root()
    if (folder / "crossdock.yaml").exists():
        message = f"{folder} is a crossdock project already"
        raise ConfigError.of([Finding(code="P201", message=message, hint="choose another folder")])
    copies = list(_copies(root, folder))
    taken = [target for _, target in copies if target.exists()]
    if taken:
        findings = [Finding(code="P202", message=f"{one} exists already", hint="nothing was copied") for one in taken]
        raise ConfigError.of(findings)
    if not copies:
        message = f"there is no distributor pack in {root}"
        raise ConfigError.of([Finding(code="P203", message=message, hint="install crossdock again")])
    for source, target in copies:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for place in WATCHED:
        (folder / place).mkdir(parents=True, exist_ok=True)
    return len(copies)


def _copies(root: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Every file of the pack and where it goes; samples also into the folders that the routes watch."""
    for part in PARTS:
        for file in _files(root / part):
            yield file, folder / file.relative_to(root)
    for sample, place, pattern in DROPS:
        for file in sorted((root / sample).glob(pattern)):
            yield file, folder / place / file.name


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith("."))
