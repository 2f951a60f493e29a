"""``crossdock test --watch`` as a person uses it: it waits, runs what a saved file concerns, and ends with Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

ROUTE = "from: {topic: t}\nto: [{topic: u}]\ncases:\n  - {given: {n: 1}, effects: {u: 1}}\n"

#: A shell starts what runs in the background with Ctrl-C ignored, and so are the tests of whoever has them run there.
AT_A_TERMINAL = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from crossdock.cli.main import main; main()"
)


def test_a_saved_file_is_tested_again_and_a_mistake_is_waited_out_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "routes").mkdir()
    for name in ("crossdock.yaml", "routes/a.yaml", "routes/b.yaml"):
        (tmp_path / name).write_text(ROUTE if name.startswith("routes") else "name: small\n")
    command = [sys.executable, "-c", AT_A_TERMINAL, "test", "--watch", "--project", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as watching:
        assert watching.stdout is not None
        lines = iter(watching.stdout)
        told = [_round(lines)]
        for text in (ROUTE.replace("u: 1", "u: 2"), ROUTE.replace("[", "{"), ROUTE):
            (tmp_path / "routes/a.yaml").write_text(text)
            told.append(_round(lines))
        watching.send_signal(signal.SIGINT)
        try:
            watching.wait(timeout=60)
        finally:
            watching.kill()
        rest = list(lines)
    assert (watching.returncode, rest) == (0, [])
    first, failed, broken, mended = told
    assert first == "2 of 2 cases run: 2 passed, 0 failed\n"
    assert failed.startswith("FAIL a #1")
    assert failed.endswith("1 of 2 cases run: 0 passed, 1 failed\n")
    assert "routes/a.yaml:2:" in broken
    assert mended == "1 of 2 cases run: 1 passed, 0 failed\n"


def _round(lines: Iterator[str]) -> str:
    """What is shown until it waits again."""
    return "".join(takewhile(lambda line: not line.startswith("waiting for a change"), lines))
