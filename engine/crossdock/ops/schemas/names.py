"""The names a project has given: what an editor proposes where a mapping, a table, a topic is called for.

They are proposals and no more: a name may be written before the thing is made, and whether there is such a thing is
what ``crossdock check`` tells. They are read off the folder and off the text of its files, so that a project with
mistakes in it has them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.ops.edi_standards import STANDARDS
from crossdock.ops.schemas.authored import Schema
from crossdock.partner.preflight.library import RULES
from crossdock.route.dictionaries import FOLDER as EDI
from crossdock.route.files import Folder
from crossdock.route.idocs import FOLDER as IDOC
from crossdock.route.partners.known import FOLDER as PARTNERS
from crossdock.route.resources import LAYOUTS, STYLESHEETS, TABLES
from crossdock.route.topic import is_topic

YAML = (".yaml", ".yml")
#: Where a topic stands: behind one of these keys, alone or in a list.
_TOPIC = re.compile(r"(?<![\w-])(?:topic|test_topic|tap|on): *(\[[^\]\n]*\]|\"[^\"\n]*\"|[\w.-]+)")
_WORD = re.compile(r"[\w.-]+")

Names: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Project:
    folder: Folder

    def stems(self, folder: str, *endings: str, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        return tuple(sorted(self.folder.named(folder, *endings, without=without)))

    def topics(self) -> Iterator[str]:
        for folder in ("routes", PARTNERS):
            for file in self.folder.named(folder, *YAML).values():
                for found in _TOPIC.finditer(file.data.decode("utf-8", "replace")):
                    yield from (word for word in _WORD.findall(found[1]) if is_topic(word) and "." in word)

    def secrets(self, folder: str) -> Iterator[str]:
        for path in sorted((self.folder.root / folder).glob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield f"${{secret:{path.name}}}"


def names_of(root: Path | None, secrets: str = "secrets") -> Names:
    """The names by what they are names of; without a project only those that every project has."""
    forms = [*CONTRACTS, *(f"{name}/{number}" for name, one in STANDARDS.items() for number in one.sets)]
    every = {
        "form": tuple(forms),
        "mapping": (),
        "table": (),
        "layout": (),
        "route": (),
        "partner": (),
        "topic": (),
        "sample": (),
        "secret": (),
    }
    if root is None:
        return every
    project = _Project(Folder(root, []))
    return every | {
        "mapping": project.stems("mappings", *YAML, *STYLESHEETS, without=(LAYOUTS, TABLES, EDI, IDOC)),
        "table": project.stems(TABLES, ".csv"),
        "layout": project.stems(LAYOUTS, *YAML),
        "route": project.stems("routes", *YAML),
        "partner": project.stems(PARTNERS, *YAML),
        "topic": tuple(sorted(set(project.topics()))),
        "sample": tuple(sorted(project.folder.samples())),
        "secret": tuple(project.secrets(secrets)),
    }


def proposed(names: Iterable[str]) -> Schema:
    """Any text, with these as proposals."""
    listed = list(names)
    return {"anyOf": [{"enum": listed}, {"type": "string"}]} if listed else {"type": "string"}


def definitions(names: Names) -> dict[str, Schema]:
    """What schemas refer to by these names."""
    return {kind: proposed(listed) for kind, listed in names.items()}


#: Names that no project can add to.
PREFLIGHT = tuple(RULES)
