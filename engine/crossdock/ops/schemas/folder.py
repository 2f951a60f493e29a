"""The schemas of a project, where its editor finds them: one file for each kind, and one with the project's names.

The names change with every file that is added, everything else only with crossdock and its plug-ins: so the names are
in a file of their own, which the others refer to.
"""

from __future__ import annotations

from pathlib import Path

from crossdock.ops.schemas.authored import Schema
from crossdock.ops.schemas.documents import KINDS, schemas
from crossdock.ops.schemas.language import Language
from crossdock.ops.schemas.name_file import FOLDER, NAMES, write, write_names
from crossdock.ops.schemas.names import Names, definitions, names_of


def standing_alone(kind: str, language: Language, names: Names) -> Schema:
    """A schema with everything in it."""
    return schemas([KINDS[kind]], language, definitions(names))[kind]


def write_schemas(root: Path, language: Language) -> list[str]:
    """Write the schemas of the project at ``root``; their names. Nobody commits them: each engine writes its own."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    names = names_of(root)
    elsewhere = {name: {"$ref": f"{NAMES}#/definitions/{name}"} for name in names}
    for kind, made in schemas(KINDS.values(), language, elsewhere).items():
        write(folder / f"{kind}.json", made)
    write_names(root, names)
    return [*(f"{kind}.json" for kind in KINDS), NAMES]
