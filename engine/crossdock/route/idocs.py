"""What a project describes of IDocs: its files ``mappings/idoc/*.txt``."""

from __future__ import annotations

from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Described
from crossdock.codecs.idoc.notation import read_file
from crossdock.route.files import ProjectFile

FOLDER = "mappings/idoc"


def read_described(file: ProjectFile) -> Described:
    """What one file describes; it may extend types that we describe. Raises ``ConfigError`` with every mistake."""
    known = {name: node for each in shipped() for name, node in each.types.items()}
    return read_file(file.data, file.path, known)
