"""What a journal that was moved says of the new one: where it is, and nothing that logs in there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from crossdock.cli.move import place_of
from crossdock.route.load import LoadedProject
from crossdock.route.partners.known import Partners
from crossdock.route.project import Project
from crossdock.runtime.engine import Engine


@pytest.mark.parametrize(
    ("journal", "shown"),
    [
        (".crossdock/journal.db", ".crossdock/journal.db"),
        ("postgresql://u:hunter2@db/edi?schema=acme&password=hunter2", "postgresql://db:5432/edi?schema=acme"),
    ],
)
def test_a_journal_isplace_of_without_its_password(tmp_path: Path, journal: str, shown: str) -> None:
    settings = Project().model_copy(update={"journal": SecretStr(journal)})
    project = LoadedProject(
        root=tmp_path, settings=settings, routes={}, mappings={}, tables={}, partners=Partners(), warnings=()
    )
    assert place_of(Engine(project, {})) == shown
