from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MAPPING = "from: order/v1\nto: order/v1\nfields:\n  number: numbr\n"
ROUTE = """\
from:
  file: {path: inbox, match: "*.json", stable_for: 50ms, every: 50ms}
steps:
  - decode: json
  - map: same
to:
  - file: {path: out, name: "{$id}.json"}
"""


def test_what_ran_before_check_learnt_something_runs_and_it_is_told(tmp_path: Path) -> None:
    for name, text in {"crossdock.yaml": "", "mappings/same.yaml": MAPPING, "routes/r.yaml": ROUTE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "one.json").write_text('{"number": "1"}')
    command = [sys.executable, "-m", "crossdock", "run", "--until-idle"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "mappings/same.yaml:4:11: error M150" in done.stderr
    assert "did you mean 'number'?" in done.stderr
    assert "runs all the same" in done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 1
