"""What tells an editor which schema a file has: settings of the project, or a modeline in each file.

Settings say it once for all files, by folder, and those that are made later have it as well; modelines are for editors
that read no settings of a project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from crossdock.ops.schemas.documents import KINDS
from crossdock.ops.schemas.name_file import FOLDER

SETTINGS: Final = ".vscode/settings.json"
EXTENSIONS: Final = ".vscode/extensions.json"
MARK: Final = "# yaml-language-server: $schema="
_EXTENSION = "redhat.vscode-yaml"
_BOM = "\ufeff"


def associations() -> dict[str, list[str]]:
    """``yaml.schemas``: which files have which schema."""
    return {f"./{FOLDER}/{name}.json": [*one.globs, *_not_these(name)] for name, one in KINDS.items()}


#: Folders of one kind that another kind's pattern would reach into: patterns hold at any depth.
_APART = {"mapping": "mappings/layouts/**", "preset": "mappings/**"}


def _not_these(kind: str) -> list[str]:
    return [f"!{_APART[kind]}"] if kind in _APART else []


def write_settings(root: Path) -> list[str]:
    """Write the settings of VS Code and its kin where there are none; the paths of what was written."""
    files = {SETTINGS: {"yaml.schemas": associations()}, EXTENSIONS: {"recommendations": [_EXTENSION]}}
    written = []
    for name, value in files.items():
        file = root / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
            written.append(name)
    return written


def modeline(kind: str, path: str) -> str:
    """The comment with which a file at ``path`` in the project (with ``/``) says which schema it has."""
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    return f"{MARK}{up}{FOLDER}/{kind}.json"


def write_modelines(root: Path) -> list[str]:
    """Put the modeline first in every file of the project that has none; the paths of those that were changed."""
    written = []
    for kind, path in kinds_of_files(root):
        text = (root / path).read_bytes().decode("utf-8", "surrogateescape").removeprefix(_BOM)
        first, _, rest = text.partition("\n")
        body = rest if first.startswith(MARK) else text
        whole = f"{modeline(kind, path)}\n{body}"
        if whole != text:
            (root / path).write_bytes(whole.encode("utf-8", "surrogateescape"))
            written.append(path)
    return written


def kinds_of_files(root: Path) -> Iterator[tuple[str, str]]:
    """Every file that has a schema: its kind, and its path in the project."""
    layouts = {path.relative_to(root).as_posix() for glob in KINDS["layout"].globs for path in root.glob(glob)}
    for name, kind in KINDS.items():
        found = {path.relative_to(root).as_posix() for glob in kind.globs for path in root.glob(glob)}
        yield from ((name, path) for path in sorted(found if name == "layout" else found - layouts))
