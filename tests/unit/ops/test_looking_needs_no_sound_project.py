from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.main import crossdock
from crossdock.ops.pack import copy_pack

LOOKS = [
    ["status"],
    ["trace", "GX-88120"],
    ["audit"],
    ["dead", "list"],
    ["hold", "list"],
    ["notes", "list"],
    ["breaker", "list"],
    ["keys", "list"],
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack with a mistake in a route, in a case, in a mapping."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    copy_pack(folder)
    (folder / "routes" / "bad.yaml").write_text("from: {fil: {path: x}}\nto:\n  - topic: order.received\n")
    route = folder / "routes" / "orders-in.yaml"
    route.write_text(route.read_text().replace("cases:", "cases:\n  - {given: samples/nothing.edi, expect_eror: X101}"))
    mapping = folder / "mappings" / "x12-850-to-order.yaml"
    mapping.write_text(mapping.read_text().replace("number: BEG.BEG03", "number: BEG.BEG03 ||", 1))
    return folder


@pytest.mark.parametrize("words", LOOKS, ids=lambda words: words[0])
def test_mistakes_in_files_do_not_hide_what_the_journal_holds(broken: Path, words: list[str]) -> None:
    told = CliRunner().invoke(crossdock, [*words, "--project", str(broken)])
    assert told.exit_code == (1 if words[0] == "trace" else 0), "nothing is known of an order that never came"
    assert "see crossdock check" in told.stderr
    assert words[0] != "trace" or "crossdock dead list" in told.stderr, "it says where to look next"


def test_who_changes_something_is_told_of_every_mistake(broken: Path) -> None:
    told = CliRunner().invoke(crossdock, ["dead", "replay", "GX-88120", "--project", str(broken)])
    assert told.exit_code == 3
    assert "routes/bad.yaml:1:8: error R102" in told.stderr


def test_with_other_settings_it_would_be_another_journal(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("jurnal: elsewhere.db\n")
    told = CliRunner().invoke(crossdock, ["status", "--project", str(tmp_path)])
    assert told.exit_code == 3
    assert "did you mean 'journal'?" in told.stderr
