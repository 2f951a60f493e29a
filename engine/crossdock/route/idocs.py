"""What a project describes of IDocs: its files ``mappings/idoc/*.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crossdock.route.files import ProjectFile

if TYPE_CHECKING:
    from crossdock.codecs.idoc.model import Described

FOLDER = "mappings/idoc"


def read_described(file: ProjectFile) -> Described:
    """What one file describes; it may extend types that we describe. Raises ``ConfigError`` with every mistake."""
    from crossdock.codecs.idoc.described import shipped
    from crossdock.codecs.idoc.notation import read_file

    known = {name: node for each in shipped() for name, node in each.types.items()}
    return read_file(file.data, file.path, known)
