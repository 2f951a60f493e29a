"""``crossdock torture`` finds out what it cannot do before it runs for a quarter of an hour, and leaves nothing unnamed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossdock.cli import torture as command
from crossdock.cli.main import USAGE
from crossdock.errors import Halt
from crossdock.testing.torture.given import refuse_unfit
from crossdock.testing.torture.judge import Judgement
from crossdock.testing.torture.report import Report
from crossdock.testing.torture.terms import Terms

DATABASE, BROKER = "postgresql://u@127.0.0.1:1/d", "amqp://u@127.0.0.1:1/"


def never(*given: object) -> Report:
    raise AssertionError("it ran")


def torture(*options: str) -> Result:
    return CliRunner().invoke(command.torture, [*options])


@pytest.fixture(autouse=True)
def _no_mounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "own_mounts", lambda: "not in a test")
    monkeypatch.setattr(command, "torture_run", never)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize("options", [("--journal", DATABASE), ("--bus", BROKER)])
def test_servers_without_the_engine_that_uses_them_are_a_mistake(options: tuple[str, str]) -> None:
    ended = torture(*options)
    assert (ended.exit_code, "--engine distributed" in ended.output) == (USAGE, True)


@pytest.mark.parametrize("given", [("--journal", DATABASE), ("--bus", BROKER)])
@pytest.mark.parametrize("engine", ["distributed", "both"])
def test_one_server_without_the_other_is_refused_before_anything_runs(engine: str, given: tuple[str, str]) -> None:
    ended = torture("--engine", engine, *given)
    assert isinstance(ended.exception, Halt)
    assert ended.exception.code == "T110"


def test_a_journal_that_is_no_server_is_refused() -> None:
    with pytest.raises(Halt, match="T110"):
        refuse_unfit("journal.db", BROKER)


def test_a_report_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    ended = torture("--html", str(tmp_path / "none" / "x.html"))
    assert (ended.exit_code, "there is no folder" in ended.output) == (USAGE, True)


def test_the_verdict_is_told_even_where_the_report_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()

    def good(terms: Terms, *given: object) -> Report:
        folder.rmdir()
        return Report(
            terms=terms,
            project="p",
            judgement=Judgement(),
            spans=[],
            missing={},
            seconds=1.0,
            dropped=1,
            files=1,
            balanced=True,
            timeline=[],
            machine="m",
        )

    monkeypatch.setattr(command, "torture_run", good)
    ended = torture("--html", str(folder / "x.html"))
    assert (ended.exit_code, "promise kept" in ended.output) == (4, True), ended.output
    assert "x.html: No such file" in ended.output


def test_an_interrupted_run_names_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "torture_run", interrupted)
    ended = torture()
    named = re.search(r"the scratch folder is kept: (\S+)", ended.output)
    assert named is not None, ended.output
    assert Path(named[1]).is_dir()
