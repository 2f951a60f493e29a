"""The files that are compared: those that are deployed, those in a folder, those of a revision."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import ConfigError, Finding, Place
from crossdock.journal.notebook import Notebook
from crossdock.route.files import SETTINGS
from crossdock.runtime.changing import ENDINGS, FOLDERS
from crossdock.runtime.deployed import deployed, kept
from crossdock.yaml_source import load

_PATIENCE = 60.0  # seconds for git
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a project by path, and where they are from."""

    texts: Mapping[str, str]
    source: str
    at: float | None = None  # when they were deployed, Unix seconds


def kind_of(path: str) -> str | None:
    """What a file is to a project; None for one that it does not read."""
    folder, ending = path.partition("/")[0], Path(path).suffix
    if path == SETTINGS:
        return "settings"
    if path.endswith(".py"):
        return "plug-in"
    if folder == "mappings" and ending in {".csv", ".txt"}:
        return "table" if path.startswith("mappings/tables/") else "dictionary"
    if folder == "mappings":
        return "layout" if path.startswith("mappings/layouts/") else "mapping"
    return {"routes": "route", "partners": "partner", "presets": "preset"}.get(folder) if ending in _YAML else None


def in_folder(root: Path) -> Files:
    """The files of the project in a folder. Raises ``ConfigError`` where there is none."""
    if not (root / SETTINGS).is_file():
        raise ConfigError(
            "P110", f"{root} is not a project: it has no {SETTINGS}", hint="'crossdock init DIR' makes one"
        )
    found = {path: _text(root, path) for path in _paths(root)}
    plugins = [name for name in _plugins(found[SETTINGS]) if (root / name).is_file()]
    found |= {name: _text(root, name) for name in plugins}
    return Files(_read(found), str(root))


def _text(root: Path, path: str) -> str:
    """What stands in a file. Raises ``ConfigError`` where it is a pipe, a link to nothing, or may not be read."""
    why = "not a regular file"
    try:
        if (root / path).is_file():
            return kept((root / path).read_bytes())
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    raise ConfigError.of([Finding(code="P103", message=why, place=Place(file=path, line=1, column=1))])


def that_run(journal: Notebook) -> Files | None:
    """The files that are deployed; None where nothing is."""
    last = deployed(journal)
    return None if last is None else Files(_read(last.files), f"deployed by {last.host}", last.at)


def of_revision(root: Path, revision: str) -> Files:
    """The files as git has them in a revision. Raises ``ConfigError`` R484 where git does not."""
    command = ["git", "-C", str(root), "archive", "--format=tar", revision, "--", "."]
    hint = "a branch, tag or commit of the repository that the project is in"
    if revision.startswith("-"):  # an option, for git
        raise ConfigError("R484", f"'{revision}' is no revision of git", hint=hint)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", b"") or str(error).encode()
        why = told.decode("utf-8", "replace").strip().partition("\n")[0]
        raise ConfigError("R484", f"git does not give the files of '{revision}': {why}", hint=hint) from error
    found: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            data = archive.extractfile(member) if member.isfile() else None
            if data is not None:
                found[member.name] = kept(data.read())
    plugins = set(_plugins(found.get(SETTINGS, "")))
    texts = {path: text for path, text in found.items() if not path.endswith(".py") or path in plugins}
    return Files(_read(texts), f"revision {revision}")


def _read(found: Mapping[str, str]) -> dict[str, str]:
    hidden = {path for path in found if any(part.startswith(".") for part in path.split("/"))}
    return {path: text for path, text in found.items() if kind_of(path) is not None and path not in hidden}


def _paths(root: Path) -> Iterator[str]:
    yield SETTINGS
    for folder in FOLDERS:
        for place, _, names in os.walk(root / folder):
            within = Path(place).relative_to(root)
            yield from (str(within / name) for name in names if name.endswith(ENDINGS))


def _plugins(settings: str) -> Iterable[str]:
    try:
        value = load(settings.encode(), SETTINGS).value
    except ConfigError:
        return []  # told where the file itself is compared
    listed = value.get("plugins") if isinstance(value, dict) else None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
