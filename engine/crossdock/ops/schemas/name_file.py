"""The file of a project's names, which its schemas refer to: written anew in a moment, whenever a name was added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crossdock.ops.schemas.names import Names, definitions, names_of

FOLDER: Final = ".crossdock/schemas"
NAMES: Final = "names.json"
DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def write_names(root: Path, names: Names) -> bool:
    """Write the names of the project at ``root``; whether any has changed."""
    return write(root / FOLDER / NAMES, {"$schema": DRAFT, "definitions": definitions(names)})


def refresh_names(root: Path) -> bool:
    """Write the names anew where the project has schemas; whether any has changed."""
    try:
        return (root / FOLDER / NAMES).is_file() and write_names(root, names_of(root))
    except OSError:  # a folder that cannot be written to: nothing but proposals is the older for it
        return False


def write(file: Path, made: Mapping[str, object]) -> bool:
    """Write a schema, whole or not at all; whether it is another one than before."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), default=float) + "\n"
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return True
