"""The files of a draft, and putting them into a folder: nothing that exists is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.errors import ConfigError, Finding

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\Z")
SETTINGS = "crossdock.yaml"


@dataclass(slots=True)
class Draft:
    """Files by their path in the project, and what a person has to know of them.

    ``kept`` are files that may be there already and then stay as they are (tables of codes). ``guessed`` and
    ``undecided`` name fields; ``notes`` is what else there is to say.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def with_settings(self, more: str = "") -> Draft:
        """A folder is a project once it has its settings: an empty folder gets them."""
        self.kept[SETTINGS] = f"# The settings of this project; everything has a default.\n{more}".encode()
        return self


def checked_name(name: str, what: str) -> str:
    """The name of a new file. Raises ``ConfigError`` where it could leave its folder, or be no name in YAML."""
    if not _NAME.match(name):
        hint = "letters, digits, '-' and '_', and no folders: acme-850-to-order"
        raise refusal("G130", f"{name[:80]!r} is no name for a {what}", hint)
    return name


def refusal(code: str, message: str, hint: str | None = None) -> ConfigError:
    """One finding as an error."""
    return ConfigError.of([Finding(code=code, message=message, hint=hint)])


def write(root: Path, draft: Draft) -> list[str]:
    """Write the files; their paths.

    Raises ``ConfigError`` where one is in the way, and then writes none; or where the disk refuses.
    """
    refuse_taken(root, draft.files)
    new = {path: data for path, data in draft.kept.items() if not (root / path).exists()}
    for path, data in (*new.items(), *draft.files.items()):
        try:
            _write(root / path, data)
        except OSError as error:
            hint = "look at the folder and its rights; what was written before this file is there"
            raise refusal("G136", f"{path} cannot be written: {error.strerror}", hint) from error
    return [*new, *draft.files]


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.write(data)


def refuse_taken(root: Path, paths: Iterable[str]) -> None:
    """Raise ``ConfigError`` where a file is in the way."""
    taken = list(_taken(root, paths))
    if taken:
        raise ConfigError.of(taken)


def _taken(root: Path, paths: Iterable[str]) -> Iterator[Finding]:
    for path in paths:
        if (root / path).exists() or (root / path).is_symlink():
            yield Finding(
                code="G131", message=f"{path} exists already", hint="nothing was written: choose another name"
            )
