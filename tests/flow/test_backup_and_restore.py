"""A project is backed up while it runs, restored, moved and brought back: real commands, real runs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from tests.flow.conftest import Project

from crossdock.cli.main import main
from crossdock.testing.servers.postgres import PostgresAddress

FROM = "from:\n  file: {path: inbox, every: 20ms, stable_for: 20ms}\n"
STEPS = "steps:\n  - decode: words\n  - split: words\n"
HOLD = "  - check:\n      - {name: big, that: \"word != 'big'\", text: 'the word is {word}'}\n"
TO = "to:\n  - recorder: {to: out.log}\n    encode: words\n"
ROUTE = FROM + STEPS + TO


def _said(project: Project, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a command, in this process: a new one for each would take most of the time."""
    before, output, code = sys.argv, io.StringIO(), 0
    sys.argv = ["crossdock", *arguments]
    try:
        with contextlib.chdir(project.folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = before
    return code, output.getvalue()


def _killed(project: Project, point: str, *arguments: str) -> int:
    """The exit code of a command, in a process of its own that dies at a fail point."""
    environment = {**os.environ, "CROSSDOCK_FAIL": point}
    command = [sys.executable, "-m", "crossdock", *arguments]
    return subprocess.run(command, cwd=project.folder, env=environment, check=False).returncode


def _asked(project: Project, *arguments: str) -> dict[str, object]:
    code, said = _said(project, *arguments, "--json")
    assert code == 0, said
    found = json.loads(said)
    assert isinstance(found, dict)
    return found


def _states(project: Project) -> dict[str, dict[str, int]]:
    queues = _asked(project, "audit")["queues"]
    assert isinstance(queues, dict)
    return {name: queue["states"] for name, queue in queues.items() if queue["states"]}


def _sent(project: Project, *words: str) -> list[str]:
    """Send a file of each of these; their ids."""
    ids = []
    for word in words:
        (project.folder / f"{word}.txt").write_text(word)
        ids.append(_said(project, "send", "words", f"{word}.txt")[1].split()[0])
    return ids


def _delivered(project: Project) -> None:
    project.write(words=ROUTE)
    project.drop("one two three")
    project.finish()
    assert sorted(project.effects()) == ["one", "three", "two"]


def test_what_was_open_at_the_backup_is_held_and_nothing_is_delivered_again_by_itself(project: Project) -> None:
    project.write(words=ROUTE)
    _sent(project, "four five")
    assert _said(project, "backup", "night.backup")[0] == 0
    project.finish()
    assert sorted(project.effects()) == ["five", "four"]

    restored = _asked(project, "restore", "night.backup", "--replace")
    project.finish()

    assert (restored["balanced"], restored["open"]) == (True, {"waiting": 1})
    assert sorted(project.effects()) == ["five", "four"]
    assert _states(project) == {"words": {"held": 1}}


def test_what_came_back_held_can_be_released_and_given_up_in_bulk(project: Project) -> None:
    project.write(words=ROUTE)
    _sent(project, "six", "seven", "eight")
    _said(project, "backup", "night.backup")
    _said(project, "restore", "night.backup", "--replace")

    code, listed = _said(project, "hold", "list", "--restored")
    assert code == 0
    assert listed.count("E750") == 3
    one = listed.splitlines()[1].split()[0]  # the newest
    assert "1 discarded" in _said(project, "hold", "discard", one, "--reason", "they have it")[1]
    assert "2 released" in _said(project, "hold", "release", "--all", "--restored", "--reason", "they have not")[1]
    project.finish()

    assert sorted(project.effects()) == ["seven", "six"]
    assert _states(project)["words"] == {"delivered": 4, "discarded": 1}  # files and their parts
    assert _asked(project, "audit")["balanced"]


def test_the_trace_of_a_restored_message_shows_where_it_came_from(project: Project) -> None:
    project.write(words=ROUTE)
    (id,) = _sent(project, "nine")
    _said(project, "backup", "night.backup")
    _said(project, "restore", "night.backup", "--replace")
    assert "restored from the backup of" in _said(project, "trace", id)[1]


def test_a_backup_of_a_running_project_is_whole(project: Project, wait_until: Callable[..., None]) -> None:
    project.write(words=ROUTE)
    project.start()
    for number in range(20):
        project.drop(" ".join(f"w{number}x{index}" for index in range(50)), f"{number}.txt")
    wait_until(lambda: len(project.lines()) > 100)
    code, said = _said(project, "backup", "busy.backup")
    assert code == 0, said
    wait_until(lambda: len(project.lines()) == 1000)
    assert _said(project, "backup", "--verify", "busy.backup")[0] == 0
    assert _asked(project, "audit")["balanced"]


def test_a_running_project_is_not_restored_over(project: Project, wait_until: Callable[..., None]) -> None:
    _delivered(project)
    _said(project, "backup", "night.backup")
    project.start()
    wait_until(lambda: len(project.children()) > 0)
    code, said = _said(project, "restore", "night.backup", "--replace")
    assert code == 3
    assert "E723" in said


def test_a_stopped_project_moves_as_it_is_and_nothing_runs_on_the_old_journal(project: Project) -> None:
    project.write(words=FROM + STEPS + HOLD + TO)
    project.drop("small big")
    project.finish()
    _sent(project, "late")
    before = _asked(project, "audit")

    moved = _asked(project, "move", "--to", "other/journal.db")

    assert (moved["same"], moved["balanced"]) == (True, True)
    assert project.start("--until-idle").wait(timeout=30) == 3
    assert "E759" in project.log()
    assert _said(project, "send", "words", "late.txt")[0] == 3
    assert _said(project, "move", "--to", "third/journal.db")[0] == 3
    project.write("journal: other/journal.db\n", words=FROM + STEPS + HOLD + TO)
    assert _asked(project, "audit") == before
    project.finish()
    assert sorted(project.effects()) == ["late", "small"]


def test_a_project_that_moved_can_move_back(project: Project) -> None:
    _delivered(project)
    before = _asked(project, "audit")
    _said(project, "move", "--to", "other/journal.db")
    project.write("journal: other/journal.db\n", words=ROUTE)
    assert _said(project, "move", "--to", ".crossdock/journal.db")[0] == 3  # there is something in it
    assert _said(project, "move", "--to", ".crossdock/journal.db", "--replace")[0] == 0
    project.write(words=ROUTE)
    assert _asked(project, "audit") == before
    project.finish()
    assert sorted(project.effects()) == ["one", "three", "two"]


def test_messages_are_exported_and_taken_in_once(project: Project) -> None:
    _delivered(project)
    code, said = _said(project, "export", "--route", "words", "--state", "delivered", "words.ndjson")
    assert code == 0, said
    lines = [json.loads(line) for line in (project.folder / "words.ndjson").read_text().splitlines()]
    parts = [line for line in lines if line["position"]]
    assert len(parts) == 3
    assert all(line["lineage"] for line in parts)
    assert len({line["id"] for line in lines}) == len(lines)

    dry = _asked(project, "import", "words", "words.ndjson", "--dry-run")
    first = _asked(project, "import", "words", "words.ndjson")
    second = _asked(project, "import", "words", "words.ndjson")

    assert (dry["new"], first["new"], first["known"]) == (len(lines), len(lines), 0)
    assert (second["new"], second["known"]) == (0, len(lines))
    assert _asked(project, "audit")["balanced"]


def test_a_journal_is_brought_to_an_older_version_and_back(project: Project) -> None:
    _delivered(project)
    newest = _asked(project, "migrate", "status")["newest"]
    assert _said(project, "migrate", "down", "--to", "1") == (0, f"version {newest} -> 1\n")
    assert _asked(project, "migrate", "status")["version"] == 1
    assert project.start("--until-idle", "--no-migrate").wait(timeout=30) == 3
    assert "E742" in project.log()
    assert _said(project, "migrate", "up") == (0, f"version 1 -> {newest}\n")
    project.finish("--no-migrate")
    assert _asked(project, "audit")["balanced"]


def test_a_project_moves_to_postgresql_and_back(project: Project, postgres: PostgresAddress) -> None:
    project.write(words=FROM + STEPS + HOLD + TO)
    project.drop("small big")
    project.finish()
    _sent(project, "late")
    before, url = _asked(project, "audit"), postgres.fresh()

    assert _asked(project, "move", "--to", url)["same"]
    project.write(f"journal: {url}\n", words=FROM + STEPS + HOLD + TO)
    assert _asked(project, "audit") == before
    assert _asked(project, "migrate", "status")["version"] == _asked(project, "migrate", "status")["newest"]
    assert _said(project, "backup", "server.backup")[0] == 0
    restored = _asked(project, "restore", "server.backup", "--replace", "--as-is")
    assert restored["balanced"]

    code, said = _said(project, "move", "--to", ".crossdock/journal.db", "--replace")
    assert (code, "the audit is the same" in said) == (0, True)
    project.write(words=FROM + STEPS + HOLD + TO)
    assert _asked(project, "audit") == before
    project.finish()
    assert sorted(project.effects()) == ["late", "small"]


def test_a_move_that_was_killed_is_done_again_and_nothing_runs_meanwhile(project: Project) -> None:
    _delivered(project)
    for point in ("load.before_commit", "load.after_commit"):
        killed = _killed(project, point, "move", "--to", f"{point}/journal.db")
        assert killed == -signal.SIGKILL
        assert project.start("--until-idle").wait(timeout=30) == 3
        assert "which is not finished" in project.log()
        again = ("move", "--to", f"{point}/journal.db", *(["--replace"] if "after" in point else []))
        assert _said(project, *again)[0] == 0
        assert "not moved to" in _said(project, "move", "--cancel")[1]
    project.finish()


def test_a_move_that_fails_leaves_the_project_as_it_was(project: Project) -> None:
    _delivered(project)
    project.write("journal: other/journal.db\n", words=ROUTE)
    _sent(project, "else")
    project.write(words=ROUTE)
    code, said = _said(project, "move", "--to", "other/journal.db")
    assert (code, "E751" in said) == (3, True)
    project.finish()
