"""The EDI dictionaries of a project: the standards, and the versions that ``mappings/edi/*.txt`` describe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from crossdock.errors import Finding, Place
from crossdock.route.files import ProjectFile

if TYPE_CHECKING:
    from crossdock.codecs.edi.dictionary import Dictionary
    from crossdock.codecs.edi.local import Local
    from crossdock.codecs.edi.standard import Standard

FOLDER = "mappings/edi"
STANDARDS = ("X12", "EDIFACT")

#: Standard -> version -> what the project says of it.
LocalVersions = Mapping[str, Mapping[str, "Local"]]


def standards() -> Mapping[str, Standard]:
    """The standards by name. A project without EDI does not wait for their tables."""
    from crossdock.codecs.edifact.standard import EDIFACT
    from crossdock.codecs.x12.standard import X12

    return {standard.name: standard for standard in (X12, EDIFACT)}


def read_local(file: ProjectFile) -> list[Local]:
    """The versions one file describes. Raises ``ConfigError`` with every mistake."""
    from crossdock.codecs.edi.local import read_locals

    return read_locals(file.data, file.path, standards())


def gathered(files: Iterable[list[Local]], tell: Callable[[Finding], None]) -> LocalVersions:
    """The versions of all files; a version that two describe is told."""
    found: dict[str, dict[str, Local]] = {name: {} for name in STANDARDS}
    for local in (one for described in files for one in described):
        first = found[local.standard].setdefault(local.name, local)
        if first is not local:
            message = f"{local.standard} version {local.name} is described in {first.file} already"
            place = Place(file=local.file, line=1, column=1)
            tell(Finding(code="D105", message=message, place=place, hint="a version has one file"))
    return found


def dictionaries(local: LocalVersions) -> dict[str, Dictionary]:
    """The dictionary of each standard, by its name."""
    from crossdock.codecs.edi.dictionary import Dictionary

    return {name: Dictionary(standard, local.get(name, {})) for name, standard in standards().items()}
