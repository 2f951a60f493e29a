"""``crossdock check`` of many routes: what it costs grows with their number, and not with its square."""

from __future__ import annotations

import gc
import runpy
import time
from pathlib import Path

from crossdock.cli.console import load

ROOT = Path(__file__).resolve().parents[3]
write_project = runpy.run_path(str(ROOT / "benchmarks" / "check.py"))["write_project"]


def cpu_of(root: Path) -> float:
    gc.disable()
    begun = time.process_time()
    assert load(root, cases=True).warnings == ()
    taken = time.process_time() - begun
    gc.enable()
    return taken


def test_four_times_as_many_routes_take_about_four_times_as_long(tmp_path: Path) -> None:
    write_project(tmp_path / "few", 25)
    write_project(tmp_path / "many", 100)
    cpu_of(tmp_path / "few")  # imports and first uses
    few, many = cpu_of(tmp_path / "few"), cpu_of(tmp_path / "many")
    assert many < 10 * few  # a square would be 16; five hundred routes in 3 s are measured by benchmarks/check.py
